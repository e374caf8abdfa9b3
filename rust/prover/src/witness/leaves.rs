//! The fractions of the lookup argument: at the witness's indices, and behind them.

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::arithmetization::{Lookup, LookupTable, Polynomial, Target};
use zkpot_protocol::field::{EF, F, embed};
use zkpot_protocol::layout::Region;
use zkpot_protocol::lookup::LookupChallenges;
use zkpot_protocol::order::GROUP;

use super::Witness;
use crate::packed::{PEF, WIDTH, add_at};
use crate::relations::lookup::leaves::{Leaves, PIECE, Piece};

/// The values that are looked up at a slot: those of its own region, or of the argument's.
#[derive(Clone, Copy, Debug)]
struct LookedUp<'v> {
    /// Of all places from the slot's first one on.
    values: &'v [F],
    /// The slot.
    slot: &'v Region,
    /// The denominator of the value zero.
    base: EF,
}

impl<'v> LookedUp<'v> {
    /// The values under a piece.
    fn piece(&self, piece: usize) -> &'v [F] {
        &self.values[piece * PIECE - self.slot.offset..][..PIECE]
    }
}

impl Witness<'_> {
    /// The fractions of the lookup argument, for the values of all polynomials.
    pub fn leaves<'v>(
        &'v self,
        polynomials: &[&'v [F]],
        challenges: &LookupChallenges,
    ) -> Leaves<'v> {
        let regions = &self.system.layout.regions;
        let slots = self.system.lookups.iter().map(|lookup| &lookup.slot);
        let tables = self.system.tables.iter().map(|table| &regions[table.multiplicity()]);
        let end = slots.chain(tables).map(end).max().unwrap_or(0);
        let pieces = end.div_ceil(PIECE);
        let mut leaves = Leaves {
            variables: self.system.lookup_variables,
            pieces: vec![Piece::Nothing; pieces],
            values: vec![&[]; pieces],
            patterns: Vec::new(),
            numerators: Vec::new(),
            denominators: Vec::new(),
        };
        for lookup in &self.system.lookups {
            match self.looked_up(lookup, polynomials, challenges) {
                Some(looked_up) => mark_digits(&mut leaves, looked_up),
                None => mark_stored(&mut leaves, &lookup.slot),
            }
        }
        for table in &self.system.tables {
            mark_stored(&mut leaves, &regions[table.multiplicity()]);
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
        let witness = self.system.position(Polynomial::Witness);
        let witness = witness.map_or(&[][..], |index| polynomials[index]);
        for lookup in &self.system.lookups {
            match self.looked_up(lookup, polynomials, challenges) {
                Some(looked_up) => store_digits(&mut leaves, looked_up),
                None => self.store_rows(&mut leaves, lookup, witness, challenges),
            }
        }
        for (index, table) in self.system.tables.iter().enumerate() {
            let region = &regions[table.multiplicity()];
            let base = challenges.base(index);
            for row in 0..region.block {
                let joined = self.table_row(table, challenges, row);
                let place = region.offset + row;
                store(&mut leaves, place, -witness[place], base - joined);
            }
        }
        leaves
    }

    /// What a range looks up; `None` for the rows of a function.
    fn looked_up<'v>(
        &'v self,
        lookup: &'v Lookup,
        polynomials: &[&'v [F]],
        challenges: &LookupChallenges,
    ) -> Option<LookedUp<'v>> {
        let Target::Region(argument) = lookup.argument else { return None };
        let region = &self.system.layout.regions[argument];
        let values = &polynomials[region.polynomial][region.offset..];
        let base = challenges.base(lookup.table) + EF::from(embed(lookup.first));
        Some(LookedUp { values, slot: &lookup.slot, base })
    }

    /// The fractions of a function table's rows.
    fn store_rows(
        &self,
        leaves: &mut Leaves<'_>,
        lookup: &Lookup,
        witness: &[F],
        challenges: &LookupChallenges,
    ) {
        let Target::Tensor(tensor) = lookup.argument else { return };
        let regions = &self.system.layout.regions;
        let base = challenges.base(lookup.table);
        let arguments = self.tensor(tensor).iter();
        let mut rows: Vec<EF> =
            arguments.map(|&value| base - EF::from(embed(value - lookup.first))).collect();
        let mut factor = challenges.row;
        for &output in &lookup.outputs {
            let mut entries = rows.iter_mut();
            regions[output].for_each_index(|index| {
                if let Some(entry) = entries.next() {
                    *entry -= factor * witness[index];
                }
            });
            factor *= challenges.row;
        }
        let mut entries = rows.into_iter();
        lookup.slot.for_each_index(|index| {
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

/// Says that the fractions of all pieces that a region touches are stored (where, is said later).
fn mark_stored(leaves: &mut Leaves<'_>, region: &Region) {
    for index in region.offset / PIECE..end(region).div_ceil(PIECE) {
        leaves.pieces[index] = Piece::Stored(0);
    }
}

/// Says for each piece that a slot touches how its fractions come about: from the values where it holds
/// nothing else, stored otherwise.
fn mark_digits<'v>(leaves: &mut Leaves<'v>, looked_up: LookedUp<'v>) {
    let LookedUp { slot, base, .. } = looked_up;
    let padded = slot.elements() < slot.size();
    if padded && slot.block < GROUP {
        return mark_stored(leaves, slot);
    }
    if padded {
        leaves.patterns.push(used(slot));
    }
    for index in slot.offset / PIECE..end(slot).div_ceil(PIECE) {
        let start = index * PIECE;
        if start < slot.offset || start + PIECE > end(slot) {
            leaves.pieces[index] = Piece::Stored(0);
            continue;
        }
        leaves.values[index] = looked_up.piece(index);
        leaves.pieces[index] = if padded {
            let first = (start - slot.offset) % slot.block;
            Piece::Padded { base, pattern: leaves.patterns.len() - 1, first }
        } else {
            Piece::Digits { base, square: base.square() }
        };
    }
}

/// One for each place of a block that holds an element, zero for padding.
fn used(region: &Region) -> Vec<F> {
    let mut block = Region { offset: 0, ..region.clone() };
    block.lengths[region.outer] = 1;
    let mut used = F::zero_vec(region.block);
    block.for_each_index(|index| used[index] = F::ONE);
    used
}

/// The fractions of a slot in pieces that are stored.
fn store_digits(leaves: &mut Leaves<'_>, looked_up: LookedUp<'_>) {
    let LookedUp { slot, base, values } = looked_up;
    let used = used(slot);
    for piece in slot.offset / PIECE..end(slot).div_ceil(PIECE) {
        if !matches!(leaves.pieces[piece], Piece::Stored(_)) {
            continue;
        }
        let from = slot.offset.max(piece * PIECE);
        for index in from..end(slot).min((piece + 1) * PIECE) {
            let place = index - slot.offset;
            if used[place % slot.block] == F::ONE {
                store(leaves, index, F::ONE, base - values[place]);
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
