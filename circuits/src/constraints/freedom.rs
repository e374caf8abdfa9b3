//! What a prover chooses, and what follows from it.

use halo2_base::halo2_proofs::halo2curves::ff::Field;

use super::{Call, Constraints};

/// Cells by how their values come about, each once: copies of cells do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Freedom {
    /// Limbs: any integer of the table.
    pub limbs: usize,
    /// Zero or one.
    pub bits: usize,
    /// Any element, which nothing before it fixes.
    pub any: Vec<usize>,
}

impl Constraints {
    /// Goes through the cells in order. A constant, a copy of an earlier cell, a permuted state and the cell
    /// of a gate whose three others are known have one value; all other cells are chosen.
    pub fn freedom(&self) -> Freedom {
        let count = self.values.len();
        let mut by: Vec<Option<usize>> = vec![None; count];
        for (number, Call { output, .. }) in self.calls.iter().enumerate() {
            output.iter().flatten().for_each(|&cell| by[cell] = Some(number));
        }
        let (mut known, mut freedom) = (vec![false; count], Freedom::default());
        for cell in 0..count {
            let given = |cell: usize| {
                self.constants_of(cell).next().is_some()
                    || self.copies_of(cell).any(|other| other < cell && known[other])
            };
            let permuted =
                by[cell].is_some_and(|call| self.calls[call].input.iter().all(|&c| known[c]));
            // The sum of a gate, or its first term where the rest stands behind it.
            let sum = cell
                .checked_sub(3)
                .is_some_and(|first| self.gates[first] && (first..cell).all(|other| known[other]));
            let is_first = self.gates[cell] && {
                let factors = [cell + 1, cell + 2];
                let settled = |other: usize| known[other] || given(other);
                factors.into_iter().chain([cell + 3]).all(settled)
                    && self.copies_of(cell + 3).all(|other| other != cell)
            };
            if !(given(cell) || permuted || sum || is_first) {
                if self.looked_up[cell] {
                    freedom.limbs += 1;
                } else if self.is_bit(cell) {
                    freedom.bits += 1;
                } else {
                    freedom.any.push(cell);
                }
            }
            known[cell] = true;
        }
        freedom
    }

    /// Whether a gate says `0 + b b = b` of a cell.
    fn is_bit(&self, bit: usize) -> bool {
        let same = |cell: usize| cell == bit || self.copies_of(cell).any(|other| other == bit);
        let zero = |cell: usize| self.constants_of(cell).any(|value| value == super::Fr::ZERO);
        self.copies_of(bit).any(|copy| {
            let first = copy.wrapping_sub(1);
            self.gates.get(first).is_some_and(|&gate| gate)
                && zero(first)
                && [copy, copy + 1, copy + 2].into_iter().all(same)
        })
    }
}
