//! What a circuit requires of its cells, checked in memory.
//!
//! A proof's constraints are the vertical gate, copies, constants, the table of limbs, and permutations;
//! they stand on the cells that chips lay down, before any of them has a column. The library's mock prover
//! takes seconds for a whole link, and this a fraction of one, or nothing for one changed cell.
//!
//! The prover that is thought of here chooses all cells of the vertical gate, and keeps what follows from
//! them: copies of looked up cells, and the rows of permutations.

mod changes;
mod digest;
mod freedom;

use std::collections::BTreeSet;

use halo2_base::ContextCell;
use halo2_base::halo2_proofs::plonk::Assigned;
use zkpot_sponge::WIDTH;

use crate::circuit::ChipCircuit;
use crate::poseidon2::permute;
use crate::tampering::{Family, vertical};
use crate::{Cell, Fr};
pub use changes::assert_no_value_changes;

/// Cells of a gate `a + b c = d`.
const GATE: usize = 4;

/// One constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Constraint {
    /// The vertical gate whose first cell this is.
    Gate(usize),
    /// Two cells are equal.
    Copy(usize, usize),
    /// A cell is a constant.
    Constant(usize),
    /// A cell is in the table.
    Table(usize),
    /// The permutation of this number comes to its output.
    Permutation(usize),
}

impl Constraint {
    /// What the mock prover calls it.
    pub fn family(self) -> Family {
        match self {
            Self::Gate(_) => vertical(),
            Self::Copy(..) | Self::Constant(_) => Family::Copy,
            Self::Table(_) => Family::Table,
            Self::Permutation(_) => Family::Gate("permutation".into()),
        }
    }
}

/// A permutation by its cells.
pub struct Call {
    pub input: [usize; WIDTH],
    pub output: [Option<usize>; WIDTH],
}

/// A circuit's cells and all its constraints.
pub struct Constraints {
    pub values: Vec<Fr>,
    /// Where a gate starts.
    pub gates: Vec<bool>,
    /// Both ways, sorted.
    pub copies: Vec<(usize, usize)>,
    /// Sorted by their cells.
    pub constants: Vec<(usize, Fr)>,
    pub looked_up: Vec<bool>,
    pub calls: Vec<Call>,
    /// Cells with the permutations that they belong to, sorted.
    permuted: Vec<(usize, usize)>,
    table: u64,
}

impl Constraints {
    /// Those of a circuit that was laid down, and not synthesised yet.
    pub fn of(circuit: &mut ChipCircuit) -> Self {
        let arithmetic = circuit.arithmetic();
        let (context, permutations) = circuit.parts();
        let value = |cell: &Assigned<Fr>| match cell {
            Assigned::Trivial(value) => *value,
            other => panic!("{other:?} is a fraction"),
        };
        let values: Vec<Fr> = context.advice.iter().map(value).collect();
        let (tag, count) = (context.tag(), values.len());
        let place = |cell: ContextCell| {
            assert_eq!((cell.type_id, cell.context_id), tag, "a cell of the one context");
            cell.offset
        };
        let cell = |cell: &Cell| place(cell.cell.expect("a cell with a place"));
        let mut gates = context.selector.clone();
        gates.resize(count, false);
        let recorded = context.copy_manager.lock().unwrap();
        let pairs = recorded.advice_equalities.iter();
        let mut copies: Vec<(usize, usize)> =
            pairs.map(|&(left, right)| (place(left), place(right))).collect();
        copies.extend(copies.clone().into_iter().map(|(left, right)| (right, left)));
        copies.sort_unstable();
        copies.dedup();
        let known = recorded.constant_equalities.iter();
        let mut constants: Vec<(usize, Fr)> =
            known.map(|&(value, cell)| (place(cell), value)).collect();
        constants.sort_unstable();
        let mut looked_up = vec![false; count];
        arithmetic.for_each_looked_up(|limb| looked_up[cell(limb)] = true);
        let calls: Vec<Call> = permutations
            .calls
            .iter()
            .map(|call| Call {
                input: call.input.each_ref().map(cell),
                output: call.output.each_ref().map(|output| output.as_ref().map(cell)),
            })
            .collect();
        let mut permuted: Vec<(usize, usize)> = Vec::new();
        for (number, call) in calls.iter().enumerate() {
            let cells = call.input.iter().chain(call.output.iter().flatten());
            permuted.extend(cells.map(|&cell| (cell, number)));
        }
        permuted.sort_unstable();
        permuted.dedup();
        let table = 1 << arithmetic.limb_bits();
        Self { values, gates, copies, constants, looked_up, calls, permuted, table }
    }

