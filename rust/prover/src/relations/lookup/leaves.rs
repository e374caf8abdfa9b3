//! The fractions at the leaves, most of them computed from committed values where they are needed.
//!
//! Nearly all of a witness is digits: the fraction at one is `1 / (base - digit)` and need not be
//! stored. Stored are the few pieces that hold anything else.

use core::array::from_fn;

use p3_field::{PackedValue, PrimeCharacteristicRing};
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::order::GROUP;

use super::layer::{Fractions, Layer, add_siblings, pair};
use crate::packed::{Group, PEF, PF, SLOTS, WIDTH};

/// Leaves of a piece.
pub const PIECE: usize = 1 << 10;

/// Siblings of a piece at the leaves.
pub const SIBLINGS: usize = PIECE / (2 * GROUP);

/// How the fractions of a piece come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Nothing is looked up: all are 0 / 1.
    Nothing,
    /// All are `1 / (base - value)`.
    Digits {
        /// The denominator of the digit zero.
        base: EF,
        /// Its square.
        square: EF,
    },
    /// All lie in one region, which is padded: they are `1 / (base - value)` where the pattern
    /// is one, elsewhere 0 / 1.
    Padded {
        /// The denominator of the value zero.
        base: EF,
        /// Index of the pattern, which repeats.
        pattern: usize,
        /// Place of the piece's first leaf in it.
        first: usize,
    },
    /// They are stored, at this position among the pieces that are.
    Stored(usize),
}

/// All leaves. Those behind the pieces are 0 / 1.
#[derive(Debug)]
pub struct Leaves<'a> {
    /// Logarithm of their number.
    pub variables: usize,
    /// How the fractions of the first pieces come about.
    pub pieces: Vec<Piece>,
    /// The values under each piece that is digits, padded or not; under others there may be none.
    pub values: Vec<&'a [F]>,
    /// One where a padded region has an entry, over one block (at least a group) of each.
    pub patterns: Vec<Vec<F>>,
    /// Numerators of the stored pieces.
    pub numerators: Vec<F>,
    /// Their denominators.
    pub denominators: Vec<PEF>,
}

fn lanes(values: &[F], index: usize) -> [PF; 2 * SLOTS] {
    let packed = PF::pack_slice(&values[index * 2 * GROUP..][..2 * GROUP]);
    from_fn(|i| packed[i])
}

impl Leaves<'_> {
    /// The second layer above the leaves, the lowest that is stored.
    pub fn second_layer(&self) -> Layer {
        let groups = self.pieces.len() * SIBLINGS / 2;
        Layer::wide(self.variables - 2, groups, |index| add_siblings(&self.above(index)))
    }

    /// Siblings at the leaves.
    #[inline]
    pub fn leaves(&self, index: usize) -> Fractions {
        match self.pieces[index / SIBLINGS] {
            Piece::Nothing => ([PEF::ZERO; 2 * SLOTS], [PEF::ONE; 2 * SLOTS]),
            Piece::Digits { base, .. } => {
                let (base, values) = (PEF::from(base), self.lanes(index));
                ([PEF::ONE; 2 * SLOTS], values.map(|value| base - value))
            }
            Piece::Padded { base, pattern, first } => {
                let pattern = &self.patterns[pattern];
                let start = first + index % SIBLINGS * 2 * GROUP;
                let used: [PF; 2 * SLOTS] = from_fn(|i| {
                    *PF::from_slice(&pattern[(start + i * WIDTH) % pattern.len()..][..WIDTH])
                });
                let (base, values) = (PEF::from(base - EF::ONE), self.lanes(index));
                (used.map(PEF::from), from_fn(|i| (base - values[i]) * used[i] + PF::ONE))
            }
            Piece::Stored(position) => {
                let index = position * SIBLINGS + index % SIBLINGS;
                let denominators = &self.denominators[index * 2 * SLOTS..];
                (lanes(&self.numerators, index).map(PEF::from), from_fn(|i| denominators[i]))
            }
        }
    }

    /// Siblings of the layer above.
    #[inline]
    pub fn above(&self, index: usize) -> Fractions {
        pair(self.sum(2 * index), self.sum(2 * index + 1))
    }

    /// The sums of siblings at the leaves.
    #[inline]
    fn sum(&self, index: usize) -> (Group, Group) {
        let Piece::Digits { base, square } = self.pieces[index / SIBLINGS] else {
            return add_siblings(&self.leaves(index));
        };
        // 1 / (base - u) + 1 / (base - v), with as much as possible in the base field.
        let values = self.lanes(index);
        let sums: [PF; SLOTS] = from_fn(|i| values[i] + values[SLOTS + i]);
        let (double, base, square) = (PEF::from(base.double()), PEF::from(base), PEF::from(square));
        (
            sums.map(|sum| double - sum),
            from_fn(|i| square - base * sums[i] + values[i] * values[SLOTS + i]),
        )
    }

    /// The values under siblings at the leaves.
    #[inline]
    pub fn lanes(&self, index: usize) -> [PF; 2 * SLOTS] {
        lanes(self.values[index / SIBLINGS], index % SIBLINGS)
    }

    /// The denominator of the digit zero, if a piece holds digits and nothing else.
    pub fn base(&self, piece: usize) -> Option<EF> {
        match self.pieces[piece] {
            Piece::Digits { base, .. } => Some(base),
            _ => None,
        }
    }
}
