//! One link: commit, prove, open.

use std::ops::ControlFlow;
use std::time::Instant;

use zkpot_ir::{Bounds, Program};
use zkpot_protocol::arithmetization::{Arithmetization, LinkShape, Polynomial};
use zkpot_protocol::channel::clear::ClearProver;
use zkpot_protocol::channel::hiding::{HidingProver, HidingVerifier};
use zkpot_protocol::channel::{ChannelKind, Messages, ProverChannel};
use zkpot_protocol::claims::{Claims, PublicInputs};
use zkpot_protocol::commitment::Committer;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::labels;
use zkpot_protocol::lookup::{LookupChallenges, add_lookup_claims};
use zkpot_protocol::masks::{MASKS, read_vector};
use zkpot_protocol::pending::{Pending, absorb_pending};
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::start::start_transcript;
use zkpot_protocol::statement::Statement;
use zkpot_protocol::transcript::Transcript;

use crate::counting::hiding_system;
use crate::error::ProveError;
use crate::held::{
    Held, HeldKind, MASK_BLOCK, PRODUCT_ROW, RANDOM_BLOCK, commit_polynomial, fill_random,
    same_layout,
};
use crate::relations::lookup::prove_fractions;
use crate::relations::masks::prove_masks;
use crate::relations::multiplication::prove_multiplications;
use crate::relations::opening::prove_claims;
use crate::relations::product::prove_products;
use crate::trace::Trace;
use crate::witness::Witness;
use p3_challenger::FieldChallenger;
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};
use zkpot_protocol::layout::RANDOM_ENTRIES;
use zkpot_verifier::relations::multiplication::verify_multiplications;
use zkpot_verifier::relations::opening::Evaluation;
use zkpot_verifier::relations::verify_relations;

/// Hears what was finished, of how many phases; breaking stops the work.
pub type Observer<'a> = &'a dyn Fn(&'static str, u32, u32) -> ControlFlow<()>;

/// Everything that a link is proven from.
pub struct LinkInput<'a> {
    /// The program, checked.
    pub program: &'a Program,
    /// What its check returned.
    pub bounds: &'a Bounds,
    /// The statement; the commitments that come out are filled in.
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
    /// Seconds of each phase, in order.
    pub phases: Vec<(&'static str, f64)>,
}

/// Proves a link.
///
/// # Transcript
/// As `verify_link` of the verifier.
///
/// # Errors
/// A [`ProveError`].
pub fn prove_link<S: Committer<F, EF>>(input: LinkInput<'_>) -> Result<ProvenLink, ProveError> {
    let (program, bounds) = (input.program, input.bounds);
    let system = match input.statement.channel {
        ChannelKind::Clear => Arithmetization::new(program, bounds, input.shape.clone())?,
        ChannelKind::Hiding => hiding_system(program, bounds, &input.shape, &input.public)?,
    };
    prove_system::<S>(input, &system)
}

struct Clock<'a> {
    last: Instant,
    phases: Vec<(&'static str, f64)>,
    expected: u32,
    observer: Observer<'a>,
}

impl Clock<'_> {
    fn mark(&mut self, phase: &'static str) -> Result<(), ProveError> {
        self.phases.push((phase, self.last.elapsed().as_secs_f64()));
        self.last = Instant::now();
        let done = self.phases.len() as u32;
        match (self.observer)(phase, done.min(self.expected), self.expected) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(ProveError::Stopped),
        }
    }
}

