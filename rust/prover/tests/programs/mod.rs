//! A small program with every kind of node, and a run of it.
#![allow(dead_code)]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use zkpot_ir::*;
use zkpot_pcs::Whir;
use zkpot_prover::held::{Held, HeldKind};
use zkpot_prover::link::ProvenLink;
use zkpot_prover::session::{Session, Steps};
use zkpot_protocol::statement::{Order, Origin};

fn tensor(name: &str, shape: &[u32], range: Option<(i64, u32)>) -> Tensor {
    Tensor {
        name: name.into(),
        shape: shape.to_vec(),
        scale: Scale { numerator: 1, denominator: 1, fraction_bits: 0 },
        range: range.map(|(lo, bits)| Range { lo, bits }),
    }
}

fn operand(tensor: TensorId, axes: &[u8]) -> Operand {
    Operand { tensor, axes: axes.to_vec() }
}

fn term(coefficient: i64, left: Operand, right: Option<Operand>) -> Term {
    Term { coefficient, scalar: None, left, right }
}

fn sum(out: TensorId, terms: Vec<Term>) -> Node {
    Node::Sum { out, terms, constant: 0 }
}

/// A classifier with ReLU, softmax cross entropy and momentum: 5 features, 4 classes, batch 3.
pub fn classifier() -> Program {
    let step = Table {
        name: "x > 0".into(),
        first: -2048,
        bits: 12,
        columns: vec![(-2048i64..2048).map(|x| i64::from(x > 0)).collect()],
    };
    let exp = Table {
        name: "exp(-x / 256) * 255 + 1".into(),
        first: 0,
        bits: 12,
        columns: vec![(0..4096).map(|x| 1 + (255.0 * (-f64::from(x) / 256.0).exp()) as i64).collect()],
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
        tensor("largest", &[3], Some((-2048, 12))),
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
    ];
    let mut update = term(1, operand(18, &[0, 1]), None);
    update.scalar = Some(0);
    Program {
        arithmetic: ARITHMETIC_VERSION,
        name: "classifier".into(),
        batch: 3,
        max_steps: 64,
        tensors,
        tables: vec![step, exp],
        data: vec![
            DataField { name: "x".into(), tensor: 0 },
            DataField { name: "y".into(), tensor: 1 },
        ],
        states: vec![
            State { name: "param.w".into(), tensor: 2, next: 21 },
            State { name: "state.momentum.w".into(), tensor: 3, next: 18 },
        ],
        scalars: vec![Scalar { name: "lr.0".into(), fraction_bits: 4, lo: 0, hi: 64 }],
        nodes: vec![
            sum(4, vec![term(1, operand(0, &[0, 2]), Some(operand(2, &[1, 2])))]),
            Node::Rescale { input: 4, out: 5, shift: 9 },
            Node::Lookup { input: 5, table: 0, outs: vec![6] },
            sum(7, vec![term(1, operand(5, &[0, 1]), Some(operand(6, &[0, 1])))]),
            Node::OneHot { input: 1, out: 8 },
            Node::Max { input: 7, out: 9 },
            sum(10, vec![term(1, operand(9, &[0]), None), term(-1, operand(7, &[0, 1]), None)]),
            Node::Lookup { input: 10, table: 1, outs: vec![11] },
            sum(12, vec![term(1, operand(11, &[0, 1]), None)]),
            Node::Divide { numerator: 11, denominator: 12, out: 13, shift: 8 },
            sum(14, vec![term(1, operand(13, &[0, 1]), None), term(-256, operand(8, &[0, 1]), None)]),
            sum(15, vec![term(1, operand(14, &[0, 1]), Some(operand(6, &[0, 1])))]),
            sum(16, vec![term(1, operand(15, &[2, 0]), Some(operand(0, &[2, 1])))]),
            sum(17, vec![term(3, operand(3, &[0, 1]), None), term(1, operand(16, &[0, 1]), None)]),
            Node::Rescale { input: 17, out: 18, shift: 2 },
            sum(19, vec![update]),
            Node::Rescale { input: 19, out: 20, shift: 5 },
            sum(21, vec![term(1, operand(2, &[0, 1]), None), term(-1, operand(20, &[0, 1]), None)]),
        ],
        monitor: None,
    }
}

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

