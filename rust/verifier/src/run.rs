//! A run: links in order, from the owner's commitments to a seal.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::marker::PhantomData;
use serde::Serialize;
use zkpot_ir::{Bounds, Program, Reading};
use zkpot_protocol::arithmetization::LinkKind;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::CommitmentScheme;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::pending::{Head, Pending};
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::schedule::Schedule;
use zkpot_protocol::statement::{FORMAT_VERSION, Order, Origin, ShardEntry, Statement};

use crate::link::{Context, Outcome, check_rows, verify_link};
use crate::security::run::RunSecurity;

/// What the verifier was told to expect; whatever is absent is listed as unchecked.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    /// Digest of the program.
    pub program: Option<[u8; 32]>,
    /// First commitment.
    pub first: Option<[u8; 32]>,
    /// Merkle root of the original data shards.
    pub data_root: Option<[u8; 32]>,
    /// Nonce of the batch schedule.
    pub nonce: Option<[u8; 32]>,
    /// Steps of the whole run.
    pub steps: Option<u64>,
    /// Free bytes of the order.
    pub context: Option<Vec<u8>>,
    /// Bits of security that the whole run must reach: 100, unless this is more.
    pub security: Option<u32>,
    /// Accept links that hide nothing.
    pub allow_clear: bool,
    /// Public scalars (learning rates), by name, as runs of equal integers.
    pub scalars: Option<BTreeMap<String, Vec<(i64, u64)>>>,
    /// The public seed that the first weights come from.
    pub seed: Option<[u8; 32]>,
    /// The head of the run that this one continues, from that run's verification.
    pub previous: Option<Head>,
}

/// What a closed run proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Training steps.
    pub steps: u64,
    /// Links, imports and seals included.
    pub links: usize,
    /// Digest of the program.
    pub program: String,
    /// The weights as their owner committed them.
    pub first_commitment: String,
    /// The trained weights and optimizer state: closed, everything up to here is proven.
    pub last_commitment: String,
    /// The seal's fresh copy, which whatever comes next consumes.
    pub head: String,
    /// What a verifier needs of this run to verify one that continues it: [`Head::to_bytes`] in
    /// hexadecimal.
    pub continuation: String,
    /// Digest of the last statement.
    pub statement: String,
    /// Merkle root of the data shards that the run imported.
    pub data_root: String,
    /// Merkle root of the shards as their owner committed them: differs from `data_root` where the
    /// run imported the copies that a previous run had sealed.
    pub data_lineage: String,
    /// Nonce of the batch schedule.
    pub nonce: String,
    /// Where the first weights come from.
    pub origin: String,
    /// Free bytes of the order, in hexadecimal.
    pub context: String,
    /// Each public scalar's integers as runs of equal values.
    pub scalars: BTreeMap<String, Vec<(i64, u64)>>,
    /// The program's public totals over all rows that the steps read.
    pub outputs: BTreeMap<String, i64>,
    /// Rows that these totals are over: steps times batch, or, where the program reads in order,
    /// all rows, each once.
    pub rows: u64,
    /// Always true: an open run has no receipt.
    pub complete: bool,
    /// Soundness of the whole run: the errors of all its challenges, openings and of the hash
    /// function, summed.
    pub security_bits: u32,
    /// Whether every link is on the hiding channel: the proofs then show nothing about weights,
    /// data, activations, gradients or losses beyond what this receipt says.
    pub zero_knowledge: bool,
    /// What the verifier was not told to expect.
    pub unchecked: Vec<&'static str>,
}

/// The hexadecimal form of a digest or commitment.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A commitment and the claim that is pending on it, if any.
#[derive(Clone, Debug)]
struct Current {
    commitment: [u8; 32],
    pending: Option<Pending>,
    /// The link that made it.
    link: usize,
}

/// Verifies a run link by link, in bounded memory.
#[derive(Debug)]
pub struct RunVerifier<'a, S> {
    program: &'a Program,
    bounds: Bounds,
    order: &'a Order,
    expected: &'a Expectations,
    schedule: Schedule,
    data_root: [u8; 32],
    states: Option<Current>,
    shards: BTreeMap<u32, Current>,
    opened: BTreeSet<[u8; 32]>,
    made: BTreeSet<[u8; 32]>,
    links: usize,
    steps: u64,
    sealed: Option<[u8; 32]>,
    previous: [u8; 32],
    scalars: Vec<Vec<(i64, u64)>>,
    outputs: Vec<i64>,
    counted: u64,
    hiding: bool,
    security: RunSecurity,
    scheme: PhantomData<S>,
}