/// [`prove_link`] for a given constraint system (tests leave out one relation).
///
/// # Errors
/// As [`prove_link`].
pub fn prove_system<S: Committer<F, EF>>(
    input: LinkInput<'_>,
    system: &Arithmetization,
) -> Result<ProvenLink, ProveError> {
    // Two phases around the witness, one for each opened polynomial, and those in between.
    let opened = system.polynomials.iter().filter(|role| role.is_opened()).count() as u32;
    let relations = if system.columns.is_empty() { 2 } else { 4 }
        + if system.position(Polynomial::Witness).is_some() { 2 } else { 0 }
        + u32::from(system.masks.is_some());
    let mut clock = Clock {
        last: Instant::now(),
        phases: Vec::new(),
        expected: 2 + relations + opened,
        observer: input.observer,
    };
    let program = input.program;
    let mut statement = input.statement;
    check_layouts(program, system, input.states, &input.shards)?;
    let level = statement.security;
    if input.states.iter().chain(&input.shards).any(|held| held.level != level) {
        return Err(ProveError::Commitment(
            "it was made for another security level than the run's; commit again for this one",
        ));
    }

    let (mut states_out, mut shards_out) = (None, Vec::new());
    if let Some(states) = input.states {
        let integers = match input.trace {
            Some(trace) => trace.final_states.clone(),
            None => states.integers.clone(),
        };
        let held = Held::commit::<S>(program, HeldKind::States, level, integers)?;
        statement.before = states.root;
        statement.after = held.root;
        states_out = Some(held);
    }
    for (position, shard) in input.shards.iter().enumerate() {
        let copy = system.shape.shards[position].copy;
        let held = copy
            .then(|| Held::commit::<S>(program, shard.kind, level, shard.integers.clone()))
            .transpose()?;
        statement.shards[position].before = shard.root;
        statement.shards[position].after = held.as_ref().map_or([0; 32], |held| held.root);
        shards_out.push(held);
    }
    clock.mark("commit outputs")?;

    let final_states = states_out.as_ref().map_or(&[][..], |held: &Held| held.integers.as_slice());
    let shard_integers: Vec<Vec<Vec<i64>>> =
        if system.columns.iter().any(|_| system.shape.steps == 0) {
            input.shards.iter().map(|shard| shard.integers.clone()).collect()
        } else {
            Vec::new()
        };
    let witness = Witness {
        program,
        system,
        trace: input.trace,
        states_out: final_states,
        shards: &shard_integers,
    };
    let mut opened: Vec<Option<S::OpeningData>> = system.polynomials.iter().map(|_| None).collect();
    let mut root = None;
    if let Some(index) = system.position(Polynomial::Witness) {
        let mut values = witness.polynomial();
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|_| ProveError::Randomness)?;
        let random = &mut values[system.layout.random[index]..][..RANDOM_ENTRIES];
        fill_random(RANDOM_BLOCK, &seed, random);
        if let Some(masks) = system.masks {
            let region = &system.layout.regions[masks];
            fill_random(MASK_BLOCK, &seed, &mut values[region.offset..][..region.block]);
        }
        clock.mark("witness")?;
        let (commitment, data) = commit_polynomial::<S>(Polynomial::Witness, level, values, &seed)?;
        root = Some(commitment);
        opened[index] = Some(data);
        clock.mark("commit witness")?;
    }
    let mut pending_values: Vec<Vec<F>> = vec![Vec::new(); system.polynomials.len()];
    for (index, &role) in system.polynomials.iter().enumerate() {
        let held = match role {
            Polynomial::Witness => continue,
            Polynomial::StatesIn => input.states,
            Polynomial::StatesOut => states_out.as_ref(),
            Polynomial::ShardIn(position) => Some(input.shards[position]),
            Polynomial::ShardOut(position) => shards_out[position].as_ref(),
        };
        let Some(held) = held else { continue };
        if role.is_opened() {
            opened[index] = Some(held.opening::<S>(program)?);
        } else {
            pending_values[index] = held.polynomial(program);
        }
    }
    clock.mark("rebuild commitments")?;

    let masks = system.shape.masks;
    let mut transcript = start_transcript(S::challenger(), &statement, masks, root.as_ref());
    let polynomials: Vec<&[F]> = opened
        .iter()
        .zip(&pending_values)
        .map(|(data, values)| data.as_ref().map_or(values.as_slice(), S::values))
        .collect();
    let (evaluations, masks, messages) =
        prove_messages(&mut transcript, &witness, &input.public, &polynomials, &mut clock)?;

    let pending: Vec<Option<&Pending>> = core::iter::once(input.states)
        .chain(input.shards.iter().map(|shard| Some(*shard)))
        .map(|held| held.and_then(|held| held.pending.as_ref()))
        .collect();
    let mut openings = Vec::new();
    let mut absorbed = false;
    for (index, &role) in system.polynomials.iter().enumerate() {
        if role != Polynomial::Witness && !absorbed {
            absorb_pending(&mut transcript, &pending);
            absorbed = true;
        }
        let Some(data) = opened[index].take().filter(|_| role.is_opened()) else { continue };
        let claim = match role {
            Polynomial::StatesIn => pending[0],
            Polynomial::ShardIn(position) => pending[position + 1],
            _ => None,
        };
        let mut points = vec![evaluations[index].0.clone()];
        points.extend(claim.map(|claim| claim.point.clone()));
        if role == Polynomial::Witness {
            points.extend(masks.iter().map(|masks| masks.point.clone()));
        }
        let fault = |error: S::Error| ProveError::Scheme(error.to_string());
        let (_, proof) = S::open(data, &points, transcript.sponge_mut()).map_err(fault)?;
        openings.push(S::encode(&proof).map_err(fault)?);
        clock.mark(if role == Polynomial::Witness { "open witness" } else { "open inputs" })?;
    }
    let closing = transcript.challenge(labels::CLOSING);
    for (index, &role) in system.polynomials.iter().enumerate() {
        let held = match role {
            Polynomial::StatesOut => states_out.as_mut(),
            Polynomial::ShardOut(position) => shards_out[position].as_mut(),
            _ => None,
        };
        if let Some(held) = held {
            let (point, value) = evaluations[index].clone();
            held.pending = Some(Pending { commitment: held.root, point, value, closing });
        }
    }
    let Messages { scalars, revealed } = messages;
    let link = LinkProof { statement, witness: root, scalars, revealed, openings };
    Ok(ProvenLink { link, states: states_out, shards: shards_out, phases: clock.phases })
}

