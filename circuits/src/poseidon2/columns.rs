//! The columns of permutations.

use halo2_base::halo2_proofs::circuit::Region;
use halo2_base::halo2_proofs::plonk::{Advice, Column, ConstraintSystem, Fixed, Selector};
use zkpot_sponge::WIDTH;

use super::gates;
use super::trace::{ROUND_CONSTANTS, Round};
use crate::Fr;

/// Columns of a state and of its powers.
type Set = ([Column<Advice>; WIDTH], [Column<Advice>; WIDTH]);

/// Sets of columns with the selectors and constants that they share.
#[derive(Clone, Debug)]
pub struct Columns {
    sets: Vec<Set>,
    constants: [Column<Fixed>; WIDTH],
    first: Selector,
    full: Selector,
    partial: Selector,
}

impl Columns {
    /// Adds so many sets of columns with their gates to a constraint system.
    pub fn configure(system: &mut ConstraintSystem<Fr>, sets: usize) -> Self {
        let sets = (0..sets)
            .map(|_| {
                let state = [(); WIDTH].map(|()| system.advice_column());
                state.iter().for_each(|&column| system.enable_equality(column));
                (state, [(); WIDTH].map(|()| system.advice_column()))
            })
            .collect();
        let columns = Self {
            sets,
            constants: [(); WIDTH].map(|()| system.fixed_column()),
            first: system.selector(),
            full: system.selector(),
            partial: system.selector(),
        };
        for &(state, powers) in &columns.sets {
            let round = |round| gates::Gate { round, state, powers, constants: columns.constants };
            round(Round::First).create(system, columns.first);
            round(Round::Full).create(system, columns.full);
            round(Round::Partial).create(system, columns.partial);
        }
        columns
    }

    /// How many sets there are.
    pub fn sets(&self) -> usize {
        self.sets.len()
    }

    pub(super) fn set(&self, set: usize) -> Set {
        self.sets[set]
    }

    /// Turns the gates of a block on.
    pub(super) fn enable(&self, region: &mut Region<Fr>, start: usize) {
        for (row, (round, constants)) in ROUND_CONSTANTS.iter().enumerate() {
            let selector = match round {
                Round::First => self.first,
                Round::Full => self.full,
                Round::Partial => self.partial,
            };
            selector.enable(region, start + row).expect("a row within the region");
            for (&column, &constant) in self.constants.iter().zip(constants) {
                region.assign_fixed(column, start + row, constant);
            }
        }
    }
}
