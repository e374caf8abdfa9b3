//! An element of the circuit's field as two halves.

use std::sync::LazyLock;

use halo2_base::QuantumCell::{Constant, Existing};
use halo2_base::gates::GateInstructions;
use halo2_base::halo2_proofs::halo2curves::ff::Field;
use halo2_base::utils::{biguint_to_fe, fe_to_biguint};
use num_bigint::BigUint;
use zkpot_sponge::HALF_BITS;

use super::chain::Chain;
use super::{Arithmetic, Integer, Range};
use crate::{Cell, Context, Fr};

/// `(r - 1) >> 127`, which a high half stays below.
static BOUND: LazyLock<BigUint> = LazyLock::new(|| fe_to_biguint(&-Fr::ONE) >> HALF_BITS);

/// Limbs of the parts of a split.
pub(super) struct Split {
    pub low: Vec<Fr>,
    pub high: Vec<Fr>,
    /// What the high half is below the largest one.
    pub below: Vec<Fr>,
}

impl Arithmetic {
    /// The halves of an element `x = low + 2^127 high`, the lower one first.
    ///
    /// # Soundness
    /// `low < 2^127`, and `high < h` with `h = (r - 1) >> 127`, so `low + 2^127 high` is below `2^127 h`
    /// and hence below `r`: it is the one integer that the element is, and has these halves alone.
    /// That `high < h` is shown by `high + below = h - 1` with both of them below `2^128` by their limbs,
    /// which for `high >= h` would make `below` at least `r - 2^128`.
    /// That `low < 2^127` is shown by its limbs, the last of which stays in the table when it is shifted
    /// by the bits that it has too many.
    ///
    /// An element with `high = h` has no such halves. A permutation gives one with a probability below
    /// `2^-126`, and then an honest prover has no proof.
    pub fn split(&self, context: &mut Context, element: Cell) -> [Integer; 2] {
        let value = fe_to_biguint(element.value());
        let high = &value >> HALF_BITS;
        let low = value - (&high << HALF_BITS);
        let high = biguint_to_fe(&high);
        let below = biguint_to_fe::<Fr>(&BOUND) - Fr::ONE - high;
        let limbs = |value: &Fr| self.limbs(value, HALF_BITS);
        let split =
            Split { low: limbs(&biguint_to_fe(&low)), high: limbs(&high), below: limbs(&below) };
        self.constrain_split(context, element, &split)
    }

    /// The relation of [`split`](Self::split), for limbs that somebody claims.
    pub(super) fn constrain_split(
        &self,
        context: &mut Context,
        element: Cell,
        split: &Split,
    ) -> [Integer; 2] {
        let high = self.lay_sum(context, Chain::of_limbs(&split.high, self.base()));

        let mut chain = Chain::of_limbs(&split.below, self.base());
        chain.add(Existing(high), Constant(Fr::ONE));
        let largest = biguint_to_fe::<Fr>(&BOUND) - Fr::ONE;
        self.lay_equal(context, chain, Constant(largest), []);

        let mut chain = Chain::of_limbs(&split.low, self.base());
        let places = [chain.place(), chain.last_limb()];
        chain.add(Existing(high), Constant(biguint_to_fe(&(BigUint::from(1u8) << HALF_BITS))));
        let [low, last] = self.lay_equal(context, chain, Existing(element), places);
        let spare = self.limb_bits * split.low.len() - HALF_BITS;
        let shifted = self.range.gate.mul(context, last, Constant(Fr::from(1 << spare)));
        self.look_up(context, shifted);

        [low, high].map(|half| Integer::new(half, Range::bits(HALF_BITS)))
    }
}
