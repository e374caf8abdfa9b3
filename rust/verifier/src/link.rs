//! One link: its bytes' shape, its relations, its openings.

use alloc::string::ToString;
use alloc::vec::Vec;
use p3_challenger::FieldChallenger;
use p3_field::PrimeCharacteristicRing;
use zkpot_ir::{Bounds, Node, Program, Reading};
use zkpot_protocol::arithmetization::{
    Arithmetization, LinkKind, LinkShape, Polynomial, ShardShape, Source,
};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::channel::either::EitherVerifier;
use zkpot_protocol::claims::{BatchRows, PublicInputs};
use zkpot_protocol::commitment::CommitmentScheme;
use zkpot_protocol::effort::Effort;
use zkpot_protocol::field::{EF, F, embed};
use zkpot_protocol::labels;
use zkpot_protocol::pending::{Pending, absorb_pending};
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::schedule::Row;
use zkpot_protocol::start::start_transcript;
use zkpot_protocol::statement::{Origin, Statement, data_root};
use zkpot_protocol::transcript::Transcript;

use crate::relations::masks::verify_masks;
use crate::relations::multiplication::verify_multiplications;
use crate::relations::opening::Evaluation;
use crate::relations::verify_relations_within;
use crate::security::link::{LinkSecurity, OpeningAccount, parameters};
use crate::security::tally::{Tallied, Tally};

/// Rows that the batches of one link may have.
pub const MAX_ROWS: u64 = 1 << 22;

/// What a verified link leaves: claims that a later link must prove. The link proves nothing
/// until they are all opened, except its seal's.
#[derive(Clone, Debug)]
#[must_use = "a link proves nothing until its pending claims are opened by later links"]
pub struct Outcome {
    /// The claim on the states that come out.
    pub states: Option<Pending>,
    /// The claim on each shard's copy, in the statement's order; `None` where there is no copy.
    pub shards: Vec<Option<Pending>>,
    /// The link's error terms.
    pub security: LinkSecurity,
}

/// What a link is verified against.
#[derive(Debug)]
pub struct Context<'a> {
    /// The program, checked.
    pub program: &'a Program,
    /// What its check returned.
    pub bounds: &'a Bounds,
    /// The rows that the public schedule draws for the link's steps.
    pub rows: &'a [Row],
    /// How many of them count in the program's outputs.
    pub counted: usize,
    /// The claim that is pending on the states that come in.
    pub states: Option<&'a Pending>,
    /// The claims that are pending on the shards, in the statement's order.
    pub shards: Vec<Option<&'a Pending>>,
}

/// The steps that a link of a kind may have.
///
/// # Errors
/// [`Rejection::Shape`].
pub fn check_steps(kind: LinkKind, steps: u32, program: &Program) -> Result<(), Rejection> {
    if (kind == LinkKind::Training) != (steps > 0) || steps > program.max_steps {
        let reason = "training takes 1 to the program's longest link, other links none";
        return Err(Rejection::Shape { part: "steps", reason });
    }
    Ok(())
}

/// The rows that a shard may have.
///
/// # Errors
/// [`Rejection::Shape`].
pub fn check_shard_rows(rows: u32) -> Result<(), Rejection> {
    if rows == 0 || rows > 1 << 24 {
        return Err(Rejection::Shape { part: "shards", reason: "1 to 2^24 rows" });
    }
    Ok(())
}

/// Bounds the rows of a link's batches, before the schedule draws them.
///
/// # Errors
/// [`Rejection::Limit`].
pub fn check_rows(steps: u32, program: &Program) -> Result<(), Rejection> {
    if u64::from(steps) * u64::from(program.batch) > MAX_ROWS {
        return Err(Rejection::Limit { part: "rows of the link's batches", limit: MAX_ROWS });
    }
    Ok(())
}

