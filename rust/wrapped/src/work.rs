//! Units of work: what a verification takes, the same on all machines, known before it is done.
//!
//! A unit is about a nanosecond of one core that verifies natively, as for runs (`rust/embed/src/work.rs`). It is counted
//! from the circuit's program and the number of a proof's bytes: all proofs of a circuit take the same.

use crate::Circuit;
use crate::program::{Message, Operation};

/// Units of a byte of a proof, which is decoded, encoded again, hashed and packed into statements.
const BYTE: u64 = 30;

/// Units of a pairing of two sums.
const PAIRING: u64 = 1_400_000;

/// Units of a term of a sum.
const TERM: u64 = 15_000;

/// Units of an inverse.
const INVERSE: u64 = 4_000;

/// Units of another operation, or of a scalar that is read or absorbed.
const OPERATION: u64 = 100;

/// Units of a point that is read: whether it is on the curve.
const POINT: u64 = 500;

/// Units of a challenge.
const CHALLENGE: u64 = 2_000;

/// Units of reading a proof with so many bytes, and of the rules for what it says.
pub(crate) const fn reading(bytes: usize) -> u64 {
    BYTE.saturating_mul(bytes as u64)
}

impl Circuit {
    /// Units of a proof with so many bytes, with all it says. A proof that a rule refuses takes fewer.
    pub fn work(&self, bytes: usize) -> u64 {
        let program = &self.file().program;
        let messages = program.transcript.iter().map(|message| match message {
            Message::Absorb(_) | Message::Scalar => OPERATION,
            Message::Point => POINT,
            Message::Challenge => CHALLENGE,
        });
        let operations = program.operations.iter().map(|operation| match operation {
            Operation::Invert(_) => INVERSE,
            _ => OPERATION,
        });
        // The limits of programs keep the sum small.
        let terms = (program.left.len() + program.right.len()) as u64;
        let ran: u64 = messages.chain(operations).sum();
        (PAIRING + TERM * terms + ran).saturating_add(reading(bytes))
    }
}
