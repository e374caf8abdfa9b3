//! The opening proof and its encoding.

use alloc::vec::Vec;

use crate::suite::{EF, WhirProof};
use crate::{Error, Parameters};

/// One opening of one commitment.
#[derive(Clone)]
pub struct OpeningProof(pub(crate) WhirProof);

impl OpeningProof {
    /// The values the proof claims, one per point. Worth nothing until verified.
    pub fn values(&self) -> &[EF] {
        &self.0.evals
    }

    /// The canonical encoding.
    ///
    /// # Errors
    /// [`Error::ProofEncoding`] if the encoder fails, which a proof made by this crate never
    /// does.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        postcard::to_allocvec(&self.0).map_err(|_| Error::ProofEncoding)
    }

    /// Decodes a proof of at most [`max_bytes`](Self::max_bytes).
    ///
    /// What decodes still has to be verified, its shape included.
    ///
    /// # Errors
    /// [`Error::ProofTooLong`] before anything is decoded; [`Error::ProofEncoding`] on malformed,
    /// non-canonical or trailing bytes.
    pub fn from_bytes(bytes: &[u8], parameters: &Parameters) -> Result<Self, Error> {
        let max = Self::max_bytes(parameters);
        if bytes.len() > max {
            return Err(Error::ProofTooLong { actual: bytes.len(), max });
        }
        let (proof, rest) = postcard::take_from_bytes(bytes).map_err(|_| Error::ProofEncoding)?;
        if !rest.is_empty() {
            return Err(Error::ProofEncoding);
        }
        let proof = Self(proof);
        // Varint lengths have several encodings; only the shortest is canonical.
        if proof.to_bytes()? != bytes {
            return Err(Error::ProofEncoding);
        }
        Ok(proof)
    }

    /// The encoded length that no honest proof with these parameters exceeds.
    ///
    /// Computed from the shape with [`MAX_POINTS`](crate::MAX_POINTS) points, as if no two opened
    /// rows shared more than the top of their paths.
    #[must_use]
    pub const fn max_bytes(parameters: &Parameters) -> usize {
        parameters.max_proof_bytes()
    }
}
