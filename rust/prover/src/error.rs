//! Why a link cannot be proven.

use crate::trace::TraceError;

/// A link that cannot be proven. Carries no secrets but the value that is out of range.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The steps leave the program's ranges.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// Inputs that do not fit the program.
    #[error("{0}")]
    Shape(String),
    /// A value to be committed is outside its tensor's range.
    #[error("'{tensor}' holds {value}, outside its range {lo} to {hi}; compile with wider ranges")]
    OutOfRange {
        /// Tensor.
        tensor: String,
        /// The value, in units of the tensor's scale.
        value: i64,
        /// Least admissible value.
        lo: i64,
        /// Greatest admissible value.
        hi: i64,
    },
    /// The statement does not fit.
    #[error("statement: {0}")]
    Statement(#[from] zkpot_protocol::rejection::Rejection),
    /// The schedule does not fit.
    #[error("schedule: {0}")]
    Schedule(String),
    /// A commitment cannot be rebuilt.
    #[error("commitment: {0}")]
    Commitment(&'static str),
    /// The commitment scheme failed.
    #[error("polynomial commitment: {0}")]
    Scheme(String),
    /// Encrypted states cannot be used.
    #[error("envelope: {0}")]
    Envelope(&'static str),
    /// A file of secrets is damaged.
    #[error("the file of secrets is damaged or of another version")]
    Secrets,
    /// The link sent another number of scalars than was counted.
    #[error("a link of this shape sends another number of scalars than was counted")]
    Masks,
    /// The operating system gave no randomness.
    #[error("the operating system gives no randomness")]
    Randomness,
    /// The operating system gave no threads.
    #[error("the operating system does not start {0} threads")]
    Threads(usize),
    /// The caller stopped the work.
    #[error("stopped")]
    Stopped,
}
