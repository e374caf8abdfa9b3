//! The verifier of native proofs as a circuit over the scalar field of BN254.
//!
//! The verifier's relations are written once, over any element and any channel
//! (`zkpot_protocol::field::Element`, `zkpot_protocol::channel::VerifierChannel`). Here they run on
//! elements that record what is done with them ([`recording`]), and the [`interpreter`] lays the
//! recording down in chips: so what a circuit constrains is the verifier itself and no second
//! version of it.
//!
//! - [`arithmetic`]: Goldilocks and its cubic extension, in halo2-base's vertical gate;
//! - [`poseidon2`]: the permutation, in columns of its own;
//! - [`sponge`], [`tree`]: the wrapped mode's transcript and Merkle paths (`zkpot_sponge`);
//! - [`circuit`]: all of it as one halo2 circuit.
//!
//! A chip never panics over a value: what no witness satisfies becomes a circuit that no proof
//! satisfies. It does panic over shapes, which are the circuit's author's.

pub mod arithmetic;
pub mod circuit;
#[cfg(test)]
mod constraints;
pub mod evm;
pub mod interpreter;
pub mod keys;
pub mod link;
pub mod openings;
pub mod poseidon2;
pub mod recording;
pub mod sponge;
#[cfg(test)]
mod tampering;
pub mod transcript;
pub mod tree;
pub mod wrap;

// Whole links are made by the integration tests' files, which know this crate by its name.
#[cfg(test)]
extern crate self as zkpot_circuits;

/// The circuit's field.
pub use halo2_base::halo2_proofs::halo2curves::bn256::Fr;

/// A cell of the circuit with its value.
pub type Cell = halo2_base::AssignedValue<Fr>;
/// Where cells are laid down.
pub type Context = halo2_base::Context<Fr>;
