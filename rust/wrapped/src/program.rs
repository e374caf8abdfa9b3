//! What the verifier of a circuit computes, as data.
//!
//! The verifier of a PLONK proof with KZG openings has no branches: for one key it always reads the same
//! elements and points, hashes them at the same places, and computes the same sums and products. So it is written
//! down once, by recording it (`circuits/src/evm/program`), and whoever verifies needs neither the library that
//! made the circuit nor its verifying key.
//!
//! Scalars are numbered: constants, the three public inputs, what the transcript reads and draws, in order, and
//! the result of each operation. Points are numbered: constants, then what the transcript reads. An operand is
//! the number of an earlier value, so that any program ends.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::{Error, Word};

/// Public inputs of a circuit: hash, challenge, combination.
pub const INPUTS: usize = 3;

/// Operations that a program may have. That of a circuit of 2^20 rows has about two thousand.
pub const MAX_OPERATIONS: usize = 1 << 16;
/// Constants, and messages of a transcript, that a program may have.
pub const MAX_MESSAGES: usize = 1 << 12;
/// Terms of both sums together, and points among the constants, that a program may have.
pub const MAX_TERMS: usize = 1 << 10;

/// What one verifier computes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Scalars that are the same in all proofs.
    pub constants: Vec<Word>,
    /// Points that are the same in all proofs: commitments of the verifying key and the generator, `x, y`.
    pub points: Vec<[Word; 2]>,
    /// What the transcript takes and gives, in order.
    pub transcript: Vec<Message>,
    /// What is computed with scalars.
    pub operations: Vec<Operation>,
    /// The point that is paired with the first of `pairing`.
    pub left: Vec<Term>,
    /// The point that is paired with the second one.
    pub right: Vec<Term>,
    /// Points of the second group, `x.c0, x.c1, y.c0, y.c1`: its generator, and the negated secret's multiple of
    /// it.
    pub pairing: [[Word; 4]; 2],
}

/// One message of the transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// Absorbs a scalar that is known: the digest of the verifying key, a public input.
    Absorb(u32),
    /// Reads a scalar of the proof.
    Scalar,
    /// Reads a point of the proof.
    Point,
    /// Draws a scalar.
    Challenge,
}

/// An operation on scalars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// The sum of two.
    Add(u32, u32),
    /// The second from the first.
    Subtract(u32, u32),
    /// The product of two.
    Multiply(u32, u32),
    /// The negative.
    Negate(u32),
    /// The inverse; a proof where there is none is refused.
    Invert(u32),
}

/// A point by its number, times a scalar by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The scalar.
    pub scalar: u32,
    /// The point.
    pub point: u32,
}

impl Operation {
    /// The numbers that it takes.
    fn operands(self) -> [u32; 2] {
        match self {
            Self::Add(a, b) | Self::Subtract(a, b) | Self::Multiply(a, b) => [a, b],
            Self::Negate(a) | Self::Invert(a) => [a, a],
        }
    }
}

impl Program {
    /// Bytes of the proofs that it reads.
    pub fn proof_bytes(&self) -> usize {
        let bytes = |message: &Message| match message {
            Message::Scalar => 32,
            Message::Point => 64,
            Message::Absorb(_) | Message::Challenge => 0,
        };
        self.transcript.iter().map(bytes).sum()
    }

    /// Refuses what is no program: too many of something, or operands that are not there.
    ///
    /// # Errors
    /// [`Error::Limit`] and [`Error::BadProgram`].
    pub fn check(&self) -> Result<(), Error> {
        let limits = [
            ("constants", self.constants.len(), MAX_MESSAGES),
            ("points", self.points.len(), MAX_TERMS),
            ("messages", self.transcript.len(), MAX_MESSAGES),
            ("operations", self.operations.len(), MAX_OPERATIONS),
            ("terms", self.left.len().saturating_add(self.right.len()), MAX_TERMS),
        ];
        if let Some(&(part, _, limit)) = limits.iter().find(|(_, found, limit)| found > limit) {
            return Err(Error::Limit { part, limit });
        }
        let mut scalars = self.constants.len() + INPUTS;
        let mut points = self.points.len();
        for (number, message) in self.transcript.iter().enumerate() {
            match *message {
                Message::Absorb(scalar) => require("message", number, scalar, scalars)?,
                Message::Scalar | Message::Challenge => scalars += 1,
                Message::Point => points += 1,
            }
        }
        for (number, operation) in self.operations.iter().enumerate() {
            for operand in operation.operands() {
                require("operation", number, operand, scalars)?;
            }
            scalars += 1;
        }
        for (part, terms) in [("left term", &self.left), ("right term", &self.right)] {
            if terms.is_empty() {
                return Err(Error::BadProgram { part, number: 0, reason: "there is none" });
            }
            for (number, term) in terms.iter().enumerate() {
                require(part, number, term.scalar, scalars)?;
                require(part, number, term.point, points)?;
            }
        }
        Ok(())
    }
}

fn require(part: &'static str, number: usize, operand: u32, known: usize) -> Result<(), Error> {
    if (operand as usize) < known {
        return Ok(());
    }
    Err(Error::BadProgram { part, number, reason: "an operand is no earlier value" })
}
