//! The circuit's public inputs: a hash, a challenge and a combination (docs/spec/on-chain.md, 'Public inputs').
//!
//! # Soundness
//! The circuit's elements have the claimed hash, and the value at the challenge that the statements' elements have.
//! The challenge is a hash of both, so that different elements agree there with a probability of at most
//! `6 n / 2^256` for each try.

use alloc::vec::Vec;

use ark_bn254::Fr;
use ark_ff::AdditiveGroup as _;
use zkpot_protocol::statement::keccak;

use crate::Word;
use crate::encoding::{reduced, word};
use crate::program::INPUTS;

/// What the challenge's hash starts with.
const TAG: &[u8] = b"zkpot/v1/wrap";

/// Those of a claimed hash and the elements of all statements.
pub fn bind(hash: Fr, elements: &[Fr]) -> [Fr; INPUTS] {
    let words: Vec<Word> = elements.iter().map(|&element| word(element)).collect();
    let digest = keccak(&[words.as_flattened()]);
    let challenge = reduced(&keccak(&[TAG, &word(hash), &digest]));
    let combine = |sum, element: &Fr| sum * challenge + element;
    [hash, challenge, elements.iter().fold(Fr::ZERO, combine)]
}
