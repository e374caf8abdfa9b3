//! Loading, reducing and comparing with zero.

use halo2_base::QuantumCell::{Constant, Existing};
use halo2_base::halo2_proofs::halo2curves::ff::Field;
use halo2_base::utils::{biguint_to_fe, decompose_fe_to_u64_limbs, fe_to_biguint};
use num_bigint::BigUint;
use p3_field::{PrimeCharacteristicRing, PrimeField64};
use zkpot_protocol::field::F;

use super::chain::Chain;
use super::residue::large;
use super::{Arithmetic, Integer, REDUCED_BITS, Range, Residue};
use crate::{Cell, Context, Fr};

impl Arithmetic {
    /// `2^(limb bits)`.
    pub(super) fn base(&self) -> Fr {
        Fr::from(1 << self.limb_bits)
    }

    /// The limbs of an integer, cut to `bits`, least significant first.
    pub(super) fn limbs(&self, value: &Fr, bits: usize) -> Vec<Fr> {
        let count = bits.div_ceil(self.limb_bits);
        decompose_fe_to_u64_limbs(value, count, self.limb_bits).into_iter().map(Fr::from).collect()
    }

    /// Loads what a proof claims to be an element: any integer below `2^64`.
    ///
    /// # Soundness
    /// The cell is the sum of `64 / limb bits` limbs, each in the table, by the gate, so an integer
    /// below `2^64`, which means one element. The other way round an element below `2^32 - 1` has
    /// two such integers. Where the cell is hashed or absorbed as well they are different messages: a
    /// prover who takes the second one commits to it before any challenge that follows, as with any
    /// other choice of message, and what is then computed with it is the same. So nothing is gained,
    /// and the comparison with `p` is left out.
    pub fn load(&self, context: &mut Context, value: u64) -> Integer {
        let limbs = self.limbs(&Fr::from(value), REDUCED_BITS);
        self.load_limbs(context, &limbs)
    }

    pub(super) fn load_limbs(&self, context: &mut Context, limbs: &[Fr]) -> Integer {
        let cell = self.lay_sum(context, Chain::of_limbs(limbs, self.base()));
        Integer::new(cell, Range::bits(self.limb_bits * limbs.len()))
    }

    /// Loads an element in its canonical representation.
    pub fn load_element(&self, context: &mut Context, value: F) -> Residue {
        self.load(context, value.as_canonical_u64()).into()
    }

    /// The same element as an integer below `2^64`; lays nothing down where it is one, or was reduced
    /// before.
    ///
    /// # Soundness
    /// With `x` in its range and `s` the multiple of `p` that makes the range non-negative, the gate
    /// says `x = m + q p - s` modulo `r`, with limbs of `m` and `q` in the table: `m < 2^64`, and
    /// `q < 2^(limb bits * limbs)`. The limbs of `q` are as few as the range needs, so that
    /// `m + q p < 2^64 + 2^189 p < 2^253 < r`, and `x + s` is not negative and below the
    /// limit, so below `r` as well. Both sides are then the same integer, and `m` is `x` modulo
    /// `p`.
    pub fn reduce(&self, context: &mut Context, residue: &Residue) -> Residue {
        let Residue::Held(integer) = residue else { return residue.clone() };
        if integer.range.is_reduced() {
            return residue.clone();
        }
        let cell = *integer.reduced.get_or_init(|| {
            let (remainder, quotient) = self.divide(integer);
            self.constrain_reduction(context, integer, &remainder, &quotient)
        });
        Integer::new(cell, Range::bits(REDUCED_BITS)).into()
    }

    /// Limbs of remainder and quotient by `p` once the shift is added.
    pub(super) fn divide(&self, integer: &Integer) -> (Vec<Fr>, Vec<Fr>) {
        let shifted = fe_to_biguint(&(*integer.cell.value() + large(&integer.range.shift())));
        let order = BigUint::from(F::ORDER_U64);
        let [remainder, quotient] = [&shifted % &order, &shifted / &order];
        let bits = integer.range.quotient().bits() as usize;
        (
            self.limbs(&biguint_to_fe(&remainder), REDUCED_BITS),
            self.limbs(&biguint_to_fe(&quotient), bits),
        )
    }

    /// The relation of [`reduce`](Self::reduce), for limbs that somebody claims.
    pub(super) fn constrain_reduction(
        &self,
        context: &mut Context,
        integer: &Integer,
        remainder: &[Fr],
        quotient: &[Fr],
    ) -> Cell {
        assert!(self.fits(&integer.range), "an integer of {} bits", integer.range.magnitude());
        let mut chain = Chain::of_limbs(remainder, self.base());
        let place = chain.place();
        chain.add_limbs(quotient, Fr::from(F::ORDER_U64), self.base());
        let shift = large(&integer.range.shift());
        if shift != Fr::ZERO {
            chain.add(Constant(-shift), Constant(Fr::ONE));
        }
        let [reduced] = self.lay_equal(context, chain, Existing(integer.cell), [place]);
        reduced
    }

    /// Requires an element to be zero. One that is known not to be makes a circuit that nothing
    /// satisfies.
    ///
    /// # Soundness
    /// As [`reduce`](Self::reduce) without the remainder: `x + s = q p` for integers, so `p` divides
    /// `x`.
    pub fn require_zero(&self, context: &mut Context, residue: &Residue) {
        match residue {
            Residue::Known(value) => {
                if *value != F::ZERO {
                    let zero = context.load_constant(Fr::ZERO);
                    let one = context.load_constant(Fr::ONE);
                    context.constrain_equal(&zero, &one);
                }
            }
            Residue::Held(integer) => {
                let (_, quotient) = self.divide(integer);
                self.constrain_zero(context, integer, &quotient);
            }
        }
    }

    /// The relation of [`require_zero`](Self::require_zero), for limbs that somebody claims.
    pub(super) fn constrain_zero(&self, context: &mut Context, integer: &Integer, quotient: &[Fr]) {
        assert!(self.fits(&integer.range), "an integer of {} bits", integer.range.magnitude());
        let mut chain = Chain::new(Constant(-large(&integer.range.shift())));
        chain.add_limbs(quotient, Fr::from(F::ORDER_U64), self.base());
        self.lay_equal(context, chain, Existing(integer.cell), []);
    }
}
