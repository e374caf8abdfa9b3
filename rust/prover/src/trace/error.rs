//! Why an execution stops before its last step.

use std::fmt;

use zkpot_ir::ProgramError;
use zkpot_protocol::schedule::ScheduleError;

/// An execution that could not go on, with the last good states.
///
/// The states are secret: neither the message nor the debug form shows them.
#[derive(Clone, PartialEq, thiserror::Error)]
#[error("{fault}")]
pub struct TraceError {
    /// What went wrong.
    #[source]
    pub fault: Box<Fault>,
    /// The program's steps completed before it, counted from the link's first.
    pub completed: u32,
    /// The states after those steps, in the program's order; empty where the input itself
    /// was refused.
    pub states: Vec<Vec<i64>>,
}

/// What stops an execution. Steps are absolute training steps: they count from the start of the run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The program itself is refused.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The schedule of batches is refused.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// An array has another size than the program says.
    #[error("{what}: {found} values where {expected} are expected")]
    Size {
        /// Which array.
        what: String,
        /// Values that the program asks for.
        expected: usize,
        /// Values given.
        found: usize,
    },
    /// A witness for more steps than the program's bounds cover.
    #[error("a link of {steps} steps: this program's bounds hold for at most {longest}")]
    TooLong {
        /// Steps asked for.
        steps: u32,
        /// The program's `max_steps`.
        longest: u32,
    },
    /// Absolute step numbers exceed 64 bits.
    #[error("step {first_step} and {steps} more lie beyond 2^64")]
    TooFar {
        /// First step.
        first_step: u64,
        /// Number of steps.
        steps: u32,
    },
    /// A value outside a tensor's declared range.
    #[error(
        "tensor '{tensor}', step {step}: value {value} is outside [{lo}, {hi}]; give it a larger range (compile --range {tensor}=MAX, or more --headroom) or calibrate on data that show such values"
    )]
    OutOfRange {
        /// The tensor's name.
        tensor: String,
        /// The step.
        step: u64,
        /// The first such value.
        value: i64,
        /// Least admissible value.
        lo: i64,
        /// Greatest admissible value.
        hi: i64,
    },
    /// A public scalar outside its declared range.
    #[error("scalar '{scalar}', step {step}: value {value} is outside [{lo}, {hi}]")]
    Scalar {
        /// The scalar's name.
        scalar: String,
        /// The step.
        step: u64,
        /// Its value.
        value: i64,
        /// Least admissible value.
        lo: i64,
        /// Greatest admissible value.
        hi: i64,
    },
    /// An argument that a table does not list.
    #[error(
        "tensor '{tensor}', step {step}: value {value} is not in the table of '{out}' ('{table}'): the function has no value there, or one outside the range of '{out}'; give that a larger range (compile --range {out}=MAX, or more --headroom) or calibrate on data that show such values"
    )]
    OutsideTable {
        /// Name of the argument.
        tensor: String,
        /// Name of the table.
        table: String,
        /// Name of the result.
        out: String,
        /// The step.
        step: u64,
        /// The first such value.
        value: i64,
    },
    /// A class number that does not exist.
    #[error("tensor '{tensor}', step {step}: class {value} is outside 0..{classes}")]
    Class {
        /// Name of the class numbers.
        tensor: String,
        /// The step.
        step: u64,
        /// The first such number.
        value: i64,
        /// Number of classes.
        classes: usize,
    },
    /// A divisor below 1.
    #[error("tensor '{tensor}', step {step}: divisor {value} is below 1")]
    Divisor {
        /// Name of the divisor.
        tensor: String,
        /// The step.
        step: u64,
        /// The first such value.
        value: i64,
    },
    /// A negative radicand.
    #[error("tensor '{tensor}', step {step}: radicand {value} is negative")]
    Negative {
        /// Name of the radicand.
        tensor: String,
        /// The step.
        step: u64,
        /// The first such value.
        value: i64,
    },
    /// Values too large for exact 64-bit arithmetic; excluded by a checked program's bounds.
    #[error("tensor '{tensor}', step {step}: values may exceed 63 bits")]
    Overflow {
        /// Name of the tensor being computed.
        tensor: String,
        /// The step.
        step: u64,
    },
    /// A monitor that cannot be computed.
    #[error("monitor: {reason}")]
    Monitor {
        /// What is wrong.
        reason: &'static str,
    },
}

impl Fault {
    /// The same fault with the number of the training step, where a step makes a `window` of them:
    /// tensors of its second one are called `name@1`, and so on.
    pub(super) fn in_window(mut self, window: u32) -> Self {
        let (Fault::OutOfRange { tensor: place, step, .. }
        | Fault::Scalar { scalar: place, step, .. }
        | Fault::OutsideTable { tensor: place, step, .. }
        | Fault::Class { tensor: place, step, .. }
        | Fault::Divisor { tensor: place, step, .. }
        | Fault::Negative { tensor: place, step, .. }
        | Fault::Overflow { tensor: place, step }) = &mut self
        else {
            return self;
        };
        let copy = place.rsplit_once('@').and_then(|(_, copy)| copy.parse().ok());
        let within = copy.filter(|&copy| copy < window).unwrap_or(0);
        *step = step.saturating_mul(u64::from(window)).saturating_add(u64::from(within));
        self
    }
}

impl fmt::Debug for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("TraceError");
        shown.field("fault", &self.fault).field("completed", &self.completed);
        shown.finish_non_exhaustive()
    }
}

impl From<Fault> for TraceError {
    /// A fault of the input: no step was taken.
    fn from(fault: Fault) -> Self {
        Self { fault: Box::new(fault), completed: 0, states: Vec::new() }
    }
}