impl<'a, S: CommitmentScheme<F, EF>> RunVerifier<'a, S> {
    /// Starts with the terms of the run.
    ///
    /// # Errors
    /// [`Rejection::Expectation`] where the terms are not what was expected, and
    /// [`Rejection::Shape`] where they do not fit the program.
    pub fn new(
        program: &'a Program,
        order: &'a Order,
        expected: &'a Expectations,
    ) -> Result<Self, Rejection> {
        let bounds = program
            .check()
            .map_err(|_| Rejection::Shape { part: "program", reason: "it does not check" })?;
        let data_root = order.data_root();
        let digest = program.digest().0;
        expect_bytes("program", expected.program.or(Some(digest)), digest)?;
        expect_bytes("program", Some(digest), order.program)?;
        expect_bytes("first commitment", expected.first, order.first)?;
        expect_bytes("data root", expected.data_root, data_root)?;
        expect_bytes("nonce", expected.nonce, order.nonce)?;
        if let Some(context) = &expected.context
            && *context != order.context
        {
            return Err(Rejection::Expectation {
                field: "context",
                expected: hex(context),
                actual: hex(&order.context),
            });
        }
        if order.shards.is_empty() || order.shards.len() > 1 << 16 || order.context.len() > 1 << 16
        {
            return Err(Rejection::Shape {
                part: "order",
                reason: "1 to 65,536 shards, context within 64 KiB",
            });
        }
        check_origin(order, expected)?;
        let schedule = Schedule {
            seed: order.schedule_seed(),
            shard_rows: order.shards.iter().map(|(rows, _)| *rows).collect(),
            reading: program.reading,
        };
        Ok(Self {
            program,
            bounds,
            order,
            expected,
            schedule,
            data_root,
            states: None,
            shards: BTreeMap::new(),
            opened: BTreeSet::new(),
            made: BTreeSet::new(),
            links: 0,
            steps: 0,
            sealed: None,
            previous: [0; 32],
            scalars: alloc::vec![Vec::new(); program.scalars.len()],
            outputs: alloc::vec![0; program.outputs.len()],
            counted: 0,
            hiding: true,
            security: RunSecurity::new(order.security, expected.security),
            scheme: PhantomData,
        })
    }

    /// Verifies the next link.
    ///
    /// # Errors
    /// A [`Rejection`]; the verifier must not be used afterwards.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Rejection> {
        let link = LinkProof::from_bytes(bytes)?;
        if link.statement.channel == ChannelKind::Clear && !self.expected.allow_clear {
            return Err(Rejection::NotHiding { link: self.links });
        }
        self.check_terms(&link.statement)?;
        self.check_commitments(&link.statement)?;
        check_rows(&link.statement, self.program)?;
        let rows = if link.statement.kind == LinkKind::Training {
            self.schedule
                .rows(self.steps, link.statement.steps, self.program.batch)
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
            .counted(self.steps, link.statement.steps, self.program.batch)
            .map_err(|_| self.chain("schedule"))?;
        let context = Context {
            program: self.program,
            bounds: &self.bounds,
            rows: &rows,
            counted,
            // An import of data alone opens no states, and leaves their claim where it is.
            states: self.pending_states().filter(|_| link.statement.states),
            shards: link.statement.shards.iter().map(|s| self.pending_shard(s)).collect(),
        };
        let outcome = verify_link::<S>(&link, &context)?;
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
    fn previous(&self) -> Option<&'a Head> {
        let origin = self.order.origin;
        self.expected.previous.as_ref().filter(|head| origin == Origin::Run(head.statement))
    }

    fn chain(&self, field: &'static str) -> Rejection {
        Rejection::Chain { link: self.links, field }
    }

