//! Which terms of a sum can differ from zero together.
//!
//! Parts of a concatenation, and pieces that fill a tensor, are zero outside their places: at any
//! place of the output few terms meet, and the bound of a sum is that of the terms that do.

use alloc::collections::BTreeSet;
use alloc::vec;

use crate::{Index, Operand, Tensor, Term};

/// Longer axes are not looked at, and no axis that would make more groups than this.
const LONGEST_AXIS: u32 = 1 << 12;
const MOST_GROUPS: usize = 1 << 10;

/// Groups of terms that meet somewhere: bit `i` is term `i`, of at most 64. Every place of the
/// output belongs to a group that has all terms which are not zero there.
///
/// `lengths` are those of all labels, the first `rank` of which name the output's axes.
pub fn meeting(terms: &[Term], tensors: &[Tensor], lengths: &[u32], rank: usize) -> BTreeSet<u64> {
    let everyone = u64::MAX >> (64 - terms.len().clamp(1, 64));
    // Sets grow by insertion: collected, they bring a sort into each wasm.
    let mut groups = BTreeSet::new();
    groups.insert(everyone);
    if terms.len() < 2 {
        return groups;
    }
    for (label, &length) in lengths.iter().enumerate().take(rank) {
        if length > LONGEST_AXIS {
            continue;
        }
        let mut alive = vec![0u64; length as usize];
        for (number, term) in terms.iter().enumerate() {
            let reading = Reading { tensors, lengths, label: label as u8 };
            for (value, patterns) in (0i64..).zip(&mut alive) {
                let mut operands = core::iter::once(&term.left).chain(&term.right);
                if operands.all(|operand| reading.reaches(operand, value)) {
                    *patterns |= 1 << number;
                }
            }
        }
        let mut patterns = BTreeSet::new();
        patterns.extend(alive);
        let mut finer = BTreeSet::new();
        finer.extend(groups.iter().flat_map(|group| patterns.iter().map(move |p| group & p)));
        if finer.len() <= MOST_GROUPS {
            groups = finer;
        }
    }
    groups
}

/// The readings of one value of a label, the others being free.
struct Reading<'a> {
    tensors: &'a [Tensor],
    lengths: &'a [u32],
    label: u8,
}

impl Reading<'_> {
    fn reaches(&self, operand: &Operand, value: i64) -> bool {
        let shape = &self.tensors[operand.tensor as usize].shape;
        operand.axes.iter().zip(shape).all(|(index, &axis)| self.reads(index, axis, value))
    }

    /// Whether the index can name a place of the axis.
    fn reads(&self, index: &Index, axis: u32, value: i64) -> bool {
        let Some(&(_, stride)) = index.labels.iter().find(|(label, _)| *label == self.label) else {
            return true;
        };
        let length = |label| if label == self.label { 1 } else { self.lengths[usize::from(label)] };
        let (lo, hi) = index.span(length);
        let moved = i64::from(stride) * value;
        let divisor = i64::from(index.divisor);
        let inside = moved + hi >= 0 && moved + lo <= (i64::from(axis) - 1) * divisor;
        inside && (lo != hi || (moved + lo) % divisor == 0)
    }
}
