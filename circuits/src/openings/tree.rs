//! Trees of rows, as far as single paths need them.

use core::fmt::Debug;

use p3_blake3::Blake3;
use p3_commit::Mmcs;
use p3_merkle_tree::MerkleTreeMmcs;
use p3_symmetric::{
    CompressionFunctionFromHasher, CryptographicHasher, PseudoCompressionFunction,
    SerializingHasher,
};
use zkpot_protocol::field::F;
use zkpot_sponge::{Digest, Fr};

/// A binary tree over the rows of one matrix, with one root.
pub trait RowTree: Mmcs<F> {
    /// A node.
    type Digest: Clone + Debug + PartialEq;

    /// The root that a commitment is; `None` where it is another number of nodes.
    fn root(commitment: &Self::Commitment) -> Option<Self::Digest>;

    /// The nodes that come with some rows: in each level from the leaves up, those beside the rows'
    /// paths that are on none of them, from the left.
    fn siblings(proof: &Self::MultiProof) -> &[Self::Digest];

    /// The leaf of a row, whose elements are taken by their coordinates, lowest degree first.
    fn leaf(row: &[F]) -> Self::Digest;

    /// The node above two.
    fn node(left: &Self::Digest, right: &Self::Digest) -> Self::Digest;
}

/// Leaves of [`Blake3Tree`].
pub type LeafHash = SerializingHasher<Blake3>;
/// Nodes of [`Blake3Tree`].
pub type NodeHash = CompressionFunctionFromHasher<Blake3, 2, 32>;

/// The clear channel's tree, over Blake3.
pub type Blake3Tree = MerkleTreeMmcs<F, u8, LeafHash, NodeHash, 2, 32>;

impl RowTree for Blake3Tree {
    type Digest = [u8; 32];

    fn root(commitment: &Self::Commitment) -> Option<[u8; 32]> {
        match commitment.roots() {
            [root] => Some(*root),
            _ => None,
        }
    }

    fn siblings(proof: &Self::MultiProof) -> &[[u8; 32]] {
        &proof.sibling_hashes
    }

    fn leaf(row: &[F]) -> [u8; 32] {
        LeafHash::new(Blake3).hash_iter(row.iter().copied())
    }

    fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
        NodeHash::new(Blake3).compress([*left, *right])
    }
}

/// The wrapped channel's tree, over Poseidon2.
pub type Poseidon2Tree =
    MerkleTreeMmcs<F, Fr, zkpot_sponge::LeafHash, zkpot_sponge::NodeHash, 2, 1>;

impl RowTree for Poseidon2Tree {
    type Digest = Digest;

    fn root(commitment: &Self::Commitment) -> Option<Digest> {
        match commitment.roots() {
            [root] => Some(*root),
            _ => None,
        }
    }

    fn siblings(proof: &Self::MultiProof) -> &[Digest] {
        &proof.sibling_hashes
    }

    fn leaf(row: &[F]) -> Digest {
        zkpot_sponge::LeafHash.hash_iter(row.iter().copied())
    }

    fn node(left: &Digest, right: &Digest) -> Digest {
        zkpot_sponge::NodeHash.compress([*left, *right])
    }
}
