//! Elements of the base field in the circuit.

use std::sync::{Arc, OnceLock};

use halo2_base::QuantumCell;
use halo2_base::QuantumCell::{Constant, Existing};
use halo2_base::utils::{biguint_to_fe, fe_to_biguint};
use num_bigint::BigInt;
use p3_field::{PrimeCharacteristicRing, PrimeField64};
use zkpot_protocol::field::F;

use super::range::{Range, order};
use crate::{Cell, Fr};

/// An element of the base field: what everybody knows, or an integer that stands for it.
#[derive(Clone, Debug)]
pub enum Residue {
    /// The same in every proof.
    Known(F),
    /// An integer modulo `p`.
    Held(Integer),
}

/// A cell whose value is an integer of a proven range: the one in the range that is the cell's value
/// modulo `r`.
#[derive(Clone, Debug)]
pub struct Integer {
    pub(super) cell: Cell,
    pub(super) range: Range,
    /// The same residue below `2^64`, once somebody needed it.
    pub(super) reduced: Arc<OnceLock<Cell>>,
}

impl Integer {
    /// A cell for which the circuit proves this range.
    pub(crate) fn new(cell: Cell, range: Range) -> Self {
        Self { cell, range, reduced: Arc::default() }
    }

    /// The cell.
    pub fn cell(&self) -> Cell {
        self.cell
    }

    /// What its value lies in.
    pub fn range(&self) -> &Range {
        &self.range
    }
}

impl From<Integer> for Residue {
    fn from(integer: Integer) -> Self {
        Self::Held(integer)
    }
}

impl From<F> for Residue {
    fn from(value: F) -> Self {
        Self::Known(value)
    }
}

impl Residue {
    /// Zero, known.
    pub const ZERO: Self = Self::Known(F::ZERO);
    /// One, known.
    pub const ONE: Self = Self::Known(F::ONE);
    /// Minus one, known.
    pub const NEG_ONE: Self = Self::Known(F::NEG_ONE);

    /// The element that it stands for in this witness.
    pub fn value(&self) -> F {
        match self {
            Self::Known(value) => *value,
            Self::Held(integer) => {
                let shift = integer.range.shift();
                let shifted = fe_to_biguint(&(*integer.cell.value() + large(&shift)));
                let residue = BigInt::from(shifted) % order();
                F::from_u64(residue.iter_u64_digits().next().unwrap_or(0))
            }
        }
    }

    /// Whether everybody knows that it is this element.
    pub(super) fn is(&self, value: F) -> bool {
        matches!(self, Self::Known(known) if *known == value)
    }

    /// The range of its integer.
    pub(super) fn range(&self) -> Range {
        match self {
            Self::Known(value) => Range::exactly(centred(*value)),
            Self::Held(integer) => integer.range.clone(),
        }
    }

    /// As a factor of the gate.
    pub(super) fn factor(&self) -> QuantumCell<Fr> {
        match self {
            Self::Known(value) => Constant(constant(*value)),
            Self::Held(integer) => Existing(integer.cell),
        }
    }
}

/// The integer of least magnitude that an element is, so that minus one does not widen a range.
fn centred(value: F) -> i128 {
    let (value, order) = (i128::from(value.as_canonical_u64()), i128::from(F::ORDER_U64));
    if value > order / 2 { value - order } else { value }
}

/// The same integer in the circuit's field.
pub(super) fn constant(value: F) -> Fr {
    large(&centred(value).into())
}

/// An integer in the circuit's field.
pub(super) fn large(value: &BigInt) -> Fr {
    let magnitude = biguint_to_fe::<Fr>(value.magnitude());
    if *value < BigInt::ZERO { -magnitude } else { magnitude }
}
