//! A small program with every kind of node, and a run of it.
#![allow(dead_code)]

pub mod convolution;
pub mod dropout;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use zkpot_ir::*;
use zkpot_pcs::Whir;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::{CommitmentScheme, Committer};
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::security::SecurityLevel;
use zkpot_protocol::statement::{Order, Origin};
use zkpot_prover::envelope::Sealed;
use zkpot_prover::error::ProveError;
use zkpot_prover::held::{Held, HeldKind};
use zkpot_prover::link::ProvenLink;
use zkpot_prover::session::{Session, Shards, Steps};
use zkpot_verifier::{Expectations, Receipt, RunVerifier};

pub fn tensor(name: &str, shape: &[u32], range: Option<(i64, u32)>) -> Tensor {
    Tensor {
        name: name.into(),
        shape: shape.to_vec(),
        scale: Scale { numerator: 1, denominator: 1, fraction_bits: 0 },
        range: range.map(|(lo, bits)| Range { lo, bits }),
    }
}

fn operand(tensor: TensorId, labels: &[u8]) -> Operand {
    Operand::plain(tensor, labels)
}

pub fn term(coefficient: i64, left: Operand, right: Option<Operand>) -> Term {
    Term { coefficient, scalar: None, left, right }
}

fn sum(out: TensorId, summed: &[u32], terms: Vec<Term>) -> Node {
    Node::Sum { out, summed: summed.to_vec(), terms, constant: 0 }
}

// Tensors of [`classifier`].
pub const Y: usize = 1;
pub const W: usize = 2;
pub const MOMENTUM: usize = 3;
pub const Z_WIDE: usize = 4;
pub const Z: usize = 5;
pub const POSITIVE: usize = 6;
pub const A: usize = 7;
pub const TARGET: usize = 8;
pub const LARGEST: usize = 9;
pub const E: usize = 11;
pub const E_SUM: usize = 12;
pub const P: usize = 13;
pub const GRADIENT: usize = 16;
pub const MOMENTUM_WIDE: usize = 17;
pub const NEW_MOMENTUM: usize = 18;
pub const UPDATE_WIDE: usize = 19;
pub const UPDATE: usize = 20;
pub const PEAK: usize = 22;
pub const SQUARES: usize = 23;
pub const NORM: usize = 24;
pub const BEST: usize = 25;
pub const PLACE: usize = 26;
pub const SIGN: usize = 27;
pub const E_COLUMN: usize = 28;
pub const SHARE: usize = 29;

// Nodes of [`classifier`].
pub const ACCUMULATE_Z: usize = 0;
pub const RESCALE_Z: usize = 1;
pub const STEP: usize = 2;
pub const ONE_HOT: usize = 4;
pub const MAX: usize = 5;
pub const EXP: usize = 7;
pub const DIVIDE: usize = 9;
pub const ACCUMULATE_GRADIENT: usize = 12;
pub const ACCUMULATE_MOMENTUM: usize = 13;
pub const RESCALE_MOMENTUM: usize = 14;
pub const ACCUMULATE_UPDATE: usize = 15;
pub const RESCALE_UPDATE: usize = 16;
pub const MAX_PEAK: usize = 18;
pub const ROOT: usize = 20;
pub const ARG_MAX: usize = 21;
pub const POSITIVE_Z: usize = 22;
pub const DIVIDE_COLUMN: usize = 24;

