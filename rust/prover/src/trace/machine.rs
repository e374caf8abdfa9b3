//! One step of a program, executed on integers.

use std::collections::BTreeMap;

use zkpot_ir::{Node, Program};
use zkpot_protocol::bernoulli::Bernoulli;

use super::Fault;
use super::compare::{first_largest, max, positive};
use super::divide::{Undivided, divide};
use super::lookup::{lookup, one_hot};
use super::matmul::Scratch;
use super::monitor::{self, Tally};
use super::rescale::rescale;
use super::root::{Unrooted, root};
use super::sum::Summand;
use super::values::{Values, interval};

/// A program with the memory of one step.
pub(super) struct Machine<'p> {
    program: &'p Program,
    /// What random tensors are drawn from.
    seed: [u8; 32],
    /// Which nodes to run.
    active: Vec<bool>,
    /// The terms of each node that is a sum.
    sums: Vec<Vec<Summand>>,
    values: Vec<Values>,
    scratch: Scratch,
    /// Remainders of the step's rescales, by node; kept only where asked for.
    remainders: Option<BTreeMap<usize, Vec<i64>>>,
}

/// Number of values of a tensor.
pub(super) fn elements(program: &Program, tensor: u32) -> usize {
    program.tensors[tensor as usize].shape.iter().map(|&l| l as usize).product()
}

impl<'p> Machine<'p> {
    /// Prepares the nodes that `active` marks.
    pub(super) fn new(
        program: &'p Program,
        seed: &[u8; 32],
        active: Vec<bool>,
        remainders: bool,
    ) -> Self {
        let sums = program.nodes.iter().zip(&active).map(|(node, active)| match node {
            Node::Sum { out, summed, terms, .. } if *active => {
                terms.iter().map(|term| Summand::new(program, *out, summed, term)).collect()
            }
            _ => Vec::new(),
        });
        let mut values = vec![Values::zeros(0); program.tensors.len()];
        for (node, active) in program.nodes.iter().zip(&active) {
            for out in node.outputs().into_iter().filter(|_| *active) {
                values[out as usize] = Values::zeros(elements(program, out));
            }
        }
        Self {
            program,
            seed: *seed,
            sums: sums.collect(),
            active,
            values,
            scratch: Scratch::default(),
            remainders: remainders.then(BTreeMap::new),
        }
    }

    /// The tensor's values in the current step.
    pub(super) fn values(&self, tensor: u32) -> &[i64] {
        &self.values[tensor as usize].data
    }

    /// Remainders of the current step, by node index.
    pub(super) fn remainders(&self) -> impl Iterator<Item = (usize, &[i64])> {
        self.remainders.iter().flatten().map(|(node, values)| (*node, values.as_slice()))
    }

    /// Sets a data field or a state and checks its range.
    ///
    /// # Errors
    /// [`Fault::OutOfRange`].
    pub(super) fn load(&mut self, tensor: u32, source: &[i64], step: u64) -> Result<(), Fault> {
        self.values[tensor as usize].copy_from(source);
        self.in_range(tensor, tensor, step)
    }

    /// Runs the nodes in order.
    ///
    /// # Errors
    /// The first node's fault; the states are unchanged.
    pub(super) fn execute(&mut self, scalars: &[i64], step: u64) -> Result<(), Fault> {
        for index in 0..self.program.nodes.len() {
            if self.active[index] {
                self.node(index, scalars, step)?;
            }
        }
        Ok(())
    }

    /// Makes each state's next value its value, if all of them lie in range.
    ///
    /// # Errors
    /// [`Fault::OutOfRange`] with the states unchanged.
    pub(super) fn advance(&mut self, step: u64) -> Result<(), Fault> {
        for state in &self.program.states {
            self.in_range(state.next, state.tensor, step)?;
        }
        for state in self.program.states.iter().filter(|s| s.next != s.tensor) {
            // No next value is itself a state, so the order does not matter.
            let mut now =
                std::mem::replace(&mut self.values[state.tensor as usize], Values::zeros(0));
            let next = &self.values[state.next as usize];
            now.data.copy_from_slice(&next.data);
            now.interval = next.interval;
            self.values[state.tensor as usize] = now;
        }
        Ok(())
    }