    /// What the order and the links so far demand of a statement.
    fn check_terms(&self, statement: &Statement) -> Result<(), Rejection> {
        let order = self.order;
        let fields = [
            ("format", statement.format == FORMAT_VERSION),
            ("arithmetic", statement.arithmetic == self.program.arithmetic),
            ("program", statement.program == order.program),
            ("data root", statement.data_root == self.data_root),
            ("nonce", statement.nonce == order.nonce),
            ("origin", statement.origin == order.origin),
            ("security", statement.security == order.security),
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
        let import = statement.kind == LinkKind::Import;
        if statement.states {
            let current = match (&self.states, import) {
                (None, true) => self.order.first,
                (Some(head), false) => head.commitment,
                _ => return Err(self.chain("kind")),
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
        if statement.states {
            before.push(statement.before);
            after.push(statement.after);
        }
        for shard in &statement.shards {
            let original =
                self.order.shards.get(shard.index as usize).ok_or(self.chain("shard"))?;
            let current = match (self.shards.get(&shard.index), import) {
                (None, true) => original.1,
                (Some(head), false) => head.commitment,
                _ => return Err(self.chain("shard")),
            };
            if shard.before != current || shard.rows != original.0 {
                return Err(self.chain("shard"));
            }
            if import && shard.after == [0; 32] {
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
        self.hiding &= statement.channel == ChannelKind::Hiding;
        if statement.states {
            self.opened.insert(statement.before);
            self.made.insert(statement.after);
            let (commitment, pending, link) = (statement.after, outcome.states, self.links);
            self.states = Some(Current { commitment, pending, link });
        }
        for (shard, pending) in statement.shards.iter().zip(outcome.shards) {
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
        self.sealed = (statement.kind == LinkKind::Seal).then_some(statement.before);
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
        Some(Head { statement: self.previous, states, data_root: self.lineage(), shards })
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
        let pending = |current: &Current| Rejection::NotClosed {
            commitment: hex(&current.commitment),
            step: self.steps,
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
        let Some(head) = self.head(states) else { return Err(pending(states)) };
        if let Some(steps) = self.expected.steps
            && steps != self.steps
        {
            return Err(Rejection::Expectation {
                field: "steps",
                expected: format!("{steps}"),
                actual: format!("{}", self.steps),
            });
        }
        let scalars: BTreeMap<String, Vec<(i64, u64)>> = self
            .program
            .scalars
            .iter()
            .map(|scalar| scalar.name.clone())
            .zip(self.scalars)
            .collect();
        if let Some(expected) = &self.expected.scalars
            && *expected != scalars
        {
            return Err(Rejection::Expectation {
                field: "scalars",
                expected: format!("{expected:?}"),
                actual: format!("{scalars:?}"),
            });
        }
        let all: u64 = self.order.shards.iter().map(|(rows, _)| u64::from(*rows)).sum();
        if self.program.reading == Reading::InOrder && self.counted != all {
            return Err(Rejection::RowsLeft { read: self.counted, rows: all });
        }
        let given = [
            ("program", self.expected.program.is_some()),
            ("first", self.expected.first.is_some()),
            ("data-root", self.expected.data_root.is_some()),
            ("nonce", self.expected.nonce.is_some()),
            ("steps", self.expected.steps.is_some()),
            ("context", self.expected.context.is_some()),
            ("lr", self.expected.scalars.is_some() || self.program.scalars.is_empty()),
            // Weights from a seed that the verifier does not know may have been searched for.
            (
                "init-seed",
                self.expected.seed.is_some() || !matches!(self.order.origin, Origin::Seed(_)),
            ),
        ];
        Ok(Receipt {
            steps: self.steps,
            links: self.links,
            program: hex(&self.order.program),
            first_commitment: hex(&self.order.first),
            last_commitment: hex(&last),
            head: hex(&states.commitment),
            continuation: hex(&head.to_bytes()),
            data_lineage: hex(&head.data_root),
            statement: hex(&self.previous),
            data_root: hex(&self.data_root),
            nonce: hex(&self.order.nonce),
            origin: describe(self.order.origin),
            context: hex(&self.order.context),
            scalars,
            outputs: self
                .program
                .outputs
                .iter()
                .map(|output| output.name.clone())
                .zip(self.outputs)
                .collect(),
            rows: self.counted,
            complete: true,
            security_bits: self.security.bits(),
            zero_knowledge: self.hiding,
            unchecked: given.iter().filter(|(_, given)| !given).map(|(name, _)| *name).collect(),
        })
    }
}

/// The run starts from arbitrary weights, or from those that the given run left.
fn check_origin(order: &Order, expected: &Expectations) -> Result<(), Rejection> {
    let origin = describe(order.origin);
    if let Some(seed) = expected.seed
        && order.origin != Origin::Seed(seed)
    {
        let expected = describe(Origin::Seed(seed));
        return Err(Rejection::Expectation { field: "origin", expected, actual: origin });
    }
    match (order.origin, &expected.previous) {
        (Origin::Arbitrary | Origin::Seed(_), None) => Ok(()),
        (Origin::Run(_), None) => Err(Rejection::Origin { origin }),
        (Origin::Run(digest), Some(head)) if digest == head.statement => {
            expect_bytes("first commitment", Some(head.states.commitment), order.first)
        }
        (_, Some(head)) => Err(Rejection::Expectation {
            field: "origin",
            expected: describe(Origin::Run(head.statement)),
            actual: origin,
        }),
    }
}

fn describe(origin: Origin) -> String {
    match origin {
        Origin::Arbitrary => "arbitrary".into(),
        Origin::Run(digest) => format!("run {}", hex(&digest)),
        Origin::Seed(seed) => format!("seed {}", hex(&seed)),
    }
}

fn expect_bytes(
    field: &'static str,
    expected: Option<[u8; 32]>,
    actual: [u8; 32],
) -> Result<(), Rejection> {
    match expected {
        Some(expected) if expected != actual => {
            Err(Rejection::Expectation { field, expected: hex(&expected), actual: hex(&actual) })
        }
        _ => Ok(()),
    }
}