/// The public shape of a link, from its statement and the number of its masked scalars.
///
/// # Errors
/// [`Rejection::Shape`] where the statement does not fit the program.
pub fn shape_of(
    link: &LinkProof,
    program: &Program,
    bounds: &Bounds,
) -> Result<LinkShape, Rejection> {
    let statement = &link.statement;
    let wrong = |part, reason| Err(Rejection::Shape { part, reason });
    let training = statement.kind == LinkKind::Training;
    check_steps(statement.kind, statement.steps, program)?;
    check_rows(statement.steps, program)?;
    if statement.states.is_none() && statement.kind != LinkKind::Import {
        return wrong("states", "only an import may bring data alone");
    }
    let refused = match statement.kind {
        LinkKind::Import => Some((Source::Run, "an import takes what their owners committed to")),
        LinkKind::Training => None,
        LinkKind::Seal => Some((Source::Owner, "a seal takes what the run committed to")),
    };
    if let Some((source, rule)) = refused {
        if statement.states == Some(source) {
            return wrong("states", rule);
        }
        if statement.shards.iter().any(|shard| shard.source == source) {
            return wrong("shards", rule);
        }
    }
    let scalars = if training { program.scalars.len() } else { 0 };
    if statement.scalars.len() != scalars {
        return wrong("scalars", "one row for each public scalar of a training program");
    }
    for (row, scalar) in statement.scalars.iter().zip(&program.scalars) {
        if row.len() != statement.steps as usize {
            return wrong("scalars", "one value a step");
        }
        if row.iter().any(|value| *value < scalar.lo || *value > scalar.hi) {
            return wrong("scalars", "a value is outside the program's range");
        }
    }
    let outputs = if training { program.outputs.len() } else { 0 };
    if statement.outputs.len() != outputs {
        return wrong("outputs", "one total for each output of a training program");
    }
    for (index, &total) in statement.outputs.iter().enumerate() {
        let interval = program.output_interval(bounds, index, statement.steps);
        if total < interval.lo || total > interval.hi {
            return wrong("outputs", "a total is more than the program's ranges allow");
        }
    }
    if !statement.shards.is_sorted_by(|a, b| a.index < b.index) {
        return wrong("shards", "ascending order, each once");
    }
    statement.shards.iter().try_for_each(|shard| check_shard_rows(shard.rows))?;
    if statement.shards.len() > 1 << 12 {
        return wrong("shards", "at most 4,096 in a link");
    }
    if statement.channel == ChannelKind::Wrapped {
        check_wrapped(statement, program)?;
    } else if statement.envelope.is_some() {
        return wrong("envelope", "only a wrapped link has one: its circuit proves what it holds");
    }
    let masks = match statement.channel {
        ChannelKind::Clear | ChannelKind::Wrapped => None,
        ChannelKind::Hiding => Some(link.scalars.len()),
    };
    Ok(LinkShape {
        masks,
        closed: statement.channel == ChannelKind::Wrapped,
        kind: statement.kind,
        states: statement.states,
        steps: statement.steps,
        shards: statement
            .shards
            .iter()
            .map(|s| ShardShape {
                index: s.index,
                rows: s.rows,
                source: s.source,
                copy: s.after != [0; 32],
            })
            .collect(),
    })
}

/// What a circuit can follow: steps that draw rows of one shard, and nothing else.
///
/// # Errors
/// [`Rejection::Shape`].
pub fn check_wrapped(statement: &Statement, program: &Program) -> Result<(), Rejection> {
    let wrong = |part, reason| Err(Rejection::Shape { part, reason });
    if statement.kind != LinkKind::Training {
        return wrong("kind", "a wrapped link trains, and proves ranges by itself");
    }
    let owned = statement.states == Some(Source::Owner)
        && statement.shards.iter().all(|shard| shard.source == Source::Owner);
    if !owned {
        return wrong("states", "a wrapped link takes nobody's word for a range");
    }
    if statement.shards.len() != 1 || statement.shards[0].after != [0; 32] {
        return wrong("shards", "a wrapped link opens one shard, and copies none");
    }
    // Its circuit draws from the shard's rows, the schedule from the dataset's.
    let shard = &statement.shards[0];
    if statement.data_root != data_root(&[(shard.rows, shard.before)]) {
        return wrong("shards", "a wrapped link's shard is the whole dataset");
    }
    if statement.envelope.is_some_and(|envelope| envelope.elements().is_none()) {
        return wrong("envelope", "its hashes are elements of the circuit's field");
    }
    check_wrapped_program(program)
}

/// What a circuit can follow of a program.
///
/// # Errors
/// [`Rejection::Shape`].
pub fn check_wrapped_program(program: &Program) -> Result<(), Rejection> {
    let wrong = |reason| Err(Rejection::Shape { part: "program", reason });
    if program.reading != Reading::Shuffled {
        return wrong("a wrapped link draws its rows");
    }
    if program.nodes.iter().any(|node| matches!(node, Node::Bernoulli { .. })) {
        return wrong("a wrapped link has no random tensors");
    }
    Ok(())
}