    /// Loss and correct answers of the first `rows` rows of each training step of the current
    /// step; nothing without a monitor.
    ///
    /// # Errors
    /// [`Fault::Class`].
    pub(super) fn tally(&self, rows: usize, step: u64) -> Result<Vec<Tally>, Fault> {
        let Some(shown) = &self.program.monitor else {
            return Ok(Vec::new());
        };
        let all = self.values(self.program.data[shown.target as usize].tensor);
        let each = all.len() / self.program.window as usize;
        let parts = shown.predictions.iter().zip(all.chunks(each.max(1)));
        parts
            .map(|(&id, target)| {
                monitor::tally(self.program, shown, id, (self.values(id), target), rows, step)
            })
            .collect()
    }

    /// Lengths of a tensor's axes.
    fn shape(&self, tensor: u32) -> Vec<usize> {
        self.program.tensors[tensor as usize].shape.iter().map(|&l| l as usize).collect()
    }

    fn name(&self, tensor: u32) -> String {
        self.program.tensors[tensor as usize].name.clone()
    }

    /// Checks a tensor's values against the range that `declared` declares.
    fn in_range(&self, tensor: u32, declared: u32, step: u64) -> Result<(), Fault> {
        let Some(range) = self.program.tensors[declared as usize].range else {
            return Ok(());
        };
        let values = &self.values[tensor as usize];
        if range.contains(values.interval.lo) && range.contains(values.interval.hi) {
            return Ok(());
        }
        let first = values.data.iter().copied().find(|v| !range.contains(*v));
        Err(Fault::OutOfRange {
            tensor: self.name(tensor),
            step,
            value: first.unwrap_or(values.interval.hi),
            lo: range.lo,
            hi: range.hi(),
        })
    }

