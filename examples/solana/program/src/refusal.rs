//! Why there is no receipt: the codes of all verifiers of wrapped proofs (docs/embed/wrapped.md).

use pinocchio::error::ProgramError;

/// A rule that a proof breaks, or an instruction that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Refusal {
    /// It is not in its only encoding.
    Encoding = 10,
    /// It has another version of the encoding.
    Version = 11,
    /// It is larger than any.
    Limit = 12,
    /// Another number of links, public scalars, totals or envelopes.
    Shape = 15,
    /// The proof inside has another number of bytes.
    ProofBytes = 16,
    /// More steps than the circuit's security allows.
    Steps = 24,
    /// It does not start as a run does.
    Start = 25,
    /// A proof of another circuit.
    Circuit = 32,
    /// A number that is not reduced, a commitment that is zero, a point that is none.
    Number = 33,
    /// The equation does not hold.
    Invalid = 34,
    /// The instruction, or one of its accounts, cannot be used.
    Instruction = 100,
}

impl From<Refusal> for ProgramError {
    fn from(refusal: Refusal) -> Self {
        Self::Custom(refusal as u32)
    }
}
