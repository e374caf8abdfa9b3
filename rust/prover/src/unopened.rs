//! A link that waits for the claims of other links: everything but the opening of what comes in, and of
//! what comes out where the link is closed.

use p3_challenger::FieldChallenger;
use zkpot_ir::Program;
use zkpot_protocol::arithmetization::Polynomial;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::Committer;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::labels;
use zkpot_protocol::pending::{Pending, absorb_pending};
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::transcript::Transcript;
use zkpot_verifier::link::verify_unopened;
use zkpot_verifier::relations::opening::Evaluation;

use crate::error::ProveError;
use crate::held::Held;
use crate::link::ProvenLink;
use crate::phases::{Clock, Observer, Phases};
use crate::unproven::{Outputs, Unproven};

/// A link that has everything but the openings of what comes in.
pub struct Unopened<C> {
    /// The link, with the opening of its witness alone.
    pub link: LinkProof,
    /// The transcript, up to there.
    pub(crate) transcript: Transcript<C>,
    /// Each polynomial's point and value.
    pub(crate) evaluations: Vec<(Polynomial, Evaluation)>,
    /// What was done for it here.
    pub phases: Phases,
}

impl<C> core::fmt::Debug for Unopened<C> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Unopened({:?})", self.link.statement.kind)
    }
}

impl<C: FieldChallenger<F> + Clone> Unopened<C> {
    /// Takes over what another prover made of a link, and verifies it: from its bytes alone follow
    /// the transcript and the points at which to open.
    ///
    /// # Errors
    /// [`ProveError::Commitment`] where it states something else, [`ProveError::Statement`] where
    /// it does not verify.
    pub fn received<S: Committer<F, EF, Challenger = C>>(
        program: &Program,
        unproven: &Unproven,
        link: LinkProof,
    ) -> Result<Self, ProveError> {
        if link.statement != unproven.statement {
            return Err(ProveError::Commitment("another link was proven than was asked for"));
        }
        let bounds = program.check().map_err(|error| ProveError::Shape(error.to_string()))?;
        let read = unproven.reading(program)?;
        let (transcript, evaluations) =
            verify_unopened::<S>(&link, program, &bounds, &read.rows, read.counted)?;
        Ok(Self { link, transcript, evaluations, phases: Vec::new() })
    }

    /// Opens what comes in, at the link's own points and at those of the claims that are pending
    /// on it; opens what comes out where the link is closed, which leaves no claim.
    ///
    /// # Arguments
    /// `states` and `shards` are those of the link's statement, in its order.
    ///
    /// # Errors
    /// A [`ProveError`].
    pub fn open<S: Committer<F, EF, Challenger = C>>(
        self,
        program: &Program,
        states: Option<&Held>,
        shards: &[&Held],
        outputs: &Outputs,
        observer: Observer<'_>,
    ) -> Result<ProvenLink, ProveError> {
        let inputs: Vec<&Held> = states.into_iter().chain(shards.iter().copied()).collect();
        let roots = self.link.statement.shards.iter().map(|shard| shard.before);
        let stated = states.map(|_| self.link.statement.before).into_iter().chain(roots);
        if !stated.eq(inputs.iter().map(|held| held.root)) {
            return Err(ProveError::Commitment("what comes in is not what the link states"));
        }
        let pending: Vec<_> = inputs.iter().map(|held| held.pending.as_ref()).collect();
        let closed = self.link.statement.channel == ChannelKind::Wrapped;
        // In the order of the polynomials; a closed link copies no shards.
        let (states_in, shards_in) = inputs.split_at(usize::from(states.is_some()));
        let states_out = outputs.states.as_deref().filter(|_| closed);
        let opened = states_in.iter().copied().chain(states_out).chain(shards_in.iter().copied());
        let data = opened.map(|held| held.opening::<S>(program));
        self.open_each::<S>(data, &pending, outputs, observer)
    }

    /// [`Unopened::open`] with what opens each commitment.
    pub(crate) fn open_each<S: Committer<F, EF, Challenger = C>>(
        self,
        mut data: impl Iterator<Item = Result<S::OpeningData, ProveError>>,
        pending: &[Option<&Pending>],
        outputs: &Outputs,
        observer: Observer<'_>,
    ) -> Result<ProvenLink, ProveError> {
        let Self { mut link, mut transcript, evaluations, .. } = self;
        let closed = link.statement.channel == ChannelKind::Wrapped;
        let mut clock = Clock::start(2 * pending.len() as u32, observer);
        absorb_pending(&mut transcript, pending);
        let mut pending = pending.iter().copied();
        for (role, evaluation) in &evaluations {
            let claim = match role {
                Polynomial::StatesIn | Polynomial::ShardIn(_) => pending.next().flatten(),
                Polynomial::StatesOut if closed => None,
                _ => continue,
            };
            let data =
                data.next().ok_or(ProveError::Commitment("not everything is there to open"))??;
            clock.mark("rebuild commitments")?;
            let mut points = vec![evaluation.point.clone()];
            points.extend(claim.map(|claim| claim.point.clone()));
            let fault = |error: S::Error| ProveError::Scheme(error.to_string());
            let (_, proof) = S::open(data, &points, transcript.sponge_mut()).map_err(fault)?;
            link.openings.push(S::encode(&proof).map_err(fault)?);
            clock.mark("open inputs")?;
        }
        let closing = transcript.challenge(labels::CLOSING);
        let mut states = None;
        let mut shards: Vec<Option<Held>> = outputs.shards.iter().map(|_| None).collect();
        for (role, Evaluation { point, value }) in evaluations {
            let (held, place) = match role {
                Polynomial::StatesOut => (outputs.states.as_deref(), &mut states),
                Polynomial::ShardOut(position) => {
                    (outputs.shards[position].as_deref(), &mut shards[position])
                }
                _ => continue,
            };
            *place = held.cloned().map(|mut held| {
                let commitment = held.root;
                held.pending = (!closed).then_some(Pending { commitment, point, value, closing });
                held
            });
        }
        Ok(ProvenLink { link, states, shards, phases: clock.phases })
    }
}
