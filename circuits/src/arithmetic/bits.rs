//! Bits, and choices by them.

use halo2_base::QuantumCell::{Constant, Existing, Witness};
use halo2_base::gates::GateInstructions;
use halo2_base::halo2_proofs::halo2curves::ff::Field;
use halo2_base::utils::{biguint_to_fe, fe_to_biguint};
use num_bigint::BigUint;

use super::chain::Chain;
use super::{Arithmetic, Extension, Integer, Range, Residue};
use crate::{Cell, Context, Fr};

/// A cell that is zero or one.
#[derive(Clone, Copy, Debug)]
pub struct Bit(Cell);

impl From<Bit> for Residue {
    /// The integer that a bit is.
    fn from(bit: Bit) -> Self {
        Integer::new(bit.0, Range::bits(1)).into()
    }
}

impl Bit {
    /// The cell.
    pub fn cell(self) -> Cell {
        self.0
    }

    /// Whether it is one in this witness.
    pub fn is_set(self) -> bool {
        *self.0.value() == Fr::ONE
    }
}

impl Arithmetic {
    /// Loads a bit.
    ///
    /// # Soundness
    /// The gate says `0 + b b = b`, which zero and one alone satisfy in a field.
    pub fn load_bit(&self, context: &mut Context, bit: bool) -> Bit {
        self.load_claimed_bit(context, Fr::from(u64::from(bit)))
    }

    /// A bit that everybody knows.
    pub fn known_bit(&self, context: &mut Context, bit: bool) -> Bit {
        Bit(context.load_constant(Fr::from(u64::from(bit))))
    }

    pub(super) fn load_claimed_bit(&self, context: &mut Context, bit: Fr) -> Bit {
        let cell = context.load_witness(bit);
        self.range.gate.assert_bit(context, cell);
        Bit(cell)
    }

    /// The lowest `count` bits of an integer, least significant first.
    ///
    /// # Soundness
    /// The gate says `x = sum_i b_i 2^i + 2^count rest` modulo `r`, with bits and a `rest` of as many
    /// limbs as the range of `x` needs. Both sides are non-negative and below `2^253`, so they are the
    /// same integer, which has these bits alone.
    ///
    /// # Panics
    /// For an integer that may be negative, or too large for that.
    pub fn low_bits(&self, context: &mut Context, integer: &Integer, count: usize) -> Vec<Bit> {
        let value = fe_to_biguint(integer.cell.value());
        let bits: Vec<Fr> =
            (0..count).map(|bit| Fr::from(u64::from(value.bit(bit as u64)))).collect();
        let rest = biguint_to_fe(&(value >> count));
        let rest = self.limbs(&rest, self.bits_above(integer, count));
        self.constrain_bits(context, integer, &bits, &rest)
    }

    /// The relation of [`low_bits`](Self::low_bits), for bits and limbs that somebody claims.
    pub(super) fn constrain_bits(
        &self,
        context: &mut Context,
        integer: &Integer,
        bits: &[Fr],
        rest: &[Fr],
    ) -> Vec<Bit> {
        let bits: Vec<Bit> = bits.iter().map(|&bit| self.load_claimed_bit(context, bit)).collect();
        let mut chain = Chain::new(Constant(Fr::ZERO));
        let mut weight = Fr::ONE;
        for bit in &bits {
            chain.add(Existing(bit.0), Constant(weight));
            weight = weight.double();
        }
        chain.add_limbs(rest, weight, self.base());
        self.lay_equal(context, chain, Existing(integer.cell), []);
        bits
    }

    /// Requires that the lowest `count` bits of an integer are zero.
    ///
    /// # Soundness
    /// As [`low_bits`](Self::low_bits) without the bits: `x = 2^count rest`.
    pub fn require_low_zeros(&self, context: &mut Context, integer: &Integer, count: usize) {
        let rest = biguint_to_fe(&(fe_to_biguint(integer.cell.value()) >> count));
        let rest = self.limbs(&rest, self.bits_above(integer, count));
        self.constrain_low_zeros(context, integer, count, &rest);
    }

    /// The relation of [`require_low_zeros`](Self::require_low_zeros), for limbs that somebody claims.
    pub(super) fn constrain_low_zeros(
        &self,
        context: &mut Context,
        integer: &Integer,
        count: usize,
        rest: &[Fr],
    ) {
        let weight = biguint_to_fe(&(BigUint::from(1u8) << count));
        let mut chain = Chain::new(Constant(Fr::ZERO));
        chain.add_limbs(rest, weight, self.base());
        self.lay_equal(context, chain, Existing(integer.cell), []);
    }

    /// Bits of an integer above its lowest `count` ones.
    fn bits_above(&self, integer: &Integer, count: usize) -> usize {
        let bits = integer.range.magnitude() as usize;
        assert!(!integer.range.has_negatives(), "bits of what may be negative");
        let above = bits.saturating_sub(count);
        let rounded = above.next_multiple_of(self.limb_bits);
        assert!(count + rounded < super::SAFE_BITS, "bits of an integer of {bits} bits");
        above
    }

    /// `chosen` where the bit is one, `otherwise` where it is zero.
    ///
    /// # Soundness
    /// The gate says `d + otherwise = chosen` and `otherwise + b d` is the result, which for a bit is one
    /// of the two cells, so its integer lies in the union of their ranges.
    pub fn select(
        &self,
        context: &mut Context,
        bit: Bit,
        chosen: &Residue,
        otherwise: &Residue,
    ) -> Residue {
        if let (Residue::Known(chosen), Residue::Known(otherwise)) = (chosen, otherwise)
            && chosen == otherwise
        {
            return (*chosen).into();
        }
        let [chosen, otherwise] = [chosen, otherwise].map(|choice| self.cell(context, choice));
        let [_, selected] = choose(context, bit, otherwise.cell, chosen.cell);
        Integer::new(selected, chosen.range.or(&otherwise.range)).into()
    }

    /// [`select`](Self::select), coordinate by coordinate.
    pub fn select_extension(
        &self,
        context: &mut Context,
        bit: Bit,
        chosen: &Extension,
        otherwise: &Extension,
    ) -> Extension {
        let select =
            |place: usize| self.select(context, bit, &chosen.0[place], &otherwise.0[place]);
        Extension([0, 1, 2].map(select))
    }

    /// The cells in this order where the bit is zero, in the other where it is one.
    ///
    /// # Soundness
    /// With `d = right - left`, which one gate says, the others say `left + b d` and
    /// `right - b d` are the results.
    pub fn swap(&self, context: &mut Context, bit: Bit, left: Cell, right: Cell) -> [Cell; 2] {
        let [difference, first] = choose(context, bit, left, right);
        let second = *right.value() - *bit.0.value() * difference.value();
        let cells = [Witness(second), Existing(bit.0), Existing(difference), Existing(right)];
        context.assign_region(cells, [0]);
        [first, context.get(-4)]
    }
}

/// The difference of two cells, and the second of them where the bit is one.
fn choose(context: &mut Context, bit: Bit, left: Cell, right: Cell) -> [Cell; 2] {
    let difference = Witness(*right.value() - left.value());
    let one = Constant(Fr::ONE);
    context.assign_region([difference, Existing(left), one, Existing(right)], [0]);
    let difference = context.get(-4);
    let chosen = Witness(*left.value() + *bit.0.value() * difference.value());
    context.assign_region([Existing(left), Existing(bit.0), Existing(difference), chosen], [0]);
    [difference, context.get(-1)]
}
