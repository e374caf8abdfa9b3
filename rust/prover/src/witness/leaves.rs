//! The fractions of the lookup argument, at the witness's indices.

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::arithmetization::{Lookup, LookupTable, Target};
use zkpot_protocol::field::{EF, F, embed};
use zkpot_protocol::layout::Region;
use zkpot_protocol::lookup::LookupChallenges;
use zkpot_protocol::order::GROUP;

use super::{Witness, for_each_index};
use crate::packed::{PEF, WIDTH, add_at};
use crate::relations::lookup::leaves::{Leaves, PIECE, Piece};

impl Witness<'_> {
    /// The fractions of the lookup argument, for the witness's values.
    pub fn leaves<'v>(&self, values: &'v [F], challenges: &LookupChallenges) -> Leaves<'v> {
        let regions = &self.system.layout.regions;
        let slots = self.system.lookups.iter().map(|lookup| lookup.slot);
        let tables = self.system.tables.iter().map(LookupTable::multiplicity);
        let end = slots.chain(tables).map(|index| end(&regions[index])).max().unwrap_or(0);
        let mut leaves = Leaves {
            values,
            pieces: vec![Piece::Nothing; end.div_ceil(PIECE)],
            patterns: Vec::new(),
            numerators: Vec::new(),
            denominators: Vec::new(),
        };
        for lookup in &self.system.lookups {
            match lookup.argument {
                Target::Tensor(_) => mark(&mut leaves, &regions[lookup.slot], None),
                _ => {
                    let base = challenges.base(lookup.table);
                    mark(&mut leaves, &regions[lookup.slot], Some(base));
                }
            }
        }
        for table in &self.system.tables {
            mark(&mut leaves, &regions[table.multiplicity()], None);
        }
        let mut count = 0;
        for piece in &mut leaves.pieces {
            if let Piece::Stored(position) = piece {
                *position = count;
                count += 1;
            }
        }
        leaves.numerators = F::zero_vec(count * PIECE);
        leaves.denominators = vec![PEF::ONE; count * PIECE / WIDTH];
        for lookup in &self.system.lookups {
            match lookup.argument {
                Target::Tensor(tensor) => {
                    self.store_rows(&mut leaves, lookup, self.tensor(tensor), challenges);
                }
                _ => {
                    let base = challenges.base(lookup.table);
                    store_digits(&mut leaves, &regions[lookup.slot], base);
                }
            }
        }
        for (index, table) in self.system.tables.iter().enumerate() {
            let region = &regions[table.multiplicity()];
            let base = challenges.base(index);
            for row in 0..region.block {
                let joined = self.table_row(table, challenges, row);
                let place = region.offset + row;
                store(&mut leaves, place, -values[place], base - joined);
            }
        }
        leaves
    }

    /// The fractions of a function table's rows.
    fn store_rows(
        &self,
        leaves: &mut Leaves<'_>,
        lookup: &Lookup,
        arguments: &[i64],
        challenges: &LookupChallenges,
    ) {
        let regions = &self.system.layout.regions;
        let base = challenges.base(lookup.table);
        let mut rows: Vec<EF> =
            arguments.iter().map(|&value| base - EF::from(embed(value - lookup.first))).collect();
        let mut factor = challenges.row;
        for &output in &lookup.outputs {
            let mut entries = rows.iter_mut();
            for_each_index(&regions[output], |index| {
                if let Some(entry) = entries.next() {
                    *entry -= factor * leaves.values[index];
                }
            });
            factor *= challenges.row;
        }
        let mut entries = rows.into_iter();
        for_each_index(&regions[lookup.slot], |index| {
            if let Some(entry) = entries.next() {
                store(leaves, index, F::ONE, entry);
            }
        });
    }

    fn table_row(&self, table: &LookupTable, challenges: &LookupChallenges, row: usize) -> EF {
        let mut joined = EF::from_usize(row);
        if let LookupTable::Function { function, .. } = table {
            let function = &self.program.tables[*function as usize];
            joined = EF::from_usize(function.listed(row));
            let mut factor = challenges.row;
            for column in &function.columns {
                joined += factor * embed(column[row]);
                factor *= challenges.row;
            }
        }
        joined
    }
}

fn end(region: &Region) -> usize {
    region.offset + region.size()
}

/// Says for each piece that a region touches how its fractions come about: digits with the given
/// base where it holds nothing else, stored otherwise (positions are given later).
fn mark(leaves: &mut Leaves<'_>, region: &Region, digits: Option<EF>) {
    let padded = region.elements() < region.size();
    let digits = digits.filter(|_| !padded || region.block >= GROUP);
    if digits.is_some() && padded {
        leaves.patterns.push(used(region));
    }
    for index in region.offset / PIECE..end(region).div_ceil(PIECE) {
        let start = index * PIECE;
        let whole = region.offset <= start && start + PIECE <= end(region);
        leaves.pieces[index] = match digits.filter(|_| whole) {
            None => Piece::Stored(0),
            Some(base) if !padded => Piece::Digits { base, square: base.square() },
            Some(base) => {
                let first = (start - region.offset) % region.block;
                Piece::Padded { base, pattern: leaves.patterns.len() - 1, first }
            }
        };
    }
}

/// One for each place of a block that holds an element, zero for padding.
fn used(region: &Region) -> Vec<F> {
    let mut block = Region { offset: 0, ..region.clone() };
    block.lengths[region.outer] = 1;
    let mut used = F::zero_vec(region.block);
    for_each_index(&block, |index| used[index] = F::ONE);
    used
}

/// The fractions of digits in pieces that are stored.
fn store_digits(leaves: &mut Leaves<'_>, region: &Region, base: EF) {
    let used = used(region);
    for piece in region.offset / PIECE..end(region).div_ceil(PIECE) {
        if !matches!(leaves.pieces[piece], Piece::Stored(_)) {
            continue;
        }
        let from = region.offset.max(piece * PIECE);
        for index in from..end(region).min((piece + 1) * PIECE) {
            if used[(index - region.offset) % region.block] == F::ONE {
                store(leaves, index, F::ONE, base - leaves.values[index]);
            }
        }
    }
}

/// Sets one stored fraction, which was 0 / 1.
fn store(leaves: &mut Leaves<'_>, index: usize, numerator: F, denominator: EF) {
    if let Piece::Stored(position) = leaves.pieces[index / PIECE] {
        let place = position * PIECE + index % PIECE;
        leaves.numerators[place] = numerator;
        add_at(&mut leaves.denominators, place, denominator - EF::ONE);
    }
}
