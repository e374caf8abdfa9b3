//! What the tests of chips have in common: small circuits, honest and not.

use std::collections::BTreeSet;

use halo2_base::gates::circuit::CircuitBuilderStage;
use halo2_base::halo2_proofs::dev::{MockProver, VerifyFailure};

use crate::Fr;
use crate::circuit::ChipCircuit;
use crate::constraints::{Constraints, assert_no_value_changes};

/// Logarithm of a small circuit's rows.
pub const K: usize = 9;
const LOOKUP_BITS: usize = 8;

/// A family of constraints.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// A gate, by name.
    Gate(String),
    /// The table of limbs.
    Table,
    /// Copies.
    Copy,
}

/// The vertical gate.
pub fn vertical() -> Family {
    Family::Gate("1 column a + b * c = out".into())
}

/// A small circuit with what `lay` lays down.
pub fn circuit(lay: impl Fn(&mut ChipCircuit)) -> ChipCircuit {
    let mut circuit = ChipCircuit::new(CircuitBuilderStage::Mock, K, LOOKUP_BITS);
    lay(&mut circuit);
    circuit.fit();
    circuit
}

/// The constraints that a circuit breaks.
pub fn failures(circuit: &ChipCircuit) -> Vec<VerifyFailure> {
    failures_for(K, circuit, circuit.instances())
}

fn failures_for(k: usize, circuit: &ChipCircuit, inputs: Vec<Vec<Fr>>) -> Vec<VerifyFailure> {
    let prover = MockProver::run(k as u32, circuit, inputs).unwrap();
    prover.verify().err().unwrap_or_default()
}

/// The families of constraints that a circuit breaks.
pub fn broken(circuit: &ChipCircuit) -> BTreeSet<Family> {
    families(&failures(circuit))
}

/// The families that a circuit of `2^k` rows breaks for some public inputs.
pub fn broken_for(k: usize, circuit: &ChipCircuit, inputs: &[Fr]) -> BTreeSet<Family> {
    families(&failures_for(k, circuit, vec![inputs.to_vec()]))
}

fn families(failures: &[VerifyFailure]) -> BTreeSet<Family> {
    failures
        .iter()
        .map(|failure| match failure {
            VerifyFailure::Lookup { .. } => Family::Table,
            VerifyFailure::Permutation { .. } => Family::Copy,
            VerifyFailure::ConstraintNotSatisfied { constraint, .. } => {
                let name = constraint.to_string();
                Family::Gate(name.split('\'').nth(1).unwrap_or(&name).into())
            }
            other => panic!("{other}"),
        })
        .collect()
}

/// Asserts that a circuit is satisfied.
pub fn assert_satisfied(lay: impl Fn(&mut ChipCircuit)) {
    assert_eq!(broken(&circuit(lay)), BTreeSet::new());
}

/// Asserts that a circuit breaks one family of constraints and no other.
pub fn assert_breaks(family: Family, lay: impl Fn(&mut ChipCircuit)) {
    assert_eq!(broken(&circuit(lay)), BTreeSet::from([family]));
}

/// Asserts that no cell of an honest circuit's vertical gate can be changed alone, with its copies or
/// without them.
pub fn assert_every_cell_matters(lay: impl Fn(&mut ChipCircuit)) {
    let mut honest = circuit(lay);
    let constraints = Constraints::of(&mut honest);
    assert_eq!(constraints.broken(), []);
    assert_eq!(broken(&honest), BTreeSet::new());
    assert_no_value_changes(&constraints);
}
