//! One link: commit, prove, open.
//!
//! The three stages can stand apart, since only the last one needs the link before:
//! [`crate::unproven`] commits to what comes out, which completes the statement;
//! [`prove_unopened`] needs nothing of other links; [`Unopened::open`] needs the claims that they
//! left.

use std::time::Instant;

use zkpot_ir::{Bounds, Program};
use zkpot_protocol::arithmetization::{Arithmetization, LinkShape, Polynomial};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::claims::PublicInputs;
use zkpot_protocol::commitment::Committer;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::layout::RANDOM_ENTRIES;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::start::start_transcript;
use zkpot_protocol::statement::Statement;

use crate::counting::hiding_system;
use crate::error::ProveError;
use crate::held::{
    Held, MASK_BLOCK, RANDOM_BLOCK, commit_polynomial, draw_seed, fill_random, same_layout,
};
use crate::messages::prove_messages;
use crate::phases::{Clock, Observer, Phases};
use crate::trace::Trace;
use crate::unopened::Unopened;
use crate::unproven::{Outputs, commit_outputs};
use crate::witness::Witness;

/// Everything that a link is proven from.
pub struct LinkInput<'a> {
    /// The program, checked.
    pub program: &'a Program,
    /// What its check returned.
    pub bounds: &'a Bounds,
    /// The statement.
    pub statement: Statement,
    /// Batch rows and public scalars.
    pub public: PublicInputs,
    /// The shape that the statement has.
    pub shape: LinkShape,
    /// The states that come in.
    pub states: Option<&'a Held>,
    /// The shards that are opened, in the statement's order.
    pub shards: Vec<&'a Held>,
    /// The executed steps of a training link.
    pub trace: Option<&'a Trace>,
    /// Hears of progress.
    pub observer: Observer<'a>,
}

/// A proven link and the secrets of what comes out.
#[derive(Debug)]
pub struct ProvenLink {
    /// The proof.
    pub link: LinkProof,
    /// The states that come out.
    pub states: Option<Held>,
    /// The copies of the shards; `None` where there is none.
    pub shards: Vec<Option<Held>>,
    /// The phases of opening what comes in.
    pub phases: Phases,
}

/// The constraint system of a link, with the masks that it takes.
///
/// # Errors
/// [`ProveError::Statement`].
pub(crate) fn system_of(input: &LinkInput<'_>) -> Result<Arithmetization, ProveError> {
    let (program, bounds) = (input.program, input.bounds);
    Ok(match input.statement.channel {
        ChannelKind::Clear | ChannelKind::Wrapped => {
            Arithmetization::new(program, bounds, input.shape.clone())?
        }
        ChannelKind::Hiding => hiding_system(program, bounds, &input.shape, &input.public)?,
    })
}

/// Proves a link for a given constraint system, in one go (tests leave out one relation). What comes
/// in is rebuilt first, and its committed values are proven about.
///
/// # Transcript
/// As `verify_link` of the verifier.
///
/// # Errors
/// A [`ProveError`].
pub fn prove_system<S: Committer<F, EF>>(
    mut input: LinkInput<'_>,
    system: &Arithmetization,
) -> Result<ProvenLink, ProveError> {
    check_layouts(input.program, system, input.states, &input.shards)?;
    let (program, seed) = (input.program, draw_seed()?);
    let copies = |position: usize| input.shape.shards[position].copy;
    let trained = input.trace.map(|trace| trace.final_states.as_slice());
    let (statement, states, shards) = (&mut input.statement, input.states, &input.shards);
    let outputs = commit_outputs::<S>(program, statement, states, shards, copies, trained, &seed)?;
    let inputs = input.states.iter().chain(&input.shards);
    let mut data: Vec<S::OpeningData> =
        inputs.clone().map(|held| held.opening::<S>(program)).collect::<Result<_, _>>()?;
    let pending: Vec<_> = inputs.map(|held| held.pending.as_ref()).collect();
    let values: Vec<&[F]> = data.iter().map(S::values).collect();
    let unopened = prove_unopened::<S>(&input, system, &outputs, &values, &seed, Instant::now())?;
    if let Some(states) = outputs.states.as_ref().filter(|_| system.shape.closed) {
        data.insert(1, states.opening::<S>(program)?);
    }
    unopened.open_each::<S>(data.into_iter().map(Ok), &pending, &outputs, input.observer)
}

