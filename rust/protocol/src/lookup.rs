//! The lookup argument's leaves, as a function of the witness.
//!
//! LogUp (Haböck, 'Multivariate lookups based on logarithmic derivatives'; Papini, Haböck,
//! 'Improving logarithmic derivative lookups using GKR'): every looked-up row is a fraction
//! `1 / (shift - row - tag * table)`, every table row a fraction `-multiplicity / (...)`, and all
//! fractions sum to zero. The fractions stand at the same index as the witness entry they belong
//! to, so the two values at the end of the reduction are claims on the witness itself. Padding
//! and places without a lookup hold 0 / 1, which the verifier computes.

use alloc::vec::Vec;
use zkpot_ir::Program;

use crate::arithmetization::{Arithmetization, LookupTable, Target};
use crate::channel::Scalar;
use crate::claims::Claims;
use crate::field::{EF, Element, embed};

/// The three challenges of the lookup argument.
#[derive(Clone, Copy, Debug)]
pub struct LookupChallenges<E = EF> {
    /// Separates values from tables.
    pub shift: E,
    /// Separates the tables from one another.
    pub tag: E,
    /// Joins the columns of a row: column `c` after the argument has the factor `row^(c+1)`.
    pub row: E,
}

impl<E: Element> LookupChallenges<E> {
    /// The denominator of a row that consists of zeros, in the given table.
    pub fn base(&self, table: usize) -> E {
        self.shift - self.tag * E::from_usize(table + 1)
    }
}

/// Turns the numerator and denominator at `point` into claims on the witness.
pub fn add_lookup_claims<S: Scalar<E>, E: Element>(
    claims: &mut Claims<'_, S, E>,
    system: &Arithmetization,
    program: &Program,
    challenges: &LookupChallenges<E>,
    point: &[E],
    numerator: S,
    denominator: S,
) {
    let regions = &system.layout.regions;
    let above = claims.open(numerator);
    let below = claims.open(denominator);
    // Everything that is not a fraction is 0 / 1.
    claims.subtract(below, E::ONE);
    for lookup in &system.lookups {
        let weights = lookup.slot.eq_weights(point);
        let everywhere: E = weights.iter().map(|w| w.iter().copied().sum::<E>()).product();
        claims.subtract(above, everywhere);
        let constant = challenges.base(lookup.table) + E::from(embed(lookup.first)) - E::ONE;
        claims.subtract(below, everywhere * constant);
        let mut axes = weights.clone();
        if let Target::Tensor(tensor) = lookup.argument {
            // The region of a tensor has the tensor's axes, or one more for a scalar.
            axes.truncate(program.tensors[tensor as usize].shape.len() + 1);
        }
        claims.add(below, -E::ONE, lookup.argument, axes);
        let mut factor = challenges.row;
        for &output in &lookup.outputs {
            claims.add(below, -factor, Target::Region(output), weights.clone());
            factor *= challenges.row;
        }
    }
    for (index, table) in system.tables.iter().enumerate() {
        let region = &regions[table.multiplicity()];
        claims.add_block(above, -E::ONE, table.multiplicity(), point);
        let (factor, inner) = region.within_block(point);
        let row = table_at(table, program, challenges, inner);
        claims.subtract(below, factor * (challenges.base(index) - row - E::ONE));
    }
}

/// The joined row of a table at a point of its cube.
fn table_at<E: Element>(
    table: &LookupTable,
    program: &Program,
    challenges: &LookupChallenges<E>,
    point: &[E],
) -> E {
    // The index itself: the sum of its bits.
    let index = point.iter().fold(E::ZERO, |value, &bit| value.double() + bit);
    match table {
        LookupTable::Range { .. } => index,
        LookupTable::Function { function, .. } => {
            let table = &program.tables[*function as usize];
            let eq: Vec<E> = crate::field::eq_table(point, 1 << point.len());
            // Rows in gaps stand for the first listed argument, with its values.
            let listed = E::from_usize(table.first_listed());
            let moved = |row: usize| eq[row] * (listed - E::from_usize(row));
            let index = table.unlisted().fold(index, |index, row| index + moved(row));
            let mut factor = challenges.row;
            table.columns.iter().fold(index, |row, column| {
                let value: E = eq.iter().zip(column).map(|(&e, &v)| e * embed(v)).sum();
                let row = row + factor * value;
                factor *= challenges.row;
                row
            })
        }
    }
}
