//! Integers that cells of the circuit's field are required to be.

use halo2_base::QuantumCell::{Constant, Existing};
use halo2_base::halo2_proofs::halo2curves::ff::Field;
use halo2_base::utils::{biguint_to_fe, fe_to_biguint};

use super::chain::Chain;
use super::{Arithmetic, Integer, Range};
use crate::{Cell, Context, Fr};

/// Limbs of what an integer is above the least one and below the greatest one.
pub(super) struct Distances {
    pub above: Vec<Fr>,
    pub below: Vec<Fr>,
}

/// Limbs of the parts of a division.
pub(super) struct Division {
    pub remainder: Vec<Fr>,
    pub quotient: Vec<Fr>,
    /// What the remainder is below the largest one.
    pub below: Vec<Fr>,
}

impl Arithmetic {
    /// Requires a cell to be an integer from `low` to `high`, both included.
    ///
    /// # Soundness
    /// The gate says `x = low + above` and `x + below = high`, with limbs of `above` and `below` in the
    /// table, as many as `high - low` needs. Neither can be negative, since it is a sum of limbs and
    /// everything is far below `r`.
    ///
    /// # Panics
    /// For an empty interval.
    pub fn require_between(
        &self,
        context: &mut Context,
        cell: Cell,
        low: u64,
        high: u64,
    ) -> Integer {
        assert!(low <= high, "no integer from {low} to {high}");
        let (x, width) = (*cell.value(), bits_of(high - low).max(1));
        let distances = [x - Fr::from(low), Fr::from(high) - x];
        let [above, below] = distances.map(|distance| self.limbs(&distance, width));
        self.constrain_between(context, cell, [low, high], &Distances { above, below })
    }

    /// The relation of [`require_between`](Self::require_between), for limbs that somebody claims.
    pub(super) fn constrain_between(
        &self,
        context: &mut Context,
        cell: Cell,
        [low, high]: [u64; 2],
        distances: &Distances,
    ) -> Integer {
        let one = Constant(Fr::ONE);
        let mut chain = Chain::of_limbs(&distances.above, self.base());
        chain.add(Constant(Fr::from(low)), one);
        self.lay_equal(context, chain, Existing(cell), []);
        let mut chain = Chain::of_limbs(&distances.below, self.base());
        chain.add(Existing(cell), one);
        self.lay_equal(context, chain, Constant(Fr::from(high)), []);
        Integer::new(cell, Range::between(low, high))
    }

    /// The remainder of an integer below `2^127` by a divisor.
    ///
    /// # Soundness
    /// The gate says `x = m + d q` modulo `r`, with limbs of `m` and `q` in the table, as many as `d` and
    /// `2^127` need. Both sides are below `2^253`, so they are one integer. That `m < d` is shown by
    /// `m + below = d - 1`, where both have as many limbs as `d`: for `m >= d` the other would be
    /// negative, and no sum of limbs.
    ///
    /// # Panics
    /// For a divisor of zero, or an integer that may be negative or `2^127`.
    pub fn remainder(&self, context: &mut Context, integer: &Integer, divisor: u64) -> Integer {
        assert!(divisor > 0 && !integer.range.has_negatives(), "a remainder by {divisor}");
        assert!(integer.range.magnitude() <= 127, "a remainder of a large integer");
        let value = fe_to_biguint(integer.cell.value());
        let [remainder, quotient] = [&value % divisor, &value / divisor].map(|x| biguint_to_fe(&x));
        let below = Fr::from(divisor - 1) - remainder;
        let (width, height) = (bits_of(divisor), 128 - bits_of(divisor) + 1);
        let division = Division {
            remainder: self.limbs(&remainder, width),
            quotient: self.limbs(&quotient, height),
            below: self.limbs(&below, width),
        };
        self.constrain_remainder(context, integer, divisor, &division)
    }

    /// The relation of [`remainder`](Self::remainder), for limbs that somebody claims.
    pub(super) fn constrain_remainder(
        &self,
        context: &mut Context,
        integer: &Integer,
        divisor: u64,
        division: &Division,
    ) -> Integer {
        let mut chain = Chain::of_limbs(&division.remainder, self.base());
        let place = chain.place();
        chain.add_limbs(&division.quotient, Fr::from(divisor), self.base());
        let [remainder] = self.lay_equal(context, chain, Existing(integer.cell), [place]);
        let mut chain = Chain::of_limbs(&division.below, self.base());
        chain.add(Existing(remainder), Constant(Fr::ONE));
        self.lay_equal(context, chain, Constant(Fr::from(divisor - 1)), []);
        Integer::new(remainder, Range::below(divisor))
    }
}

/// Bits of an integer.
const fn bits_of(integer: u64) -> usize {
    (u64::BITS - integer.leading_zeros()) as usize
}
