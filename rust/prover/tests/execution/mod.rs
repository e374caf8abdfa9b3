//! Executes a program as its definition reads, one element at a time, and lets a test lie at any
//! moment. Whatever comes later follows from the lie, so that only the lie itself is false.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use p3_field::{Field, PrimeField64};
use zkpot_ir::{MODULUS, Node, Program, Term};
use zkpot_protocol::arithmetization::Quantity;
use zkpot_protocol::bernoulli::Bernoulli;
use zkpot_protocol::field::{F, embed};
use zkpot_prover::trace::{self, Keep, Trace, TraceError};

/// What a step is given.
pub struct Inputs {
    /// States before the first step.
    pub states: Vec<Vec<i64>>,
    /// `[steps, batch, ...row]` of each field.
    pub data: Vec<Vec<i64>>,
    /// `[scalar][step]`.
    pub scalars: Vec<Vec<i64>>,
    /// Number of steps.
    pub steps: usize,
    /// What random tensors are drawn from.
    pub seed: [u8; 32],
    /// Number of the first step in the run.
    pub first_step: u64,
}

impl Inputs {
    /// What the executor makes of them.
    pub fn run(&self, program: &Program) -> Result<Trace, TraceError> {
        let input = trace::LinkInput {
            states: &self.states,
            data: &self.data,
            scalars: &self.scalars,
            seed: &self.seed,
            first_step: self.first_step,
            steps: self.steps as u32,
        };
        trace::run(program, &input, Keep::Witness, &|_| ControlFlow::Continue(()))
    }
}

/// One step's integers.
pub struct Step {
    /// By tensor.
    pub tensors: Vec<Vec<i64>>,
    /// Remainders, choices, gaps.
    pub quantities: BTreeMap<Quantity, Vec<i64>>,
}

/// When a lie may be told: in which step, after what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub step: usize,
    /// The node that was just computed; none when the step has its data.
    pub node: Option<usize>,
}

/// The integer of least magnitude that is `value` modulo the field's characteristic.
pub fn centered(value: F) -> i64 {
    let value = value.as_canonical_u64();
    if value > MODULUS / 2 {
        (i128::from(value) - i128::from(MODULUS)) as i64
    } else {
        value as i64
    }
}

/// `left / right` in the field.
pub fn quotient(left: i64, right: i64) -> i64 {
    centered(embed(left) * embed(right).inverse())
}

fn reduce(value: i128) -> i128 {
    value.rem_euclid(i128::from(MODULUS))
}

fn small(value: i128) -> i64 {
    let value = reduce(value);
    if value > i128::from(MODULUS / 2) {
        (value - i128::from(MODULUS)) as i64
    } else {
        value as i64
    }
}

/// Executes the steps; `lie` is called at every [`Moment`].
pub fn execute(program: &Program, inputs: &Inputs, lie: &dyn Fn(Moment, &mut Step)) -> Trace {
    let mut trace = Trace {
        steps: inputs.steps,
        tensors: vec![Some(Vec::new()); program.tensors.len()],
        ..Trace::default()
    };
    let mut states = inputs.states.clone();
    for step in 0..inputs.steps {
        let mut now =
            Step { tensors: vec![Vec::new(); program.tensors.len()], quantities: BTreeMap::new() };
        for (state, values) in program.states.iter().zip(&states) {
            now.tensors[state.tensor as usize].clone_from(values);
        }
        for (field, values) in program.data.iter().zip(&inputs.data) {
            let length = values.len() / inputs.steps;
            now.tensors[field.tensor as usize] = values[step * length..][..length].to_vec();
        }
        lie(Moment { step, node: None }, &mut now);
        let scalars: Vec<i64> = inputs.scalars.iter().map(|row| row[step]).collect();
        for node in 0..program.nodes.len() {
            match Bernoulli::of(program, &program.nodes[node]) {
                Some(random) => {
                    let mut drawn = vec![0; random.elements];
                    random.fill(&inputs.seed, inputs.first_step + step as u64, &mut drawn);
                    now.tensors[program.nodes[node].outputs()[0] as usize] = drawn;
                }
                None => compute(program, node, &scalars, &mut now),
            }
            lie(Moment { step, node: Some(node) }, &mut now);
        }
        for (values, next) in states.iter_mut().zip(&program.states) {
            values.clone_from(&now.tensors[next.next as usize]);
        }
        for (all, values) in trace.tensors.iter_mut().zip(now.tensors) {
            all.get_or_insert_default().extend(values);
        }
        for (quantity, values) in now.quantities {
            match quantity {
                Quantity::Remainder(node) => {
                    trace.remainders.entry(node).or_default().extend(values)
                }
                _ => trace.claimed.entry(quantity).or_default().extend(values),
            }
        }
    }
    trace.final_states = states;
    trace
}

