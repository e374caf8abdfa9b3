//! The opening proof and its encoding.

use alloc::vec::Vec;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zkpot_protocol::canonical::is_encoding;
use zkpot_protocol::channel::ChannelKind;

use crate::hiding::Hiding;
use crate::parameters::Clear;
use crate::pinned::Pinned;
use crate::scheme::Scheme;
use crate::suite::EF;
use crate::{Error, Parameters};

/// One opening of one commitment.
#[derive(Clone)]
pub struct OpeningProof(pub(crate) LibraryProof);

/// The library's opening, in the scheme of the commitment. Which one that is, is not encoded: whoever
/// decodes knows the parameters.
#[derive(Clone)]
pub(crate) enum LibraryProof {
    Clear(<Clear as Scheme>::Proof),
    Hiding(<Hiding as Scheme>::Proof),
    Wrapped(<Pinned as Scheme>::Proof),
}

impl OpeningProof {
    /// The values the proof claims, one per point. Worth nothing until verified.
    #[must_use]
    pub fn values(&self) -> Vec<EF> {
        match &self.0 {
            LibraryProof::Clear(proof) => Clear::values(proof),
            LibraryProof::Hiding(proof) => Hiding::values(proof),
            LibraryProof::Wrapped(proof) => Pinned::values(proof),
        }
    }

    /// The opening itself, where it is one of the wrapped channel: for those who take openings apart.
    #[doc(hidden)]
    #[must_use]
    pub const fn wrapped(&self) -> Option<&crate::WrappedProof> {
        match &self.0 {
            LibraryProof::Wrapped(proof) => Some(proof),
            LibraryProof::Clear(_) | LibraryProof::Hiding(_) => None,
        }
    }

    /// The canonical encoding.
    ///
    /// # Errors
    /// [`Error::ProofEncoding`] if the encoder fails, which a proof made by this crate never
    /// does.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        match &self.0 {
            LibraryProof::Clear(proof) => encode(proof),
            LibraryProof::Hiding(proof) => encode(proof),
            LibraryProof::Wrapped(proof) => encode(proof),
        }
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
        Ok(Self(match parameters.channel() {
            ChannelKind::Clear => LibraryProof::Clear(decode(bytes)?),
            ChannelKind::Hiding => LibraryProof::Hiding(decode(bytes)?),
            ChannelKind::Wrapped => LibraryProof::Wrapped(decode(bytes)?),
        }))
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

fn encode<P: Serialize>(proof: &P) -> Result<Vec<u8>, Error> {
    postcard::to_allocvec(proof).map_err(|_| Error::ProofEncoding)
}

fn decode<P: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<P, Error> {
    match postcard::take_from_bytes(bytes) {
        // Varint lengths have several encodings; only the shortest is canonical.
        Ok((proof, [])) if is_encoding(&proof, bytes) => Ok(proof),
        _ => Err(Error::ProofEncoding),
    }
}
