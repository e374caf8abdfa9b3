//! The executor: a program's steps on exact integers.
//!
//! [`run`] computes what every node means by its documentation in `zkpot_ir::Node`, checks
//! every declared range and keeps what a proof needs. Nothing saturates and nothing wraps: a
//! value out of range is a [`TraceError`] that names the tensor, the step and the value and
//! carries the last good states. [`evaluate`] runs only what a prediction needs.
//!
//! Matrix products run in floating point where that is exact, see [`matmul`]; everything
//! else is 64-bit integer arithmetic on the threads of the current rayon pool. Results do not
//! depend on the number of threads.

mod compare;
mod count;
mod divide;
mod error;
mod evaluate;
mod input;
mod keep;
mod lookup;
mod machine;
mod matmul;
mod monitor;
mod rescale;
mod root;
mod strided;
mod sum;
#[cfg(test)]
mod tests;
mod train;
mod values;
mod view;

use std::collections::BTreeMap;
use std::fmt;
pub use std::ops::ControlFlow;

use zkpot_ir::Program;
use zkpot_protocol::arithmetization::Quantity;

pub use count::{NodeWork, TraceWork};
pub use error::{Fault, TraceError};
pub use evaluate::{Evaluation, evaluate};
pub use input::LinkInput;
pub use keep::Keep;
pub use train::{Trained, Training, train};

use machine::{Machine, elements};
use monitor::Tally;

/// The integers of an execution. They are secret, and the debug form does not show them.
#[derive(Clone, Default, PartialEq)]
pub struct Trace {
    /// Steps completed: all of them, unless the progress callback asked to stop.
    pub steps: usize,
    /// By tensor, row-major `[steps, ...shape]`; states as they are when a step starts. Absent
    /// where [`Keep`] drops the tensor.
    pub tensors: Vec<Option<Vec<i64>>>,
    /// By index of a `Rescale` node: `(input + 2^(shift-1)) mod 2^shift`, which lies in
    /// `[0, 2^shift)`, as `[steps, ...shape]`.
    pub remainders: BTreeMap<usize, Vec<i64>>,
    /// Integers to commit in place of those that follow from the tensors. Empty after an
    /// execution: a lying prover's, put here by tests that watch it being refused.
    pub claimed: BTreeMap<Quantity, Vec<i64>>,
    /// The states after the last step, in the program's order.
    pub final_states: Vec<Vec<i64>>,
    /// The monitor's loss of each training step; empty without a monitor.
    pub losses: Vec<f64>,
}

/// Executes the steps of a link.
///
/// # Arguments
/// `progress` is called after each step with the number of steps done; where it breaks, the
/// steps done so far are returned.
///
/// # Errors
/// A [`TraceError`] with the last good states. It names the tensor, the absolute step and the
/// value where a value leaves its declared range, a table or the divisors.
pub fn run(
    program: &Program,
    input: &LinkInput<'_>,
    keep: Keep,
    progress: &dyn Fn(u32) -> ControlFlow<()>,
) -> Result<Trace, TraceError> {
    input.check(program, keep)?;
    let kept = keep.tensors(program);
    let all = input.steps as usize;
    let all_nodes = vec![true; program.nodes.len()];
    let mut machine = Machine::new(program, input.seed, all_nodes, keep == Keep::Witness);
    for (state, values) in program.states.iter().zip(input.states) {
        machine.load(state.tensor, values, input.first_step)?;
    }
    let mut trace = Trace {
        tensors: (0..program.tensors.len())
            .map(|id| {
                kept[id]
                    .then(|| Vec::with_capacity(all.saturating_mul(elements(program, id as u32))))
            })
            .collect(),
        ..Trace::default()
    };
    let fields: Vec<usize> = program.data.iter().map(|f| elements(program, f.tensor)).collect();
    let states = |machine: &Machine<'_>| -> Vec<Vec<i64>> {
        program.states.iter().map(|s| machine.values(s.tensor).to_vec()).collect()
    };
    for t in 0..input.steps {
        let step = input.first_step + u64::from(t);
        let mut advance = || {
            for ((field, values), &length) in program.data.iter().zip(input.data).zip(&fields) {
                let start = t as usize * length;
                machine.load(field.tensor, &values[start..start + length], step)?;
            }
            let scalars: Vec<i64> = input.scalars.iter().map(|s| s[t as usize]).collect();
            machine.execute(&scalars, step)?;
            let tallies = machine.tally((program.batch / program.window) as usize, step)?;
            trace.record(&machine, all);
            machine.advance(step)?;
            trace.losses.extend(tallies.iter().map(Tally::mean));
            Ok(())
        };
        if let Err(fault) = advance() {
            let fault: Fault = fault;
            return Err(TraceError {
                fault: Box::new(fault.in_window(program.window)),
                completed: t,
                states: states(&machine),
            });
        }
        trace.steps += 1;
        if progress(t + 1).is_break() {
            break;
        }
    }
    trace.final_states = states(&machine);
    Ok(trace)
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace").field("steps", &self.steps).finish_non_exhaustive()
    }
}

impl Trace {
    /// The program's public totals over the first `rows` rows of all steps.
    pub fn outputs(&self, program: &Program, rows: usize) -> Vec<i64> {
        let total = |tensor: u32| {
            let width = elements(program, tensor) / program.batch as usize;
            let values = self.tensors.get(tensor as usize).and_then(Option::as_deref);
            values.unwrap_or_default().iter().take(rows.saturating_mul(width)).sum()
        };
        program.outputs.iter().map(|output| total(output.tensor)).collect()
    }

    /// Appends a step's values.
    fn record(&mut self, machine: &Machine<'_>, steps: usize) {
        for (id, kept) in self.tensors.iter_mut().enumerate() {
            if let Some(kept) = kept {
                kept.extend_from_slice(machine.values(id as u32));
            }
        }
        for (node, values) in machine.remainders() {
            let all = self.remainders.entry(node);
            all.or_insert_with(|| Vec::with_capacity(steps * values.len()))
                .extend_from_slice(values);
        }
    }
}
