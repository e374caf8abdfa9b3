//! Tables of non-linear functions.

use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A function on the integers `first .. first + 2^bits` less its gaps, given by its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What it computes, for people: `exp(-x / 2^11) * 2^16`.
    pub name: String,
    /// Least argument.
    pub first: i64,
    /// Logarithm of the number of rows, 1 to 22.
    pub bits: u32,
    /// One vector of `2^bits` values for each output. Rows in gaps repeat the first listed one.
    pub columns: Vec<Vec<i64>>,
    /// Rows whose arguments the table does not list, in ascending order and apart from one another.
    pub gaps: Vec<Gap>,
}

/// Successive rows of a table that stand for no argument: the function has no value there, or none
/// that the range of its output admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The first of them, counted from the table's first row.
    pub row: u32,
    /// How many, at least one.
    pub rows: u32,
}

impl Table {
    /// Number of rows.
    pub fn len(&self) -> usize {
        1 << self.bits
    }

    /// Values of all columns.
    pub fn entries(&self) -> u64 {
        self.columns.iter().map(|column| column.len() as u64).sum()
    }

    /// Never: a checked table has at least two rows.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Row of `argument`, if the table lists it.
    pub fn row(&self, argument: i64) -> Option<usize> {
        let row = argument.checked_sub(self.first)?;
        usize::try_from(row).ok().filter(|row| *row < self.len() && !self.in_gap(*row))
    }

    /// The listed row that a row is equal to: itself, or the first listed one where it is in a gap.
    pub fn listed(&self, row: usize) -> usize {
        if self.in_gap(row) { self.first_listed() } else { row }
    }

    /// The first row that is in no gap.
    pub fn first_listed(&self) -> usize {
        self.gaps.first().filter(|gap| gap.row == 0).map_or(0, |gap| gap.rows as usize)
    }

    /// Rows in gaps.
    pub fn unlisted(&self) -> impl Iterator<Item = usize> + '_ {
        self.gaps.iter().flat_map(|gap| (gap.row as usize..).take(gap.rows as usize))
    }

    fn in_gap(&self, row: usize) -> bool {
        let after = self.gaps.partition_point(|gap| gap.row as usize <= row);
        let before = after.checked_sub(1).and_then(|place| self.gaps.get(place));
        before.is_some_and(|gap| row - (gap.row as usize) < gap.rows as usize)
    }
}
