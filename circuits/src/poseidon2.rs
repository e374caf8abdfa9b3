//! Poseidon2 in columns of its own.
//!
//! A permutation takes [`ROWS`] rows of six advice columns: three for the state, three for what keeps
//! the gates' degrees at four.
//!
//! ```text
//! row 0        the state that is permuted; external layer, first full round
//! rows 1-3     a full round each
//! rows 4-31    two partial rounds each
//! rows 32-35   a full round each
//! row 36       the permuted state
//! ```
//!
//! Row 0 and row 36 are tied to cells of the vertical gate by copies. Sets of columns stand side by
//! side and share selectors and round constants, so all of them permute something in every block of
//! rows; where nothing is asked for that is zero.

mod columns;
mod gates;
#[cfg(test)]
mod tests;
mod trace;

use halo2_base::halo2_proofs::circuit::{Region, Value};
use halo2_base::halo2_proofs::halo2curves::ff::Field;
use halo2_base::utils::halo2::{constrain_virtual_equals_external, raw_assign_advice};
use halo2_base::virtual_region::copy_constraints::SharedCopyConstraintManager;
use zkpot_sponge::WIDTH;

pub use columns::Columns;
pub use trace::{from_sponge, permute, to_sponge};

use crate::{Cell, Context, Fr};
use trace::{Row, trace};

/// Columns of a set: of a state and of its powers.
pub const SET_COLUMNS: usize = 2 * WIDTH;
/// Rows of a permutation.
pub const ROWS: usize = trace::ROUNDS + 1;

/// One permutation: the cells before, and those of the cells after that somebody needs.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) input: [Cell; WIDTH],
    pub(crate) output: [Option<Cell>; WIDTH],
}

/// The permutations of a circuit.
#[derive(Clone, Debug, Default)]
pub struct Permutations {
    pub(crate) calls: Vec<Call>,
    /// What a dishonest prover puts into a row instead: block, set, row and the row.
    #[cfg(test)]
    pub(crate) lies: Vec<((usize, usize, usize), Row)>,
}

impl Permutations {
    /// Permutes a state.
    ///
    /// # Soundness
    /// The gates fix every row of a block by the one before (`gates.rs`); its first row is the input
    /// and its last one the output, by copies.
    pub fn permute(&mut self, context: &mut Context, input: [Cell; WIDTH]) -> [Cell; WIDTH] {
        let output = permute(input.map(|cell| *cell.value())).map(|out| context.load_witness(out));
        self.calls.push(Call { input, output: output.map(Some) });
        output
    }

    /// The first element of a permuted state, for which less is laid down.
    ///
    /// # Soundness
    /// As [`permute`](Self::permute); nothing is said about the two others, which have no cells.
    pub fn permute_to_first(&mut self, context: &mut Context, input: [Cell; WIDTH]) -> Cell {
        let [first, ..] = permute(input.map(|cell| *cell.value()));
        let first = context.load_witness(first);
        self.calls.push(Call { input, output: [Some(first), None, None] });
        first
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Rows that they take in so many sets of columns.
    pub fn rows(&self, sets: usize) -> usize {
        self.calls.len().div_ceil(sets.max(1)) * ROWS
    }

    /// Lays all of them down; ties them to their cells where `copies` are recorded.
    ///
    /// # Panics
    /// Where `usable` rows are too few, or there is no set of columns.
    pub(crate) fn lay(
        &self,
        columns: &Columns,
        region: &mut Region<Fr>,
        copies: Option<&SharedCopyConstraintManager<Fr>>,
        usable: usize,
    ) {
        let sets = columns.sets();
        assert!(self.is_empty() || sets > 0, "permutations without columns");
        let rows = self.rows(sets);
        assert!(rows <= usable, "{} permutations take {rows} rows of {usable}", self.len());
        for block in 0..rows / ROWS {
            if copies.is_some() {
                columns.enable(region, block * ROWS);
            }
            for set in 0..sets {
                let call = self.calls.get(block * sets + set);
                let input = call.map_or([Fr::ZERO; WIDTH], |call| call.input.map(|c| *c.value()));
                for (row, values) in trace(input).into_iter().enumerate() {
                    #[cfg(test)]
                    let values = self.lie((block, set, row)).unwrap_or(values);
                    let tied = match (call, row) {
                        (Some(call), 0) => call.input.map(Some),
                        (Some(call), trace::ROUNDS) => call.output,
                        _ => [None; WIDTH],
                    };
                    lay_row(columns, region, copies, (set, block * ROWS + row), values, tied);
                }
            }
        }
    }

    #[cfg(test)]
    fn lie(&self, place: (usize, usize, usize)) -> Option<Row> {
        self.lies.iter().find(|(lie, _)| *lie == place).map(|(_, row)| *row)
    }
}

/// Lays a row down and ties its state to cells.
fn lay_row(
    columns: &Columns,
    region: &mut Region<Fr>,
    copies: Option<&SharedCopyConstraintManager<Fr>>,
    (set, row): (usize, usize),
    values: Row,
    tied: [Option<Cell>; WIDTH],
) {
    let (state, powers) = columns.set(set);
    for place in 0..WIDTH {
        let value = Value::known(values.state[place]);
        let cell = raw_assign_advice(region, state[place], row, value).cell();
        raw_assign_advice(region, powers[place], row, Value::known(values.powers[place]));
        if let (Some(copies), Some(virtual_cell)) = (copies, tied[place]) {
            let mut copies = copies.lock().expect("no thread panicked over the copies");
            constrain_virtual_equals_external(region, virtual_cell, cell, &mut copies);
        }
    }
}
