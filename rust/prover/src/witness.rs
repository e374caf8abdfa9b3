//! The integers behind a link and the witness polynomial made of them.

mod functions;
mod leaves;

use std::borrow::Cow;

use p3_field::PrimeCharacteristicRing;
use zkpot_ir::Program;
use zkpot_protocol::arithmetization::{Arithmetization, Column, Polynomial, Quantity, Target};
use zkpot_protocol::field::{F, embed};
use zkpot_protocol::layout::Region;

use crate::trace::Trace;

/// Everything secret that a link's relations refer to, as integers.
#[derive(Debug)]
pub struct Witness<'a> {
    /// The program.
    pub program: &'a Program,
    /// The link's constraint system.
    pub system: &'a Arithmetization,
    /// The steps that were trained, if any.
    pub trace: Option<&'a Trace>,
    /// States at the link's start.
    pub states_in: &'a [Vec<i64>],
    /// States at its end.
    pub states_out: &'a [Vec<i64>],
    /// Fields of each shard.
    pub shards: &'a [&'a [Vec<i64>]],
}

impl Witness<'_> {
    fn tensor(&self, tensor: u32) -> &[i64] {
        self.trace.and_then(|trace| trace.tensors[tensor as usize].as_deref()).unwrap_or_default()
    }

    /// A quantity's integers, row-major.
    pub fn quantity(&self, quantity: Quantity) -> Cow<'_, [i64]> {
        if let Some(claimed) = self.trace.and_then(|trace| trace.claimed.get(&quantity)) {
            return Cow::Borrowed(claimed);
        }
        match quantity {
            Quantity::Tensor(tensor) => Cow::Borrowed(self.tensor(tensor)),
            Quantity::Remainder(node) => Cow::Borrowed(
                self.trace
                    .and_then(|trace| trace.remainders.get(&node))
                    .map_or(&[][..], Vec::as_slice),
            ),
            Quantity::FirstState(state) => Cow::Borrowed(&self.states_in[state]),
            Quantity::FinalState(state) => Cow::Borrowed(&self.states_out[state]),
            Quantity::ShardField(shard, field) => Cow::Borrowed(&self.shards[shard][field]),
            _ => Cow::Owned(self.follows(quantity)),
        }
    }

    /// What a product's factor refers to: integers and axis lengths.
    pub fn target(&self, target: Target) -> (Cow<'_, [i64]>, Vec<usize>) {
        match target {
            Target::Tensor(tensor) => {
                let shape = &self.program.tensors[tensor as usize].shape;
                let steps = self.system.shape.steps as usize;
                let lengths =
                    core::iter::once(steps).chain(shape.iter().map(|&l| l as usize)).collect();
                (Cow::Borrowed(self.tensor(tensor)), lengths)
            }
            Target::Quantity(index) => {
                let columns = &self.system.quantities[index];
                (self.quantity(columns.quantity), columns.lengths.clone())
            }
            // No relation multiplies these.
            Target::Region(_) | Target::FinalState(_) => (Cow::Borrowed(&[]), Vec::new()),
        }
    }

    /// The witness polynomial's values, without its random entries.
    pub fn polynomial(&self) -> Vec<F> {
        let Some(index) = self.system.position(Polynomial::Witness) else { return Vec::new() };
        let regions = &self.system.layout.regions;
        let mut values = F::zero_vec(1 << self.system.variables(index));
        let mut counts: Vec<Vec<u32>> =
            self.system.tables.iter().map(|table| vec![0; 1 << table.bits()]).collect();
        for column in &self.system.columns {
            match *column {
                Column::Digit { region, quantity, shift, bits } => {
                    let columns = &self.system.quantities[quantity];
                    // The highest digit is not cut: what does not fit must not pass.
                    let last = columns.digits.last().is_some_and(|d| d.0 == region);
                    let mask = if last { -1 } else { (1i64 << bits) - 1 };
                    let digit =
                        |value: i64| (((value - columns.lo) << columns.scale) >> shift) & mask;
                    let integers = self.quantity(columns.quantity);
                    place(&regions[region], &integers, &mut values, digit);
                }
                Column::TableOutput { region, tensor } => {
                    place(&regions[region], self.tensor(tensor), &mut values, |value| value);
                }
                Column::Multiplicity { .. } => {}
            }
        }
        self.count_lookups(&values, &mut counts);
        for (table, counts) in self.system.tables.iter().zip(counts) {
            let region = &regions[table.multiplicity()];
            for (place, count) in values[region.offset..].iter_mut().zip(counts) {
                *place = F::from_u32(count);
            }
        }
        values
    }

    fn count_lookups(&self, values: &[F], counts: &mut [Vec<u32>]) {
        use p3_field::PrimeField64;
        for lookup in &self.system.lookups {
            let counts = &mut counts[lookup.table];
            let mut count = |row: u64| {
                if let Some(count) = usize::try_from(row).ok().and_then(|row| counts.get_mut(row)) {
                    *count += 1;
                }
            };
            match lookup.argument {
                Target::Tensor(tensor) => self
                    .tensor(tensor)
                    .iter()
                    .for_each(|&value| count(value.wrapping_sub(lookup.first) as u64)),
                Target::Region(region) => {
                    if let Some(quantity) = self.system.committed_integers(region) {
                        let integers = self.quantity(quantity);
                        let rows = integers.iter().map(|value| value.wrapping_sub(lookup.first));
                        rows.for_each(|row| count(row as u64));
                    } else {
                        let region = &self.system.layout.regions[region];
                        region.for_each_index(|index| count(values[index].as_canonical_u64()));
                    }
                }
                Target::Quantity(_) | Target::FinalState(_) => {}
            }
        }
    }
}

/// Writes a row-major tensor to its region.
pub fn place(region: &Region, integers: &[i64], values: &mut [F], digit: impl Fn(i64) -> i64) {
    let mut integers = integers.iter();
    region.for_each_index(|index| {
        if let Some(&integer) = integers.next() {
            values[index] = embed(digit(integer));
        }
    });
}
