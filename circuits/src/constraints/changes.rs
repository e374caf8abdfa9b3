//! Circuits with one value changed.

use halo2_base::halo2_proofs::halo2curves::ff::Field;

use super::{Constraint, Constraints};
use crate::Fr;

/// Cells that copies make one.
pub struct Variables {
    /// Of each cell the variable.
    of: Vec<usize>,
    /// Of each variable the cells.
    cells: Vec<Vec<usize>>,
}

impl Constraints {
    /// The circuit's variables, in the order of their first cells.
    pub fn variables(&self) -> Variables {
        const NONE: usize = usize::MAX;
        let (mut of, mut cells) = (vec![NONE; self.values.len()], Vec::new());
        for cell in 0..self.values.len() {
            if of[cell] != NONE {
                continue;
            }
            of[cell] = cells.len();
            let mut same = vec![cell];
            let mut next = 0;
            while let Some(&cell) = same.get(next) {
                for other in self.copies_of(cell) {
                    if of[other] == NONE {
                        of[other] = cells.len();
                        same.push(other);
                    }
                }
                next += 1;
            }
            cells.push(same);
        }
        Variables { of, cells }
    }

    /// Whether anything but copies refuses another value of a variable, wherever it stands.
    fn refuses(&self, variables: &Variables, variable: usize, value: Fr) -> bool {
        let at = |cell: usize| match variables.of[cell] == variable {
            true => value,
            false => self.values[cell],
        };
        let broken = |kind: fn(&Constraint) -> bool| {
            let cells = variables.cells[variable].iter();
            let mut constraints = cells.flat_map(|&cell| self.on(cell)).filter(kind);
            constraints.any(|constraint| !self.holds(constraint, at))
        };
        // Permutations take long.
        broken(|constraint| !matches!(constraint, Constraint::Permutation(_)))
            || broken(|constraint| matches!(constraint, Constraint::Permutation(_)))
    }
}

/// Requires that no variable of a circuit can be changed alone, to the next integers or to any other: neither
/// a cell without its copies, nor all of them together.
pub fn assert_no_value_changes(constraints: &Constraints) {
    let variables = constraints.variables();
    let mut any = Fr::from(0x9e37_79b9_7f4a_7c15).square();
    for (variable, cells) in variables.cells.iter().enumerate() {
        let value = constraints.values[cells[0]];
        any = any.square() + Fr::ONE;
        for other in [value + Fr::ONE, value - Fr::ONE, any] {
            assert!(
                constraints.refuses(&variables, variable, other),
                "the cells {cells:?} of {} can be {other:?} for {value:?}",
                constraints.values.len(),
            );
        }
    }
}
