//! A link before its proof: what comes out is committed to, so its statement is complete.
//!
//! Statements refer to each other by digests, and commitments need no proof. So links can be made
//! ready one after another, as fast as training goes, and proven at the same time.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use zeroize::Zeroize;
use zkpot_ir::Program;
use zkpot_protocol::arithmetization::{LinkShape, ShardShape};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::Committer;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::schedule::{Row, Schedule};
use zkpot_protocol::statement::{ShardEntry, Statement};
use zkpot_verifier::link::public_inputs;

use crate::envelope::Sealed;
use crate::error::ProveError;
use crate::held::Held;
use crate::link::{LinkInput, ProvenLink, prove_unopened, system_of};
use crate::phases::Observer;
use crate::trace::{Keep, LinkInput as TraceInput, Trace, run};
use crate::unopened::Unopened;

/// What comes out of a link. No claim is pending on it before the link is proven.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    /// The states.
    pub states: Option<Arc<Held>>,
    /// The copies of the shards, in the statement's order; `None` where there is none.
    pub shards: Vec<Option<Arc<Held>>>,
}

/// A link before its proof.
pub struct Unproven {
    /// The statement, with all commitments.
    pub statement: Statement,
    /// Rows of every shard of the dataset.
    pub shard_rows: Vec<u32>,
    /// The states that come in.
    pub states: Option<Arc<Held>>,
    /// The shards that are opened, in the statement's order.
    pub shards: Vec<Arc<Held>>,
    /// What comes out.
    pub outputs: Outputs,
    /// All other randomness of the link derives from it.
    pub(crate) seed: [u8; 32],
    /// Seconds that committing to what comes out took.
    pub seconds_committing: f64,
    /// The executed steps of a training link; they are executed again where this is absent.
    pub trace: Option<Trace>,
}

impl core::fmt::Debug for Unproven {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Unproven({:?}, secrets not shown)", self.statement.kind)
    }
}

impl Drop for Unproven {
    fn drop(&mut self) {
        self.seed.zeroize();
    }
}

impl Unproven {
    /// Proves everything that needs no other link.
    ///
    /// # Errors
    /// A [`ProveError`].
    pub fn prove<S: Committer<F, EF>>(
        &self,
        program: &Program,
        observer: Observer<'_>,
    ) -> Result<Unopened<S::Challenger>, ProveError> {
        let bounds = program.check().map_err(|error| ProveError::Shape(error.to_string()))?;
        let read = self.reading(program)?;
        let shards: Vec<&Held> = self.shards.iter().map(AsRef::as_ref).collect();
        let executed = match (&self.trace, self.statement.steps) {
            (None, 1..) => Some(self.execute(program, &read, observer)?),
            _ => None,
        };
        let public = public_inputs(&self.statement, &read.rows, read.counted)?;
        let input = LinkInput {
            program,
            bounds: &bounds,
            statement: self.statement.clone(),
            public,
            shape: shape_of(&self.statement),
            states: self.states.as_deref(),
            shards,
            trace: executed.as_ref().or(self.trace.as_ref()),
            observer,
        };
        let started = Instant::now();
        let system = system_of(&input)?;
        let inputs = self.states.iter().chain(&self.shards);
        let values: Vec<Vec<F>> = inputs.map(|held| held.polynomial(program)).collect();
        let values: Vec<&[F]> = values.iter().map(Vec::as_slice).collect();
        prove_unopened::<S>(&input, &system, &self.outputs, &values, &self.seed, started)
    }

    /// Proves the link, given the claims that are pending on what it opens.
    ///
    /// # Errors
    /// A [`ProveError`].
    pub fn prove_link<S: Committer<F, EF>>(
        &self,
        program: &Program,
        observer: Observer<'_>,
    ) -> Result<ProvenLink, ProveError> {
        let unopened = self.prove::<S>(program, observer)?;
        let shards: Vec<&Held> = self.shards.iter().map(AsRef::as_ref).collect();
        unopened.open::<S>(program, self.states.as_deref(), &shards, &self.outputs, observer)
    }