/// The public inputs of a link, with shards by their position in it.
///
/// # Errors
/// [`Rejection::Shape`] where a scheduled row lies in a shard that the link does not open.
pub fn public_inputs(
    statement: &Statement,
    rows: &[Row],
    counted: usize,
) -> Result<PublicInputs, Rejection> {
    let missing = Rejection::Shape { part: "shards", reason: "a scheduled shard is not opened" };
    let rows = rows
        .iter()
        .map(|row| {
            let position = statement.shards.binary_search_by_key(&row.shard, |s| s.index).ok()?;
            (row.row < statement.shards[position].rows).then_some((position, row.row as usize))
        })
        .collect::<Option<Vec<_>>>()
        .ok_or(missing)?;
    let embedded = |values: &[i64]| values.iter().map(|&value| embed(value).into()).collect();
    let scalars = statement.scalars.iter().map(|steps| embedded(steps)).collect();
    let outputs = embedded(&statement.outputs);
    let rows = match statement.channel {
        ChannelKind::Clear | ChannelKind::Hiding => BatchRows::Scheduled(rows),
        // As its circuit reads them.
        ChannelKind::Wrapped => {
            BatchRows::Drawn(rows.into_iter().map(|(_, row)| EF::from_usize(row)).collect())
        }
    };
    Ok(PublicInputs {
        rows,
        scalars,
        outputs,
        counted,
        seed: seed_of(statement),
        schedule_seed: statement.schedule_seed(),
        first_step: statement.first_step,
    })
}

/// The seed that the states of a link come from: where the run says so, those of their owner.
pub fn seed_of(statement: &Statement) -> Option<[u8; 32]> {
    match statement.origin {
        Origin::Seed(seed) if statement.states == Some(Source::Owner) => Some(seed),
        _ => None,
    }
}

/// Verifies one link up to its pending claims.
///
/// The caller has checked the statement against the run; this checks the proof against the
/// statement.
///
/// # Transcript
/// statement, witness root, [`labels`] of lookup, relation, product and opening in that order;
/// witness opening; pending claims; the other openings; closing.
///
/// # Errors
/// A [`Rejection`] that names the first thing that does not hold.
pub fn verify_link<S: CommitmentScheme<F, EF>>(
    link: &LinkProof,
    context: &Context<'_>,
) -> Result<Outcome, Rejection> {
    verify_link_within::<S>(link, context, &mut Effort::unlimited())
}

/// [`verify_link`] with an effort that it may take, besides that of its bytes; it counts what was taken.
///
/// # Errors
/// As [`verify_link`], and [`Rejection::Limit`].
pub fn verify_link_within<S: CommitmentScheme<F, EF>>(
    link: &LinkProof,
    context: &Context<'_>,
    effort: &mut Effort,
) -> Result<Outcome, Rejection> {
    let shape = shape_of(link, context.program, context.bounds)?;
    // What a link held is let go when it is verified.
    effort.release();
    effort.add_statement(&link.statement)?;
    effort.add_system(context.program, &shape)?;
    let system = Arithmetization::new(context.program, context.bounds, shape)?;
    verify_system_within::<S>(link, context, &system, effort)
}

/// [`verify_link`] against a given constraint system (tests leave out one relation).
///
/// # Errors
/// As [`verify_link`].
pub fn verify_system<S: CommitmentScheme<F, EF>>(
    link: &LinkProof,
    context: &Context<'_>,
    system: &Arithmetization,
) -> Result<Outcome, Rejection> {
    verify_system_within::<S>(link, context, system, &mut Effort::unlimited())
}

fn verify_system_within<S: CommitmentScheme<F, EF>>(
    link: &LinkProof,
    context: &Context<'_>,
    system: &Arithmetization,
    effort: &mut Effort,
) -> Result<Outcome, Rejection> {
    let statement = &link.statement;
    if context.shards.len() != statement.shards.len() {
        return Err(Rejection::Shape { part: "shards", reason: "a pending claim for each" });
    }
    let inputs = public_inputs(statement, context.rows, context.counted)?;
    let (mut transcript, messages) =
        verify_sent::<S>(link, context.program, system, &inputs, effort)?;
    verify_openings::<S>(link, context, system, messages, &mut transcript)
}