    fn node(&mut self, index: usize, scalars: &[i64], step: u64) -> Result<(), Fault> {
        let program = self.program;
        match &program.nodes[index] {
            Node::Sum { out, constant, .. } => {
                self.produce(*out, |machine, values| {
                    machine.sum(index, *out, *constant, scalars, step, values)
                })?;
            }
            Node::Constant { out, values } => self.produce(*out, |_, produced| {
                produced.copy_from_slice(values);
                Ok(())
            })?,
            Node::Bernoulli { out, .. } => self.produce(*out, |machine, produced| {
                if let Some(tensor) = Bernoulli::of(program, &program.nodes[index]) {
                    tensor.fill(&machine.seed, step, produced);
                }
                Ok(())
            })?,
            Node::Rescale { input, out, shift } => {
                let mut remainders = self.remainders.take();
                let rest = remainders.as_mut().map(|all| all.entry(index).or_default());
                let done = self.produce(*out, |machine, values| {
                    let input_values = &machine.values[*input as usize];
                    if input_values.interval.hi.checked_add(1i64 << (shift - 1)).is_none() {
                        return Err(Fault::Overflow { tensor: machine.name(*out), step });
                    }
                    rescale(&input_values.data, *shift, values, rest);
                    Ok(())
                });
                self.remainders = remainders;
                done?;
            }
            Node::Lookup { input, table, outs } => {
                let table = &program.tables[*table as usize];
                for (column, out) in outs.iter().enumerate() {
                    self.produce(*out, |machine, values| {
                        let found = lookup(machine.values(*input), table, column, values);
                        found.map_err(|value| Fault::OutsideTable {
                            tensor: machine.name(*input),
                            table: table.name.clone(),
                            out: machine.name(*out),
                            step,
                            value,
                        })
                    })?;
                }
            }
            Node::OneHot { input, out } => {
                let classes =
                    program.tensors[*out as usize].shape.last().map_or(1, |c| *c as usize);
                self.produce(*out, |machine, values| {
                    one_hot(machine.values(*input), classes, values).map_err(|value| Fault::Class {
                        tensor: machine.name(*input),
                        step,
                        value,
                        classes,
                    })
                })?;
            }
            Node::Max { input, out } => {
                self.produce(*out, |machine, values| {
                    max(machine.values(*input), values);
                    Ok(())
                })?;
            }
            Node::Divide { numerator, denominator, axes, out, shift } => {
                let shape = self.shape(*out);
                self.produce(*out, |machine, values| {
                    let (top, bottom) = (machine.values(*numerator), machine.values(*denominator));
                    divide(top, bottom, axes, &shape, *shift, values).map_err(|reason| match reason
                    {
                        Undivided::Divisor(value) => {
                            Fault::Divisor { tensor: machine.name(*denominator), step, value }
                        }
                        Undivided::Overflow => Fault::Overflow { tensor: machine.name(*out), step },
                    })
                })?;
            }
            Node::Root { input, out, shift } => {
                self.produce(*out, |machine, values| {
                    root(machine.values(*input), *shift, values).map_err(|reason| match reason {
                        Unrooted::Negative(value) => {
                            Fault::Negative { tensor: machine.name(*input), step, value }
                        }
                        Unrooted::Overflow => Fault::Overflow { tensor: machine.name(*out), step },
                    })
                })?;
            }
            Node::Positive { input, out } => {
                self.produce(*out, |machine, values| {
                    positive(machine.values(*input), values);
                    Ok(())
                })?;
            }
            Node::ArgMax { input, max: largest, out } => {
                self.produce(*largest, |machine, values| {
                    max(machine.values(*input), values);
                    Ok(())
                })?;
                self.produce(*out, |machine, values| {
                    first_largest(machine.values(*input), machine.values(*largest), values);
                    Ok(())
                })?;
            }
        }
        for out in program.nodes[index].outputs() {
            self.in_range(out, out, step)?;
        }
        Ok(())
    }

    /// Lets `compute` fill a tensor while it reads the others.
    fn produce(
        &mut self,
        out: u32,
        compute: impl FnOnce(&mut Self, &mut [i64]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut values = std::mem::replace(&mut self.values[out as usize], Values::zeros(0));
        let done = compute(self, &mut values.data);
        values.interval = interval(&values.data);
        self.values[out as usize] = values;
        done
    }

    fn sum(
        &mut self,
        index: usize,
        out: u32,
        constant: i64,
        scalars: &[i64],
        step: u64,
        values: &mut [i64],
    ) -> Result<(), Fault> {
        let mut sums = std::mem::take(&mut self.sums[index]);
        let mut scratch = std::mem::take(&mut self.scratch);
        values.fill(constant);
        // An upper bound of the result's magnitude, from the operands' actual magnitudes. The
        // terms are added modulo 2^64, which is exact for a result below 2^63.
        let mut bound = u128::from(constant.unsigned_abs());
        for summand in &mut sums {
            let scalar = summand.scalar.map_or(1, |s| scalars[s]);
            let left = &self.values[summand.left];
            let right = summand.right.map(|r| &self.values[r]);
            let largest = [
                summand.coefficient.unsigned_abs(),
                scalar.unsigned_abs(),
                left.magnitude(),
                right.map_or(1, Values::magnitude),
                summand.summed as u64,
            ];
            let largest = largest.iter().try_fold(1u128, |all, f| all.checked_mul((*f).into()));
            bound = bound.saturating_add(largest.unwrap_or(u128::MAX));
            let factor = summand.coefficient.wrapping_mul(scalar);
            summand.add(factor, (left, right), &mut scratch, values);
        }
        self.sums[index] = sums;
        self.scratch = scratch;
        if bound > i64::MAX as u128 {
            return Err(Fault::Overflow { tensor: self.name(out), step });
        }
        Ok(())
    }
}