    /// The states that come out, encrypted; none where none do. The key is this link's alone.
    pub fn envelope(&self, program: &Program) -> Option<Sealed> {
        self.outputs.states.as_deref().map(|states| Sealed::of(states, program, &self.seed))
    }

    /// What the steps of the link read.
    pub(crate) fn reading(&self, program: &Program) -> Result<Reading, ProveError> {
        Reading::of(program, &self.statement, &self.shard_rows)
    }

    /// Executes the steps once more, for what the proof needs of them.
    fn execute(
        &self,
        program: &Program,
        read: &Reading,
        observer: Observer<'_>,
    ) -> Result<Trace, ProveError> {
        let states =
            self.states.as_deref().ok_or(ProveError::Commitment("no states were given"))?;
        let shards: Vec<&Held> = self.shards.iter().map(AsRef::as_ref).collect();
        let trace =
            execute(program, &self.statement, read, states, &shards, Keep::Witness, observer)?;
        let expected = self.outputs.states.as_deref().map(|held| &held.integers);
        if expected != Some(&trace.final_states) {
            return Err(ProveError::Commitment("training again gives other states"));
        }
        Ok(trace)
    }
}

/// The rows that the steps of a link read.
pub(crate) struct Reading {
    /// By shard and row, a batch after another.
    pub rows: Vec<Row>,
    /// How many of them count in the program's outputs.
    pub counted: usize,
}

impl Reading {
    /// As the schedule of a statement says.
    ///
    /// # Errors
    /// [`ProveError::Schedule`].
    pub fn of(
        program: &Program,
        statement: &Statement,
        shard_rows: &[u32],
    ) -> Result<Self, ProveError> {
        let schedule = Schedule {
            seed: statement.schedule_seed(),
            shard_rows: shard_rows.to_vec(),
            reading: program.reading,
            channel: statement.channel,
        };
        let (first, steps, batch) = (statement.first_step, statement.steps, program.batch);
        let fault = |error: &dyn ToString| ProveError::Schedule(error.to_string());
        let rows = schedule.rows(first, steps, batch).map_err(|error| fault(&error))?;
        let counted = schedule.counted(first, steps, batch).map_err(|error| fault(&error))?;
        Ok(Self { rows, counted })
    }
}

/// Executes the steps of a training link, all of them.
pub(crate) fn execute(
    program: &Program,
    statement: &Statement,
    read: &Reading,
    states: &Held,
    shards: &[&Held],
    keep: Keep,
    observer: Observer<'_>,
) -> Result<Trace, ProveError> {
    let data = select(program, statement, &read.rows, shards)?;
    let steps = statement.steps;
    let input = TraceInput {
        states: &states.integers,
        data: &data,
        scalars: &statement.scalars,
        seed: &statement.schedule_seed(),
        first_step: statement.first_step,
        steps,
    };
    let heard = |done| -> ControlFlow<()> { observer("train", done, steps) };
    let trace = run(program, &input, keep, &heard)?;
    if trace.steps < steps as usize {
        return Err(ProveError::Stopped);
    }
    Ok(trace)
}

/// The scheduled rows of every field, `[steps, batch, ...row]`.
fn select(
    program: &Program,
    statement: &Statement,
    rows: &[Row],
    shards: &[&Held],
) -> Result<Vec<Vec<i64>>, ProveError> {
    let fewer = ProveError::Commitment("a shard has fewer rows than scheduled");
    let places = rows
        .iter()
        .map(|row| {
            let place = statement.shards.binary_search_by_key(&row.shard, |shard| shard.index);
            let place = place.map_err(|_| {
                ProveError::Schedule(format!("shard {} is read but was not given", row.shard))
            })?;
            Ok((place, row.row as usize))
        })
        .collect::<Result<Vec<_>, ProveError>>()?;
    let fields = 0..program.data.len();
    let selected = fields
        .map(|field| {
            let shape = &program.tensors[program.data[field].tensor as usize].shape;
            let width: usize = shape[1..].iter().map(|&length| length as usize).product();
            let mut selected = Vec::with_capacity(rows.len() * width);
            for &(shard, row) in &places {
                let values = &shards[shard].integers[field];
                selected.extend_from_slice(values.get(row * width..(row + 1) * width)?);
            }
            Some(selected)
        })
        .collect::<Option<_>>();
    selected.ok_or(fewer)
}

