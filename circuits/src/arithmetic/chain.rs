//! Running sums in the vertical gate.

use halo2_base::QuantumCell;
use halo2_base::QuantumCell::{Constant, Witness};
use halo2_base::halo2_proofs::halo2curves::ff::Field;

use super::Arithmetic;
use crate::{Cell, Context, Fr};

/// A running sum down the column: a start, then two factors and the next sum, and so on.
///
/// Every sum but the start is the one before it plus the product of the factors between them: the
/// gate `a + b c = d` stands on each sum that is not the last.
pub(super) struct Chain {
    cells: Vec<QuantumCell<Fr>>,
    sum: Fr,
    limbs: Vec<usize>,
}

impl Chain {
    /// A sum that starts with a cell.
    pub fn new(start: QuantumCell<Fr>) -> Self {
        Self { sum: *start.value(), cells: vec![start], limbs: Vec::new() }
    }

    /// A sum of limbs from the least significant one on.
    pub fn of_limbs(limbs: &[Fr], base: Fr) -> Self {
        let mut chain = Self::new(Witness(limbs.first().copied().unwrap_or(Fr::ZERO)));
        chain.limbs.push(0);
        chain.add_limbs(limbs.get(1..).unwrap_or_default(), base, base);
        chain
    }

    /// Adds a product.
    pub fn add(&mut self, left: QuantumCell<Fr>, right: QuantumCell<Fr>) {
        self.sum += *left.value() * right.value();
        self.cells.extend([left, right, Witness(self.sum)]);
    }

    /// Adds limbs, the first one `weight` times and each further one `base` times the one before.
    pub fn add_limbs(&mut self, limbs: &[Fr], mut weight: Fr, base: Fr) {
        for &limb in limbs {
            self.limbs.push(self.cells.len());
            self.add(Witness(limb), Constant(weight));
            weight *= base;
        }
    }

    /// Where the limb that was added last is.
    pub fn last_limb(&self) -> usize {
        self.limbs.last().copied().unwrap_or_default()
    }

    /// Where the sum so far is.
    pub fn place(&self) -> usize {
        self.cells.len() - 1
    }
}

impl Arithmetic {
    /// Lays a sum down and looks its limbs up; returns the sums at `places`.
    pub(super) fn lay<const N: usize>(
        &self,
        context: &mut Context,
        chain: Chain,
        places: [usize; N],
    ) -> [Cell; N] {
        let first = context.advice.len();
        let terms = (chain.cells.len() - 1) / 3;
        context.assign_region(chain.cells, (0..terms).map(|term| 3 * term as isize));
        for limb in chain.limbs {
            self.look_up(context, context.get((first + limb) as isize));
        }
        places.map(|place| context.get((first + place) as isize))
    }

    /// Lays a sum down.
    pub(super) fn lay_sum(&self, context: &mut Context, chain: Chain) -> Cell {
        let place = chain.place();
        let [sum] = self.lay(context, chain, [place]);
        sum
    }

    /// Lays down a sum that has to be equal to a cell or a constant; returns the sums at `places`.
    pub(super) fn lay_equal<const N: usize>(
        &self,
        context: &mut Context,
        mut chain: Chain,
        sum: QuantumCell<Fr>,
        places: [usize; N],
    ) -> [Cell; N] {
        let place = chain.place();
        if place > 0 {
            chain.cells[place] = sum;
            return self.lay(context, chain, places);
        }
        let start = self.lay_sum(context, chain);
        let sum = context.assign_region_last([sum], []);
        context.constrain_equal(&start, &sum);
        places.map(|_| start)
    }
}
