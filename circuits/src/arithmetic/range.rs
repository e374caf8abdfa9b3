//! Ranges of integers.

use num_bigint::{BigInt, BigUint};
use p3_field::PrimeField64;
use zkpot_protocol::field::F;

use super::REDUCED_BITS;

/// The modulus `p`.
pub(super) fn order() -> BigInt {
    BigInt::from(F::ORDER_U64)
}

/// Integers from `low` to `high`, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    low: BigInt,
    high: BigInt,
}

impl Range {
    /// Non-negative integers of so many bits.
    pub fn bits(bits: usize) -> Self {
        Self { low: BigInt::ZERO, high: (BigInt::from(1) << bits) - 1 }
    }

    /// Non-negative integers below a bound, which is not zero.
    pub fn below(bound: u64) -> Self {
        Self { low: BigInt::ZERO, high: BigInt::from(bound) - 1 }
    }

    /// Non-negative integers from `low` to `high`, both included.
    pub fn between(low: u64, high: u64) -> Self {
        Self { low: low.into(), high: high.into() }
    }

    /// One integer.
    pub fn exactly(value: i128) -> Self {
        Self { low: value.into(), high: value.into() }
    }

    /// Whether every integer of it is reduced.
    pub fn is_reduced(&self) -> bool {
        self.low >= BigInt::ZERO && self.high.bits() <= REDUCED_BITS as u64
    }

    /// Whether any integer of it is negative.
    pub fn has_negatives(&self) -> bool {
        self.low < BigInt::ZERO
    }

    /// Of the sum of two integers.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self { low: &self.low + &other.low, high: &self.high + &other.high }
    }

    /// Of the product of two integers.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        let corners = [
            &self.low * &other.low,
            &self.low * &other.high,
            &self.high * &other.low,
            &self.high * &other.high,
        ];
        let [mut low, mut high] = [corners[0].clone(), corners[0].clone()];
        for corner in corners {
            low = low.min(corner.clone());
            high = high.max(corner);
        }
        Self { low, high }
    }

    /// Of one of two integers.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self {
            low: self.low.clone().min(other.low.clone()),
            high: self.high.clone().max(other.high.clone()),
        }
    }

    /// Bits of its largest integer, without the sign.
    pub fn magnitude(&self) -> u64 {
        self.low.bits().max(self.high.bits())
    }

    /// The least multiple of `p` that makes each integer non-negative when it is added.
    pub(super) fn shift(&self) -> BigInt {
        if self.low >= BigInt::ZERO {
            return BigInt::ZERO;
        }
        let order = order();
        (-&self.low + &order - 1) / &order * order
    }

    /// The largest integer when the [`shift`](Self::shift) is added.
    pub(super) fn shifted_high(&self) -> BigInt {
        &self.high + self.shift()
    }

    /// The largest quotient by `p` when the [`shift`](Self::shift) is added.
    pub(super) fn quotient(&self) -> BigUint {
        (self.shifted_high() / order()).into_parts().1
    }
}
