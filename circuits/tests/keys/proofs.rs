//! Proofs over keccak256 with anything changed.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use zkpot_circuits::Fr;
use zkpot_circuits::evm;
use zkpot_circuits::keys::Error;
use zkpot_circuits::wrap::public::to_big_endian;

use super::small::{keys, prove};

fn assert_invalid(inputs: &[Fr], proof: &[u8], what: impl std::fmt::Display) {
    let found = evm::verify(keys(), inputs, proof);
    assert!(matches!(found, Err(Error::Invalid)), "{what}: {found:?}");
}

#[test]
fn a_proof_verifies_and_has_its_length() {
    for secret in [1, 1 << 40, u64::MAX] {
        let (inputs, proof) = prove(keys(), secret, 0);
        assert_eq!(proof.len(), evm::proof_bytes(keys()));
        evm::verify(keys(), &inputs, &proof).unwrap();
    }
}

#[test]
fn a_proof_of_what_is_not_so_is_refused() {
    let (inputs, proof) = prove(keys(), 5, 1);
    assert_invalid(&inputs, &proof, "another digest");
}

#[test]
fn every_word_of_a_proof_counts() {
    let (inputs, proof) = prove(keys(), 9, 0);
    for place in (0..proof.len()).step_by(32) {
        for byte in [0, 17, 31] {
            let mut changed = proof.clone();
            changed[place + byte] ^= 1;
            assert_invalid(&inputs, &changed, format!("byte {}", place + byte));
        }
        for filling in [0, 0xff] {
            let mut changed = proof.clone();
            changed[place..place + 32].fill(filling);
            assert_invalid(&inputs, &changed, format!("word at {place} of {filling}"));
        }
    }
    // Words that change places.
    for place in (0..proof.len() - 64).step_by(32) {
        let mut changed = proof.clone();
        let (left, right) = changed.split_at_mut(place + 32);
        left[place..].swap_with_slice(&mut right[..32]);
        assert_invalid(&inputs, &changed, format!("words at {place}"));
    }
}

#[test]
fn an_element_has_one_representation() {
    let (inputs, proof) = prove(keys(), 9, 0);
    let order = to_big_endian(-Fr::one());
    // What is as large as the field's order, and an element with the order added where 256 bits hold that.
    for place in (0..proof.len()).step_by(32) {
        let mut changed = proof.clone();
        let mut carry = 1u16;
        for byte in (0..32).rev() {
            let sum = u16::from(changed[place + byte]) + u16::from(order[byte]) + carry;
            (changed[place + byte], carry) = (sum.to_le_bytes()[0], sum >> 8);
        }
        assert_invalid(&inputs, &changed, format!("word at {place}"));
    }
}

#[test]
fn inputs_are_these_three() {
    let (inputs, proof) = prove(keys(), 9, 0);
    for place in 0..3 {
        for other in [Fr::zero(), inputs[place] + Fr::one(), -inputs[place]] {
            let mut changed = inputs.clone();
            changed[place] = other;
            assert_invalid(&changed, &proof, format!("input {place}"));
        }
    }
    let [a, b, c] = inputs[..] else { panic!("three inputs") };
    for changed in [vec![b, a, c], vec![a, c, b], vec![], vec![a, b], vec![a, b, c, Fr::zero()]] {
        assert_invalid(&changed, &proof, format!("{} inputs", changed.len()));
    }
}

#[test]
fn any_bytes_are_refused() {
    let (inputs, proof) = prove(keys(), 9, 0);
    for length in (0..proof.len()).step_by(7).chain([proof.len() - 1]) {
        assert_invalid(&inputs, &proof[..length], format!("{length} bytes"));
    }
    for more in [1, 31, 32, 64, 4096] {
        let longer = [proof.as_slice(), &vec![0; more]].concat();
        assert_invalid(&inputs, &longer, format!("{more} bytes more"));
    }
    let mut rng = StdRng::seed_from_u64(11);
    for round in 0..64 {
        // As long as a proof, and its first part honest.
        let mut bytes = proof.clone();
        let start = if round < 32 { 0 } else { proof.len() * (round - 31) / 34 };
        rng.fill_bytes(&mut bytes[start..]);
        assert_invalid(&inputs, &bytes, format!("from byte {start}"));
        bytes.truncate(round * 5);
        assert_invalid(&inputs, &bytes, "a few bytes");
    }
    for filling in [0, 1, 0xff] {
        assert_invalid(&inputs, &vec![filling; proof.len()], format!("all {filling}"));
    }
}
