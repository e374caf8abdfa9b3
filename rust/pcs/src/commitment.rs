//! The public commitment.

/// The root of the Merkle tree over the encoded polynomial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Commitment(pub [u8; 32]);

impl From<[u8; 32]> for Commitment {
    fn from(root: [u8; 32]) -> Self {
        Self(root)
    }
}

impl From<Commitment> for [u8; 32] {
    fn from(commitment: Commitment) -> Self {
        commitment.0
    }
}

impl AsRef<[u8; 32]> for Commitment {
    fn as_ref(&self) -> &[u8; 32] {
        &self.0
    }
}