/// Verifies what a link shows before it opens what comes in, for its prover: the claims of other
/// links are not needed, and nothing is proven without them.
///
/// Returns the transcript up to there, and each polynomial's point and value. The link has the
/// opening of its witness alone.
///
/// # Errors
/// As [`verify_link`].
#[expect(clippy::type_complexity, reason = "a transcript, and a claim for each polynomial")]
pub fn verify_unopened<S: CommitmentScheme<F, EF>>(
    link: &LinkProof,
    program: &Program,
    bounds: &Bounds,
    rows: &[Row],
    counted: usize,
) -> Result<(Transcript<S::Challenger>, Vec<(Polynomial, Evaluation)>), Rejection> {
    let shape = shape_of(link, program, bounds)?;
    let system = Arithmetization::new(program, bounds, shape)?;
    let inputs = public_inputs(&link.statement, rows, counted)?;
    let unlimited = &mut Effort::unlimited();
    let (mut transcript, messages) = verify_sent::<S>(link, program, &system, &inputs, unlimited)?;
    let witness = system.position(Polynomial::Witness);
    if link.openings.len() != usize::from(witness.is_some()) {
        return Err(Rejection::Shape { part: "openings", reason: "one of the witness alone" });
    }
    for (index, opening) in witness.into_iter().zip(&link.openings) {
        let claims = [Some(&messages.evaluations[index]), messages.masks.as_ref()];
        let root = link.witness.unwrap_or_default();
        let (role, variables) = (Polynomial::Witness, system.variables(index));
        let opened = Opened { role, variables, root, claims: claims.into_iter().flatten() };
        verify_opening::<S>(&link.statement, opened, opening, &mut transcript)?;
    }
    Ok((transcript, system.polynomials.iter().copied().zip(messages.evaluations).collect()))
}

/// Everything between a link's commitments and their openings.
fn verify_sent<S: CommitmentScheme<F, EF>>(
    link: &LinkProof,
    program: &Program,
    system: &Arithmetization,
    inputs: &PublicInputs,
    effort: &mut Effort,
) -> Result<(Transcript<S::Challenger>, Messages), Rejection> {
    if link.witness.is_some() != system.position(Polynomial::Witness).is_some() {
        return Err(Rejection::Shape { part: "witness", reason: "present exactly if needed" });
    }
    let masks = system.shape.masks;
    let (statement, witness) = (&link.statement, link.witness.as_ref());
    let mut transcript =
        start_transcript(S::challenger(statement.channel), statement, masks, witness);
    let messages = verify_messages(link, program, system, (inputs, effort), &mut transcript)?;
    Ok((transcript, messages))
}

/// What the interactive part of a link leaves.
struct Messages {
    /// Each polynomial's claim.
    evaluations: Vec<Evaluation>,
    /// On the hiding channel the witness polynomial's second one.
    masks: Option<Evaluation>,
    /// The challenges that were drawn.
    tally: Tally,
}

/// Everything that was sent, over the link's channel.
fn verify_messages<C: FieldChallenger<F>>(
    link: &LinkProof,
    program: &Program,
    system: &Arithmetization,
    (inputs, effort): (&PublicInputs, &mut Effort),
    transcript: &mut Transcript<C>,
) -> Result<Messages, Rejection> {
    let hiding = system.masks.zip(system.position(Polynomial::Witness));
    let mut channel =
        EitherVerifier::new(hiding.is_some(), transcript, &link.scalars, &link.revealed);
    let mut tallied = Tallied::new(&mut channel);
    let evaluations = verify_relations_within(&mut tallied, program, system, inputs, effort)?;
    let tally = tallied.finish();
    let recorded = match channel {
        EitherVerifier::Clear(channel) => {
            channel.close()?;
            None
        }
        EitherVerifier::Hiding(mut channel) => {
            verify_multiplications(&mut channel)?;
            Some(channel.close()?)
        }
    };
    let masks = recorded
        .zip(hiding)
        .map(|(recorded, (masks, witness))| {
            let region = &system.layout.regions[masks];
            verify_masks(transcript, &recorded, region, system.variables(witness))
        })
        .transpose()?;
    Ok(Messages { evaluations, masks, tally })
}