/// Everything that is sent, over the link's channel. Returns each polynomial's point and value,
/// and on the hiding channel the second claim on the witness polynomial.
#[expect(clippy::type_complexity, reason = "three results of one conversation")]
fn prove_messages<C: FieldChallenger<F> + Clone>(
    transcript: &mut Transcript<C>,
    witness: &Witness<'_>,
    inputs: &PublicInputs,
    polynomials: &[&[F]],
    clock: &mut Clock<'_>,
) -> Result<(Vec<(Vec<EF>, EF)>, Option<Evaluation>, Messages), ProveError> {
    let (program, system) = (witness.program, witness.system);
    let Some((masks, index)) = system.masks.zip(system.position(Polynomial::Witness)) else {
        let mut channel = ClearProver::new(transcript);
        let evaluations = prove_relations(&mut channel, witness, inputs, polynomials, clock)?;
        return Ok((evaluations, None, channel.close()));
    };
    let mut replayed = transcript.clone();
    let region = &system.layout.regions[masks];
    let mut vector = read_vector(region, polynomials[index], MASKS);
    vector.truncate(system.shape.masks.unwrap_or_default());
    let mut channel = HidingProver::new(transcript, vector);
    let evaluations = prove_relations(&mut channel, witness, inputs, polynomials, clock)?;
    prove_multiplications(&mut channel, random_elements()?);
    let mut messages = channel.close().ok_or(ProveError::Masks)?;
    // The verifier's own record says what has to hold for the masks.
    let mut recorder = HidingVerifier::new(&mut replayed, &messages.scalars, &messages.revealed);
    verify_relations(&mut recorder, program, system, inputs)?;
    verify_multiplications(&mut recorder)?;
    let recorded = recorder.close()?;
    let variables = system.variables(index);
    let (revealed, evaluation) =
        prove_masks(transcript, &recorded, region, variables, polynomials[index]);
    messages.revealed.extend(revealed);
    clock.mark("masks")?;
    Ok((evaluations, Some(evaluation), messages))
}

/// Two uniform elements.
fn random_elements() -> Result<[EF; 2], ProveError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| ProveError::Randomness)?;
    let mut entries = [F::ZERO; 6];
    fill_random(PRODUCT_ROW, &seed, &mut entries);
    Ok([0, 3].map(|first| EF::from_basis_coefficients_fn(|index| entries[first + index])))
}

/// The interactive part, over any channel.
fn prove_relations<C: ProverChannel>(
    channel: &mut C,
    witness: &Witness<'_>,
    inputs: &PublicInputs,
    polynomials: &[&[F]],
    clock: &mut Clock<'_>,
) -> Result<Vec<(Vec<EF>, EF)>, ProveError> {
    let (program, system) = (witness.program, witness.system);
    let mut claims = Claims::new(program, system, inputs);
    if let Some(index) = system.position(Polynomial::Witness).filter(|_| !system.lookups.is_empty())
    {
        let challenges = LookupChallenges {
            shift: channel.challenge(labels::LOOKUP_SHIFT),
            tag: channel.challenge(labels::LOOKUP_TAG),
            row: channel.challenge(labels::LOOKUP_ROW),
        };
        let leaves = witness.leaves(polynomials[index], &challenges);
        clock.mark("lookup leaves")?;
        let (point, numerator, denominator) = prove_fractions(channel, &leaves);
        drop(leaves);
        add_lookup_claims(
            &mut claims,
            system,
            program,
            &challenges,
            &point,
            numerator,
            denominator,
        );
        clock.mark("lookup")?;
    }
    let point: Vec<Vec<EF>> = system
        .relation_variables()
        .into_iter()
        .map(|count| (0..count).map(|_| channel.challenge(labels::RELATION_POINT)).collect())
        .collect();
    for relation in &system.relations {
        claims.add_relation(relation, &point);
    }
    claims.add_initial(&point);
    claims.add_outputs();
    prove_products(channel, witness, &mut claims);
    clock.mark("products")?;
    let evaluations = prove_claims(channel, system, claims, polynomials);
    clock.mark("claims")?;
    Ok(evaluations)
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
    let mut fits =
        states.is_some() == system.shape.states && shards.len() == system.shape.shards.len();
    if let Some(states) = states {
        fits &= same_layout(program, states.kind, &regions(&system.states_in));
    }
    for (shard, indices) in shards.iter().zip(&system.shards_in) {
        fits &= same_layout(program, shard.kind, &regions(indices));
    }
    if fits { Ok(()) } else { Err(ProveError::Commitment("made for another program or shape")) }
}
