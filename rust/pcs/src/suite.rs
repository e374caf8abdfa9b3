//! The concrete fields and the hash of the hiding and the clear channel.

use p3_blake3::Blake3;
use p3_field::extension::CubicTrinomialExtensionField;
use p3_goldilocks::Goldilocks;
use p3_symmetric::{CompressionFunctionFromHasher, MerkleCap, SerializingHasher};

/// The field of committed values, `2^64 - 2^32 + 1`.
pub type F = Goldilocks;

/// The field of points, opened values and challenges: `F[X] / (X^3 - X - 1)`, 192 bits.
pub type EF = CubicTrinomialExtensionField<Goldilocks>;

pub(crate) type LeafHash = SerializingHasher<Blake3>;
pub(crate) type NodeHash = CompressionFunctionFromHasher<Blake3, 2, 32>;
/// A Merkle root over Blake3.
pub type Root = MerkleCap<F, [u8; 32]>;
/// The encoder of every code.
pub(crate) type Transform = p3_dft::Radix2DFTSmallBatch<F>;
