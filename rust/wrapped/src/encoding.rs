//! Numbers and points of BN254 as contracts have them: 32 bytes each, most significant first.
//!
//! One encoding a value: a number that is not below the order is refused and not reduced.

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, PrimeField};

use crate::Word;

/// An element of the scalar field.
pub fn scalar(bytes: &Word) -> Option<Fr> {
    Fr::from_bigint(integer(bytes))
}

/// The integer of 32 bytes modulo the order.
pub fn reduced(bytes: &Word) -> Fr {
    Fr::from_be_bytes_mod_order(bytes)
}

/// An element's bytes.
pub fn word(scalar: Fr) -> Word {
    let mut bytes = [0; 32];
    let limbs = scalar.into_bigint().0;
    for (place, limb) in bytes.as_chunks_mut().0.iter_mut().rev().zip(limbs) {
        *place = limb.to_be_bytes();
    }
    bytes
}

/// Whether it is an element of the scalar field, and not zero.
pub fn is_commitment(bytes: &Word) -> bool {
    *bytes != [0; 32] && scalar(bytes).is_some()
}

/// A point that is not the identity; all points on the curve are of the group.
///
/// The identity is said for itself: for the library two zeros are the identity, and on the curve.
pub fn point([x, y]: &[Word; 2]) -> Option<G1Affine> {
    let point = G1Affine::new_unchecked(base(x)?, base(y)?);
    (!point.is_zero() && point.is_on_curve()).then_some(point)
}

/// A point of the second group that is not the identity; its coordinates are `x.c0, x.c1, y.c0, y.c1`.
pub fn second_point([x0, x1, y0, y1]: &[Word; 4]) -> Option<G2Affine> {
    let x = Fq2::new(base(x0)?, base(x1)?);
    let point = G2Affine::new_unchecked(x, Fq2::new(base(y0)?, base(y1)?));
    // On the twist there are points of other orders.
    let right = || point.is_on_curve() && point.is_in_correct_subgroup_assuming_on_curve();
    (!point.is_zero() && right()).then_some(point)
}

fn base(bytes: &Word) -> Option<Fq> {
    Fq::from_bigint(integer(bytes))
}

fn integer(bytes: &Word) -> BigInt<4> {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().rev().zip(bytes.as_chunks().0) {
        *limb = u64::from_be_bytes(*bytes);
    }
    BigInt(limbs)
}