    /// Whether a constraint holds for the values that cells have.
    fn holds(&self, constraint: Constraint, at: impl Fn(usize) -> Fr) -> bool {
        match constraint {
            Constraint::Gate(a) => at(a) + at(a + 1) * at(a + 2) == at(a + 3),
            Constraint::Copy(left, right) => at(left) == at(right),
            Constraint::Constant(cell) => self.constants_of(cell).all(|value| at(cell) == value),
            Constraint::Table(cell) => at(cell) < Fr::from(self.table),
            Constraint::Permutation(number) => {
                let Call { input, output } = &self.calls[number];
                let permuted = permute(input.map(&at));
                output.iter().zip(permuted).all(|(cell, value)| cell.is_none_or(|c| at(c) == value))
            }
        }
    }

    /// The constants that a cell has to be.
    pub fn constants_of(&self, cell: usize) -> impl Iterator<Item = Fr> {
        let start = self.constants.partition_point(|&(other, _)| other < cell);
        let same = move |&&(other, _): &&(usize, Fr)| other == cell;
        self.constants[start..].iter().take_while(same).map(|&(_, value)| value)
    }

    /// The cells that a cell has to be equal to.
    pub fn copies_of(&self, cell: usize) -> impl Iterator<Item = usize> {
        let start = self.copies.partition_point(|&(left, _)| left < cell);
        let same = move |&&(left, _): &&(usize, usize)| left == cell;
        self.copies[start..].iter().take_while(same).map(|&(_, right)| right)
    }

    /// All constraints that a cell is part of, those that are computed fastest first.
    pub fn on(&self, cell: usize) -> Vec<Constraint> {
        let first = cell.saturating_sub(GATE - 1);
        let gates = (first..=cell).filter(|&gate| self.gates[gate]).map(Constraint::Gate);
        let mut found: Vec<Constraint> = gates.collect();
        if self.constants_of(cell).next().is_some() {
            found.push(Constraint::Constant(cell));
        }
        if self.looked_up[cell] {
            found.push(Constraint::Table(cell));
        }
        found.extend(self.copies_of(cell).map(|other| Constraint::Copy(cell, other)));
        let start = self.permuted.partition_point(|&(other, _)| other < cell);
        let calls = self.permuted[start..].iter().take_while(|&&(other, _)| other == cell);
        found.extend(calls.map(|&(_, call)| Constraint::Permutation(call)));
        found
    }

    /// All constraints that do not hold.
    pub fn broken(&self) -> Vec<Constraint> {
        let count = self.values.len();
        let gates = (0..count).filter(|&cell| self.gates[cell]).map(Constraint::Gate);
        let copies = self.copies.iter().filter(|(left, right)| left < right);
        let mut cells: Vec<usize> = self.constants.iter().map(|&(cell, _)| cell).collect();
        cells.dedup();
        gates
            .chain(copies.map(|&(left, right)| Constraint::Copy(left, right)))
            .chain(cells.into_iter().map(Constraint::Constant))
            .chain((0..count).filter(|&cell| self.looked_up[cell]).map(Constraint::Table))
            .chain((0..self.calls.len()).map(Constraint::Permutation))
            .filter(|&constraint| !self.holds(constraint, |cell| self.values[cell]))
            .collect()
    }

    /// The families of constraints that do not hold, as the mock prover has them.
    pub fn families(&self) -> BTreeSet<Family> {
        self.broken().into_iter().map(Constraint::family).collect()
    }

    /// Cells that are nobody's business: in no constraint at all.
    pub fn free(&self) -> Vec<usize> {
        (0..self.values.len()).filter(|&cell| self.on(cell).is_empty()).collect()
    }
}