/// The shape of a link, without its masks.
fn shape_of(statement: &Statement) -> LinkShape {
    let shard = |shard: &ShardEntry| ShardShape {
        index: shard.index,
        rows: shard.rows,
        source: shard.source,
        copy: shard.after != [0; 32],
    };
    LinkShape {
        kind: statement.kind,
        states: statement.states,
        steps: statement.steps,
        shards: statement.shards.iter().map(shard).collect(),
        masks: None,
        closed: statement.channel == ChannelKind::Wrapped,
    }
}

/// Commits to what comes out, and puts all commitments into the statement.
///
/// # Arguments
/// `copies` says which of the shards, by position, are copied; `trained` are the states after the
/// steps, where there are any. All randomness derives from `seed`.
///
/// # Errors
/// [`ProveError::Commitment`] where what comes in was made for another level or channel;
/// [`ProveError::OutOfRange`].
pub(crate) fn commit_outputs<S: Committer<F, EF>>(
    program: &Program,
    statement: &mut Statement,
    states: Option<&Held>,
    shards: &[&Held],
    copies: impl Fn(usize) -> bool,
    trained: Option<&[Vec<i64>]>,
    seed: &[u8; 32],
) -> Result<Outputs, ProveError> {
    check_suite(statement, states.into_iter().chain(shards.iter().copied()))?;
    let (level, channel) = (statement.security, statement.channel);
    let mut fresh = 0u32;
    let mut commit = |held: &Held, integers: Vec<Vec<i64>>| {
        let seed = output_seed(seed, fresh);
        fresh += 1;
        Held::commit_with::<S>(program, held.kind, level, channel, integers, seed).map(Arc::new)
    };
    let mut outputs = Outputs::default();
    if let Some(states) = states {
        let held = commit(states, trained.unwrap_or(&states.integers).to_vec())?;
        (statement.before, statement.after) = (states.root, held.root);
        outputs.states = Some(held);
    }
    for (position, shard) in shards.iter().enumerate() {
        let copy = copies(position).then(|| commit(shard, shard.integers.clone())).transpose()?;
        let entry = &mut statement.shards[position];
        (entry.before, entry.after) = (shard.root, copy.as_ref().map_or([0; 32], |c| c.root));
        outputs.shards.push(copy);
    }
    Ok(outputs)
}

/// The seed of a link's output.
fn output_seed(seed: &[u8; 32], number: u32) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("zkpot/v1/secret/output");
    hasher.update(seed).update(&number.to_le_bytes());
    *hasher.finalize().as_bytes()
}

fn check_suite<'a>(
    statement: &Statement,
    mut inputs: impl Iterator<Item = &'a Held> + Clone,
) -> Result<(), ProveError> {
    if inputs.clone().any(|held| held.level != statement.security) {
        return Err(ProveError::Commitment(
            "it was made for another security level than the run's; commit again for this one",
        ));
    }
    if inputs.any(|held| held.channel != statement.channel) {
        return Err(ProveError::Commitment(match statement.channel {
            ChannelKind::Clear => {
                "it hides, and a clear run can only use commitments made for a clear run; let the \
                 run commit for itself, or prove without --clear"
            }
            ChannelKind::Wrapped => {
                "a wrapped run can only use commitments made for a wrapped run; let the run commit \
                 for itself, or prove without --wrapped"
            }
            ChannelKind::Hiding => {
                "it was made for a run that hides nothing; commit again for this run, or prove as \
                 that one was"
            }
        }));
    }
    Ok(())
}