/// A classifier with ReLU, softmax cross entropy and momentum: 5 features, 4 classes, batch 3.
///
/// `peak` and what comes after it are read by nothing, so that a lie about them has no other
/// consequence. Two shifts are so small that one table serves both.
pub fn classifier() -> Program {
    let step = Table {
        name: "x > 0".into(),
        first: -4096,
        bits: 13,
        columns: vec![(-4096i64..4096).map(|x| i64::from(x > 0)).collect()],
        gaps: vec![],
    };
    let exp = Table {
        name: "exp(-x / 256) * 255 + 1".into(),
        first: 0,
        bits: 12,
        columns: vec![
            (0..4096).map(|x| 1 + (255.0 * (-f64::from(x) / 256.0).exp()) as i64).collect(),
        ],
        gaps: vec![],
    };
    let tensors = vec![
        tensor("x", &[3, 5], Some((-128, 8))),
        tensor("y", &[3], Some((0, 2))),
        tensor("param.w", &[4, 5], Some((-(1 << 19), 20))),
        tensor("state.momentum.w", &[4, 5], Some((-(1 << 15), 16))),
        tensor("z.wide", &[3, 4], None),
        tensor("z", &[3, 4], Some((-2048, 12))),
        tensor("z.positive", &[3, 4], Some((0, 1))),
        tensor("a", &[3, 4], None),
        tensor("target", &[3, 4], Some((0, 1))),
        tensor("largest", &[3], Some((-4096, 13))),
        tensor("distance", &[3, 4], None),
        tensor("e", &[3, 4], Some((1, 9))),
        tensor("e.sum", &[3], None),
        tensor("p", &[3, 4], Some((0, 9))),
        tensor("delta", &[3, 4], None),
        tensor("dz", &[3, 4], None),
        tensor("gradient", &[4, 5], None),
        tensor("momentum.wide", &[4, 5], None),
        tensor("new.state.momentum.w", &[4, 5], Some((-(1 << 15), 16))),
        tensor("update.wide", &[4, 5], None),
        tensor("update", &[4, 5], Some((-(1 << 15), 16))),
        tensor("new.param.w", &[4, 5], None),
        tensor("peak", &[3], Some((-4096, 13))),
        tensor("squares", &[3], None),
        tensor("norm", &[3], Some((33, 7))),
        tensor("best", &[], Some((1, 13))),
        tensor("place", &[3, 4], Some((0, 1))),
        tensor("sign", &[3, 4], Some((0, 1))),
        tensor("e.column", &[4], None),
        tensor("share", &[3, 4], Some((-(1 << 15), 16))),
    ];
    let mut update = term(1, operand(18, &[0, 1]), None);
    update.scalar = Some(0);
    Program {
        arithmetic: ARITHMETIC_VERSION,
        name: "classifier".into(),
        batch: 3,
        window: 1,
        max_steps: 64,
        tensors,
        tables: vec![step, exp],
        data: vec![
            DataField { name: "x".into(), tensor: 0 },
            DataField { name: "y".into(), tensor: 1 },
        ],
        states: vec![
            State { name: "param.w".into(), tensor: 2, next: 21, initial: 12_000, shape: vec![20] },
            State {
                name: "state.momentum.w".into(),
                tensor: 3,
                next: 18,
                initial: 0,
                shape: vec![4, 5],
            },
        ],
        scalars: vec![Scalar { name: "lr.0".into(), fraction_bits: 4, lo: 0, hi: 64 }],
        nodes: vec![
            sum(4, &[5], vec![term(1, operand(0, &[0, 2]), Some(operand(2, &[1, 2])))]),
            Node::Rescale { input: 4, out: 5, shift: 9 },
            Node::Lookup { input: 5, table: 0, outs: vec![6] },
            sum(7, &[], vec![term(1, operand(5, &[0, 1]), Some(operand(6, &[0, 1])))]),
            Node::OneHot { input: 1, out: 8 },
            Node::Max { input: 7, out: 9 },
            sum(
                10,
                &[],
                vec![term(1, operand(9, &[0]), None), term(-1, operand(7, &[0, 1]), None)],
            ),
            Node::Lookup { input: 10, table: 1, outs: vec![11] },
            sum(12, &[4], vec![term(1, operand(11, &[0, 1]), None)]),
            Node::Divide { numerator: 11, denominator: 12, axes: vec![0], out: 13, shift: 8 },
            sum(
                14,
                &[],
                vec![term(1, operand(13, &[0, 1]), None), term(-256, operand(8, &[0, 1]), None)],
            ),
            sum(15, &[], vec![term(1, operand(14, &[0, 1]), Some(operand(6, &[0, 1])))]),
            sum(16, &[3], vec![term(1, operand(15, &[2, 0]), Some(operand(0, &[2, 1])))]),
            sum(
                17,
                &[],
                vec![term(3, operand(3, &[0, 1]), None), term(1, operand(16, &[0, 1]), None)],
            ),
            Node::Rescale { input: 17, out: 18, shift: 2 },
            sum(19, &[], vec![update]),
            Node::Rescale { input: 19, out: 20, shift: 4 },
            sum(
                21,
                &[],
                vec![term(1, operand(2, &[0, 1]), None), term(-1, operand(20, &[0, 1]), None)],
            ),
            Node::Max { input: 5, out: 22 },
            sum(23, &[5], vec![term(1, operand(0, &[0, 1]), Some(operand(0, &[0, 1])))]),
            Node::Root { input: 23, out: 24, shift: 0 },
            Node::ArgMax { input: 7, max: 25, out: 26 },
            Node::Positive { input: 5, out: 27 },
            sum(28, &[3], vec![term(1, operand(11, &[1, 0]), None)]),
            Node::Divide { numerator: 5, denominator: 28, axes: vec![1], out: 29, shift: 4 },
        ],
        reading: Reading::Shuffled,
        outputs: vec![],
        monitor: None,
    }
}

