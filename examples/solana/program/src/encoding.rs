//! Numbers and points as contracts have them: 32 bytes each, most significant first, and one encoding a value.

use crate::circuit::MODULUS_WORDS;
use crate::field::{Fr, Words, below};
use crate::machine::{Word, copy};
use crate::refusal::Refusal;

/// Modulus of the points' coordinates (EIP-196).
const BASE_MODULUS: Words =
    [0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029];

/// The number of 32 bytes.
#[inline(always)]
pub fn words(bytes: &[u8]) -> Words {
    let mut words = [0u64; 4];
    // SAFETY: any bytes are integers, and there are 32 of them.
    let place: &mut Word = unsafe { &mut *(&raw mut words).cast() };
    copy(place, bytes);
    let [a, b, c, d] = words.map(u64::from_be);
    [d, c, b, a]
}

/// The bytes of a number.
#[inline(always)]
pub fn write(words: &Words, to: &mut [u8]) {
    let [a, b, c, d] = words.map(u64::to_be);
    let turned = [d, c, b, a];
    // SAFETY: integers are any bytes, and there are 32 of them.
    let bytes: &Word = unsafe { &*(&raw const turned).cast() };
    copy(to, bytes);
}

/// Writes an integer where a number of 32 bytes belongs.
#[inline(always)]
pub fn write_integer(integer: u64, to: &mut [u8]) {
    write(&[integer, 0, 0, 0], to);
}

/// An element; none where it is not reduced.
#[inline(always)]
pub fn scalar(bytes: &[u8], to: &mut Fr) -> Result<(), Refusal> {
    let words = words(bytes);
    if !below(&words, &MODULUS_WORDS) {
        return Err(Refusal::Number);
    }
    *to = Fr::of(&words);
    Ok(())
}

/// Refuses what is no commitment: zero, and what is not reduced.
#[inline(always)]
pub fn check_commitment(bytes: &[u8]) -> Result<(), Refusal> {
    let words = words(bytes);
    if words != [0; 4] && below(&words, &MODULUS_WORDS) { Ok(()) } else { Err(Refusal::Number) }
}

/// Refuses coordinates of the identity, and those that are not reduced. The machine looks whether the point is on the
/// curve when it multiplies it.
#[inline(always)]
pub fn check_point(x: &[u8], y: &[u8]) -> Result<(), Refusal> {
    let [x, y] = [words(x), words(y)];
    let zero = x == [0; 4] && y == [0; 4];
    if !zero && below(&x, &BASE_MODULUS) && below(&y, &BASE_MODULUS) {
        Ok(())
    } else {
        Err(Refusal::Number)
    }
}
