//! The public inputs: a hash, a challenge, and a combination of the statements' elements by it.
//!
//! A chain computes keccak256 cheaply and Poseidon2 dearly, a circuit the other way round, and a public
//! input for each element would cost a contract more than the proof. So both sides have the elements
//! `e_0, e_1, ..` of all statements in order, and compare
//!
//! ```text
//! hash        = hash_elements(e_0, e_1, ..)                          of the prover's elements
//! challenge   = keccak256(tag || hash || keccak256(e_0 || ..)) mod r of the contract's elements
//! combination = (..((e_0) challenge + e_1) challenge + ..)           of the prover's, and of the contract's
//! ```
//!
//! # Soundness
//! The hash fixes the prover's elements, and goes into the challenge with the contract's. Where the two
//! lists differ, their combinations are different polynomials in the challenge of a degree below their
//! number `n`, so a challenge makes them equal with a probability of at most `n / r`, for each pair of hash
//! and elements that a prover tries; `r` has 254 bits.

#[cfg(test)]
pub(super) mod tests;

use halo2_base::QuantumCell::{Existing, Witness};
use halo2_base::halo2_proofs::halo2curves::ff::{Field, FromUniformBytes, PrimeField};
use sha3::{Digest as _, Keccak256};
use zkpot_protocol::statement::Statement;
use zkpot_sponge::hash_elements;

use crate::poseidon2::from_sponge;
use crate::sponge::{Hasher, Word};
use crate::{Cell, Fr};

/// What the challenge's hash starts with.
const TAG: &[u8] = b"zkpot/v1/wrap";

/// The public inputs of a run's circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicInputs {
    /// The hash of all statements' elements.
    pub hash: Fr,
    /// Drawn from the hash and the elements.
    pub challenge: Fr,
    /// Of the elements, by the challenge.
    pub combination: Fr,
}

impl PublicInputs {
    /// Those of the statements of a run's links, in order.
    pub fn of<'a>(statements: impl IntoIterator<Item = &'a Statement>) -> Self {
        let elements: Vec<_> = statements.into_iter().flat_map(Statement::elements).collect();
        let hash = from_sponge(hash_elements(&elements));
        let elements: Vec<Fr> = elements.into_iter().map(from_sponge).collect();
        let challenge = challenge(hash, &elements);
        Self { hash, challenge, combination: combine(&elements, challenge) }
    }

    /// In the order in which the circuit shows them.
    pub const fn to_array(self) -> [Fr; 3] {
        [self.hash, self.challenge, self.combination]
    }
}

/// The challenge of a hash and elements.
fn challenge(hash: Fr, elements: &[Fr]) -> Fr {
    let mut digest = Keccak256::new();
    elements.iter().for_each(|&element| digest.update(to_big_endian(element)));
    let mut hasher = Keccak256::new();
    hasher.update(TAG);
    hasher.update(to_big_endian(hash));
    hasher.update(digest.finalize());
    let mut wide = [0; 64];
    wide[..32].copy_from_slice(&hasher.finalize());
    wide[..32].reverse();
    Fr::from_uniform_bytes(&wide)
}

/// An element's integer as contracts have it.
pub fn to_big_endian(element: Fr) -> [u8; 32] {
    let mut bytes = element.to_repr();
    bytes.reverse();
    bytes
}

/// The element with this integer; none where it is not below the modulus.
pub fn from_big_endian(bytes: &[u8; 32]) -> Option<Fr> {
    let mut bytes = *bytes;
    bytes.reverse();
    Option::from(Fr::from_repr(bytes))
}

fn combine(elements: &[Fr], challenge: Fr) -> Fr {
    elements.iter().fold(Fr::ZERO, |sum, element| sum * challenge + element)
}

/// Lays the public inputs down; returns their cells.
///
/// # Soundness
/// The challenge is a public input, so the verifier chose it. The gate says `e + sum challenge = next` for
/// each element.
pub(super) fn lay(hasher: &mut Hasher<'_>, elements: &[Cell], challenge: Fr) -> [Cell; 3] {
    let words: Vec<Word> = elements.iter().map(|&cell| Word::Held(cell)).collect();
    let hash = hasher.hash_elements(&words);
    let hash = hasher.cell(hash);
    let challenge = hasher.context.load_witness(challenge);
    let mut sum = hasher.context.load_zero();
    for &element in elements {
        let next = *sum.value() * challenge.value() + element.value();
        let terms = [Existing(element), Existing(sum), Existing(challenge), Witness(next)];
        hasher.context.assign_region(terms, [0]);
        sum = hasher.context.get(-1);
    }
    [hash, challenge, sum]
}
