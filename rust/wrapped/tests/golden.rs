//! Proofs of two chunks of a run, with what Python says of them.

use serde_json::Value;
use zkpot_wrapped::{Circuit, Error, Receipt, Run, Standing, WrappedProof};

use super::made::{digits, golden, proof};

/// What somebody changes.
type Change<T> = fn(&mut T);

fn index() -> Value {
    serde_json::from_slice(&golden("index.json")).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A receipt as the index has it.
fn json(receipt: &Receipt) -> Value {
    serde_json::from_str(&receipt.to_json()).unwrap()
}

#[test]
fn golden_proofs_verify() {
    let index = index();
    let circuit = Circuit::from_bytes(&golden(index["circuit"].as_str().unwrap())).unwrap();
    assert_eq!(hex(circuit.digest()), index["digest"].as_str().unwrap());
    for entry in index["proofs"].as_array().unwrap() {
        let text = golden(entry["json"].as_str().unwrap());
        let bytes = golden(entry["binary"].as_str().unwrap());
        let proof = WrappedProof::from_bytes(&bytes).unwrap();
        assert_eq!(proof.to_bytes(), bytes);
        assert_eq!(WrappedProof::from_json(&text, &circuit), Ok(proof.clone()));
        let receipt = circuit.verify(&proof).unwrap();
        assert_eq!(json(&receipt), entry["receipt"]);
        assert_eq!(receipt.links, proof.links);
    }
}

#[test]
fn the_second_goes_on_where_the_first_ended() {
    let run = proof(0).run;
    let start = Standing::of_first(run.first);
    let [first, second] = [0, 1].map(|number| digits().verify(&proof(number)).unwrap());
    first.require(&run, &start).unwrap();
    second.require(&run, &first.end).unwrap();
    assert_eq!(second.end.steps, 32);
    // Each of them at another place.
    let other = |field| Err(Error::NotWhereItStands { field });
    assert_eq!(first.require(&run, &first.end), other("the number of steps"));
    assert_eq!(second.require(&run, &start), other("the number of steps"));
    let states = Standing { states: start.states, ..first.end };
    assert_eq!(second.require(&run, &states), other("the commitment to the states"));
    let statement = Standing { statement: [1; 32], ..first.end };
    assert_eq!(second.require(&run, &statement), other("the statement before"));
}

#[test]
fn another_order_is_named() {
    let ordered = proof(0).run;
    let receipt = digits().verify(&proof(0)).unwrap();
    let others: [(&str, Change<Run>); 5] = [
        ("first commitment", |run| run.first[31] ^= 1),
        ("dataset", |run| run.shard[31] ^= 1),
        ("nonce", |run| run.nonce[0] ^= 1),
        ("number of earlier steps", |run| run.earlier_steps += 1),
        ("context", |run| run.context.push(0)),
    ];
    for (field, change) in others {
        let mut run = ordered.clone();
        change(&mut run);
        assert_eq!(receipt.require(&run, &receipt.start), Err(Error::AnotherRun { field }));
    }
}

#[test]
fn a_proof_shows_its_own_statements_alone() {
    let mut swapped = proof(0);
    swapped.proof = proof(1).proof;
    assert_eq!(digits().verify(&swapped), Err(Error::InvalidProof));
    swapped.hash = proof(1).hash;
    assert_eq!(digits().verify(&swapped), Err(Error::InvalidProof));
}

#[test]
fn every_field_counts() {
    let changes: [(&str, Change<WrappedProof>); 13] = [
        ("shard", |proof| proof.run.shard[31] ^= 1),
        ("nonce", |proof| proof.run.nonce[0] ^= 1),
        ("earlier steps", |proof| proof.run.earlier_steps += 1),
        ("context", |proof| proof.run.context[0] ^= 1),
        ("context's length", |proof| proof.run.context.push(0)),
        ("previous", |proof| proof.start.statement[0] ^= 1),
        ("before", |proof| proof.start.states[31] ^= 1),
        ("first step", |proof| proof.start.steps += 1),
        ("trained", |proof| proof.links[0].trained[31] ^= 1),
        ("scalars", |proof| proof.links[0].scalars[3] += 1),
        ("ciphertext", |proof| proof.links[0].envelope.as_mut().unwrap().ciphertext[31] ^= 1),
        ("key", |proof| proof.links[0].envelope.as_mut().unwrap().key[31] ^= 1),
        ("hash", |proof| proof.hash[31] ^= 1),
    ];
    for (field, change) in changes {
        let mut changed = proof(1);
        change(&mut changed);
        assert_eq!(digits().verify(&changed), Err(Error::InvalidProof), "{field}");
    }
}
