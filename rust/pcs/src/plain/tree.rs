//! The trees of plain openings.

use alloc::vec;

use p3_blake3::Blake3;
use p3_commit::Mmcs;
use p3_merkle_tree::MerkleTreeMmcs;

use zkpot_sponge::{Fr, from_bytes};

use crate::suite::{F, LeafHash, NodeHash, Root};

/// A Merkle tree that plain openings may be over; its root has 32 bytes.
pub trait Tree: Mmcs<F> {
    /// The most that a node takes in the encoding.
    const NODE_BYTES: usize;

    /// The library's tree, with nothing in it.
    fn empty() -> Self;

    /// The root with these bytes, if there is one.
    fn root(bytes: &[u8; 32]) -> Option<Self::Commitment>;

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

    fn root(bytes: &[u8; 32]) -> Option<Root> {
        Some(Root::new(vec![*bytes]))
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

/// Poseidon2 over BN254's scalar field, which a circuit over that field repeats.
pub type Poseidon2Tree =
    MerkleTreeMmcs<F, Fr, zkpot_sponge::LeafHash, zkpot_sponge::NodeHash, 2, 1>;

/// A root of it.
pub type Poseidon2Root = zkpot_sponge::Root;

impl Tree for Poseidon2Tree {
    // The library writes the length, too.
    const NODE_BYTES: usize = crate::shape::DIGEST_BYTES + 1;

    fn empty() -> Self {
        Self::new(zkpot_sponge::LeafHash, zkpot_sponge::NodeHash, 0)
    }

    fn root(bytes: &[u8; 32]) -> Option<Poseidon2Root> {
        from_bytes(bytes).map(|root| Poseidon2Root::new(vec![[root]]))
    }

    #[cfg(feature = "prover")]
    fn bytes(root: &Poseidon2Root) -> [u8; 32] {
        zkpot_sponge::to_bytes(root[0][0])
    }

    fn roots(root: &Poseidon2Root) -> usize {
        root.num_roots()
    }

    fn nodes(proof: &Self::MultiProof) -> usize {
        proof.sibling_hashes.len()
    }
}
