//! Whole links in a circuit.

use halo2_base::gates::circuit::CircuitBuilderStage;
use halo2_base::halo2_proofs::dev::MockProver;
use p3_field::PrimeCharacteristicRing;
use zkpot_circuits::circuit::ChipCircuit;
use zkpot_circuits::link::LinkWitness;
use zkpot_circuits::recording::Event;
use zkpot_circuits::sponge::Hasher;
use zkpot_protocol::field::EF;

use super::made::made;

/// Logarithm of the circuit's rows.
const K: usize = 18;

/// Whether the circuit of a link is satisfied.
fn satisfied(witness: &LinkWitness) -> bool {
    let mut circuit = ChipCircuit::new(CircuitBuilderStage::Mock, K, 16);
    let arithmetic = circuit.arithmetic();
    let (context, permutations) = circuit.parts();
    let mut hasher = Hasher { arithmetic: &arithmetic, context, permutations };
    made().recording.interpret(&mut hasher, witness, &[]).unwrap();
    circuit.fit();
    MockProver::run(K as u32, &circuit, circuit.instances()).unwrap().verify().is_ok()
}

/// The first input that the relations receive.
fn first_message() -> usize {
    let recording = &made().recording;
    let before =
        recording.events.iter().take_while(|event| !matches!(event, Event::Receive { .. }));
    before.map(Event::inputs).sum()
}

#[test]
fn a_circuit_accepts_a_link_and_none_with_another_message() {
    let made = made();
    let mut witness = made.replay(&made.links[0]).unwrap();
    assert!(satisfied(&witness));
    witness.inputs[first_message()] += EF::ONE;
    assert!(!satisfied(&witness));
}
