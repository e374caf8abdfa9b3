//! Tables of non-linear functions.

use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A function on the integers `first .. first + 2^bits`, given by its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What it computes, for people: `exp(-x / 2^11) * 2^16`.
    pub name: String,
    /// Least argument.
    pub first: i64,
    /// Logarithm of the number of arguments, 1 to 22.
    pub bits: u32,
    /// One vector of `2^bits` values for each output.
    pub columns: Vec<Vec<i64>>,
}

impl Table {
    /// Number of arguments.
    pub fn len(&self) -> usize {
        1 << self.bits
    }

    /// Never: a checked table has at least two rows.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Row of `argument`, if the table has one.
    pub fn row(&self, argument: i64) -> Option<usize> {
        let row = argument.checked_sub(self.first)?;
        usize::try_from(row).ok().filter(|row| *row < self.len())
    }
}
