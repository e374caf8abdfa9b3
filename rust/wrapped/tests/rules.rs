//! Each rule of the front, broken alone.

use zkpot_protocol::statement::Envelope;
use zkpot_wrapped::{Circuit, CircuitFile, Error, Standing, WrappedProof};

use super::made::{toy, toy_proof, word};

/// The scalar field's order.
const ORDER: [u8; 32] = [
    0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d,
    0x28, 0x33, 0xe8, 0x48, 0x79, 0xb9, 0x70, 0x91, 0x43, 0xe1, 0xf5, 0x93, 0xf0, 0x00, 0x00, 0x01,
];

fn read(file: &CircuitFile) -> Circuit {
    Circuit::from_bytes(&file.to_bytes()).unwrap()
}

fn refused(file: &CircuitFile, change: impl FnOnce(&mut WrappedProof)) -> Error {
    let mut proof = toy_proof(3, 3);
    let envelope = Envelope { ciphertext: word(1), key: word(2) };
    for link in &mut proof.links {
        link.envelope = file.shape.envelopes.then_some(envelope);
    }
    let circuit = read(file);
    circuit.verify(&proof).unwrap();
    change(&mut proof);
    circuit.verify(&proof).unwrap_err()
}

#[test]
fn circuit_and_length() {
    let found = refused(&toy(), |proof| proof.circuit[0] ^= 1);
    assert!(matches!(found, Error::AnotherCircuit { want, .. } if want == [9; 32]));
    let found = refused(&toy(), |proof| proof.proof.push(0));
    assert_eq!(found, Error::ProofBytes { found: 65, want: 64 });
    let found = refused(&toy(), |proof| proof.proof.truncate(63));
    assert_eq!(found, Error::ProofBytes { found: 63, want: 64 });
}

#[test]
fn numbers_of_links_scalars_and_totals() {
    let found = refused(&toy(), |proof| proof.links.truncate(1));
    assert_eq!(found, Error::Links { found: 1, want: 2 });
    let found = refused(&toy(), |proof| proof.links.push(proof.links[0].clone()));
    assert_eq!(found, Error::Links { found: 3, want: 2 });
    let found = refused(&toy(), |proof| proof.links[1].scalars.push(0));
    assert_eq!(found, Error::Scalars { link: 1, found: 5, want: 4 });
    let found = refused(&toy(), |proof| proof.links[0].scalars.truncate(3));
    assert_eq!(found, Error::Scalars { link: 0, found: 3, want: 4 });
    let found = refused(&toy(), |proof| proof.links[1].outputs.clear());
    assert_eq!(found, Error::Outputs { link: 1, found: 0, want: 1 });
    // One kind is not counted for the other.
    let found = refused(&toy(), |proof| {
        let link = &mut proof.links[0];
        link.outputs.extend(link.scalars.pop());
    });
    assert_eq!(found, Error::Scalars { link: 0, found: 3, want: 4 });
}

#[test]
fn commitments_and_hash_are_elements() {
    for value in [[0; 32], ORDER, [0xff; 32]] {
        let not = |field| Error::NotInField { field, value };
        assert_eq!(refused(&toy(), |proof| proof.run.first = value), not("first"));
        assert_eq!(refused(&toy(), |proof| proof.run.shard = value), not("shard"));
        assert_eq!(refused(&toy(), |proof| proof.start.states = value), not("before"));
        let trained = Error::TrainedNotInField { link: 1, value };
        assert_eq!(refused(&toy(), |proof| proof.links[1].trained = value), trained);
        if value != [0; 32] {
            assert_eq!(refused(&toy(), |proof| proof.hash = value), not("hash"));
        }
    }
}

#[test]
fn envelopes_are_there_where_the_circuit_has_them() {
    let without = toy();
    let mut with = toy();
    with.shape.envelopes = true;
    let envelope = Envelope { ciphertext: word(1), key: word(2) };
    let want = Error::Envelope { link: 1 };
    assert_eq!(refused(&without, |proof| proof.links[1].envelope = Some(envelope)), want);
    let zero = Envelope::default();
    assert_eq!(refused(&without, |proof| proof.links[1].envelope = Some(zero)), want);
    assert_eq!(refused(&with, |proof| proof.links[1].envelope = None), want);
    for value in [[0; 32], ORDER] {
        let ciphertext = Envelope { ciphertext: value, ..envelope };
        assert_eq!(refused(&with, |proof| proof.links[1].envelope = Some(ciphertext)), want);
        let key = Envelope { key: value, ..envelope };
        assert_eq!(refused(&with, |proof| proof.links[1].envelope = Some(key)), want);
    }
}

#[test]
fn where_links_start() {
    // A first link with a statement before it, and a later one without.
    let found = refused(&toy(), |proof| proof.start.statement = [1; 32]);
    assert_eq!(found, Error::PreviousStatement { first_step: 0, previous: [1; 32] });
    let found = refused(&toy(), |proof| proof.start.steps = 4);
    assert_eq!(found, Error::PreviousStatement { first_step: 4, previous: [0; 32] });
    let found = refused(&toy(), |proof| proof.start.states = word(10));
    assert_eq!(found, Error::NotFromFirst { before: word(10), first: word(11) });
}

#[test]
fn the_longest_run() {
    let at = |steps| Standing { statement: [1; 32], states: word(10), steps };
    let circuit = read(&toy());
    let mut proof = toy_proof(3, 3);
    proof.start = at(96);
    assert_eq!(circuit.verify(&proof).unwrap().end.steps, 100);
    for (steps, found) in [(97, 101), (u64::MAX, u128::from(u64::MAX) + 4)] {
        let refused = refused(&toy(), |proof| proof.start = at(steps));
        assert_eq!(refused, Error::TooManySteps { found, most: 100 });
    }
}

#[test]
fn what_the_proof_shows() {
    let found = refused(&toy(), |proof| proof.proof[31] ^= 1);
    assert_eq!(found, Error::InvalidProof);
    // What has no inverse.
    let zeros = refused(&toy(), |proof| proof.proof.fill(0));
    assert_eq!(zeros, Error::InvalidProof);
    // Three, written another way.
    let mut three = ORDER;
    three[31] += 3;
    let found = refused(&toy(), |proof| proof.proof[..32].copy_from_slice(&three));
    assert_eq!(found, Error::Scalar { offset: 0 });
    let found = refused(&toy(), |proof| proof.proof[32..].copy_from_slice(&three));
    assert_eq!(found, Error::Scalar { offset: 32 });
}

#[test]
fn errors_say_what_is_wrong() {
    let zeros = "00".repeat(32);
    let messages = [
        (
            Error::Scalar { offset: 32 },
            "the proof's bytes 32 to 63: no element of the scalar field",
        ),
        (Error::Point { offset: 64 }, "the proof's bytes 64 to 127: no point of BN254"),
        (
            Error::TooManySteps { found: 101, most: 100 },
            "the run would have 101 steps, and its security allows 100",
        ),
        (
            Error::NotInField { field: "shard", value: [0; 32] },
            &format!("shard is {zeros}, which is no element of the circuit's field or zero"),
        ),
        (
            Error::AnotherRun { field: "nonce" },
            "the proof is of another run: its nonce is not the one that was ordered",
        ),
    ];
    for (error, message) in messages {
        assert_eq!(error.to_string(), message);
    }
}
