//! Whole links with one thing changed that no replay has looked at: the circuit itself refuses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::field::{EF, F};
use zkpot_sponge::Fr;

use super::{K, constraints, laid, made, witness};
use crate::constraints::Constraints;
use crate::link::LinkWitness;
use crate::link::places::{COMMITMENTS, FIRST_STEP, SEED};
use crate::recording::{Event, LinkEvent, Operation, Recorded};
use crate::sponge::Hasher;
use crate::tampering::broken_for;

/// How a witness is changed.
type Change = Box<dyn Fn(&mut LinkWitness)>;

/// The constraints on a witness, and the challenge that its transcript ends with.
fn verified(witness: &LinkWitness) -> (Constraints, EF) {
    let recording = &made().recording;
    let closing = Operation::Input(recording.inputs.len() - 1);
    let closing = recording.operations.iter().position(|&operation| operation == closing);
    let mut circuit = super::empty();
    let arithmetic = circuit.arithmetic();
    let (context, permutations) = circuit.parts();
    let mut hasher = Hasher { arithmetic: &arithmetic, context, permutations };
    let kept = [Recorded::Computed(closing.unwrap())];
    let laid = recording.interpret(&mut hasher, witness, &kept).unwrap();
    (Constraints::of(&mut circuit), laid.kept[0].value())
}

/// Where the inputs are that an event gives, by its kind and label: the first and the last of each.
fn given(absorbed: bool) -> BTreeMap<String, BTreeSet<usize>> {
    let mut places: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let mut next = 0;
    for event in &made().recording.events {
        let count = event.inputs();
        let (name, count) = match event {
            Event::Receive { label, .. } => (Some(format!("message {label}")), count),
            Event::ReceiveUnlabelled { label, .. } => (Some((*label).to_owned()), count),
            Event::Link(LinkEvent::Pin { .. }) => (Some("pinned".to_owned()), 1),
            Event::Link(LinkEvent::OpenEnvelope(_)) => (Some("entry".to_owned()), count),
            Event::OpenRows { degree, .. } => (Some(format!("row {degree:?}")), count),
            _ => (None, 0),
        };
        let own = !matches!(event, Event::OpenRows { .. } | Event::Link(_));
        if let Some(name) = name.filter(|_| own == absorbed && count > 0) {
            places.entry(name).or_default().extend([next, next + count - 1]);
        }
        next += event.inputs();
    }
    places
}

fn changed_input(place: usize) -> Change {
    Box::new(move |witness| witness.inputs[place] += EF::ONE)
}

/// Requires that a change is refused, and whether it changes the transcript.
fn assert_refused(name: &str, change: &Change, absorbed: bool) {
    static HONEST: LazyLock<EF> = LazyLock::new(|| verified(&witness()).1);
    let mut witness = witness();
    change(&mut witness);
    let (constraints, closing) = verified(&witness);
    assert!(!constraints.broken().is_empty(), "{name}");
    assert_eq!(closing != *HONEST, absorbed, "{name}");
}

#[test]
fn every_kind_of_message_is_absorbed_and_checked() {
    let given = given(true);
    for (name, places) in &given {
        // In the middle of all of them, and at the end.
        let places: Vec<usize> = places.iter().copied().collect();
        for place in [places[places.len() / 2], places[places.len() - 1]] {
            assert_refused(name, &changed_input(place), true);
        }
    }
}

#[test]
fn opened_rows_pinned_values_and_envelopes_are_checked() {
    for (name, places) in given(false) {
        for place in [places.first(), places.last()].map(Option::unwrap) {
            // Rows are below a root, a pinned value is in a commitment, an entry in a ciphertext: all of
            // them were absorbed before.
            assert_refused(&name, &changed_input(*place), false);
        }
    }
    let other_key: Change = Box::new(|witness| witness.key = witness.key.map(|key| key + Fr::ONE));
    assert_refused("key", &other_key, false);
}

#[test]
fn every_element_of_the_statement_is_absorbed_and_checked() {
    let places = &made().plan.places;
    let commitments = COMMITMENTS..COMMITMENTS + places.commitments;
    let kinds = [
        ("digest", 0..2),
        ("seed", SEED),
        ("first step", FIRST_STEP..FIRST_STEP + 1),
        ("commitment", commitments),
        ("scalar", places.scalar(0)),
        ("total", places.outputs()),
        ("envelope", places.envelope()),
    ];
    let count: usize = kinds.iter().map(|(_, places)| places.len()).sum();
    assert_eq!(count, places.count());
    for (name, places) in kinds {
        for place in places {
            let change: Change = Box::new(move |witness| witness.elements[place] += Fr::ONE);
            assert_refused(name, &change, true);
        }
    }
}

#[test]
fn digests_and_proofs_of_work_are_absorbed_and_checked() {
    let witness = witness();
    // The witness's commitment, then of each opening the pinned root and those of its rounds.
    for place in [0, 1, 2, witness.roots.len() - 1] {
        let change: Change = Box::new(move |witness| witness.roots[place] += Fr::ONE);
        assert_refused("root", &change, true);
    }
    for place in [0, witness.grinding.len() - 1] {
        let change: Change = Box::new(move |witness| witness.grinding[place] += F::ONE);
        assert_refused("proof of work", &change, true);
    }
}

#[test]
fn what_the_circuit_draws_is_not_the_witness_s() {
    // Challenges, positions, drawn rows and integers of a witness are passed over.
    let mut witness = witness();
    let mut next = 0;
    for event in &made().recording.events {
        let drawn = match event {
            Event::Challenge { .. }
            | Event::Draw { .. }
            | Event::DrawPosition { .. }
            | Event::Link(LinkEvent::Integer { .. } | LinkEvent::DrawRows(_)) => 0..event.inputs(),
            Event::Link(LinkEvent::Pin { variables, .. }) => 1..1 + variables,
            _ => 0..0,
        };
        drawn.for_each(|place| witness.inputs[next + place] += EF::TWO);
        next += event.inputs();
    }
    let honest = constraints(&made().recording, &super::witness());
    let (changed, _) = verified(&witness);
    assert_eq!(changed.broken(), []);
    assert!(changed.values == honest.values);
}

#[test]
fn the_mock_prover_agrees() {
    let message = *given(true).values().next().unwrap().first().unwrap();
    let row = *given(false)["row Base"].first().unwrap();
    let changes: [Change; 3] = [
        changed_input(message),
        changed_input(row),
        Box::new(|witness| witness.paths[0].siblings[0][0] += Fr::ONE),
    ];
    for change in changes {
        let mut witness = witness();
        change(&mut witness);
        let mut circuit = laid(&made().recording, &witness);
        let expected = Constraints::of(&mut circuit).families();
        assert!(!expected.is_empty());
        circuit.fit();
        assert_eq!(broken_for(K, &circuit, &[]), expected);
    }
}
