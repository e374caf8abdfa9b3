//! Where a wrapped link's statement has what its verifier computes with.

use core::ops::Range;

/// Halves of the schedule's seed, the more significant first.
pub const SEED: Range<usize> = 2..4;
/// Number of the first step.
pub const FIRST_STEP: usize = 4;
/// The first commitment: states before, states after, shards.
pub const COMMITMENTS: usize = 5;

/// Numbers of the elements of a statement (`zkpot_protocol::statement::Statement::elements`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// Commitments.
    pub commitments: usize,
    /// Public scalars.
    pub scalars: usize,
    /// Steps.
    pub steps: usize,
    /// Totals.
    pub outputs: usize,
    /// Whether there are the two hashes of an envelope.
    pub envelope: bool,
}

impl Places {
    /// The values of a public scalar, step by step.
    pub const fn scalar(&self, scalar: usize) -> Range<usize> {
        let first = COMMITMENTS + self.commitments + scalar * self.steps;
        first..first + self.steps
    }

    /// The totals.
    pub const fn outputs(&self) -> Range<usize> {
        let first = self.scalar(self.scalars).start;
        first..first + self.outputs
    }

    /// The hashes of an envelope's ciphertext and key.
    pub const fn envelope(&self) -> Range<usize> {
        let first = self.outputs().end;
        first..first + if self.envelope { 2 } else { 0 }
    }

    /// Elements of the statement.
    pub const fn count(&self) -> usize {
        self.envelope().end
    }
}
