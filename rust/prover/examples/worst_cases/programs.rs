//! Programs that make few bytes slow.

use zkpot_ir::{
    ARITHMETIC_VERSION, DataField, Index, Node, Operand, Program, Range, Reading, Scale, State,
    Tensor, Term,
};

fn tensor(name: String, shape: &[u32], range: Option<(i64, u32)>) -> Tensor {
    Tensor {
        name,
        shape: shape.to_vec(),
        scale: Scale { numerator: 1, denominator: 1, fraction_bits: 0 },
        range: range.map(|(lo, bits)| Range { lo, bits }),
    }
}

fn term(left: Operand) -> Term {
    Term { coefficient: 1, scalar: None, left, right: None }
}

/// A field of one row and a state that stays as it is, both with zeros and ones.
fn program(name: &str, state: &[u32]) -> Program {
    Program {
        arithmetic: ARITHMETIC_VERSION,
        name: name.into(),
        batch: 1,
        window: 1,
        max_steps: 1 << 12,
        tensors: vec![
            tensor("x".into(), &[1], Some((0, 1))),
            tensor("w".into(), state, Some((0, 1))),
        ],
        tables: vec![],
        data: vec![DataField { name: "x".into(), tensor: 0 }],
        states: vec![State {
            name: "w".into(),
            tensor: 1,
            next: 1,
            shape: state.to_vec(),
            initial: 0,
        }],
        scalars: vec![],
        nodes: vec![],
        reading: Reading::Shuffled,
        outputs: vec![],
        monitor: None,
    }
}

impl Builder for Program {
    fn add(&mut self, shape: &[u32], range: Option<(i64, u32)>) -> u32 {
        let id = self.tensors.len() as u32;
        self.tensors.push(tensor(format!("t{id}"), shape, range));
        id
    }

    /// The relation that makes claims on a tensor: it is rescaled.
    fn rescale(&mut self, input: u32) {
        let shape = self.tensors[input as usize].shape.clone();
        let out = self.add(&shape, Some((0, 40)));
        self.nodes.push(Node::Rescale { input, out, shift: 1 });
    }
}

trait Builder {
    fn add(&mut self, shape: &[u32], range: Option<(i64, u32)>) -> u32;
    fn rescale(&mut self, input: u32);
}

/// Sums of 64 parts, each of which is zero somewhere along three axes of 4,096, 4,096 and 16.
pub fn parts() -> Program {
    let mut program = program("parts", &[4096, 4096, 16]);
    for _ in 0..8 {
        let out = program.add(&[4096, 4096, 16], None);
        let terms = (0..64).map(|part| {
            let axes = (0..3).map(|label| Index { offset: 1 + part % 7, ..Index::plain(label) });
            term(Operand { tensor: 1, axes: axes.collect() })
        });
        program.nodes.push(Node::Sum { out, summed: vec![], terms: terms.collect(), constant: 0 });
    }
    program
}

pub fn many_states() -> Program {
    let mut program = program("states", &[1]);
    for number in 0..16_000 {
        let (state, next) = (program.add(&[], Some((0, 1))), program.add(&[], None));
        let terms = vec![term(Operand { tensor: state, axes: vec![] })];
        program.nodes.push(Node::Sum { out: next, summed: vec![], terms, constant: 0 });
        let name = format!("s{number}");
        program.states.push(State { name, tensor: state, next, shape: vec![], initial: 0 });
    }
    program
}

pub fn many_tensors() -> Program {
    let mut program = program("tensors", &[1]);
    for _ in 0..16_000 {
        let out = program.add(&[1], None);
        let terms = vec![term(Operand::plain(1, &[0]))];
        program.nodes.push(Node::Sum { out, summed: vec![], terms, constant: 0 });
        program.rescale(out);
    }
    program
}

#[derive(Clone, Copy)]
pub enum Product {
    Plain,
    Window,
}

/// Sums of so many terms of the one before, the first of a state; products in the first.
pub fn nested(length: u32, levels: &[usize], product: Option<Product>) -> Program {
    let mut program = program("nested", &[length, length]);
    let mut last = 1;
    for (level, &terms) in levels.iter().enumerate() {
        let out = program.add(&[length, length], None);
        let plain = || Operand::plain(last, &[0, 1]);
        let windowed = || {
            let both = Index { labels: vec![(0, 1), (1, 1)], offset: 0, divisor: 1 };
            let other = Index { labels: vec![(2, 1)], offset: 0, divisor: 1 };
            Operand { tensor: last, axes: vec![both, other] }
        };
        let term = |_| match product.filter(|_| level == 0) {
            None => term(plain()),
            Some(Product::Plain) => Term { right: Some(plain()), ..term(plain()) },
            Some(Product::Window) => Term { right: Some(windowed()), ..term(plain()) },
        };
        let summed =
            if matches!(product, Some(Product::Window)) && level == 0 { vec![2] } else { vec![] };
        let terms = (0..terms).map(term).collect();
        program.nodes.push(Node::Sum { out, summed, terms, constant: 0 });
        last = out;
    }
    program.rescale(last);
    program
}

pub fn constants() -> Program {
    let mut program = program("constants", &[1]);
    let length = 1 << 16;
    let values = program.add(&[length], None);
    program.nodes.push(Node::Constant { out: values, values: vec![1; length as usize] });
    sum_of(&mut program, values, 1 << 10);
    program
}

pub fn random() -> Program {
    let mut program = program("random", &[1]);
    program.max_steps = 1;
    let drawn = program.add(&[1 << 16], None);
    program.nodes.push(Node::Bernoulli { out: drawn, numerator: 1, bits: 1, ordinal: 0 });
    sum_of(&mut program, drawn, 1 << 10);
    program
}

/// Sums of sums of a vector, with so many claims on it together.
fn sum_of(program: &mut Program, vector: u32, claims: usize) {
    let length = program.tensors[vector as usize].shape[0];
    let mut last = vector;
    for terms in [claims.min(64), claims.div_ceil(64)] {
        let out = program.add(&[length], None);
        let terms = vec![term(Operand::plain(last, &[0])); terms];
        program.nodes.push(Node::Sum { out, summed: vec![], terms, constant: 0 });
        last = out;
    }
    program.rescale(last);
}

pub fn tables() -> Program {
    let mut program = program("tables", &[1]);
    for number in 0..4i64 {
        let values: Vec<i64> = (0..1 << 18).map(|row| row * 7 % 1_000 + number).collect();
        let table = program.tables.len() as u32;
        program.tables.push(zkpot_ir::Table {
            name: format!("f{number}"),
            first: 0,
            bits: 18,
            columns: vec![values; 4],
            gaps: vec![],
        });
        let outs = (0..4).map(|_| program.add(&[1], Some((0, 20)))).collect();
        program.nodes.push(Node::Lookup { input: 1, table, outs });
    }
    program
}

pub fn large_state() -> Program {
    let mut program = program("large", &[1 << 12, 1 << 12]);
    program.tensors[1].range = Some(Range { lo: -1, bits: 2 });
    program.states[0].initial = 1;
    program
}