/// The security that tests commit for.
pub const LEVEL: SecurityLevel = SecurityLevel::Bits100;

/// Numbers that look random and are always the same.
pub fn noise(seed: u64, count: usize, modulus: u64) -> Vec<i64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % modulus) as i64
        })
        .collect()
}

/// The same, between `-within` and `within - 1`.
pub fn signed_noise(seed: u64, count: usize, within: i64) -> Vec<i64> {
    noise(seed, count, 2 * within as u64).iter().map(|value| value - within).collect()
}

pub const ROWS: [u32; 2] = [7, 6];

/// The owner's integers for a run of [`classifier`]: states and the fields of each shard.
#[derive(Clone)]
pub struct Owned {
    pub states: Vec<Vec<i64>>,
    pub shards: Vec<Vec<Vec<i64>>>,
}

impl Owned {
    /// The order of the batches depends on commitments, which are random. So that every test has
    /// what it needs in any batch, the first feature makes class 0 positive and class 1 negative,
    /// and classes come in turn.
    pub fn new(seed: u64) -> Self {
        let mut weights = signed_noise(seed, 20, 2000);
        (weights[0], weights[5]) = (12_000, -12_000);
        let shard = |rows: u32| {
            let mut x = signed_noise(seed + 1, rows as usize * 5, 48);
            x.iter_mut().step_by(5).for_each(|x| *x = 40);
            vec![x, (0..i64::from(rows)).map(|row| row % 4).collect()]
        };
        Self { states: vec![weights, vec![0; 20]], shards: ROWS.map(shard).to_vec() }
    }
}

/// The program without declared ranges: the prover's own checks then let every integer pass.
pub fn unchecked(program: &Program) -> Program {
    let mut program = program.clone();
    program.tensors.iter_mut().for_each(|tensor| tensor.range = None);
    program
}

pub fn order(program: &Program, states: &Held, shards: &[Held]) -> Order {
    Order {
        program: program.digest().0,
        first: states.root,
        shards: shards.iter().zip(ROWS).map(|(held, rows)| (rows, held.root)).collect(),
        nonce: [7; 32],
        origin: Origin::Arbitrary,
        earlier_steps: 0,
        security: states.level,
        context: b"test".to_vec(),
    }
}

/// A run in the making: what the last link left.
#[derive(Clone)]
pub struct Running {
    pub program: Program,
    pub order: Order,
    pub states: Held,
    pub shards: BTreeMap<u32, Held>,
    pub previous: [u8; 32],
    pub step: u64,
    pub links: Vec<Vec<u8>>,
    pub channel: ChannelKind,
}

impl Running {
    /// Commits to an owner's integers, whatever their range, for a run on a channel.
    pub fn committed(owned: &Owned, channel: ChannelKind) -> Self {
        Self::committed_for(owned, LEVEL, channel)
    }

    /// The same for a run of a given level.
    pub fn committed_for(owned: &Owned, level: SecurityLevel, channel: ChannelKind) -> Self {
        Self::of(classifier(), owned, level, channel)
    }

