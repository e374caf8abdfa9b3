//! The verifier as data agrees with the library's, on proofs of a small circuit with anything changed.

use std::sync::LazyLock;

use zkpot_circuits::Fr;
use zkpot_circuits::evm;
use zkpot_circuits::keys::Error as KeysError;
use zkpot_circuits::wrap::public::to_big_endian;
use zkpot_protocol::security::SecurityLevel;
use zkpot_wrapped::program::Message;
use zkpot_wrapped::{Circuit, Error, Shape, Word};

use super::small::{keys, prove};

fn shape() -> Shape {
    Shape {
        program: [7; 32],
        security: SecurityLevel::Bits100,
        rows: 3,
        steps: 2,
        scalars: 1,
        outputs: 0,
        links: 1,
        most_steps: 2,
        proof_bytes: 0,
        envelopes: false,
    }
}

fn circuit() -> &'static Circuit {
    static CIRCUIT: LazyLock<Circuit> = LazyLock::new(|| {
        let file = evm::circuit(keys(), shape()).unwrap();
        Circuit::from_bytes(&file).unwrap()
    });
    &CIRCUIT
}

fn words(inputs: &[Fr]) -> [Word; 3] {
    let words: Vec<Word> = inputs.iter().copied().map(to_big_endian).collect();
    words.try_into().unwrap()
}

/// The library's answer, which is the program's, too.
fn both(inputs: &[Fr], proof: &[u8], what: impl std::fmt::Display) -> Result<(), Error> {
    let found = circuit().verify_inputs(&words(inputs), proof);
    let library = evm::verify(keys(), inputs, proof);
    assert_eq!(found.is_ok(), library.is_ok(), "{what}: {found:?}, {library:?}");
    found
}

#[test]
fn proofs_verify() {
    for secret in [1, 1 << 40, u64::MAX] {
        let (inputs, proof) = prove(keys(), secret, 0);
        both(&inputs, &proof, secret).unwrap();
    }
    let (inputs, proof) = prove(keys(), 5, 1);
    assert_eq!(both(&inputs, &proof, "another digest"), Err(Error::InvalidProof));
}

#[test]
fn the_file_says_what_it_is() {
    let file = circuit().file();
    assert_eq!(file.circuit, keys().digest());
    assert!(file.test_srs);
    let proof_bytes = evm::proof_bytes(keys()) as u32;
    assert_eq!(file.shape, Shape { proof_bytes, ..shape() });
    // The same keys make the same file, whoever makes it.
    let again = evm::circuit(keys(), shape()).unwrap();
    assert_eq!(again, file.to_bytes());
}

#[test]
fn no_file_for_a_shape_of_no_circuit() {
    let refused = evm::circuit(keys(), Shape { most_steps: 1, ..shape() }).unwrap_err();
    assert!(matches!(&refused, KeysError::Library(reason) if reason.contains("most_steps")));
}

#[test]
fn every_word_of_a_proof_counts() {
    let (inputs, proof) = prove(keys(), 9, 0);
    for place in (0..proof.len()).step_by(32) {
        for byte in [0, 17, 31] {
            let mut changed = proof.clone();
            changed[place + byte] ^= 1;
            both(&inputs, &changed, format!("byte {}", place + byte)).unwrap_err();
        }
        for filling in [0, 0xff] {
            let mut changed = proof.clone();
            changed[place..place + 32].fill(filling);
            both(&inputs, &changed, format!("word at {place} of {filling}")).unwrap_err();
        }
    }
    for place in (0..proof.len() - 64).step_by(32) {
        let mut changed = proof.clone();
        let (left, right) = changed.split_at_mut(place + 32);
        left[place..].swap_with_slice(&mut right[..32]);
        both(&inputs, &changed, format!("words at {place}")).unwrap_err();
    }
}

