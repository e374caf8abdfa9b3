//! The links of a run, each from what the one before left.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::time::Instant;

use zkpot_ir::Program;
use zkpot_protocol::arithmetization::{LinkKind, LinkShape, ShardShape};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::claims::PublicInputs;
use zkpot_protocol::commitment::Committer;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::schedule::{Row, Schedule};
use zkpot_protocol::statement::{FORMAT_VERSION, Order, ShardEntry, Statement};

use zkpot_verifier::link::seed_of;

use crate::error::ProveError;
use crate::held::{Held, HeldKind};
use crate::link::{LinkInput, ProvenLink, prove_link};
use crate::phases::Observer;
use crate::trace::{Keep, LinkInput as TraceInput, Trace, run};

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
    /// Hears of progress, in steps while training and in phases while proving.
    pub observer: Observer<'a>,
}

/// The steps of a training link.
#[derive(Clone, Debug)]
pub struct Steps {
    /// How many.
    pub count: u32,
    /// Public scalars, `[scalar][step]`.
    pub scalars: Vec<Vec<i64>>,
    /// Shards that a later link reads again.
    pub copies: BTreeSet<u32>,
}

/// A proven training link and what it took.
#[derive(Debug)]
pub struct ProvenSteps {
    /// The link.
    pub proven: ProvenLink,
    /// Loss of each step, computed in floating point and not proven.
    pub losses: Vec<f64>,
    /// Seconds of exact training.
    pub seconds_training: f64,
    /// Seconds of proving.
    pub seconds_proving: f64,
}

/// The batch schedule of a run.
pub fn schedule_of(program: &Program, order: &Order) -> Schedule {
    Schedule {
        seed: order.schedule_seed(),
        shard_rows: order.shards.iter().map(|(rows, _)| *rows).collect(),
        reading: program.reading,
    }
}