/// A committed polynomial and what it is opened for.
struct Opened<I> {
    role: Polynomial,
    variables: usize,
    root: [u8; 32],
    claims: I,
}

/// Verifies that a committed polynomial has the claimed values.
///
/// Inlined into its caller it gives that more locals than CosmWasm's machine takes of a function: 100.
#[inline(never)]
fn verify_opening<'a, S: CommitmentScheme<F, EF>>(
    statement: &Statement,
    opened: Opened<impl Iterator<Item = &'a Evaluation>>,
    bytes: &[u8],
    transcript: &mut Transcript<S::Challenger>,
) -> Result<OpeningAccount, Rejection> {
    let Opened { role, variables, root, claims } = opened;
    let fault = |reason: S::Error| Rejection::Opening {
        polynomial: role.to_string(),
        reason: reason.to_string(),
    };
    let (level, channel) = (statement.security, statement.channel);
    let parameters = parameters::<S>(role, variables, level, channel)?;
    let (points, values): (Vec<_>, Vec<_>) =
        claims.map(|claim| (claim.point.clone(), claim.value)).unzip();
    let proof = S::decode(bytes, &parameters).map_err(fault)?;
    let root = S::Commitment::from(root);
    S::verify(&root, &parameters, &points, &values, &proof, transcript.sponge_mut())
        .map_err(fault)?;
    Ok(OpeningAccount::new(role, variables, S::security(&parameters)))
}

fn verify_openings<S: CommitmentScheme<F, EF>>(
    link: &LinkProof,
    context: &Context<'_>,
    system: &Arithmetization,
    messages: Messages,
    transcript: &mut Transcript<S::Challenger>,
) -> Result<Outcome, Rejection> {
    let statement = &link.statement;
    let Messages { evaluations, masks, tally } = messages;
    let opened = system.polynomials.iter().filter(|&&role| system.shape.opens(role)).count();
    if link.openings.len() != opened {
        return Err(Rejection::Shape {
            part: "openings",
            reason: "one for each opened polynomial",
        });
    }
    let mut openings = link.openings.iter();
    let mut left = Vec::new();
    let mut absorbed = false;
    let mut accounts = Vec::new();
    for (index, &role) in system.polynomials.iter().enumerate() {
        let evaluation = &evaluations[index];
        let (commitment, pending) = match role {
            Polynomial::Witness => (link.witness.unwrap_or_default(), None),
            Polynomial::StatesIn => (statement.before, context.states),
            Polynomial::StatesOut => (statement.after, None),
            Polynomial::ShardIn(k) => (statement.shards[k].before, context.shards[k]),
            Polynomial::ShardOut(k) => (statement.shards[k].after, None),
        };
        if role != Polynomial::Witness && !absorbed {
            let claims: Vec<Option<&Pending>> =
                core::iter::once(context.states).chain(context.shards.iter().copied()).collect();
            absorb_pending(transcript, &claims);
            absorbed = true;
        }
        if !system.shape.opens(role) {
            left.push((role, commitment, evaluation));
            continue;
        }
        let variables = system.variables(index);
        let foreign =
            |claim: &&Pending| claim.commitment != commitment || claim.point.len() != variables;
        if pending.as_ref().is_some_and(foreign) {
            return Err(Rejection::Shape { part: "pending claim", reason: "another commitment" });
        }
        let pending =
            pending.map(|claim| Evaluation { point: claim.point.clone(), value: claim.value });
        let masks = masks.as_ref().filter(|_| role == Polynomial::Witness);
        let claims = core::iter::once(evaluation).chain(&pending).chain(masks);
        let bytes = openings.next().map_or(&[][..], Vec::as_slice);
        let opened = Opened { role, variables, root: commitment, claims };
        accounts.push(verify_opening::<S>(statement, opened, bytes, transcript)?);
    }
    let closing = transcript.challenge(labels::CLOSING);
    let security = LinkSecurity::new(system, &tally, accounts);
    let mut outcome =
        Outcome { states: None, shards: alloc::vec![None; statement.shards.len()], security };
    for (role, commitment, evaluation) in left {
        let pending = Some(Pending {
            commitment,
            point: evaluation.point.clone(),
            value: evaluation.value,
            closing,
        });
        match role {
            Polynomial::ShardOut(k) => outcome.shards[k] = pending,
            _ => outcome.states = pending,
        }
    }
    Ok(outcome)
}
