//! The wrapped mode's hash and transcript: Poseidon2 (eprint 2023/323) over the scalar field of
//! BN254, which a circuit over that field repeats cheaply.
//!
//! What is hashed are Goldilocks elements, packed three a field element ([`pack`]). One permutation
//! serves five uses that are told apart by the last element of its state, the capacity:
//!
//! - [`LeafHash`]: a row, with its number of packed elements and `2^64`;
//! - [`NodeHash`]: two digests, with zero;
//! - [`hash_elements`]: other elements, with their number and `2^65`;
//! - [`encrypt`]: a key and the number of a block, with `2^66`, or [its hash](hash_key), with `2^67`;
//! - [`Sponge`]: a transcript, to which every absorption adds its number of elements, below `2^64`.
//!
//! Leaves, nodes and candidates of a proof of work are hashed side by side where the processor has
//! AVX-512 IFMA, with the same results; this is the feature `lanes`, which needs `std`. Without it the
//! crate is `no_std`.

#![no_std]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

extern crate alloc;

mod challenger;
mod cipher;
mod digest;
mod duplex;
mod grain;
mod grinding;
mod hash;
#[cfg_attr(not(all(feature = "lanes", target_arch = "x86_64")), path = "lanes/alone.rs")]
mod lanes;
mod packing;
mod permutation;

pub use challenger::Root;
pub use cipher::{KEY_HASH, KEYSTREAM, decrypt, encrypt, hash_key};
pub use digest::{Digest, from_bytes, to_bytes, to_words};
pub use duplex::{HALF_BITS, Sponge};
pub use hash::{LeafHash, NodeHash, hash_elements};
pub use packing::{PACKED, pack};
pub use permutation::{Constants, FULL_ROUNDS, PARTIAL_ROUNDS, WIDTH, constants, permute};

/// The field that is hashed over: BN254's scalar field, 254 bits.
pub type Fr = p3_bn254::Bn254;

/// The field of what is hashed, `2^64 - 2^32 + 1`.
pub type F = p3_goldilocks::Goldilocks;