impl Session<'_> {
    fn statement(&self, kind: LinkKind, states: bool, steps: u32) -> Statement {
        Statement {
            format: FORMAT_VERSION,
            arithmetic: self.program.arithmetic,
            kind,
            channel: self.channel,
            states,
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
        }
    }

    fn prove<S: Committer<F, EF>>(
        &self,
        mut statement: Statement,
        public: PublicInputs,
        states: Option<&Held>,
        shards: &BTreeMap<u32, &Held>,
        copies: impl Fn(u32) -> bool,
        trace: Option<&Trace>,
    ) -> Result<ProvenLink, ProveError> {
        let bounds = self.program.check().map_err(|error| ProveError::Shape(error.to_string()))?;
        let mut shapes = Vec::new();
        for (&index, held) in shards {
            let HeldKind::Shard { rows } = held.kind else {
                return Err(ProveError::Commitment("states were given for a data shard"));
            };
            shapes.push(ShardShape { index, rows, copy: copies(index) });
            statement.shards.push(ShardEntry { index, rows, before: [0; 32], after: [0; 32] });
        }
        let shape = LinkShape {
            kind: statement.kind,
            states: statement.states,
            steps: statement.steps,
            shards: shapes,
            masks: None,
        };
        let shards = shards.values().copied().collect();
        let program = self.program;
        prove_link::<S>(LinkInput {
            program,
            bounds: &bounds,
            statement,
            public,
            shape,
            states,
            shards,
            trace,
            observer: self.observer,
        })
    }

    /// Takes owners' commitments into the run.
    ///
    /// # Errors
    /// A [`ProveError`].
    pub fn import<S: Committer<F, EF>>(
        &self,
        states: Option<&Held>,
        shards: &BTreeMap<u32, &Held>,
    ) -> Result<ProvenLink, ProveError> {
        let statement = self.statement(LinkKind::Import, states.is_some(), 0);
        let public = PublicInputs { seed: seed_of(&statement), ..PublicInputs::default() };
        self.prove::<S>(statement, public, states, shards, |_| true, None)
    }

    /// Copies the last states to a fresh commitment and closes all claims; copies the shards in
    /// `copies` too, for whatever continues the run.
    ///
    /// # Errors
    /// A [`ProveError`].
    pub fn seal<S: Committer<F, EF>>(
        &self,
        states: &Held,
        shards: &BTreeMap<u32, &Held>,
        copies: &BTreeSet<u32>,
    ) -> Result<ProvenLink, ProveError> {
        let statement = self.statement(LinkKind::Seal, true, 0);
        let copy = |index| copies.contains(&index);
        self.prove::<S>(statement, PublicInputs::default(), Some(states), shards, copy, None)
    }

    /// The rows that the next `count` steps read.
    ///
    /// # Errors
    /// [`ProveError::Schedule`].
    pub fn rows(&self, count: u32) -> Result<Vec<Row>, ProveError> {
        schedule_of(self.program, self.order)
            .rows(self.first_step, count, self.program.batch)
            .map_err(|error| ProveError::Schedule(error.to_string()))
    }

    /// Trains and proves.
    ///
    /// # Errors
    /// A [`ProveError`]; a value out of range names tensor, step and value, and nothing is proven.
    pub fn train<S: Committer<F, EF>>(
        &self,
        states: &Held,
        shards: &BTreeMap<u32, &Held>,
        steps: &Steps,
    ) -> Result<ProvenSteps, ProveError> {
        let started = Instant::now();
        let rows = self.rows(steps.count)?;
        let order: Vec<u32> = shards.keys().copied().collect();
        let counted = schedule_of(self.program, self.order)
            .counted(self.first_step, steps.count, self.program.batch)
            .map_err(|error| ProveError::Schedule(error.to_string()))?;
        let scalars = steps.scalars.clone();
        let schedule_seed = self.order.schedule_seed();
        let mut public = PublicInputs {
            scalars,
            counted,
            schedule_seed,
            first_step: self.first_step,
            ..PublicInputs::default()
        };
        for row in &rows {
            let position = order.binary_search(&row.shard).map_err(|_| {
                ProveError::Schedule(format!("shard {} is read but was not given", row.shard))
            })?;
            public.rows.push((position, row.row as usize));
        }
        let held: Vec<&Held> = shards.values().copied().collect();
        let data = self.select(&public.rows, &held)?;
        let input = TraceInput {
            states: &states.integers,
            data: &data,
            scalars: &steps.scalars,
            seed: &schedule_seed,
            first_step: self.first_step,
            steps: steps.count,
        };
        let heard = |done| -> ControlFlow<()> { (self.observer)("train", done, steps.count) };
        let trace = run(self.program, &input, Keep::Witness, &heard)?;
        if trace.steps < steps.count as usize {
            return Err(ProveError::Stopped);
        }
        let seconds_training = started.elapsed().as_secs_f64();
        let started = Instant::now();
        let mut statement = self.statement(LinkKind::Training, true, steps.count);
        statement.scalars.clone_from(&steps.scalars);
        statement.outputs = trace.outputs(self.program, counted);
        public.outputs.clone_from(&statement.outputs);
        let copies = |index| steps.copies.contains(&index);
        let proven =
            self.prove::<S>(statement, public, Some(states), shards, copies, Some(&trace))?;
        Ok(ProvenSteps {
            proven,
            losses: trace.losses,
            seconds_training,
            seconds_proving: started.elapsed().as_secs_f64(),
        })
    }

    /// The scheduled rows of every field, `[steps, batch, ...row]`.
    fn select(
        &self,
        rows: &[(usize, usize)],
        shards: &[&Held],
    ) -> Result<Vec<Vec<i64>>, ProveError> {
        let fields = 0..self.program.data.len();
        fields
            .map(|field| {
                let shape = &self.program.tensors[self.program.data[field].tensor as usize].shape;
                let width: usize = shape[1..].iter().map(|&length| length as usize).product();
                let mut selected = Vec::with_capacity(rows.len() * width);
                for &(shard, row) in rows {
                    let values = shards[shard].integers[field]
                        .get(row * width..(row + 1) * width)
                        .ok_or(ProveError::Commitment("a shard has fewer rows than scheduled"))?;
                    selected.extend_from_slice(values);
                }
                Ok(selected)
            })
            .collect()
    }
}
