//! No cell of a whole link is left to choose but what the link gives.

use std::collections::BTreeSet;

use super::{K, made, run, whole, witness};
use crate::constraints::{Constraints, assert_no_value_changes};
use crate::tampering::broken_for;
use crate::wrap::public::PublicInputs;

#[test]
fn the_runs_recording_is_the_links() {
    let run = run();
    let [link] = &run.links[..] else { panic!("one link") };
    assert!(link.recording == made().recording);
    assert_eq!(run.witness(&made().links[..1], &made().envelopes[..1]).unwrap(), [witness()]);
}

#[test]
fn a_circuit_accepts_a_link() {
    let mut circuit = whole();
    let constraints = Constraints::of(&mut circuit);
    assert_eq!(constraints.broken(), []);
    circuit.fit();
    let inputs = PublicInputs::of([&made().links[0].statement]);
    assert_eq!(circuit.instances(), [inputs.to_array()]);
    assert_eq!(broken_for(K, &circuit, &inputs.to_array()), BTreeSet::new());
}

#[test]
fn no_cell_of_a_whole_link_is_free() {
    let constraints = Constraints::of(&mut whole());
    assert!(constraints.free().is_empty());
    assert_no_value_changes(&constraints);
}

/// Beside limbs and bits, which decompositions fix, a prover chooses the elements of the statement, digests,
/// the envelope's key and the challenge of the public inputs.
#[test]
fn a_prover_chooses_what_a_link_gives_and_no_more() {
    let mut circuit = whole();
    let constraints = Constraints::of(&mut circuit);
    let freedom = constraints.freedom();
    let witness = witness();
    let siblings: usize = witness.paths.iter().map(|path| path.siblings.len()).sum();
    let given = witness.elements.len() + witness.roots.len() + siblings;
    assert_eq!(freedom.any.len(), given + 2);
}
