//! A run: links in order, from the owner's commitments to a seal.

mod expectations;
mod receipt;
mod standing;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::marker::PhantomData;

use zkpot_ir::{CheckedProgram, Output, Program, Reading};
use zkpot_protocol::arithmetization::{LinkKind, Source};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::CommitmentScheme;
use zkpot_protocol::effort::Effort;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::pending::{Head, Pending, steps_behind, training_steps};
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::schedule::Schedule;
use zkpot_protocol::statement::{FORMAT_VERSION, Order, Origin, ShardEntry, Statement};

pub use expectations::Expectations;
pub use receipt::{OutputTerms, Receipt, hex};

use crate::link::{Context, Outcome, check_rows, check_steps, verify_link_within};
use crate::security::run::RunSecurity;
use receipt::describe;

/// A commitment and the claim that is pending on it, if any.
#[derive(Clone, Debug)]
struct Current {
    commitment: [u8; 32],
    pending: Option<Pending>,
    /// The link that made it.
    link: usize,
}

/// Verifies a run link by link, in bounded memory.
#[derive(Clone, Debug)]
pub struct RunVerifier<S> {
    program: Arc<CheckedProgram>,
    order: Arc<Order>,
    expected: Arc<Expectations>,
    schedule: Schedule,
    data_root: [u8; 32],
    states: Option<Current>,
    shards: BTreeMap<u32, Current>,
    opened: BTreeSet<[u8; 32]>,
    made: BTreeSet<[u8; 32]>,
    links: usize,
    steps: u64,
    sealed: Option<[u8; 32]>,
    enveloped: bool,
    previous: [u8; 32],
    scalars: Vec<Vec<(i64, u64)>>,
    outputs: Vec<i64>,
    counted: u64,
    channel: Option<ChannelKind>,
    security: RunSecurity,
    scheme: PhantomData<S>,
}

impl<S: CommitmentScheme<F, EF>> RunVerifier<S> {
    /// Starts with the terms of the run, and checks its program.
    ///
    /// # Errors
    /// [`Rejection::Shape`] where the program does not check, and those of [`Self::over`].
    pub fn new(
        program: &Program,
        order: &Order,
        expected: &Expectations,
    ) -> Result<Self, Rejection> {
        let program = CheckedProgram::new(program.clone())
            .map_err(|_| Rejection::Shape { part: "program", reason: "it does not check" })?;
        Self::over(Arc::new(program), order.clone(), expected.clone())
    }

    /// Starts with the terms of the run, for a program that was checked before.
    ///
    /// # Errors
    /// [`Rejection::Expectation`] where the terms are not what was expected, and
    /// [`Rejection::Shape`] where they do not fit the program.
    pub fn over(
        program: Arc<CheckedProgram>,
        order: Order,
        expected: Expectations,
    ) -> Result<Self, Rejection> {
        let data_root = order.data_root();
        expected.check_order(&order, program.digest().0, data_root)?;
        if order.shards.is_empty() || order.shards.len() > 1 << 16 || order.context.len() > 1 << 16
        {
            return Err(Rejection::Shape {
                part: "order",
                reason: "1 to 65,536 shards, context within 64 KiB",
            });
        }
        let schedule = Schedule {
            seed: order.schedule_seed(),
            shard_rows: order.shards.iter().map(|(rows, _)| *rows).collect(),
            reading: program.program().reading,
            // The first link says which it is.
            channel: ChannelKind::Hiding,
        };
        let (scalars, outputs) = (program.program().scalars.len(), program.program().outputs.len());
        let security = RunSecurity::new(order.security, expected.security);
        Ok(Self {
            program,
            order: Arc::new(order),
            expected: Arc::new(expected),
            schedule,
            data_root,
            states: None,
            shards: BTreeMap::new(),
            opened: BTreeSet::new(),
            made: BTreeSet::new(),
            links: 0,
            steps: 0,
            sealed: None,
            enveloped: false,
            previous: [0; 32],
            scalars: alloc::vec![Vec::new(); scalars],
            outputs: alloc::vec![0; outputs],
            counted: 0,
            channel: None,
            security,
            scheme: PhantomData,
        })
    }

