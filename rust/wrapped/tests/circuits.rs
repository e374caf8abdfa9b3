//! Circuit files: what a program may be, and any bytes.

use ark_bn254::{Fq2, G2Affine};
use ark_ff::AdditiveGroup as _;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_wrapped::program::{MAX_MESSAGES, MAX_OPERATIONS, MAX_TERMS, Message, Operation, Term};
use zkpot_wrapped::{Circuit, CircuitFile, Error};

use super::made::{beside, digits, golden, negative, proof, second_point, toy, word};

/// What somebody writes into a file.
type Change = fn(&mut CircuitFile);

fn refused(change: impl FnOnce(&mut CircuitFile)) -> Error {
    let mut file = toy();
    change(&mut file);
    Circuit::from_bytes(&file.to_bytes()).unwrap_err()
}

#[test]
fn a_file_is_read_as_it_was_written() {
    let bytes = toy().to_bytes();
    let circuit = Circuit::from_bytes(&bytes).unwrap();
    assert_eq!(*circuit.file(), toy());
    assert_eq!(digits().file().to_bytes(), golden("digits.zkcirc"));
}

#[test]
fn shapes_of_no_circuit() {
    let changes: [(&str, u64, Change); 8] = [
        ("rows", 0, |file| file.shape.rows = 0),
        ("rows", (1 << 24) + 1, |file| file.shape.rows = (1 << 24) + 1),
        ("steps", 0, |file| file.shape.steps = 0),
        ("links", 0, |file| file.shape.links = 0),
        ("proof_bytes", 0, |file| file.shape.proof_bytes = 0),
        ("most_steps", 3, |file| file.shape.most_steps = 3),
        // Other than the program reads.
        ("proof_bytes", 65, |file| file.shape.proof_bytes = 65),
        ("proof_bytes", 64, |file| file.program.transcript.push(Message::Point)),
    ];
    for (field, value, change) in changes {
        assert_eq!(refused(change), Error::BadShape { field, value });
    }
}

#[test]
fn operands_are_earlier_values() {
    let bad =
        |part, number| Error::BadProgram { part, number, reason: "an operand is no earlier value" };
    // What is read and drawn is not known before, nor is a result by itself.
    let absorbed = refused(|file| file.program.transcript[0] = Message::Absorb(4));
    assert_eq!(absorbed, bad("message", 0));
    let operations = [
        Operation::Add(7, 0),
        Operation::Add(0, 7),
        Operation::Subtract(0, 8),
        Operation::Multiply(u32::MAX, 0),
        Operation::Negate(7),
        Operation::Invert(7),
    ];
    for operation in operations {
        let found = refused(|file| file.program.operations[0] = operation);
        assert_eq!(found, bad("operation", 0));
    }
    let term = Term { scalar: 14, point: 0 };
    assert_eq!(refused(|file| file.program.left.push(term)), bad("left term", 1));
    let term = Term { scalar: 0, point: 1 };
    assert_eq!(refused(|file| file.program.right.push(term)), bad("right term", 1));
    for part in ["left term", "right term"] {
        let found = refused(|file| {
            let program = &mut file.program;
            if part == "left term" { &mut program.left } else { &mut program.right }.clear();
        });
        assert_eq!(found, Error::BadProgram { part, number: 0, reason: "there is none" });
    }
}

#[test]
fn numbers_and_points_of_no_group() {
    let bad = |part, number| Error::BadProgram {
        part,
        number,
        reason: "not in the field, or not in the group",
    };
    let found = refused(|file| file.program.constants[0] = [0xff; 32]);
    assert_eq!(found, bad("constant", 0));
    // Off the curve, the identity, and the generator with a coordinate that is not below the modulus.
    let other_x = (beside(&word(1)), word(2));
    let other_y = (word(1), beside(&word(2)));
    for (x, y) in [(word(1), word(3)), (word(0), word(0)), other_x, other_y] {
        let found = refused(|file| file.program.points.push([x, y]));
        assert_eq!(found, bad("point", 1));
    }
    let found = refused(|file| file.program.pairing[1][3] = word(1));
    assert_eq!(found, bad("point of the pairing", 1));
    let found = refused(|file| file.program.pairing[0] = [[0; 32]; 4]);
    assert_eq!(found, bad("point of the pairing", 0));
    // On the curve, and of another order.
    let other = (1u64..)
        .find_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::new(x.into(), x.into()), false))
        .unwrap();
    assert!(other.is_on_curve() && !other.is_in_correct_subgroup_assuming_on_curve());
    assert_ne!(other.y, Fq2::ZERO);
    let found = refused(|file| file.program.pairing[1] = second_point(other));
    assert_eq!(found, bad("point of the pairing", 1));
}