    /// A run of any program with one learning rate, whose data have [`ROWS`].
    pub fn of(program: Program, owned: &Owned, level: SecurityLevel, channel: ChannelKind) -> Self {
        let unchecked = unchecked(&program);
        let commit = |kind, integers: &Vec<Vec<i64>>| {
            Held::commit::<Whir>(&unchecked, kind, level, channel, integers.clone()).unwrap()
        };
        let states = commit(HeldKind::States, &owned.states);
        let shards: Vec<Held> = ROWS
            .iter()
            .zip(&owned.shards)
            .map(|(&rows, fields)| commit(HeldKind::Shard { rows }, fields))
            .collect();
        let order = order(&program, &states, &shards);
        let shards: BTreeMap<u32, Held> = (0u32..).zip(shards).collect();
        let previous = [0; 32];
        Self { program, order, states, shards, previous, step: 0, links: vec![], channel }
    }

    /// Commits and imports. The clear channel says which check refuses a lie.
    pub fn start() -> Self {
        Self::start_on(ChannelKind::Clear)
    }

    /// The same on a given channel.
    pub fn start_on(channel: ChannelKind) -> Self {
        Self::start_of(classifier(), &Owned::new(3), channel)
    }

    /// The same of any program with one learning rate.
    pub fn start_of(program: Program, owned: &Owned, channel: ChannelKind) -> Self {
        let mut running = Self::of(program, owned, LEVEL, channel);
        running.import();
        running
    }

    pub fn import(&mut self) {
        let given: BTreeMap<u32, &Held> = self.shards.iter().map(|(&i, h)| (i, h)).collect();
        let proven = self.session().prove_import::<Whir>(Some(&self.states), &given).unwrap();
        drop(given);
        self.take(proven);
    }

    pub fn session(&self) -> Session<'_> {
        Session {
            program: &self.program,
            order: &self.order,
            previous: self.previous,
            first_step: self.step,
            channel: self.channel,
            observer: &|_, _, _| ControlFlow::Continue(()),
        }
    }

    pub fn scheduled(&self, count: u32) -> BTreeSet<u32> {
        self.session().rows(count).unwrap().iter().map(|row| row.shard).collect()
    }

    pub fn steps(&self, count: u32, copy: bool) -> Steps {
        let copies = if copy { self.scheduled(count) } else { BTreeSet::new() };
        Steps {
            count,
            scalars: vec![vec![1; count as usize]],
            copies,
            witness: true,
            envelope: false,
        }
    }

    pub fn train(&mut self, count: u32, copy: bool) {
        let steps = self.steps(count, copy);
        let needed = self.scheduled(count);
        let given: BTreeMap<u32, &Held> =
            self.shards.iter().filter(|(i, _)| needed.contains(i)).map(|(&i, h)| (i, h)).collect();
        let proven = self.session().prove_train::<Whir>(&self.states, &given, &steps).unwrap();
        drop(given);
        self.take(proven);
    }

    /// Trains on the wrapped channel, with the states encrypted; returns their envelope.
    pub fn train_sealed(&mut self, count: u32) -> Sealed {
        let steps = Steps { envelope: true, ..self.steps(count, false) };
        // Shards are not used up.
        let (states, shards) = (shared(&self.states), self.shards.clone());
        let given = shards.iter().map(|(&index, held)| (index, shared(held))).collect();
        let trained = self.session().train::<Whir>(states, &given, &steps, seed()).unwrap();
        let sealed = trained.unproven.envelope(&self.program).unwrap();
        let proven =
            trained.unproven.prove_link::<Whir>(&self.program, self.session().observer).unwrap();
        self.take(proven);
        self.shards = shards;
        sealed
    }

    pub fn seal(&mut self) {
        self.seal_keeping(&BTreeSet::new());
    }

    /// Seals, and keeps copies of some shards.
    pub fn seal_keeping(&mut self, copies: &BTreeSet<u32>) {
        let given: BTreeMap<u32, &Held> = self
            .shards
            .iter()
            .filter(|(_, held)| held.pending.is_some())
            .map(|(&i, h)| (i, h))
            .collect();
        let proven = self.session().prove_seal::<Whir>(&self.states, &given, copies).unwrap();
        drop(given);
        self.take(proven);
    }

    /// What the verifier says to the run as it stands.
    pub fn verify(&self, expected: &Expectations) -> Result<Receipt, Rejection> {
        verify_links::<Whir>(&self.program, &self.order, expected, &self.links)
    }

    pub fn take(&mut self, proven: ProvenLink) {
        self.previous = proven.link.statement.digest();
        self.step += u64::from(proven.link.statement.steps);
        for (entry, copy) in proven.link.statement.shards.iter().zip(proven.shards) {
            match copy {
                Some(held) => self.shards.insert(entry.index, held),
                None => self.shards.remove(&entry.index),
            };
        }
        if let Some(states) = proven.states {
            self.states = states;
        }
        self.links.push(proven.link.to_bytes());
    }
}

