//! A proof, and what it says, in bytes.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use zkpot_protocol::statement::Envelope;
use zkpot_protocol::version::{body, magic};

use crate::{Error, Run, Standing, Word};

/// What a proof begins with, before the version of its encoding.
const KIND: &[u8; 6] = b"ZKWRAP";
/// Version of the binary form.
pub const PROOF_VERSION: u16 = 1;
const PART: &str = "wrapped proof";

/// No proof may be larger, with all that it says; most have less than 5 kB.
pub const MAX_PROOF_BYTES: usize = 1 << 20;

/// One of a proof's links: steps of training from the states that the link before left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Commitment to the states that it ends with.
    pub trained: Word,
    /// Public scalars, `[scalar][step]`, flattened.
    pub scalars: Vec<i64>,
    /// Public totals.
    pub outputs: Vec<i64>,
    /// Of the states that it ends with; none where the circuit makes none.
    pub envelope: Option<Envelope>,
}

/// A proof, and what it says. It is worth nothing until [`Circuit::verify`](crate::Circuit::verify) has
/// accepted it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappedProof {
    /// What names the circuit.
    pub circuit: Word,
    /// The terms of the run.
    pub run: Run,
    /// Where the first link starts.
    pub start: Standing,
    /// The links, in the order of the run.
    pub links: Vec<Link>,
    /// The hash of the statements' elements that the prover claims.
    pub hash: Word,
    /// The proof's own bytes.
    pub proof: Vec<u8>,
}

impl WrappedProof {
    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing to memory cannot fail: every type is plain data.
        let body = postcard::to_allocvec(self).unwrap_or_default();
        [magic(KIND, PROOF_VERSION).as_slice(), &body].concat()
    }

    /// Decodes a proof. Allocates no more than a small multiple of `bytes`.
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Version`] and [`Error::Encoding`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_PROOF_BYTES {
            return Err(Error::Limit { part: PART, limit: MAX_PROOF_BYTES });
        }
        let content = body(bytes, KIND, PROOF_VERSION, PART);
        let content = content.map_err(|refused| Error::of_beginning(&refused, PART))?;
        let damaged = Error::Encoding { part: PART, reason: "truncated or damaged" };
        let proof: Self = postcard::from_bytes(content).map_err(|_| damaged)?;
        // Also where bytes follow, which the decoder does not look at.
        if proof.to_bytes() != bytes {
            return Err(Error::Encoding { part: PART, reason: "not in canonical form" });
        }
        Ok(proof)
    }
}