fn compute(program: &Program, index: usize, scalars: &[i64], now: &mut Step) {
    match &program.nodes[index] {
        Node::Bernoulli { .. } => unreachable!("drawn before"),
        Node::Constant { out, values } => now.tensors[*out as usize] = values.clone(),
        Node::Sum { out, summed, terms, constant } => {
            let values = sum(program, *out as usize, summed, terms, *constant, scalars, now);
            now.tensors[*out as usize] = values;
        }
        Node::Rescale { input, out, shift } => {
            let half = 1i64 << (shift - 1);
            let input: Vec<i64> = now.tensors[*input as usize].iter().map(|x| x + half).collect();
            now.tensors[*out as usize] = input.iter().map(|x| x >> shift).collect();
            let remainders = input.iter().map(|x| x & ((1 << shift) - 1)).collect();
            now.quantities.insert(Quantity::Remainder(index), remainders);
        }
        Node::Lookup { input, table, outs } => {
            let table = &program.tables[*table as usize];
            let input = now.tensors[*input as usize].clone();
            for (&out, column) in outs.iter().zip(&table.columns) {
                // What the table lacks is as good as anything.
                let value = |x: &i64| table.row(*x).map_or(column[0], |row| column[row]);
                now.tensors[out as usize] = input.iter().map(value).collect();
            }
        }
        Node::OneHot { input, out } => {
            let classes = program.tensors[*out as usize].shape.last().map_or(1, |&l| i64::from(l));
            now.tensors[*out as usize] = now.tensors[*input as usize]
                .iter()
                .flat_map(|&class| (0..classes).map(move |c| i64::from(c == class)))
                .collect();
        }
        Node::Max { input, out } => {
            let width = now.tensors[*input as usize].len() / size(program, *out);
            let (mut largest, mut gaps, mut choices) = (Vec::new(), Vec::new(), Vec::new());
            for row in now.tensors[*input as usize].chunks_exact(width) {
                let first = (0..width).rev().max_by_key(|&i| row[i]).unwrap_or(0);
                largest.push(row[first]);
                gaps.extend(row.iter().map(|x| row[first] - x));
                choices.extend((0..width).map(|i| i64::from(i == first)));
            }
            now.tensors[*out as usize] = largest;
            now.quantities.insert(Quantity::Gap(index), gaps);
            now.quantities.insert(Quantity::Choice(index), choices);
        }
        Node::ArgMax { input, max, out } => {
            let (mut largest, mut gaps, mut choices) = (Vec::new(), Vec::new(), Vec::new());
            let width = now.tensors[*input as usize].len() / size(program, *max);
            let places = width as i64;
            for row in now.tensors[*input as usize].chunks_exact(width) {
                let first = (0..width).rev().max_by_key(|&i| row[i]).unwrap_or(0);
                largest.push(row[first]);
                let own = row.iter().zip(0..);
                gaps.extend(own.map(|(x, i)| places * (row[first] - x) - first as i64 + i));
                choices.extend((0..width).map(|i| i64::from(i == first)));
            }
            now.tensors[*max as usize] = largest;
            now.tensors[*out as usize] = choices;
            now.quantities.insert(Quantity::Gap(index), gaps);
        }
        Node::Positive { input, out } => {
            let input = &now.tensors[*input as usize];
            let bits = input.iter().map(|&x| i64::from(x > 0)).collect();
            let magnitudes = input.iter().map(|&x| if x > 0 { x - 1 } else { -x }).collect();
            now.tensors[*out as usize] = bits;
            now.quantities.insert(Quantity::Magnitude(index), magnitudes);
        }
        Node::Root { input, out, shift } => {
            let (mut roots, mut remainders, mut room) = (Vec::new(), Vec::new(), Vec::new());
            for &x in &now.tensors[*input as usize] {
                let x = x << shift;
                let root = (1..).find(|y| x < y * y + y).unwrap_or(1);
                roots.push(root);
                remainders.push(x + root - root * root);
                room.push(root * root + root - 1 - x);
            }
            now.tensors[*out as usize] = roots;
            now.quantities.insert(Quantity::RootRemainder(index), remainders);
            now.quantities.insert(Quantity::RootRoom(index), room);
        }
        Node::Divide { numerator, denominator, axes, out, shift } => {
            let top = &now.tensors[*numerator as usize];
            let bottom = &now.tensors[*denominator as usize];
            let shape = lengths(program, *out as usize);
            let (mut quotients, mut remainders, mut room) = (Vec::new(), Vec::new(), Vec::new());
            for (place, &n) in top.iter().enumerate() {
                let mut rest = place;
                let mut labels = vec![0; shape.len()];
                for (label, length) in labels.iter_mut().zip(&shape).rev() {
                    (*label, rest) = (rest % length, rest / length);
                }
                let at = axes
                    .iter()
                    .fold(0, |at, &axis| at * shape[usize::from(axis)] + labels[usize::from(axis)]);
                let twice = 2 * bottom[at];
                let scaled = (n << (shift + 1)) + twice / 2;
                quotients.push(scaled.div_euclid(twice));
                remainders.push(scaled.rem_euclid(twice));
                room.push(twice - 1 - scaled.rem_euclid(twice));
            }
            now.tensors[*out as usize] = quotients;
            now.quantities.insert(Quantity::DivisionRemainder(index), remainders);
            now.quantities.insert(Quantity::DivisionRoom(index), room);
        }
    }
}

