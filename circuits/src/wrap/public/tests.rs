//! Public inputs in the circuit and beside it, and every cell and input changed.

mod frozen;

use std::collections::BTreeSet;

use halo2_base::halo2_proofs::halo2curves::ff::Field;
use zkpot_protocol::statement::Statement;

use super::{PublicInputs, lay};
use crate::circuit::ChipCircuit;
use crate::constraints::{Constraints, assert_no_value_changes};
use crate::poseidon2::from_sponge;
use crate::sponge::Hasher;
use crate::tampering::{Family, K, broken, broken_for, circuit};
use crate::{Cell, Fr};

/// The elements of all statements.
fn elements(statements: &[Statement]) -> Vec<Fr> {
    statements.iter().flat_map(Statement::elements).map(from_sponge).collect()
}

/// A circuit that shows public inputs of elements by a challenge.
fn shown(elements: &[Fr], challenge: Fr) -> ChipCircuit {
    circuit(|circuit| {
        let arithmetic = circuit.arithmetic();
        let (context, permutations) = circuit.parts();
        let mut hasher = Hasher { arithmetic: &arithmetic, context, permutations };
        let cells: Vec<Cell> =
            elements.iter().map(|&element| hasher.context.load_witness(element)).collect();
        let cells = lay(&mut hasher, &cells, challenge);
        cells.into_iter().for_each(|cell| circuit.show(cell));
    })
}

fn honest(statements: &[Statement]) -> (PublicInputs, ChipCircuit) {
    let inputs = PublicInputs::of(statements);
    (inputs, shown(&elements(statements), inputs.challenge))
}

/// A run of two links with scalars and totals.
fn statements() -> Vec<Statement> {
    let mut statements = frozen::statements("three links, two scalars and totals of either sign");
    statements.truncate(2);
    statements
}

#[test]
fn the_circuit_shows_the_inputs_of_statements() {
    for name in frozen::names() {
        let (inputs, circuit) = honest(&frozen::statements(&name));
        assert_eq!(circuit.instances(), [inputs.to_array()], "{name}");
        assert_eq!(broken(&circuit), BTreeSet::new(), "{name}");
    }
}

#[test]
fn another_instance_is_refused() {
    let (inputs, circuit) = honest(&statements());
    let copies = BTreeSet::from([Family::Copy]);
    for place in 0..3 {
        for other in [Fr::ZERO, inputs.to_array()[place] + Fr::ONE, -inputs.to_array()[place]] {
            let mut changed = inputs.to_array();
            changed[place] = other;
            assert_eq!(broken_for(K, &circuit, &changed), copies, "input {place}");
        }
    }
    let [hash, challenge, combination] = inputs.to_array();
    for changed in [[challenge, hash, combination], [hash, combination, challenge]] {
        assert_eq!(broken_for(K, &circuit, &changed), copies);
    }
}

#[test]
fn every_element_is_in_hash_and_combination() {
    let statements = statements();
    let (inputs, honest) = (PublicInputs::of(&statements), elements(&statements));
    for place in 0..honest.len() {
        let mut changed = honest.clone();
        changed[place] += Fr::ONE;
        // The prover's circuit is satisfied, by other inputs than the statement's.
        let circuit = shown(&changed, inputs.challenge);
        assert_eq!(broken(&circuit), BTreeSet::new());
        let [hash, challenge, combination] = circuit.instances()[0][..] else {
            panic!("three inputs")
        };
        assert_ne!(hash, inputs.hash, "element {place}");
        assert_eq!(challenge, inputs.challenge);
        assert_ne!(combination, inputs.combination, "element {place}");
        let refused = broken_for(K, &circuit, &inputs.to_array());
        assert_eq!(refused, BTreeSet::from([Family::Copy]));
    }
}

#[test]
fn another_challenge_is_another_input() {
    let statements = statements();
    let inputs = PublicInputs::of(&statements);
    let circuit = shown(&elements(&statements), inputs.challenge + Fr::ONE);
    assert_eq!(broken(&circuit), BTreeSet::new());
    assert_ne!(circuit.instances()[0][1..], inputs.to_array()[1..]);
    let refused = broken_for(K, &circuit, &inputs.to_array());
    assert_eq!(refused, BTreeSet::from([Family::Copy]));
}

#[test]
fn hash_and_combination_are_of_the_same_elements() {
    // Those that differ by a multiple of a polynomial that the challenge is a root of have one combination.
    let statements = statements();
    let (inputs, mut forged) = (PublicInputs::of(&statements), elements(&statements));
    let count = forged.len();
    forged[count - 2] += Fr::ONE;
    forged[count - 1] -= inputs.challenge;
    let circuit = shown(&forged, inputs.challenge);
    let [hash, _, combination] = circuit.instances()[0][..] else { panic!("three inputs") };
    assert_eq!(combination, inputs.combination);
    assert_ne!(hash, inputs.hash);
    // So the challenge hangs on the hash.
    let honest = elements(&statements);
    assert_eq!(super::challenge(inputs.hash, &honest), inputs.challenge);
    assert_ne!(super::challenge(hash, &honest), inputs.challenge);
}

#[test]
fn links_are_in_order() {
    let [first, second] = &statements()[..] else { panic!("two links") };
    let inputs = PublicInputs::of([first, second]);
    for other in [vec![second, first], vec![first], vec![first, second, second]] {
        let other = PublicInputs::of(other);
        assert_ne!(other.hash, inputs.hash);
        assert_ne!(other.challenge, inputs.challenge);
        assert_ne!(other.combination, inputs.combination);
    }
}

#[test]
fn every_cell_of_the_public_inputs_matters() {
    let (inputs, mut circuit) = honest(&statements());
    let constraints = Constraints::of(&mut circuit);
    assert_eq!(constraints.broken(), []);
    assert_no_value_changes(&constraints);
    // Elements and the challenge are all that a prover chooses.
    let freedom = constraints.freedom();
    let chosen: Vec<Fr> = freedom.any.iter().map(|&cell| constraints.values[cell]).collect();
    let mut expected = elements(&statements());
    expected.push(inputs.challenge);
    assert_eq!((chosen, freedom.limbs, freedom.bits), (expected, 0, 0));
}
