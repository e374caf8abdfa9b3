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
use crate::effort::{CLAIM, ENTRY};
use crate::field::{EF, Element, embed, eq_table};
use crate::rejection::Rejection;

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
///
/// # Errors
/// [`Rejection::Limit`].
pub fn add_lookup_claims<S: Scalar<E>, E: Element>(
    claims: &mut Claims<'_, S, E>,
    system: &Arithmetization,
    program: &Program,
    challenges: &LookupChallenges<E>,
    point: &[E],
    numerator: S,
    denominator: S,
) -> Result<(), Rejection> {
    let regions = &system.layout.regions;
    let above = claims.open(numerator);
    let below = claims.open(denominator);
    // Everything that is not a fraction is 0 / 1.
    claims.subtract(below, E::ONE);
    for lookup in &system.lookups {
        claims.effort.spend(CLAIM)?;
        let everywhere = lookup.slot.eq_total(point);
        claims.subtract(above, everywhere);
        let constant = challenges.base(lookup.table) + E::from(embed(lookup.first)) - E::ONE;
        claims.subtract(below, everywhere * constant);
        if let Target::Region(region) = lookup.argument
            && lookup.slot != regions[region]
            && lookup.outputs.is_empty()
        {
            // It may be a dataset, too long for the vectors.
            claims.add_elsewhere(below, -E::ONE, region, &lookup.slot, point)?;
            continue;
        }
        claims.effort.hold(lookup.slot.lengths.iter().map(|&length| length as u64).sum())?;
        let weights = lookup.slot.eq_weights(point);
        let mut axes = weights.clone();
        if let Target::Tensor(tensor) = lookup.argument {
            // The region of a tensor has the tensor's axes, or one more for a scalar.
            axes.truncate(program.tensors[tensor as usize].shape.len() + 1);
        }
        claims.add(below, -E::ONE, lookup.argument, axes)?;
        let mut factor = challenges.row;
        for &output in &lookup.outputs {
            claims.add(below, -factor, Target::Region(output), weights.clone())?;
            factor *= challenges.row;
        }
    }
    for (index, table) in system.tables.iter().enumerate() {
        let region = &regions[table.multiplicity()];
        claims.add_block(above, -E::ONE, table.multiplicity(), point)?;
        if let LookupTable::Function { function, .. } = table {
            claims
                .effort
                .spend(ENTRY.saturating_mul(program.tables[*function as usize].entries()))?;
        }
        let (factor, inner) = region.within_block(point);
        let row = table_at(table, program, challenges, inner);
        claims.subtract(below, factor * (challenges.base(index) - row - E::ONE));
    }
    Ok(())
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
            let columns = Columns::at(point);
            // Rows in gaps stand for the first listed argument, with its values.
            let listed = table.first_listed();
            let mut index = index;
            let mut unlisted = table.unlisted().peekable();
            if unlisted.peek().is_some() {
                let mut moved = alloc::vec![0; 1 << point.len()];
                unlisted.for_each(|row| moved[row] = listed as i64 - row as i64);
                index += columns.evaluate(&moved);
            }
            let mut factor = challenges.row;
            table.columns.iter().fold(index, |row, column| {
                let row = row + factor * columns.evaluate(column);
                factor *= challenges.row;
                row
            })
        }
    }
}

/// What a table's columns are weighed with at a point: the columns are squares, about, so that the point's
/// two halves have short tables each.
struct Columns<E> {
    /// `eq` of the first half.
    high: Vec<E>,
    /// The sum of the second half's `eq` from each index on.
    low: Vec<E>,
}

impl<E: Element> Columns<E> {
    fn at(point: &[E]) -> Self {
        let (high, low) = point.split_at(point.len() / 2);
        let mut low = eq_table(low, 1 << low.len());
        for index in (1..low.len()).rev() {
            low[index - 1] = low[index - 1] + low[index];
        }
        // They add up to one.
        low[0] = E::ONE;
        Self { high: eq_table(high, 1 << high.len()), low }
    }

    /// The multilinear extension of a column. A row of the square is its first value and what changes
    /// after it, which in many tables is little.
    fn evaluate(&self, column: &[i64]) -> E {
        let row = |row: &[i64]| {
            let changes = row.windows(2).zip(&self.low[1..]).filter(|(pair, _)| pair[0] != pair[1]);
            let changes = changes.map(|(pair, &low)| low * (embed(pair[1]) - embed(pair[0])));
            E::from(embed(row[0])) + changes.sum::<E>()
        };
        self.high
            .iter()
            .zip(column.chunks(self.low.len()))
            .map(|(&eq, values)| eq * row(values))
            .sum()
    }
}
