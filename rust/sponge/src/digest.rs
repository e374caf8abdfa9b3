//! Digests and their bytes.

use p3_field::PrimeField;

use crate::Fr;

/// What a leaf or a node hashes to.
pub type Digest = [Fr; 1];

/// The words of an element's integer, least significant first.
#[must_use]
pub fn to_words(element: Fr) -> [u64; 4] {
    let integer = element.as_canonical_biguint();
    let mut words = [0; 4];
    for (place, word) in words.iter_mut().zip(integer.iter_u64_digits()) {
        *place = word;
    }
    words
}

/// The bytes of an element's integer, most significant first, as contracts have them.
#[must_use]
pub fn to_bytes(element: Fr) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (place, word) in bytes.as_chunks_mut().0.iter_mut().rev().zip(to_words(element)) {
        *place = word.to_be_bytes();
    }
    bytes
}

/// The element with these bytes; none where they are no integer below the modulus.
#[must_use]
pub fn from_bytes(bytes: &[u8; 32]) -> Option<Fr> {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().rev().zip(bytes.as_chunks().0) {
        *word = u64::from_be_bytes(*bytes);
    }
    let element = Fr::new(words);
    (to_bytes(element) == *bytes).then_some(element)
}