    /// Verifies the next link.
    ///
    /// # Errors
    /// A [`Rejection`]; the verifier must not be used afterwards.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Rejection> {
        self.push_within(bytes, &mut Effort::unlimited())
    }

    /// [`Self::push`] with an effort that it may take, besides that of the bytes; it counts what was taken.
    ///
    /// # Errors
    /// As [`Self::push`], and [`Rejection::Limit`].
    pub fn push_within(&mut self, bytes: &[u8], effort: &mut Effort) -> Result<(), Rejection> {
        let checked = Arc::clone(&self.program);
        let program = checked.program();
        let link = LinkProof::from_bytes(bytes)?;
        if !link.statement.channel.hides() && !self.expected.allow_clear {
            let channel = link.statement.channel;
            return Err(Rejection::NotHiding { channel, link: self.links });
        }
        self.check_terms(&link.statement)?;
        if link.statement.channel == ChannelKind::Wrapped {
            self.check_standing(&link.statement)?;
        } else {
            self.check_commitments(&link.statement)?;
        }
        self.schedule.channel = link.statement.channel;
        // A few bytes say how many steps there are, and each draws rows.
        check_steps(link.statement.kind, link.statement.steps, program)?;
        check_rows(link.statement.steps, program)?;
        let rows = if link.statement.kind == LinkKind::Training {
            let units = self.schedule.effort(self.steps, link.statement.steps, program.batch);
            effort.spend(units.map_err(|_| self.chain("schedule"))?)?;
            self.schedule
                .rows(self.steps, link.statement.steps, program.batch)
                .map_err(|_| self.chain("schedule"))?
        } else {
            Vec::new()
        };
        if link.statement.kind == LinkKind::Training {
            let mut scheduled: Vec<u32> = rows.iter().map(|row| row.shard).collect();
            scheduled.sort_unstable();
            scheduled.dedup();
            if !scheduled.iter().eq(link.statement.shards.iter().map(|s| &s.index)) {
                return Err(self.chain("shards"));
            }
        }
        let counted = self
            .schedule
            .counted(self.steps, link.statement.steps, program.batch)
            .map_err(|_| self.chain("schedule"))?;
        let context = Context {
            program,
            bounds: checked.bounds(),
            rows: &rows,
            counted,
            // An import of data alone opens no states, and leaves their claim where it is.
            states: self.pending_states().filter(|_| link.statement.states.is_some()),
            shards: link.statement.shards.iter().map(|s| self.pending_shard(s)).collect(),
        };
        let outcome = verify_link_within::<S>(&link, &context, effort)?;
        self.counted += counted as u64;
        self.add_outputs(&link.statement)?;
        self.security.add(&outcome.security)?;
        self.advance(&link.statement, outcome);
        Ok(())
    }

    /// The claim that the next link has to prove of the states.
    fn pending_states(&self) -> Option<&Pending> {
        match &self.states {
            Some(current) => current.pending.as_ref(),
            None => self.previous().map(|head| &head.states),
        }
    }

    /// The claim that the next link has to prove of a shard.
    fn pending_shard(&self, shard: &ShardEntry) -> Option<&Pending> {
        match self.shards.get(&shard.index) {
            Some(current) => current.pending.as_ref(),
            None => self
                .previous()
                .and_then(|head| head.shards.get(&shard.index))
                .filter(|pending| pending.commitment == shard.before),
        }
    }

    /// The head that this run continues.
    fn previous(&self) -> Option<&Head> {
        let origin = self.order.origin;
        self.expected.previous.as_ref().filter(|head| origin == Origin::Run(head.statement))
    }

    /// The program of the run.
    pub fn program(&self) -> &Program {
        self.program.program()
    }

    fn chain(&self, field: &'static str) -> Rejection {
        Rejection::Chain { link: self.links, field }
    }

    /// What the order and the links so far demand of a statement.
    fn check_terms(&self, statement: &Statement) -> Result<(), Rejection> {
        let order = &self.order;
        let fields = [
            ("format", statement.format == FORMAT_VERSION),
            ("arithmetic", statement.arithmetic == self.program().arithmetic),
            ("program", statement.program == order.program),
            ("data root", statement.data_root == self.data_root),
            ("nonce", statement.nonce == order.nonce),
            ("origin", statement.origin == order.origin),
            ("earlier steps", statement.earlier_steps == order.earlier_steps),
            ("security", statement.security == order.security),
            // A commitment is opened as it was made.
            ("channel", self.channel.is_none_or(|channel| statement.channel == channel)),
            ("first commitment", statement.first == order.first),
            ("context", statement.context == order.context),
            ("previous statement", statement.previous == self.previous),
            ("first step", statement.first_step == self.steps),
        ];
        match fields.iter().find(|(_, holds)| !holds) {
            Some((field, _)) => Err(self.chain(field)),
            None => Ok(()),
        }
    }

    /// The commitments that a statement opens are the current ones, none was opened before, and
    /// the ones that come out are new.
    fn check_commitments(&self, statement: &Statement) -> Result<(), Rejection> {
        if let Some(source) = statement.states {
            let current = match (&self.states, source) {
                (None, Source::Owner) => self.order.first,
                (Some(head), Source::Run) => head.commitment,
                _ => return Err(self.chain("source of the states")),
            };
            if statement.before != current {
                return Err(self.chain("states before"));
            }
            if statement.after == [0; 32] {
                return Err(self.chain("states after"));
            }
        } else if statement.before != [0; 32] || statement.after != [0; 32] {
            return Err(self.chain("states"));
        }
        let mut before: Vec<[u8; 32]> = Vec::new();
        let mut after: Vec<[u8; 32]> = Vec::new();
        if statement.states.is_some() {
            before.push(statement.before);
            after.push(statement.after);
        }
        for shard in &statement.shards {
            let original =
                self.order.shards.get(shard.index as usize).ok_or(self.chain("shard"))?;
            let current = match (self.shards.get(&shard.index), shard.source) {
                (None, Source::Owner) => original.1,
                (Some(head), Source::Run) => head.commitment,
                _ => return Err(self.chain("source of a shard")),
            };
            if shard.before != current || shard.rows != original.0 {
                return Err(self.chain("shard"));
            }
            if statement.kind == LinkKind::Import && shard.after == [0; 32] {
                return Err(self.chain("shard"));
            }
            before.push(shard.before);
            if shard.after != [0; 32] {
                after.push(shard.after);
            }
        }
        if before.contains(&[0; 32]) {
            // Stands for a shard that was opened for the last time.
            return Err(self.chain("commitments"));
        }
        for commitment in &before {
            if self.opened.contains(commitment) {
                return Err(Rejection::Spent { link: self.links, commitment: hex(commitment) });
            }
        }
        let mut fresh = BTreeSet::new();
        for commitment in &after {
            let known = self.made.contains(commitment)
                || self.opened.contains(commitment)
                || before.contains(commitment);
            if known || !fresh.insert(*commitment) {
                return Err(Rejection::Spent { link: self.links, commitment: hex(commitment) });
            }
        }
        let mut once = BTreeSet::new();
        if before.iter().any(|commitment| !once.insert(*commitment)) {
            return Err(self.chain("commitments"));
        }
        Ok(())
    }

    /// Adds a link's totals to the run's.
    fn add_outputs(&mut self, statement: &Statement) -> Result<(), Rejection> {
        for (sum, &total) in self.outputs.iter_mut().zip(&statement.outputs) {
            *sum = sum
                .checked_add(total)
                .ok_or(Rejection::Limit { part: "an output's total", limit: i64::MAX as u64 })?;
        }
        Ok(())
    }

    fn advance(&mut self, statement: &Statement, outcome: Outcome) {
        self.channel = Some(statement.channel);
        self.enveloped |= statement.envelope.is_some();
        let closed = statement.channel == ChannelKind::Wrapped;
        if statement.states.is_some() {
            self.opened.insert(statement.before);
            self.made.insert(statement.after);
            let (commitment, pending, link) = (statement.after, outcome.states, self.links);
            self.states = Some(Current { commitment, pending, link });
        }
        // A closed link leaves the shards where they are.
        for (shard, pending) in statement.shards.iter().zip(outcome.shards).filter(|_| !closed) {
            self.opened.insert(shard.before);
            self.made.insert(shard.after);
            // A shard without a copy has neither claim nor commitment any more.
            let current = Current { commitment: shard.after, pending, link: self.links };
            self.shards.insert(shard.index, current);
        }
        for (runs, row) in self.scalars.iter_mut().zip(&statement.scalars) {
            for &value in row {
                match runs.last_mut() {
                    Some((last, count)) if *last == value => *count += 1,
                    _ => runs.push((value, 1)),
                }
            }
        }
        self.sealed = match statement.kind {
            LinkKind::Seal => Some(statement.before),
            LinkKind::Training if closed => Some(statement.after),
            LinkKind::Training | LinkKind::Import => None,
        };
        self.steps += u64::from(statement.steps);
        self.previous = statement.digest();
        self.links += 1;
    }

    /// What the run leaves, once its states are sealed.
    fn head(&self, states: &Current) -> Option<Head> {
        let shards = self
            .shards
            .iter()
            .filter_map(|(&index, shard)| Some((index, shard.pending.clone()?)))
            .collect();
        let states = states.pending.clone()?;
        let steps = steps_behind(self.program(), self.order.earlier_steps, self.steps);
        Some(Head { statement: self.previous, states, steps, data_root: self.lineage(), shards })
    }

    /// The root of the shards as their owner committed them.
    fn lineage(&self) -> [u8; 32] {
        let inherited = self.previous().filter(|head| {
            let shards = &self.order.shards;
            shards.len() == head.shards.len()
                && (0u32..).zip(shards).all(|(index, (_, root))| {
                    head.shards.get(&index).is_some_and(|pending| pending.commitment == *root)
                })
        });
        inherited.map_or(self.data_root, |head| head.data_root)
    }

    /// The receipt of a closed run.
    ///
    /// # Errors
    /// [`Rejection::NotClosed`] names what is pending; [`Rejection::Expectation`] for a number of
    /// steps that was not expected.
    pub fn finish(self) -> Result<Receipt, Rejection> {
        let program = self.program.program();
        let pending = |current: &Current| Rejection::NotClosed {
            commitment: hex(&current.commitment),
            step: training_steps(program, self.steps),
        };
        let Some(states) = &self.states else {
            return Err(Rejection::NotClosed { commitment: hex(&self.order.first), step: 0 });
        };
        let Some(last) = self.sealed else { return Err(pending(states)) };
        // What the seal itself copied is left for whatever comes next.
        let open = |shard: &&Current| shard.pending.is_some() && shard.link + 1 != self.links;
        if let Some(open) = self.shards.values().find(open) {
            return Err(pending(open));
        }
        let head = self.head(states);
        if head.is_none() && self.channel != Some(ChannelKind::Wrapped) {
            return Err(pending(states));
        }
        let steps = training_steps(program, self.steps);
        self.expected.check_steps(steps, program.window)?;
        // Maps grow by insertion: collected, they bring a sort each into a wasm.
        let mut scalars = BTreeMap::new();
        scalars.extend(program.scalars.iter().map(|scalar| scalar.name.clone()).zip(self.scalars));
        self.expected.check_scalars(&scalars)?;
        let all: u64 = self.order.shards.iter().map(|(rows, _)| u64::from(*rows)).sum();
        if program.reading == Reading::InOrder && self.counted != all {
            return Err(Rejection::RowsLeft { read: self.counted, rows: all });
        }
        let terms =
            |output: &Output| (output.name.clone(), OutputTerms::of(program, output, self.counted));
        let mut output_terms = BTreeMap::new();
        output_terms.extend(program.outputs.iter().map(terms));
        let mut outputs = BTreeMap::new();
        outputs.extend(program.outputs.iter().map(|output| output.name.clone()).zip(self.outputs));
        Ok(Receipt {
            output_terms,
            steps,
            window: program.window,
            earlier_steps: self.order.earlier_steps,
            links: self.links,
            program: hex(&self.order.program),
            first_commitment: hex(&self.order.first),
            last_commitment: hex(&last),
            head: hex(&states.commitment),
            continuation: head.as_ref().map_or_else(String::new, |head| hex(&head.to_bytes())),
            data_lineage: hex(&head.map_or(self.data_root, |head| head.data_root)),
            statement: hex(&self.previous),
            data_root: hex(&self.data_root),
            nonce: hex(&self.order.nonce),
            origin: describe(self.order.origin),
            context: hex(&self.order.context),
            scalars,
            outputs,
            rows: self.counted,
            complete: true,
            security_bits: self.security.bits(),
            zero_knowledge: self.channel.is_some_and(ChannelKind::hides),
            envelopes: self.enveloped,
            unchecked: self.expected.unchecked(program, &self.order),
        })
    }
}