/// Makes links ready and proves them, in one process.
pub trait ProveLinks {
    fn prove_import<S: Committer<F, EF>>(
        &self,
        states: Option<&Held>,
        shards: &BTreeMap<u32, &Held>,
    ) -> Result<ProvenLink, ProveError>;

    fn prove_train<S: Committer<F, EF>>(
        &self,
        states: &Held,
        shards: &BTreeMap<u32, &Held>,
        steps: &Steps,
    ) -> Result<ProvenLink, ProveError>;

    fn prove_seal<S: Committer<F, EF>>(
        &self,
        states: &Held,
        shards: &BTreeMap<u32, &Held>,
        copies: &BTreeSet<u32>,
    ) -> Result<ProvenLink, ProveError>;
}

impl ProveLinks for Session<'_> {
    fn prove_import<S: Committer<F, EF>>(
        &self,
        states: Option<&Held>,
        shards: &BTreeMap<u32, &Held>,
    ) -> Result<ProvenLink, ProveError> {
        self.import::<S>(states.map(shared), &all_shared(shards), seed())?
            .prove_link::<S>(self.program, self.observer)
    }

    fn prove_train<S: Committer<F, EF>>(
        &self,
        states: &Held,
        shards: &BTreeMap<u32, &Held>,
        steps: &Steps,
    ) -> Result<ProvenLink, ProveError> {
        self.train::<S>(shared(states), &all_shared(shards), steps, seed())?
            .unproven
            .prove_link::<S>(self.program, self.observer)
    }

    fn prove_seal<S: Committer<F, EF>>(
        &self,
        states: &Held,
        shards: &BTreeMap<u32, &Held>,
        copies: &BTreeSet<u32>,
    ) -> Result<ProvenLink, ProveError> {
        self.seal::<S>(shared(states), &all_shared(shards), copies, seed())?
            .prove_link::<S>(self.program, self.observer)
    }
}

pub fn shared(held: &Held) -> Arc<Held> {
    Arc::new(held.clone())
}

pub fn all_shared(shards: &BTreeMap<u32, &Held>) -> Shards {
    shards.iter().map(|(&index, held)| (index, shared(held))).collect()
}

/// A link's randomness; another one at each call.
pub fn seed() -> [u8; 32] {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let mut seed = [0x5e; 32];
    seed[..8].copy_from_slice(&CALLS.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    seed
}

/// What a verifier says to links, in this order.
pub fn verify_links<S: CommitmentScheme<F, EF>>(
    program: &Program,
    order: &Order,
    expected: &Expectations,
    links: &[Vec<u8>],
) -> Result<Receipt, Rejection> {
    let mut verifier = RunVerifier::<S>::new(program, order, expected)?;
    for link in links {
        verifier.push(link)?;
    }
    verifier.finish()
}

/// Runs of two training links, each begun on one of the channels, verify.
pub fn assert_verifies(begun: fn(ChannelKind) -> Running, steps: [u32; 2]) {
    for channel in [ChannelKind::Clear, ChannelKind::Hiding] {
        let mut running = begun(channel);
        running.train(steps[0], true);
        running.train(steps[1], false);
        running.seal();
        let receipt = running.verify(&nothing_expected()).unwrap();
        assert_eq!(receipt.steps, u64::from(steps[0] + steps[1]));
    }
}

/// What a verifier expects of tests' runs: nothing, on either channel.
pub fn nothing_expected() -> Expectations {
    Expectations { allow_clear: true, ..Expectations::default() }
}
