//! Sums of products, which addition, subtraction and multiplication are.

use halo2_base::QuantumCell::Constant;
use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::field::F;

use super::chain::Chain;
use super::residue::constant;
use super::{Arithmetic, Integer, Range, Residue};
use crate::Context;

/// A product of two residues; a factor that is known is the right one.
type Product = (Residue, Residue);

impl Arithmetic {
    /// The sum of products, without a reduction as long as none is needed.
    ///
    /// A sum is three cells a product and one for its start; a term alone has a known factor of one,
    /// a subtracted one of minus one, and what is known is computed at once.
    ///
    /// # Soundness
    /// The gate makes the cell the sum of the products modulo `r`. Its range is that of the integers'
    /// sum, which cannot wrap, so that the integer which the range says it is, is that sum.
    /// Factors that are reduced first are the same elements. Known elements take part as integers
    /// of their own, congruent modulo `p`.
    pub fn sum_of_products(&self, context: &mut Context, products: &[Product]) -> Residue {
        let (mut terms, mut known) = (Vec::with_capacity(products.len()), F::ZERO);
        for (left, right) in products {
            match (left, right) {
                (Residue::Known(left), Residue::Known(right)) => known += *left * *right,
                (zero, _) | (_, zero) if zero.is(F::ZERO) => (),
                (Residue::Known(_), _) => terms.push((right.clone(), left.clone())),
                _ => terms.push((left.clone(), right.clone())),
            }
        }
        if terms.is_empty() {
            return Residue::Known(known);
        }
        let range = self.fit(context, &mut terms, &Residue::Known(known).range());
        let alone = terms.iter().position(|(_, factor)| factor.is(F::ONE));
        let chain = match alone {
            Some(place) if known == F::ZERO => {
                let (term, _) = terms.remove(place);
                if terms.is_empty() {
                    return term;
                }
                Chain::new(term.factor())
            }
            _ => Chain::new(Constant(constant(known))),
        };
        self.add_all(context, chain, &terms, range)
    }

    fn add_all(
        &self,
        context: &mut Context,
        mut chain: Chain,
        terms: &[Product],
        range: Range,
    ) -> Residue {
        for (left, right) in terms {
            chain.add(left.factor(), right.factor());
        }
        Integer::new(self.lay_sum(context, chain), range).into()
    }

    /// Reduces factors until the sum of the products and of `known` fits; returns its range.
    fn fit(&self, context: &mut Context, terms: &mut [Product], known: &Range) -> Range {
        let range = |(left, right): &Product| left.range().times(&right.range());
        let mut ranges: Vec<Range> = terms.iter().map(range).collect();
        loop {
            let total = ranges.iter().fold(known.clone(), |sum, range| sum.plus(range));
            if self.fits(&total) {
                return total;
            }
            let largest = (0..terms.len()).max_by_key(|&term| ranges[term].magnitude());
            let largest = largest.expect("a known element fits");
            let (left, right) = &mut terms[largest];
            let factor =
                if left.range().magnitude() >= right.range().magnitude() { left } else { right };
            assert!(!factor.range().is_reduced(), "a sum of more products than fit");
            *factor = self.reduce(context, factor);
            ranges[largest] = range(&terms[largest]);
        }
    }

    /// `left + right`.
    pub fn add(&self, context: &mut Context, left: &Residue, right: &Residue) -> Residue {
        self.sum_of_products(
            context,
            &[(left.clone(), Residue::ONE), (right.clone(), Residue::ONE)],
        )
    }

    /// `left - right`, whose integer may be negative.
    pub fn subtract(&self, context: &mut Context, left: &Residue, right: &Residue) -> Residue {
        self.sum_of_products(
            context,
            &[(left.clone(), Residue::ONE), (right.clone(), Residue::NEG_ONE)],
        )
    }

    /// `left * right`.
    pub fn multiply(&self, context: &mut Context, left: &Residue, right: &Residue) -> Residue {
        self.sum_of_products(context, &[(left.clone(), right.clone())])
    }

    /// A cell for a residue, which a known one has not.
    pub fn cell(&self, context: &mut Context, residue: &Residue) -> Integer {
        match residue {
            Residue::Held(integer) => integer.clone(),
            Residue::Known(value) => {
                let cell = context.load_constant(constant(*value));
                Integer::new(cell, residue.range())
            }
        }
    }
}
