//! What the hiding channel's verifier knows of a value: an affine form in the masks.

use alloc::vec::Vec;
use core::ops::{Add, Mul, Sub};

use p3_field::PrimeCharacteristicRing;

use crate::field::EF;

/// `constant + sum of coefficient * mask`, where masks are numbered in the order of use.
///
/// Terms may repeat a mask: they are only added up when the forms of a link are joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    constant: EF,
    terms: Vec<(u32, EF)>,
}

impl Form {
    /// The value behind a masked scalar: what was sent, less its mask.
    pub fn unmasked(mask: u32, sent: EF) -> Self {
        Self { constant: sent, terms: alloc::vec![(mask, -EF::ONE)] }
    }

    /// The part that does not depend on masks.
    pub fn constant(&self) -> EF {
        self.constant
    }

    /// Adds `factor` times the coefficients to `weights`, one a mask; masks beyond them are left
    /// out, which [`super::hiding::HidingVerifier`] excludes.
    pub fn add_to(&self, factor: EF, weights: &mut [EF]) {
        for &(mask, coefficient) in &self.terms {
            if let Some(weight) = weights.get_mut(mask as usize) {
                *weight += factor * coefficient;
            }
        }
    }
}

impl From<EF> for Form {
    fn from(constant: EF) -> Self {
        Self { constant, terms: Vec::new() }
    }
}

impl Add for Form {
    type Output = Self;

    fn add(mut self, mut other: Self) -> Self {
        if self.terms.len() < other.terms.len() {
            core::mem::swap(&mut self.terms, &mut other.terms);
        }
        self.terms.append(&mut other.terms);
        Self { constant: self.constant + other.constant, terms: self.terms }
    }
}

impl Sub for Form {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + other * -EF::ONE
    }
}

impl Mul<EF> for Form {
    type Output = Self;

    fn mul(mut self, factor: EF) -> Self {
        self.constant *= factor;
        self.terms.iter_mut().for_each(|(_, coefficient)| *coefficient *= factor);
        self
    }
}
