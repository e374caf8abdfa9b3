//! Elements that record what is done with them.

use core::iter::{Product, Sum};
use core::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use p3_field::{Algebra, PrimeCharacteristicRing};
use zkpot_protocol::field::{EF, Element, F};

use super::operations::{Operation, push};

/// An element of a recorded computation.
///
/// What follows from shapes and public inputs alone is known and computed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recorded {
    /// The same in every proof.
    Known(EF),
    /// What the operation with this index makes.
    Computed(usize),
}

use Recorded::Known;

impl Default for Recorded {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<EF> for Recorded {
    fn from(value: EF) -> Self {
        Known(value)
    }
}

impl From<F> for Recorded {
    fn from(value: F) -> Self {
        Known(value.into())
    }
}

impl Recorded {
    fn is(self, value: EF) -> bool {
        self == Known(value)
    }

    fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Known(a), Known(b)) => Known(a + b),
            _ if self.is(EF::ZERO) => other,
            _ if other.is(EF::ZERO) => self,
            _ => push(Operation::Add(self, other)),
        }
    }

    fn minus(self, other: Self) -> Self {
        match (self, other) {
            (Known(a), Known(b)) => Known(a - b),
            _ if other.is(EF::ZERO) => self,
            _ => push(Operation::Subtract(self, other)),
        }
    }

    fn times(self, other: Self) -> Self {
        match (self, other) {
            (Known(a), Known(b)) => Known(a * b),
            _ if self.is(EF::ZERO) || other.is(EF::ZERO) => Self::ZERO,
            _ if self.is(EF::ONE) => other,
            _ if other.is(EF::ONE) => self,
            _ => push(Operation::Multiply(self, other)),
        }
    }
}

/// The operators, which the ring's trait wants with elements of both fields.
macro_rules! operators {
    ($operator:ident, $method:ident, $assigning:ident, $assign:ident, $does:ident) => {
        impl $operator for Recorded {
            type Output = Self;

            fn $method(self, other: Self) -> Self {
                self.$does(other)
            }
        }

        impl $operator<F> for Recorded {
            type Output = Self;

            fn $method(self, other: F) -> Self {
                self.$does(other.into())
            }
        }

        impl $assigning for Recorded {
            fn $assign(&mut self, other: Self) {
                *self = self.$does(other);
            }
        }

        impl $assigning<F> for Recorded {
            fn $assign(&mut self, other: F) {
                *self = self.$does(other.into());
            }
        }
    };
}

operators!(Add, add, AddAssign, add_assign, plus);
operators!(Sub, sub, SubAssign, sub_assign, minus);
operators!(Mul, mul, MulAssign, mul_assign, times);

impl Neg for Recorded {
    type Output = Self;

    fn neg(self) -> Self {
        Self::ZERO - self
    }
}

impl Sum for Recorded {
    fn sum<I: Iterator<Item = Self>>(elements: I) -> Self {
        elements.fold(Self::ZERO, Self::plus)
    }
}

impl Product for Recorded {
    fn product<I: Iterator<Item = Self>>(elements: I) -> Self {
        elements.fold(Self::ONE, Self::times)
    }
}

impl PrimeCharacteristicRing for Recorded {
    type PrimeSubfield = F;

    const ZERO: Self = Known(EF::ZERO);
    const ONE: Self = Known(EF::ONE);
    const TWO: Self = Known(EF::TWO);
    const NEG_ONE: Self = Known(EF::NEG_ONE);

    fn from_prime_subfield(value: F) -> Self {
        value.into()
    }
}

impl Algebra<F> for Recorded {}

impl Element for Recorded {
    fn inverse(&self) -> Option<Self> {
        match self {
            Known(value) => value.inverse().map(Known),
            Self::Computed(_) => Some(push(Operation::Invert(*self))),
        }
    }

    fn bits(&self, count: usize) -> Vec<Self> {
        match self {
            Known(value) => value.bits(count).into_iter().map(Known).collect(),
            Self::Computed(_) => {
                (0..count).rev().map(|place| push(Operation::Bit(*self, count, place))).collect()
            }
        }
    }
}