fn size(program: &Program, tensor: u32) -> usize {
    lengths(program, tensor as usize).iter().product()
}

fn lengths(program: &Program, tensor: usize) -> Vec<usize> {
    program.tensors[tensor].shape.iter().map(|&l| l as usize).collect()
}

fn sum(
    program: &Program,
    out: usize,
    summed: &[u32],
    terms: &[Term],
    constant: i64,
    scalars: &[i64],
    now: &Step,
) -> Vec<i64> {
    let shape = lengths(program, out);
    let mut totals = vec![i128::from(constant); shape.iter().product()];
    for term in terms {
        let operands: Vec<_> = std::iter::once(&term.left).chain(&term.right).collect();
        let mut all = shape.clone();
        for (label, &length) in (shape.len() as u8..).zip(summed) {
            let used = operands.iter().any(|operand| operand.labels().any(|l| l == label));
            all.push(if used { length as usize } else { 1 });
        }
        let scalar = term.scalar.map_or(1, |index| scalars[index as usize]);
        let factor = reduce(i128::from(term.coefficient) * i128::from(scalar));
        let mut labels = vec![0usize; all.len()];
        for mut place in 0..all.iter().product() {
            for (label, length) in labels.iter_mut().zip(&all).rev() {
                *label = place % length;
                place /= length;
            }
            let mut product = small(factor);
            for operand in &operands {
                let own = lengths(program, operand.tensor as usize);
                let at = operand.axes.iter().zip(own).try_fold(0, |at, (index, length)| {
                    let start = i64::from(index.offset);
                    let numerator = index.labels.iter().fold(start, |n, &(label, stride)| {
                        n + i64::from(stride) * labels[label as usize] as i64
                    });
                    let divisor = i64::from(index.divisor);
                    let place = numerator.div_euclid(divisor);
                    let inside = numerator % divisor == 0 && (0..length as i64).contains(&place);
                    inside.then(|| at * length + place as usize)
                });
                let value = at.map_or(0, |at| now.tensors[operand.tensor as usize][at]);
                product = small(i128::from(product) * i128::from(value));
            }
            let at = shape.iter().zip(&labels).fold(0, |at, (length, label)| at * length + label);
            totals[at] += i128::from(product);
        }
    }
    totals.into_iter().map(small).collect()
}
