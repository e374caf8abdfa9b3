//! The links of a run, each made ready for its proof from what the one before leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use zkpot_ir::Program;
use zkpot_protocol::arithmetization::{LinkKind, Source};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::Committer;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::schedule::{Row, Schedule};
use zkpot_protocol::statement::{FORMAT_VERSION, Order, ShardEntry, Statement};
use zkpot_verifier::link::check_wrapped;

use crate::error::ProveError;
use crate::held::{Held, HeldKind};
use crate::phases::Observer;
use crate::trace::Keep;
use crate::unproven::{Reading, Unproven, commit_outputs, execute};

/// What all links of a run share.
#[derive(Clone, Copy)]
pub struct Session<'a> {
    /// The program.
    pub program: &'a Program,
    /// The terms of the run.
    pub order: &'a Order,
    /// Digest of the last link's statement; zero for the first link.
    pub previous: [u8; 32],
    /// Steps proven so far.
    pub first_step: u64,
    /// How the scalars of its links travel.
    pub channel: ChannelKind,
    /// Hears of progress, in steps.
    pub observer: Observer<'a>,
}

/// Shards by number.
pub type Shards = BTreeMap<u32, Arc<Held>>;

/// The steps of a training link.
#[derive(Clone, Debug)]
pub struct Steps {
    /// How many.
    pub count: u32,
    /// Public scalars, `[scalar][step]`.
    pub scalars: Vec<Vec<i64>>,
    /// Shards that a later link reads again.
    pub copies: BTreeSet<u32>,
    /// Whether to keep what the proof needs, for this process to prove it.
    pub witness: bool,
    /// Whether to encrypt the states that come out.
    pub envelope: bool,
}

/// Steps that were trained, and will be proven.
#[derive(Debug)]
pub struct TrainedSteps {
    /// The link.
    pub unproven: Unproven,
    /// Loss of each step, computed in floating point and not proven.
    pub losses: Vec<f64>,
    /// Seconds that training took.
    pub seconds: f64,
}

/// The batch schedule of a run.
pub fn schedule_of(program: &Program, order: &Order, channel: ChannelKind) -> Schedule {
    Schedule {
        seed: order.schedule_seed(),
        shard_rows: order.shards.iter().map(|(rows, _)| *rows).collect(),
        reading: program.reading,
        channel,
    }
}