/// Proves everything that needs no other link: all messages, and the opening of the witness.
///
/// # Arguments
/// The statement names all commitments. `inputs` are the values of the polynomials that come in,
/// states first; the clock runs since `started`; `seed` is where the randomness of the witness comes from, and serves this link
/// alone.
///
/// # Transcript
/// As `verify_link` of the verifier, up to the claims of other links.
///
/// # Errors
/// A [`ProveError`].
pub(crate) fn prove_unopened<S: Committer<F, EF>>(
    input: &LinkInput<'_>,
    system: &Arithmetization,
    outputs: &Outputs,
    inputs: &[&[F]],
    seed: &[u8; 32],
    started: Instant,
) -> Result<Unopened<S::Challenger>, ProveError> {
    check_layouts(input.program, system, input.states, &input.shards)?;
    let mut clock = Clock::of_proof(system, input.observer, started);
    clock.mark("constraints")?;
    let (program, statement) = (input.program, &input.statement);
    let (level, channel) = (statement.security, statement.channel);
    let final_states = outputs.states.as_ref().map_or(&[][..], |held| held.integers.as_slice());
    let shards: Vec<&[Vec<i64>]> =
        input.shards.iter().map(|shard| shard.integers.as_slice()).collect();
    let witness = Witness {
        program,
        system,
        trace: input.trace,
        states_in: input.states.map_or(&[][..], |held| held.integers.as_slice()),
        states_out: final_states,
        shards: &shards,
    };
    let mut committed = None;
    if let Some(index) = system.position(Polynomial::Witness) {
        let mut values = witness.polynomial();
        let random = &mut values[system.layout.random[index]..][..RANDOM_ENTRIES];
        fill_random(RANDOM_BLOCK, seed, random);
        if let Some(masks) = system.masks {
            let region = &system.layout.regions[masks];
            fill_random(MASK_BLOCK, seed, &mut values[region.offset..][..region.block]);
        }
        clock.mark("witness")?;
        let role = Polynomial::Witness;
        committed = Some(commit_polynomial::<S>(role, level, channel, values, seed)?);
        clock.mark("commit witness")?;
    }
    let (root, data) = committed.unzip();
    let fresh: Vec<Vec<F>> = system
        .polynomials
        .iter()
        .map(|&role| {
            let held = match role {
                Polynomial::StatesOut => outputs.states.as_deref(),
                Polynomial::ShardOut(position) => outputs.shards[position].as_deref(),
                _ => None,
            };
            held.map_or_else(Vec::new, |held| held.polynomial(program))
        })
        .collect();
    let states = usize::from(input.states.is_some());
    let polynomials: Vec<&[F]> = core::iter::zip(&system.polynomials, &fresh)
        .map(|(&role, fresh)| match role {
            Polynomial::Witness => data.as_ref().map_or(&[][..], S::values),
            Polynomial::StatesIn => inputs[0],
            Polynomial::ShardIn(position) => inputs[states + position],
            Polynomial::StatesOut | Polynomial::ShardOut(_) => fresh,
        })
        .collect();

    let masks = system.shape.masks;
    let mut transcript =
        start_transcript(S::challenger(statement.channel), statement, masks, root.as_ref());
    let (evaluations, masks, messages) =
        prove_messages(&mut transcript, &witness, &input.public, &polynomials, seed, &mut clock)?;
    drop(fresh);

    let mut openings = Vec::new();
    if let Some((index, data)) = system.position(Polynomial::Witness).zip(data) {
        let mut points = vec![evaluations[index].point.clone()];
        points.extend(masks.map(|masks| masks.point));
        let fault = |error: S::Error| ProveError::Scheme(error.to_string());
        let (_, proof) = S::open(data, &points, transcript.sponge_mut()).map_err(fault)?;
        openings.push(S::encode(&proof).map_err(fault)?);
        clock.mark("open witness")?;
    }
    let (scalars, revealed) = (messages.scalars, messages.revealed);
    let statement = statement.clone();
    let link = LinkProof { statement, witness: root, scalars, revealed, openings };
    let evaluations = system.polynomials.iter().copied().zip(evaluations).collect();
    Ok(Unopened { link, transcript, evaluations, phases: clock.phases })
}

fn check_layouts(
    program: &Program,
    system: &Arithmetization,
    states: Option<&Held>,
    shards: &[&Held],
) -> Result<(), ProveError> {
    let regions = |indices: &[usize]| -> Vec<_> {
        indices.iter().map(|&index| &system.layout.regions[index]).collect()
    };
    let mut fits = states.is_some() == system.shape.states.is_some()
        && shards.len() == system.shape.shards.len();
    if let Some(states) = states {
        fits &= same_layout(program, states.kind, &regions(&system.states_in));
    }
    for (shard, indices) in shards.iter().zip(&system.shards_in) {
        fits &= same_layout(program, shard.kind, &regions(indices));
    }
    if fits { Ok(()) } else { Err(ProveError::Commitment("made for another program or shape")) }
}
