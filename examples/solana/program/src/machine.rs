//! What the chain's machine computes for programs.

use solana_define_syscall::definitions::{
    sol_alt_bn128_group_op, sol_keccak256, sol_memcpy_, sol_set_return_data,
};

use crate::refusal::Refusal;

/// 32 bytes: a digest, or a number, most significant byte first.
pub type Word = [u8; 32];
/// A point of the first group: `x, y`; zeros are the identity.
pub type Point = [u8; 64];

const ADD: u64 = 0;
const MULTIPLY: u64 = 2;
const PAIRING: u64 = 3;

/// Copies as many bytes as both have. The machine has no cheap way for bytes that are not aligned.
#[inline(always)]
pub fn copy(to: &mut [u8], from: &[u8]) {
    let count = to.len().min(from.len());
    // SAFETY: both slices have that many bytes, and a mutable one overlaps no other.
    unsafe {
        sol_memcpy_(to.as_mut_ptr(), from.as_ptr(), count as u64);
    }
}

/// keccak256 of the concatenated parts.
#[inline(always)]
pub fn keccak<const N: usize>(parts: &[&[u8]; N], to: &mut Word) {
    // SAFETY: a slice is an address and a length there, as the call takes them; the hash has 32 bytes.
    unsafe { sol_keccak256(parts.as_ptr().cast(), N as u64, to.as_mut_ptr()) };
}

/// A point's multiple: takes `x, y, scalar`. Refuses what is not on the curve.
#[inline(always)]
pub fn multiply(input: &[u8; 96], to: &mut Point) -> Result<(), Refusal> {
    group(MULTIPLY, input, to.as_mut_ptr())
}

/// The sum of two points.
#[inline(always)]
pub fn add(input: &[u8; 128], to: &mut Point) -> Result<(), Refusal> {
    group(ADD, input, to.as_mut_ptr())
}

/// Whether the product of two pairings is one.
#[inline(always)]
pub fn pair(input: &[u8; 384]) -> Result<(), Refusal> {
    let mut found = [0u8; 32];
    group(PAIRING, input, found.as_mut_ptr())?;
    let mut one = [0u8; 32];
    one[31] = 1;
    if found == one { Ok(()) } else { Err(Refusal::Invalid) }
}

#[inline(always)]
fn group(operation: u64, input: &[u8], to: *mut u8) -> Result<(), Refusal> {
    // SAFETY: the callers' results have what the operation writes: a point, or a number for a pairing.
    let failed =
        unsafe { sol_alt_bn128_group_op(operation, input.as_ptr(), input.len() as u64, to) };
    if failed == 0 { Ok(()) } else { Err(Refusal::Number) }
}

/// What the instruction answers.
#[inline(always)]
pub fn answer(bytes: &[u8]) {
    // SAFETY: the slice has that many bytes.
    unsafe { sol_set_return_data(bytes.as_ptr(), bytes.len() as u64) };
}
