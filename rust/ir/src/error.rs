//! What can be wrong with a program.

use alloc::string::String;

/// A program that is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramError {
    /// The bytes are not a program.
    #[error("program file: {0}")]
    Encoding(&'static str),
    /// The bytes are a program of another format.
    #[error(
        "program file of format version {found}: this build knows version {known}; compile the step again"
    )]
    Version {
        /// Version of the file.
        found: u16,
        /// Version of this build.
        known: u16,
    },
    /// The text is not a program.
    #[error("program description: {0}")]
    Json(String),
    /// The program was made for another arithmetic.
    #[error("arithmetic version {found}: this build knows version {known}; compile the step again")]
    Arithmetic {
        /// Version in the program.
        found: u32,
        /// Version of this build.
        known: u32,
    },
    /// An index, shape or count does not fit the rest of the program.
    #[error("{place}: {reason}")]
    Structure {
        /// Node or tensor, by name.
        place: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// A bound reaches half the field.
    #[error(
        "node '{node}': values can need {bits} bits but proofs have room for 62; take {excess} bits off the scales of its inputs"
    )]
    Overflow {
        /// Output tensor of the node.
        node: String,
        /// Bits that the bound needs, sign aside.
        bits: u32,
        /// Bits too many.
        excess: u32,
    },
    /// Its check takes longer than it may.
    #[error("checking the program takes more than {limit} units of work")]
    Effort {
        /// The limit.
        limit: u64,
    },
    /// A divisor may be zero or negative.
    #[error("node '{node}': its divisor can be {lo}, and must be at least 1")]
    Divisor {
        /// Output tensor of the node.
        node: String,
        /// Least possible divisor.
        lo: i64,
    },
}
