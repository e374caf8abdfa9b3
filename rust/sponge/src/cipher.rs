//! Encryption that a circuit over the large field repeats cheaply.
//!
//! Packed elements ([`pack`]) plus a keystream. Key and block's number are permuted with `2^66` in the
//! capacity, and the first two elements are the stream's; the third, without which nothing can be
//! permuted backwards, nobody sees. The hash of a key has `2^67` in its place.

use alloc::vec::Vec;

use p3_field::PrimeCharacteristicRing;

use crate::digest::to_words;
use crate::duplex::RATE;
use crate::packing::{PACKED, pack};
use crate::{F, Fr, permute};

/// Capacity of the keystream's states.
pub const KEYSTREAM: u128 = 1 << 66;
/// Capacity of a key's hash.
pub const KEY_HASH: u128 = 1 << 67;

/// What names a key without showing it.
pub fn hash_key(key: Fr) -> Fr {
    let mut state = [key, Fr::ZERO, Fr::from_u128(KEY_HASH)];
    permute(&mut state);
    state[0]
}

/// Encrypts base elements: three of them become one element.
///
/// A key serves one message: the difference of two under one key is the messages'.
#[must_use]
pub fn encrypt(key: Fr, message: impl IntoIterator<Item = F>) -> Vec<Fr> {
    let packed = pack(message);
    let stream = keystream(key, packed.len());
    packed.into_iter().zip(stream).map(|(element, pad)| element + pad).collect()
}

/// Decrypts `count` base elements; none where the key is another one's, or their number is another.
///
/// Words are taken modulo the field's order: a circuit knows of them that they have 64 bits, and who
/// encrypts must not be able to make what nobody decrypts.
#[must_use]
pub fn decrypt(key: Fr, ciphertext: &[Fr], count: usize) -> Option<Vec<F>> {
    if ciphertext.len() != count.div_ceil(PACKED) {
        return None;
    }
    let mut message = Vec::with_capacity(count);
    for (&element, pad) in ciphertext.iter().zip(keystream(key, ciphertext.len())) {
        let [first, second, third, packed] = to_words(element - pad);
        let left = PACKED.min(count - message.len());
        let words = [first, second, third];
        if packed != left as u64 || words[left..].iter().any(|&word| word != 0) {
            return None;
        }
        message.extend(words[..left].iter().map(|&word| F::from_u64(word)));
    }
    Some(message)
}

/// The first elements of a key's stream.
fn keystream(key: Fr, count: usize) -> impl Iterator<Item = Fr> {
    let blocks = 0..count.div_ceil(RATE);
    blocks.flat_map(move |number| {
        let mut state = [key, Fr::from_usize(number), Fr::from_u128(KEYSTREAM)];
        permute(&mut state);
        let [first, second, _] = state;
        [first, second]
    })
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeField64;

    use super::*;

    fn message(count: u64) -> Vec<F> {
        (0..count).map(|i| F::from_u64(i.wrapping_mul(0x1234_5678_9abc_def1))).collect()
    }

    #[test]
    fn decrypts_what_was_encrypted() {
        let key = Fr::from_u64(77);
        for count in [0, 1, 2, 3, 4, 6, 7, 100] {
            let ciphertext = encrypt(key, message(count));
            assert_eq!(ciphertext.len() as u64, count.div_ceil(3));
            assert_eq!(decrypt(key, &ciphertext, count as usize), Some(message(count)));
        }
    }

    #[test]
    fn another_key_number_or_element_decrypts_nothing() {
        let key = Fr::from_u64(77);
        let ciphertext = encrypt(key, message(8));
        assert_eq!(decrypt(key + Fr::ONE, &ciphertext, 8), None);
        assert_eq!(decrypt(key, &ciphertext, 9), None);
        assert_eq!(decrypt(key, &ciphertext, 7), None);
        assert_eq!(decrypt(key, &ciphertext[..2], 8), None);
        let mut other = ciphertext;
        other[1] -= Fr::from_u128(1 << 64);
        assert_ne!(decrypt(key, &other, 8), Some(message(8)));
    }

    #[test]
    fn both_words_of_an_element_decrypt() {
        let key = Fr::from_u64(77);
        let mut ciphertext = encrypt(key, message(3));
        ciphertext[0] += Fr::from_u64(F::ORDER_U64);
        assert_eq!(decrypt(key, &ciphertext, 3), Some(message(3)));
    }

    #[test]
    fn streams_of_keys_blocks_and_hashes_differ() {
        let (one, other) = (Fr::from_u64(1), Fr::from_u64(2));
        let streams: Vec<Fr> = keystream(one, 6).chain(keystream(other, 6)).collect();
        let all: Vec<Fr> = streams.into_iter().chain([hash_key(one), hash_key(other)]).collect();
        for (place, element) in all.iter().enumerate() {
            assert!(!all[..place].contains(element), "element {place}");
        }
    }
}
