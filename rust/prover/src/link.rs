//! One link: commit, prove, open.

use std::time::Instant;

use zkpot_ir::{Bounds, Program};
use zkpot_protocol::arithmetization::{Arithmetization, LinkShape, Polynomial};
use zkpot_protocol::channel::{ChannelKind, Messages};
use zkpot_protocol::claims::PublicInputs;
use zkpot_protocol::commitment::Committer;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::labels;
use zkpot_protocol::pending::{Pending, absorb_pending};
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::start::start_transcript;
use zkpot_protocol::statement::Statement;

use crate::counting::hiding_system;
use crate::error::ProveError;
use crate::held::{
    Held, HeldKind, MASK_BLOCK, RANDOM_BLOCK, commit_polynomial, fill_random, same_layout,
};
use crate::messages::prove_messages;
use crate::phases::{Clock, Observer};
use crate::trace::Trace;
use crate::witness::Witness;
use zkpot_protocol::layout::RANDOM_ENTRIES;

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
    let started = Instant::now();
    let (program, bounds) = (input.program, input.bounds);
    let system = match input.statement.channel {
        ChannelKind::Clear => Arithmetization::new(program, bounds, input.shape.clone())?,
        ChannelKind::Hiding => hiding_system(program, bounds, &input.shape, &input.public)?,
    };
    prove_since::<S>(input, &system, started)
}

/// [`prove_link`] for a given constraint system (tests leave out one relation).
///
/// # Errors
/// As [`prove_link`].
pub fn prove_system<S: Committer<F, EF>>(
    input: LinkInput<'_>,
    system: &Arithmetization,
) -> Result<ProvenLink, ProveError> {
    prove_since::<S>(input, system, Instant::now())
}

fn prove_since<S: Committer<F, EF>>(
    input: LinkInput<'_>,
    system: &Arithmetization,
    started: Instant,
) -> Result<ProvenLink, ProveError> {
    let mut clock = Clock::start(system, input.observer, started);
    clock.mark("constraints")?;
    let program = input.program;
    let mut statement = input.statement;
    check_layouts(program, system, input.states, &input.shards)?;
    let (level, channel) = (statement.security, statement.channel);
    if input.states.iter().chain(&input.shards).any(|held| held.level != level) {
        return Err(ProveError::Commitment(
            "it was made for another security level than the run's; commit again for this one",
        ));
    }
    if input.states.iter().chain(&input.shards).any(|held| held.channel != channel) {
        return Err(ProveError::Commitment(match channel {
            ChannelKind::Clear => {
                "it hides, and a clear run can only use commitments made for a clear run; let the \
                 run commit for itself, or prove without --clear"
            }
            ChannelKind::Hiding => {
                "it was made for a clear run and hides nothing; commit again for this run, or \
                 prove with --clear"
            }
        }));
    }

    let (mut states_out, mut shards_out) = (None, Vec::new());
    if let Some(states) = input.states {
        let integers = match input.trace {
            Some(trace) => trace.final_states.clone(),
            None => states.integers.clone(),
        };
        let held = Held::commit::<S>(program, HeldKind::States, level, channel, integers)?;
        statement.before = states.root;
        statement.after = held.root;
        states_out = Some(held);
    }
    for (position, shard) in input.shards.iter().enumerate() {
        let copy = system.shape.shards[position].copy;
        let held = copy
            .then(|| Held::commit::<S>(program, shard.kind, level, channel, shard.integers.clone()))
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
        let role = Polynomial::Witness;
        let (commitment, data) = commit_polynomial::<S>(role, level, channel, values, &seed)?;
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
