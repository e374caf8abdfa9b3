//! The circuit of a whole run: a link of a small program.

mod checks;
mod frozen;
mod links;
mod messages;
mod shapes;
mod whole;

// The links that the verifier's tests are about.
#[allow(dead_code)]
#[path = "../../tests/link/made.rs"]
mod made;
#[allow(dead_code)]
#[path = "../../tests/link/spy.rs"]
mod spy;
// Runs of small programs, which the prover's tests have.
#[path = "../../../rust/prover/tests/programs/mod.rs"]
mod programs;

use halo2_base::gates::circuit::CircuitBuilderStage;

use super::public::PublicInputs;
use super::{LOOKUP_BITS, RunCircuit, RunShape};
use crate::circuit::ChipCircuit;
use crate::constraints::Constraints;
use crate::link::LinkWitness;
use crate::recording::Recording;
use crate::sponge::Hasher;
use made::{Made, made};

/// Logarithm of the rows of a link's circuit.
const K: usize = 18;

fn empty() -> ChipCircuit {
    ChipCircuit::new(CircuitBuilderStage::Mock, K, LOOKUP_BITS)
}

/// The circuit of runs of one of the links.
fn run() -> RunCircuit {
    run_of(1, true)
}

/// The circuit of runs of so many links, which have envelopes or not.
fn run_of(count: usize, envelopes: bool) -> RunCircuit {
    let Made { program, links, .. } = made();
    let statement = &links[0].statement;
    let (steps, rows) = (vec![statement.steps; count], statement.shards[0].rows);
    let shape = RunShape { steps, rows, level: statement.security, envelopes };
    RunCircuit::new(program, &shape).unwrap()
}

/// What a link gives its circuit.
fn witness() -> LinkWitness {
    made().replay(&made().links[0]).unwrap()
}

/// The circuit of a run of one link, with its public inputs.
fn whole() -> ChipCircuit {
    let mut circuit = empty();
    let inputs = PublicInputs::of([&made().links[0].statement]);
    run().lay(&mut circuit, &[witness()], &inputs).unwrap();
    circuit
}

/// A recording laid down for a witness.
fn laid(recording: &Recording, witness: &LinkWitness) -> ChipCircuit {
    let mut circuit = empty();
    let arithmetic = circuit.arithmetic();
    let (context, permutations) = circuit.parts();
    let mut hasher = Hasher { arithmetic: &arithmetic, context, permutations };
    recording.interpret(&mut hasher, witness, &[]).unwrap();
    circuit
}

/// What a recording's circuit requires of a witness.
fn constraints(recording: &Recording, witness: &LinkWitness) -> Constraints {
    Constraints::of(&mut laid(recording, witness))
}