#[test]
fn an_element_has_one_encoding() {
    let (inputs, proof) = prove(keys(), 9, 0);
    let order = to_big_endian(-Fr::one());
    let mut offset = 0;
    for message in &circuit().file().program.transcript {
        // The order added to a scalar; the base field's modulus would do the same to a coordinate.
        if *message == Message::Scalar {
            let mut changed = proof.clone();
            let mut carry = 1u16;
            for byte in (0..32).rev() {
                let sum = u16::from(changed[offset + byte]) + u16::from(order[byte]) + carry;
                (changed[offset + byte], carry) = (sum.to_le_bytes()[0], sum >> 8);
            }
            let refused = both(&inputs, &changed, format!("scalar at {offset}")).unwrap_err();
            if carry == 0 {
                assert_eq!(refused, Error::Scalar { offset });
            }
            offset += 32;
        } else if *message == Message::Point {
            let mut changed = proof.clone();
            // Its negative is a point, and another one; zeros, as precompiles have the identity, are none.
            changed[offset..offset + 64].fill(0);
            let refused = both(&inputs, &changed, format!("point at {offset}")).unwrap_err();
            assert_eq!(refused, Error::Point { offset });
            offset += 64;
        }
    }
    assert_eq!(offset, proof.len());
}

#[test]
fn inputs_are_these_three() {
    let (inputs, proof) = prove(keys(), 9, 0);
    for place in 0..3 {
        for other in [Fr::zero(), inputs[place] + Fr::one(), -inputs[place]] {
            let mut changed = inputs.clone();
            changed[place] = other;
            let refused = both(&changed, &proof, format!("input {place}"));
            assert_eq!(refused, Err(Error::InvalidProof));
        }
        let mut changed = words(&inputs);
        changed[place] = [0xff; 32];
        let refused = circuit().verify_inputs(&changed, &proof);
        assert_eq!(refused, Err(Error::NotInField { field: "input", value: [0xff; 32] }));
    }
}

#[test]
fn other_lengths_are_refused() {
    let (inputs, proof) = prove(keys(), 9, 0);
    for length in (0..proof.len()).step_by(7).chain([proof.len() - 1]) {
        let refused = both(&inputs, &proof[..length], format!("{length} bytes"));
        assert!(matches!(refused, Err(Error::ProofBytes { found, .. }) if found == length));
    }
    for more in [1, 31, 32, 64, 4096] {
        let longer = [proof.as_slice(), &vec![0; more]].concat();
        both(&inputs, &longer, format!("{more} bytes more")).unwrap_err();
    }
}

#[test]
fn nothing_is_computed_in_vain() {
    let program = &circuit().file().program;
    let mut used = std::collections::BTreeSet::new();
    use zkpot_wrapped::program::Operation::{Add, Invert, Multiply, Negate, Subtract};
    for operation in &program.operations {
        match *operation {
            Add(a, b) | Subtract(a, b) | Multiply(a, b) => used.extend([a, b]),
            Negate(a) | Invert(a) => used.extend([a]),
        }
    }
    let terms = || program.left.iter().chain(&program.right);
    used.extend(terms().map(|term| term.scalar));
    let drawn = |message: &&Message| matches!(message, Message::Scalar | Message::Challenge);
    let given = program.constants.len() + 3;
    let read = program.transcript.iter().filter(&drawn).count();
    for message in &program.transcript {
        if let Message::Absorb(scalar) = message {
            used.insert(*scalar);
        }
    }
    let scalars = given + read + program.operations.len();
    let unused: Vec<u32> = (0..scalars as u32).filter(|scalar| !used.contains(scalar)).collect();
    // A challenge for what the circuit has none of is drawn all the same, as the next one hangs on it. What is
    // read counts.
    let drawn: Vec<&Message> = program.transcript.iter().filter(drawn).collect();
    for scalar in unused {
        let place = (scalar as usize).checked_sub(given).expect("a constant or an input");
        assert_eq!(drawn.get(place), Some(&&Message::Challenge), "{scalar} of {scalars}");
    }
    // Each operation once.
    let different: std::collections::BTreeSet<String> =
        program.operations.iter().map(|operation| format!("{operation:?}")).collect();
    assert_eq!(different.len(), program.operations.len());
    let points: std::collections::BTreeSet<u32> = terms().map(|term| term.point).collect();
    let read = program.transcript.iter().filter(|message| **message == Message::Point).count();
    assert_eq!(points.len(), program.points.len() + read);
}