/// A file that hides that everybody can forge its proofs, by either sign of the point.
#[test]
fn a_known_secret_is_recognised() {
    let mut file = digits().file().clone();
    assert!(file.test_srs);
    file.test_srs = false;
    assert_eq!(Circuit::from_bytes(&file.to_bytes()).unwrap_err(), Error::KnownSetup);
    let [y0, y1] = [2, 3].map(|place| file.program.pairing[1][place]);
    file.program.pairing[1][2..].copy_from_slice(&[y0, y1].map(|y| negative(&y)));
    assert_eq!(Circuit::from_bytes(&file.to_bytes()).unwrap_err(), Error::KnownSetup);
    // Another secret's point.
    let mut file = toy();
    file.test_srs = false;
    Circuit::from_bytes(&file.to_bytes()).unwrap();
}

#[test]
fn limits() {
    let limit = |part, limit| Error::Limit { part, limit };
    let found = refused(|file| file.program.constants = vec![word(1); MAX_MESSAGES + 1]);
    assert_eq!(found, limit("constants", MAX_MESSAGES));
    let found = refused(|file| file.program.points = vec![[word(1), word(2)]; MAX_TERMS + 1]);
    assert_eq!(found, limit("points", MAX_TERMS));
    let many = vec![Message::Challenge; MAX_MESSAGES + 1];
    assert_eq!(refused(|file| file.program.transcript = many), limit("messages", MAX_MESSAGES));
    let many = vec![Operation::Add(0, 0); MAX_OPERATIONS + 1];
    assert_eq!(refused(|file| file.program.operations = many), limit("operations", MAX_OPERATIONS));
    let many = vec![Term { scalar: 0, point: 0 }; MAX_TERMS];
    assert_eq!(refused(|file| file.program.left = many), limit("terms", MAX_TERMS));
    let found = Circuit::from_bytes(&vec![0; (1 << 20) + 1]).unwrap_err();
    assert_eq!(found, limit("circuit file", 1 << 20));
}

#[test]
fn versions_and_encodings() {
    let found = refused(|file| file.statements += 1);
    assert!(matches!(found, Error::Version { part: "statements", .. }));
    let found = refused(|file| file.arithmetic += 1);
    assert!(matches!(found, Error::Version { part: "arithmetic", .. }));
    let bytes = toy().to_bytes();
    let read = |bytes: &[u8]| Circuit::from_bytes(bytes).unwrap_err();
    let wrong = |reason| Error::Encoding { part: "circuit file", reason };
    for length in 8..bytes.len() {
        assert_eq!(read(&bytes[..length]), wrong("truncated or damaged"));
    }
    assert_eq!(read(b"ZKWRAP\x00\x01"), wrong("it does not begin as one does"));
    assert_eq!(read(&[&bytes[..], &[0]].concat()), wrong("not in canonical form"));
    // The version of statements, in two bytes.
    let long = [&bytes[..8], &[0x80 | bytes[8], 0], &bytes[9..]].concat();
    assert_eq!(read(&long), wrong("not in canonical form"));
    let mut other = bytes;
    other[7] = 2;
    assert_eq!(read(&other), Error::Version { part: "circuit file", found: 2, known: 1 });
}

/// A changed file is another circuit: it may accept what it likes, but nothing makes it panic.
#[test]
fn any_bytes_are_read_or_refused() {
    let bytes = golden("digits.zkcirc");
    let proof = proof(0);
    let mut rng = StdRng::seed_from_u64(23);
    let (mut read, mut accepted) = (0, 0);
    for _ in 0..3_000 {
        let mut changed = bytes.clone();
        for _ in 0..rng.random_range(1..4) {
            let place = rng.random_range(8..changed.len());
            match rng.random_range(0..5) {
                0 => changed[place] = rng.random(),
                1 => changed[place] ^= 1 << rng.random_range(0..8),
                2 => drop(changed.remove(place)),
                3 => changed.insert(place, rng.random()),
                _ => changed.truncate(bytes.len() - rng.random_range(0..4)),
            }
        }
        if changed == bytes {
            continue;
        }
        if let Ok(circuit) = Circuit::from_bytes(&changed) {
            read += 1;
            assert_ne!(circuit.digest(), digits().digest());
            accepted += usize::from(circuit.verify(&proof).is_ok());
        }
    }
    // Most operands may be others; a proof counts for the program alone, unless terms like the longest run changed.
    assert!(read > 100 && accepted < read / 10, "{read} read, {accepted} accepted");
}
