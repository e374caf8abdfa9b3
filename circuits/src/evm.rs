//! Proofs that a contract checks, the contract, and the same verifier as data.
//!
//! The library generates the contract for a key ([`contract`]); challenges are keccak256 of what was sent.
//! Its calldata are the public inputs and the proof, without a selector ([`proof`]). Where there is no EVM, the
//! crate `zkpot-wrapped` computes what the contract computes, from the file that [`circuit`] writes.

mod circuit;
mod contract;
mod program;
mod proof;

use halo2_base::halo2_proofs::halo2curves::bn256::Bn256;
use snark_verifier::pcs::kzg::{Bdfg21, KzgAs};
use snark_verifier::verifier::plonk::{PlonkSuccinctVerifier, PlonkVerifier};

pub use circuit::circuit;
pub use contract::{contract, proof_bytes};
pub use proof::{prove, verify};

/// Openings of SHPLONK (eprint 2020/081).
type Openings = KzgAs<Bn256, Bdfg21>;
/// The verifier, natively and in the contract.
type Verifier = PlonkVerifier<Openings>;
/// The verifier up to the pairing.
type SuccinctVerifier = PlonkSuccinctVerifier<Openings>;
