//! What an execution is given, and whether it fits the program.

use zkpot_ir::Program;

use super::machine::elements;
use super::{Fault, Keep, monitor};

/// The inputs of some successive steps.
#[derive(Clone, Copy)]
pub struct LinkInput<'a> {
    /// The states before the first step, in the order of `Program::states`, row-major.
    pub states: &'a [Vec<i64>],
    /// One array per field of `Program::data`: `[steps, batch, ...row]`, rows already selected
    /// by the schedule.
    pub data: &'a [Vec<i64>],
    /// The public scalars, `[scalar][step]`.
    pub scalars: &'a [Vec<i64>],
    /// Seed of the schedule, which random tensors are drawn from.
    pub seed: &'a [u8; 32],
    /// Number of the first step, counted from the start of the run.
    pub first_step: u64,
    /// Number of steps.
    pub steps: u32,
}

fn size(what: impl FnOnce() -> String, expected: usize, found: usize) -> Result<(), Fault> {
    if expected == found { Ok(()) } else { Err(Fault::Size { what: what(), expected, found }) }
}

/// Checks that there is one array of the right size for each state.
pub(super) fn check_states(program: &Program, states: &[Vec<i64>]) -> Result<(), Fault> {
    size(|| "states".to_owned(), program.states.len(), states.len())?;
    for (state, values) in program.states.iter().zip(states) {
        size(|| format!("state '{}'", state.name), elements(program, state.tensor), values.len())?;
    }
    Ok(())
}

/// Checks that there is one value of each scalar and step, in its range.
pub(super) fn check_scalars(
    program: &Program,
    scalars: &[Vec<i64>],
    first_step: u64,
    steps: u32,
) -> Result<(), Fault> {
    size(|| "scalars".to_owned(), program.scalars.len(), scalars.len())?;
    for (scalar, values) in program.scalars.iter().zip(scalars) {
        size(|| format!("scalar '{}'", scalar.name), steps as usize, values.len())?;
        let outside = values.iter().position(|v| *v < scalar.lo || *v > scalar.hi);
        if let Some(at) = outside {
            let fault = Fault::Scalar {
                scalar: scalar.name.clone(),
                step: first_step + at as u64,
                value: values[at],
                lo: scalar.lo,
                hi: scalar.hi,
            };
            return Err(fault.in_window(program.window));
        }
    }
    Ok(())
}

impl LinkInput<'_> {
    /// Checks the program, the sizes of all arrays and the ranges of the scalars.
    pub(super) fn check(&self, program: &Program, keep: Keep) -> Result<(), Fault> {
        program.check()?;
        if let Some(shown) = &program.monitor {
            monitor::check(program, shown)?;
        }
        let (steps, first_step) = (self.steps, self.first_step);
        if keep != Keep::Nothing && steps > program.max_steps {
            return Err(Fault::TooLong { steps, longest: program.max_steps });
        }
        if first_step.checked_add(steps.into()).is_none() {
            return Err(Fault::TooFar { first_step, steps });
        }
        check_states(program, self.states)?;
        size(|| "data fields".to_owned(), program.data.len(), self.data.len())?;
        for (field, values) in program.data.iter().zip(self.data) {
            // A product beyond the address space cannot be an array's length.
            let all = elements(program, field.tensor).saturating_mul(steps as usize);
            size(|| format!("data field '{}'", field.name), all, values.len())?;
        }
        check_scalars(program, self.scalars, first_step, steps)
    }
}
