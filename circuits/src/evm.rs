//! Proofs that a contract checks, and the contract.
//!
//! The library generates the contract for a key ([`contract`]); challenges are keccak256 of what was sent.
//! Its calldata are the public inputs and the proof, without a selector ([`proof`]).

mod contract;
mod proof;

use halo2_base::halo2_proofs::halo2curves::bn256::Bn256;
use snark_verifier::pcs::kzg::{Bdfg21, KzgAs};
use snark_verifier::verifier::plonk::PlonkVerifier;

pub use contract::{contract, proof_bytes};
pub use proof::{prove, verify};

/// The verifier, natively and in the contract: PLONK with the openings of SHPLONK (eprint 2020/081).
type Verifier = PlonkVerifier<KzgAs<Bn256, Bdfg21>>;
