//! Every link of a run is verified, and is in the public inputs.

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::rejection::Rejection;
use zkpot_sponge::Fr;

use super::{empty, made, run_of};
use crate::circuit::ChipCircuit;
use crate::constraints::{Constraint, Constraints};
use crate::link::LinkWitness;
use crate::recording::Fault;
use crate::wrap::public::PublicInputs;

/// The circuit of both links.
fn laid(witnesses: &[LinkWitness]) -> Result<ChipCircuit, Rejection> {
    let mut circuit = empty();
    let inputs = PublicInputs::of(made().links.each_ref().map(|link| &link.statement));
    run_of(2, true).lay(&mut circuit, witnesses, &inputs)?;
    Ok(circuit)
}

#[test]
fn both_links_are_verified() {
    let honest = run_of(2, true).witness(&made().links, &made().envelopes).unwrap();
    let mut circuit = laid(&honest).unwrap();
    assert_eq!(Constraints::of(&mut circuit).broken(), []);
    let inputs = PublicInputs::of(made().links.each_ref().map(|link| &link.statement));
    assert_eq!(circuit.instances(), [inputs.to_array()]);
    for link in 0..2 {
        let mut changed = honest.clone();
        changed[link].paths[0].siblings[0][0] += Fr::ONE;
        let broken = Constraints::of(&mut laid(&changed).unwrap()).broken();
        assert!(matches!(broken[..], [Constraint::Copy(..)]), "link {link}");
    }
    // Each on its own, the other way round: the circuit shows other inputs.
    let swapped = [honest[1].clone(), honest[0].clone()];
    let mut circuit = laid(&swapped).unwrap();
    assert_eq!(Constraints::of(&mut circuit).broken(), []);
    let [hash, _, combination] = circuit.instances()[0][..] else { panic!("three inputs") };
    assert_ne!(hash, inputs.hash);
    assert_ne!(combination, inputs.combination);
}

#[test]
fn links_are_as_many_as_the_circuits() {
    let [first, second] = &run_of(2, true).witness(&made().links, &made().envelopes).unwrap()[..]
    else {
        panic!("two links")
    };
    let reason = "another number than the circuit verifies";
    let expected = Rejection::Shape { part: "links", reason };
    let [first, second] = [first.clone(), second.clone()];
    for witnesses in [vec![], vec![first.clone()], vec![first.clone(), second, first]] {
        assert_eq!(laid(&witnesses).err(), Some(expected.clone()));
        let links = vec![made().links[0].clone(); witnesses.len()];
        let refused = run_of(2, true).witness(&links, &made().envelopes).unwrap_err();
        assert_eq!(refused, Fault::Refused(expected.clone()));
    }
}

fn shorten<T>(list: &mut Vec<T>) {
    list.truncate(list.len() - 1);
}

#[test]
fn a_witness_is_the_recordings() {
    // One thing more or less of each kind.
    let [honest, _] = &run_of(2, true).witness(&made().links, &made().envelopes).unwrap()[..]
    else {
        panic!("two links")
    };
    let changes: [fn(&mut LinkWitness); 9] = [
        |witness| shorten(&mut witness.elements),
        |witness| witness.elements.push(Fr::ZERO),
        |witness| shorten(&mut witness.inputs),
        |witness| witness.inputs.push(witness.inputs[0]),
        |witness| witness.roots.push(Fr::ZERO),
        |witness| witness.key = None,
        |witness| shorten(&mut witness.grinding),
        |witness| shorten(&mut witness.paths),
        |witness| shorten(&mut witness.paths[0].siblings),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut witness = honest.clone();
        change(&mut witness);
        let refused = laid(&[witness, honest.clone()]).err();
        let reason = "it is another recording's";
        let expected = Rejection::Shape { part: "witness", reason };
        assert_eq!(refused, Some(expected), "change {number}");
    }
}
