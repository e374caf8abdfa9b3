//! The trees of plain openings.

use alloc::vec;

use p3_blake3::Blake3;
use p3_commit::Mmcs;
use p3_merkle_tree::MerkleTreeMmcs;

use crate::suite::{F, LeafHash, NodeHash, Root};

/// A Merkle tree that plain openings may be over; its root has 32 bytes.
pub trait Tree: Mmcs<F> {
    /// The most that a node takes in the encoding.
    const NODE_BYTES: usize;

    /// The library's tree, with nothing in it.
    fn empty() -> Self;

    /// The root with these bytes.
    fn root(bytes: &[u8; 32]) -> Self::Commitment;

    /// The bytes of a root.
    #[cfg(feature = "prover")]
    fn bytes(root: &Self::Commitment) -> [u8; 32];

    /// Roots that a decoded commitment has; one is right.
    fn roots(root: &Self::Commitment) -> usize;

    /// Nodes that a decoded proof of rows has.
    fn nodes(proof: &Self::MultiProof) -> usize;
}

/// Blake3, without salts.
pub type Blake3Tree = MerkleTreeMmcs<F, u8, LeafHash, NodeHash, 2, 32>;

impl Tree for Blake3Tree {
    const NODE_BYTES: usize = crate::shape::DIGEST_BYTES;

    fn empty() -> Self {
        Self::new(LeafHash::new(Blake3), NodeHash::new(Blake3), 0)
    }

    fn root(bytes: &[u8; 32]) -> Root {
        Root::new(vec![*bytes])
    }

    #[cfg(feature = "prover")]
    fn bytes(root: &Root) -> [u8; 32] {
        root[0]
    }

    fn roots(root: &Root) -> usize {
        root.num_roots()
    }

    fn nodes(proof: &Self::MultiProof) -> usize {
        proof.sibling_hashes.len()
    }
}
