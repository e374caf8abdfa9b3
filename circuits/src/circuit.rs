//! The chips as one halo2 circuit.

use halo2_base::gates::circuit::builder::BaseCircuitBuilder;
use halo2_base::gates::circuit::{
    BaseCircuitParams, BaseConfig, CircuitBuilderStage, MaybeRangeConfig,
};
use halo2_base::gates::flex_gate::MultiPhaseThreadBreakPoints;
use halo2_base::halo2_proofs::circuit::{Layouter, SimpleFloorPlanner};
use halo2_base::halo2_proofs::plonk::{Circuit, ConstraintSystem, Error};
use halo2_base::virtual_region::manager::VirtualRegionManager;
use serde::{Deserialize, Serialize};

use crate::arithmetic::Arithmetic;
use crate::poseidon2::{Columns, Permutations, ROWS, SET_COLUMNS};
use crate::{Cell, Context, Fr};

/// Rows at the end of every column that proofs blind; more than any shape here needs.
const BLINDED: usize = 20;
/// Columns of public inputs: there is one.
const INSTANCES: usize = 1;

/// The shape of a circuit.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Shape {
    /// Rows, columns of the vertical gate, of looked up cells and of constants, bits of the table.
    pub base: BaseCircuitParams,
    /// Sets of columns for permutations.
    pub permutation_sets: usize,
}

impl Shape {
    /// Columns that a proof commits to cells of. A second one of looked up cells counts as two, because
    /// a contract has as much to do with it.
    pub fn columns(&self) -> usize {
        let sum = |columns: &[usize]| columns.iter().sum::<usize>();
        let looked_up = sum(&self.base.num_lookup_advice_per_phase);
        let chips = sum(&self.base.num_advice_per_phase) + SET_COLUMNS * self.permutation_sets;
        chips + looked_up + looked_up.saturating_sub(1)
    }
}

/// What a proving key's circuit was cut into, which a prover needs to lay its own down alike.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pinning {
    /// The shape.
    pub shape: Shape,
    /// Where the vertical gate goes on in the next column.
    pub break_points: MultiPhaseThreadBreakPoints,
}

/// Cells under way to a circuit.
#[derive(Clone, Debug)]
pub struct ChipCircuit {
    base: BaseCircuitBuilder<Fr>,
    /// The permutations.
    pub permutations: Permutations,
    permutation_sets: usize,
}

impl ChipCircuit {
    /// A circuit for a key or for the mock prover, of `2^k` rows and with a table of so many bits.
    ///
    /// Its columns are counted by [`fit`](Self::fit) when everything is laid down.
    pub fn new(stage: CircuitBuilderStage, k: usize, lookup_bits: usize) -> Self {
        let base = BaseCircuitBuilder::from_stage(stage)
            .use_k(k)
            .use_lookup_bits(lookup_bits)
            .use_instance_columns(INSTANCES);
        Self { base, permutations: Permutations::default(), permutation_sets: 0 }
    }

    /// A circuit for a proof, cut as its key's was.
    pub fn prover(pinning: &Pinning) -> Self {
        let Pinning { shape, break_points } = pinning.clone();
        let base = BaseCircuitBuilder::prover(shape.base, break_points);
        let permutation_sets = shape.permutation_sets;
        Self { base, permutations: Permutations::default(), permutation_sets }
    }

    /// The arithmetic, which shares the circuit's range checks.
    pub fn arithmetic(&self) -> Arithmetic {
        Arithmetic::new(self.base.range_chip())
    }

    /// Where cells are laid down, and the permutations next to it.
    pub fn parts(&mut self) -> (&mut Context, &mut Permutations) {
        (self.base.main(0), &mut self.permutations)
    }

    /// Shows a cell as the next public input.
    pub fn show(&mut self, cell: Cell) {
        self.base.assigned_instances[0].push(cell);
    }

    /// The public inputs.
    pub fn instances(&self) -> Vec<Vec<Fr>> {
        let values = |cells: &Vec<Cell>| cells.iter().map(|cell| *cell.value()).collect();
        self.base.assigned_instances.iter().map(values).collect()
    }

    /// Chooses as few columns as everything that was laid down fits into.
    pub fn fit(&mut self) -> Shape {
        let base = self.base.calculate_params(Some(BLINDED));
        let blocks = ((1 << base.k) - BLINDED) / ROWS;
        self.permutation_sets = self.permutations.len().div_ceil(blocks);
        Shape { base, permutation_sets: self.permutation_sets }
    }

    /// Chooses as few rows, from `2^k` on, as columns of at most this number have room for; `None` where
    /// `2^most` are too few.
    pub fn fit_rows(&mut self, k: usize, most: usize, columns: usize) -> Option<Shape> {
        (k..=most).find_map(|k| {
            self.base.config_params.k = k;
            Some(self.fit()).filter(|shape| shape.columns() <= columns)
        })
    }

    /// How it was cut. Known when a key was made of it.
    pub fn pinning(&self) -> Pinning {
        Pinning { shape: self.params(), break_points: self.base.break_points() }
    }

    /// Cells of the vertical gate, and cells that are looked up.
    pub fn cells(&self) -> (usize, usize) {
        let statistics = self.base.statistics();
        (
            statistics.gate.total_advice_per_phase.iter().sum(),
            statistics.total_lookup_advice_per_phase.iter().sum(),
        )
    }
}

impl Circuit<Fr> for ChipCircuit {
    type Config = (BaseConfig<Fr>, Columns);
    type FloorPlanner = SimpleFloorPlanner;
    type Params = Shape;

    fn params(&self) -> Shape {
        Shape { base: self.base.config_params.clone(), permutation_sets: self.permutation_sets }
    }

    /// Values of a circuit for a key are never looked at, so it is its own circuit without them.
    fn without_witnesses(&self) -> Self {
        self.clone()
    }

    fn configure_with_params(system: &mut ConstraintSystem<Fr>, shape: Shape) -> Self::Config {
        let k = shape.base.k;
        let mut base = BaseConfig::configure(system, shape.base);
        let columns = Columns::configure(system, shape.permutation_sets);
        base.set_usable_rows((1 << k) - system.minimum_rows());
        (base, columns)
    }

    fn configure(_: &mut ConstraintSystem<Fr>) -> Self::Config {
        unreachable!("a circuit has a shape")
    }

    fn synthesize(
        &self,
        (base, columns): Self::Config,
        mut layouter: impl Layouter<Fr>,
    ) -> Result<(), Error> {
        base.initialize(&mut layouter);
        let usable = base.gate().max_rows;
        let core = self.base.core();
        layouter.assign_region(
            || "chips",
            |mut region| {
                let gates = (base.gate().basic_gates[0].clone(), usable);
                core.phase_manager[0].assign_raw(&gates, &mut region);
                if let MaybeRangeConfig::WithRange(range) = &base.base {
                    self.base.assign_lookups_in_phase(range, &mut region, 0);
                }
                let copies = (!self.base.witness_gen_only()).then_some(&core.copy_manager);
                self.permutations.lay(&columns, &mut region, copies, usable);
                if copies.is_some() {
                    core.copy_manager.assign_raw(base.constants(), &mut region);
                }
                Ok(())
            },
        )?;
        self.base.assign_instances(&base.instance, layouter.namespace(|| "public inputs"));
        Ok(())
    }
}
