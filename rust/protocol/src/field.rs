//! The field of the witness and the extension that challenges come from.

use alloc::vec::Vec;

use p3_field::extension::CubicTrinomialExtensionField;
use p3_field::integers::QuotientMap;
use p3_field::{Algebra, BasedVectorSpace, Field, PrimeCharacteristicRing, PrimeField64};

/// Goldilocks, `p = 2^64 - 2^32 + 1`: fixed-point accumulators need no limbs.
pub type F = p3_goldilocks::Goldilocks;

/// The cubic extension: about 192 bits, so that challenges are never the weak part.
pub type EF = CubicTrinomialExtensionField<F>;

/// What a verifier computes with: elements of [`EF`], or what stands for them where its computation is
/// recorded instead of done (a circuit).
pub trait Element: Algebra<F> + Copy + PartialEq {
    /// The inverse; `None` where the element is known to be zero.
    fn inverse(&self) -> Option<Self>;

    /// The bits of an integer below `2^count`, the most significant first.
    fn bits(&self, count: usize) -> Vec<Self>;
}

impl Element for EF {
    fn inverse(&self) -> Option<Self> {
        self.try_inverse()
    }

    fn bits(&self, count: usize) -> Vec<Self> {
        let integer = integer(*self);
        (0..count).rev().map(|place| Self::from_u64(integer >> place & 1)).collect()
    }
}

/// The integer that an element stands for; what is in the extension's other coordinates does not count.
pub fn integer(element: EF) -> u64 {
    let coordinates: &[F] = element.as_basis_coefficients_slice();
    coordinates[0].as_canonical_u64()
}

/// An integer as a field element; negative integers count down from `p`.
#[inline]
pub fn embed(value: i64) -> F {
    F::from_int(value)
}

/// `eq(point, index)` for the first `count` indices, the first coordinate being the most
/// significant bit: the multilinear Lagrange basis at `point`.
///
/// Takes `count + n` multiplications, about.
pub fn eq_table<E: Element>(point: &[E], count: usize) -> Vec<E> {
    let bits = usize::BITS - count.saturating_sub(1).leading_zeros();
    // Indices below 2^bits have zeros in every coordinate above.
    let (high, low) = point.split_at(point.len() - (bits as usize).min(point.len()));
    let scale = high.iter().fold(E::ONE, |product, &z| product * (E::ONE - z));
    let mut table = Vec::with_capacity(1 << low.len());
    table.push(scale);
    for (&z, rest) in low.iter().zip((0..low.len()).rev()) {
        table = split(&table, z);
        // What has no index below `count` under it is left out.
        table.truncate((count.saturating_sub(1) >> rest) + 1);
    }
    table.truncate(count);
    table
}

/// The next level of a table of `eq`: each value times `1 - z` and times `z`.
pub(crate) fn split<E: Element>(table: &[E], z: E) -> Vec<E> {
    let mut next = Vec::with_capacity(table.len() * 2);
    for &value in table {
        let one = value * z;
        next.push(value - one);
        next.push(one);
    }
    next
}
