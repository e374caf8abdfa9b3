//! What a circuit is made for: the terms that the front is constructed with on a chain.

use serde::{Deserialize, Serialize};
use zkpot_protocol::security::SecurityLevel;

use crate::{Error, Word};

/// Rows that a shard may have.
const MOST_ROWS: u32 = 1 << 24;

/// The struct `Shape` of `contracts/src/ITrainingVerifier.sol`. Digests of statements hold the first four.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Digest of the program.
    pub program: Word,
    /// What commitments are made for.
    pub security: SecurityLevel,
    /// Rows of the dataset: 1 to 2^24.
    pub rows: u32,
    /// Steps of a link.
    pub steps: u32,
    /// Public scalars of the program.
    pub scalars: u32,
    /// Public totals of the program.
    pub outputs: u32,
    /// Links in a proof.
    pub links: u32,
    /// Steps that a run may have: with more, the errors of its links would leave less than its security.
    pub most_steps: u64,
    /// Bytes of a proof.
    pub proof_bytes: u32,
    /// Whether the states of each link are encrypted, and the proof says so.
    pub envelopes: bool,
}

impl Shape {
    /// Steps of a proof.
    pub fn proof_steps(&self) -> u64 {
        u64::from(self.links) * u64::from(self.steps)
    }

    /// Public scalars of a link.
    pub fn link_scalars(&self) -> u64 {
        u64::from(self.scalars) * u64::from(self.steps)
    }

    /// Refuses what no circuit is made for.
    ///
    /// # Errors
    /// [`Error::BadShape`].
    pub fn check(&self) -> Result<(), Error> {
        let numbers = [
            ("rows", self.rows.into(), (1..=MOST_ROWS).contains(&self.rows)),
            ("steps", self.steps.into(), self.steps > 0),
            ("links", self.links.into(), self.links > 0),
            ("proof_bytes", self.proof_bytes.into(), self.proof_bytes > 0),
            ("most_steps", self.most_steps, self.most_steps >= self.proof_steps()),
        ];
        let refused = numbers.into_iter().find(|&(.., right)| !right);
        refused.map_or(Ok(()), |(field, value, _)| Err(Error::BadShape { field, value }))
    }
}