pub const ROWS: [u32; 2] = [7, 6];

/// The owner's commitments for a run of [`classifier`].
pub fn commit(program: &Program, seed: u64) -> (Held, Vec<Held>) {
    let weights = noise(seed, 20, 4000).iter().map(|v| v - 2000).collect();
    let states = vec![weights, vec![0; 20]];
    let states = Held::commit::<Whir>(program, HeldKind::States, states).unwrap();
    let shards = ROWS
        .iter()
        .map(|&rows| {
            let x = noise(seed + 1, rows as usize * 5, 256).iter().map(|v| v - 128).collect();
            let y = noise(seed + 2, rows as usize, 4);
            Held::commit::<Whir>(program, HeldKind::Shard { rows }, vec![x, y]).unwrap()
        })
        .collect();
    (states, shards)
}

pub fn order(program: &Program, states: &Held, shards: &[Held]) -> Order {
    Order {
        program: program.digest().0,
        first: states.root,
        shards: shards.iter().zip(ROWS).map(|(held, rows)| (rows, held.root)).collect(),
        nonce: [7; 32],
        origin: Origin::Arbitrary,
        context: b"test".to_vec(),
    }
}

/// A run in the making: what the last link left.
pub struct Running {
    pub program: Program,
    pub order: Order,
    pub states: Held,
    pub shards: BTreeMap<u32, Held>,
    pub previous: [u8; 32],
    pub step: u64,
    pub links: Vec<Vec<u8>>,
}

impl Running {
    /// Commits and imports.
    pub fn start() -> Self {
        let program = classifier();
        let (states, shards) = commit(&program, 3);
        let order = order(&program, &states, &shards);
        let shards: BTreeMap<u32, Held> = (0u32..).zip(shards).collect();
        let mut running = Self { program, order, states, shards, previous: [0; 32], step: 0, links: vec![] };
        let given: BTreeMap<u32, &Held> = running.shards.iter().map(|(&i, h)| (i, h)).collect();
        let proven = running.session().import::<Whir>(Some(&running.states), &given).unwrap();
        drop(given);
        running.take(proven);
        running
    }

    pub fn session(&self) -> Session<'_> {
        Session {
            program: &self.program,
            order: &self.order,
            previous: self.previous,
            first_step: self.step,
            observer: &|_, _, _| ControlFlow::Continue(()),
        }
    }

    pub fn scheduled(&self, count: u32) -> BTreeSet<u32> {
        self.session().rows(count).unwrap().iter().map(|row| row.shard).collect()
    }

    pub fn steps(&self, count: u32, copy: bool) -> Steps {
        let copies = if copy { self.scheduled(count) } else { BTreeSet::new() };
        Steps { count, scalars: vec![vec![2; count as usize]], copies }
    }

    pub fn train(&mut self, count: u32, copy: bool) {
        let steps = self.steps(count, copy);
        let needed = self.scheduled(count);
        let given: BTreeMap<u32, &Held> =
            self.shards.iter().filter(|(i, _)| needed.contains(i)).map(|(&i, h)| (i, h)).collect();
        let proven = self.session().train::<Whir>(&self.states, &given, &steps).unwrap();
        drop(given);
        self.take(proven.proven);
    }

    pub fn seal(&mut self) {
        let given: BTreeMap<u32, &Held> = self
            .shards
            .iter()
            .filter(|(_, held)| held.pending.is_some())
            .map(|(&i, h)| (i, h))
            .collect();
        let proven = self.session().seal::<Whir>(&self.states, &given).unwrap();
        drop(given);
        self.take(proven);
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
