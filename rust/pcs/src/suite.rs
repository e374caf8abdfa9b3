//! The concrete fields, hash, sponge and Merkle tree.

use alloc::vec::Vec;

use p3_blake3::Blake3;
use p3_challenger::{HashChallenger, SerializingChallenger64};
use p3_field::extension::CubicTrinomialExtensionField;
use p3_goldilocks::Goldilocks;
use p3_merkle_tree::{MerkleTreeHidingMmcs, PrunedMerklePaths};
use p3_symmetric::{CompressionFunctionFromHasher, MerkleCap, SerializingHasher};
use p3_whir::{ZkWhirConfig, ZkWhirProof};
use rand::rngs::StdRng;

/// The field of committed values, `2^64 - 2^32 + 1`.
pub type F = Goldilocks;

/// The field of points, opened values and challenges: `F[X] / (X^3 - X - 1)`, 192 bits.
pub type EF = CubicTrinomialExtensionField<Goldilocks>;

/// The transcript's sponge over Blake3.
pub type Challenger = SerializingChallenger64<F, HashChallenger<u8, Blake3, 32>>;

/// Field elements of salt in front of every leaf hash: 256 bits.
pub const SALT_ELEMENTS: usize = 4;

pub(crate) type LeafHash = SerializingHasher<Blake3>;
pub(crate) type NodeHash = CompressionFunctionFromHasher<Blake3, 2, 32>;
pub(crate) type SaltedTree =
    MerkleTreeHidingMmcs<F, u8, LeafHash, NodeHash, StdRng, 2, 32, SALT_ELEMENTS>;
pub(crate) type Root = MerkleCap<F, [u8; 32]>;
/// Salts of every opened row, then the siblings that several rows share.
pub(crate) type MultiProof = (Vec<Vec<Vec<F>>>, PrunedMerklePaths<u8, 32>);
/// The library's proof, whose encoding an opening is: public for those who take openings apart.
pub type WhirProof = ZkWhirProof<F, EF, SaltedTree>;
pub(crate) type WhirConfig<C> = ZkWhirConfig<EF, F, C>;

/// A tree whose leaves are salted from `salts`, with one root.
pub(crate) const fn salted_tree(salts: StdRng) -> SaltedTree {
    SaltedTree::new(LeafHash::new(Blake3), NodeHash::new(Blake3), 0, salts)
}

/// A fresh sponge whose state is `label`.
#[must_use]
pub fn new_challenger(label: &[u8]) -> Challenger {
    Challenger::new(HashChallenger::new(label.to_vec(), Blake3))
}