impl Session<'_> {
    fn statement(&self, kind: LinkKind, states: Option<&Held>, steps: u32) -> Statement {
        Statement {
            format: FORMAT_VERSION,
            arithmetic: self.program.arithmetic,
            kind,
            channel: self.channel,
            states: states.map(|held| self.source(held, Some(&self.order.first))),
            security: self.order.security,
            program: self.order.program,
            before: [0; 32],
            after: [0; 32],
            data_root: self.order.data_root(),
            first_step: self.first_step,
            steps,
            nonce: self.order.nonce,
            origin: self.order.origin,
            earlier_steps: self.order.earlier_steps,
            first: self.order.first,
            scalars: Vec::new(),
            outputs: Vec::new(),
            shards: Vec::new(),
            context: self.order.context.clone(),
            previous: self.previous,
            envelope: None,
        }
    }

    /// Commits to what comes out; `trained` are the executed steps, with which the trace is kept or
    /// not.
    fn commit<S: Committer<F, EF>>(
        &self,
        mut statement: Statement,
        states: Option<Arc<Held>>,
        shards: &Shards,
        copies: impl Fn(u32) -> bool,
        trained: Option<&[Vec<i64>]>,
        seed: [u8; 32],
    ) -> Result<Unproven, ProveError> {
        if statement.shards.is_empty() {
            statement.shards = self.entries(shards)?;
        }
        let given: Vec<&Held> = shards.values().map(AsRef::as_ref).collect();
        let indices: Vec<u32> = shards.keys().copied().collect();
        let copied = |position: usize| copies(indices[position]);
        let (program, incoming) = (self.program, states.as_deref());
        let started = Instant::now();
        let outputs =
            commit_outputs::<S>(program, &mut statement, incoming, &given, copied, trained, &seed)?;
        Ok(Unproven {
            statement,
            shard_rows: self.order.shards.iter().map(|(rows, _)| *rows).collect(),
            states,
            shards: shards.values().cloned().collect(),
            outputs,
            seed,
            seconds_committing: started.elapsed().as_secs_f64(),
            trace: None,
        })
    }

    /// Takes owners' commitments into the run without training. All randomness of the link derives from `seed`.
    ///
    /// # Errors
    /// A [`ProveError`].
    pub fn import<S: Committer<F, EF>>(
        &self,
        states: Option<Arc<Held>>,
        shards: &Shards,
        seed: [u8; 32],
    ) -> Result<Unproven, ProveError> {
        let statement = self.statement(LinkKind::Import, states.as_deref(), 0);
        self.commit::<S>(statement, states, shards, |_| true, None, seed)
    }

    /// Copies the last states to a fresh commitment and closes all claims; copies the shards in
    /// `copies` too, for whatever continues the run. All randomness of the link derives from `seed`.
    ///
    /// # Errors
    /// A [`ProveError`].
    pub fn seal<S: Committer<F, EF>>(
        &self,
        states: Arc<Held>,
        shards: &Shards,
        copies: &BTreeSet<u32>,
        seed: [u8; 32],
    ) -> Result<Unproven, ProveError> {
        let statement = self.statement(LinkKind::Seal, Some(&states), 0);
        self.commit::<S>(statement, Some(states), shards, |i| copies.contains(&i), None, seed)
    }

    /// The rows that the next `count` steps read.
    ///
    /// # Errors
    /// [`ProveError::Schedule`].
    pub fn rows(&self, count: u32) -> Result<Vec<Row>, ProveError> {
        schedule_of(self.program, self.order, self.channel)
            .rows(self.first_step, count, self.program.batch)
            .map_err(|error| ProveError::Schedule(error.to_string()))
    }

    /// Trains. States and shards may be their owners' commitments; the link then proves their ranges
    /// too. All randomness of the link derives from `seed`.
    ///
    /// # Errors
    /// A [`ProveError`]; a value out of range names tensor, step and value.
    pub fn train<S: Committer<F, EF>>(
        &self,
        states: Arc<Held>,
        shards: &Shards,
        steps: &Steps,
        seed: [u8; 32],
    ) -> Result<TrainedSteps, ProveError> {
        let started = Instant::now();
        let mut statement = self.statement(LinkKind::Training, Some(&states), steps.count);
        statement.scalars.clone_from(&steps.scalars);
        statement.shards = self.entries(shards)?;
        if self.channel == ChannelKind::Wrapped {
            check_wrapped(&statement, self.program)?;
        }
        let rows: Vec<u32> = self.order.shards.iter().map(|(rows, _)| *rows).collect();
        let read = Reading::of(self.program, &statement, &rows)?;
        let given: Vec<&Held> = shards.values().map(AsRef::as_ref).collect();
        let keep = if steps.witness { Keep::Witness } else { Keep::Outputs };
        let mut trace =
            execute(self.program, &statement, &read, &states, &given, keep, self.observer)?;
        let seconds = started.elapsed().as_secs_f64();
        statement.outputs = trace.outputs(self.program, read.counted);
        let losses = core::mem::take(&mut trace.losses);
        let copies = |index| steps.copies.contains(&index);
        let last = Some(trace.final_states.as_slice());
        let mut unproven = self.commit::<S>(statement, Some(states), shards, copies, last, seed)?;
        if steps.envelope {
            if self.channel != ChannelKind::Wrapped {
                return Err(ProveError::Envelope(
                    "only a circuit proves what it holds: prove --wrapped",
                ));
            }
            let sealed = unproven.envelope(self.program);
            unproven.statement.envelope = sealed.map(|sealed| sealed.envelope);
        }
        unproven.trace = steps.witness.then_some(trace);
        Ok(TrainedSteps { unproven, losses, seconds })
    }

    /// What a statement says of the shards, before their copies are committed.
    fn entries(&self, shards: &Shards) -> Result<Vec<ShardEntry>, ProveError> {
        let entry = |(&index, held): (&u32, &Arc<Held>)| match held.kind {
            HeldKind::Shard { rows } => {
                let owners = self.order.shards.get(index as usize).map(|(_, root)| root);
                let source = self.source(held, owners);
                Ok(ShardEntry { index, rows, source, before: held.root, after: [0; 32] })
            }
            HeldKind::States => Err(ProveError::Commitment("states were given for a data shard")),
        };
        shards.iter().map(entry).collect()
    }

    /// Who made a commitment, of which the owner's is known. On the wrapped channel, where every link
    /// stands for itself, nobody's word is taken.
    fn source(&self, held: &Held, owners: Option<&[u8; 32]>) -> Source {
        let owned = owners == Some(&held.root) || self.channel == ChannelKind::Wrapped;
        if owned { Source::Owner } else { Source::Run }
    }
}
