//! The JSON form: what is read, and what it may not say.

use serde_json::{Value, json};
use zkpot_wrapped::{Circuit, Error, WrappedProof};

use super::made::{digits, golden, toy};

fn value() -> Value {
    serde_json::from_slice(&golden("0.evm")).unwrap()
}

fn refused(change: impl FnOnce(&mut Value)) -> Error {
    let mut value = value();
    change(&mut value);
    WrappedProof::from_json(value.to_string().as_bytes(), digits()).unwrap_err()
}

#[test]
fn terms_are_the_circuits() {
    let terms = [
        ("program", json!("00".repeat(32)), "the program"),
        ("security", json!(128), "the security"),
        ("rows", json!(1436), "the number of rows"),
        ("steps", json!(15), "the number of steps"),
    ];
    for (name, other, field) in terms {
        let found = refused(|value| value["terms"][name] = other);
        assert_eq!(found, Error::AnotherTerm { field });
    }
    let found = refused(|value| value["circuit"] = json!("00".repeat(32)));
    assert!(matches!(found, Error::AnotherCircuit { found, .. } if found == [0; 32]));
    let toy = Circuit::from_bytes(&toy().to_bytes()).unwrap();
    let found = WrappedProof::from_json(&golden("0.evm"), &toy);
    assert!(matches!(found, Err(Error::AnotherCircuit { want, .. }) if want == [9; 32]));
}

#[test]
fn other_versions_are_named() {
    let found = refused(|value| value["version"] = json!(3));
    assert_eq!(found, Error::Version { part: "proof.evm", found: 3, known: 2 });
}

#[test]
fn what_is_no_proof_is_refused() {
    let changes: [fn(&mut Value); 12] = [
        |value| value["format"] = json!("zkpot.receipt"),
        |value| value["more"] = json!(1),
        |value| value["terms"]["more"] = json!(1),
        |value| value["start"]["first_step"] = json!(-1),
        |value| value["start"]["first_step"] = json!(1u64 << 63),
        |value| value["links"][0]["scalars"][0] = json!(1u64 << 63),
        |value| value["links"][0]["scalars"][0] = json!(1.5),
        |value| value["hash"] = json!("00".repeat(31)),
        |value| value["hash"] = json!("0A".repeat(32)),
        |value| value["proof"] = json!("0"),
        |value| value["terms"]["context"] = json!("0x"),
        |value| *value = json!([value.clone()]),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let found = refused(change);
        assert!(matches!(found, Error::Json(_)), "{number}: {found:?}");
    }
    let long = vec![b' '; (1 << 24) + 1];
    let found = WrappedProof::from_json(&long, digits());
    assert!(matches!(found, Err(Error::Limit { part: "proof.evm", .. })));
}

#[test]
fn each_key_once() {
    let text = String::from_utf8(golden("0.evm")).unwrap();
    let twice = text.replacen("\"hash\"", "\"hash\": \"00\", \"hash\"", 1);
    let found = WrappedProof::from_json(twice.as_bytes(), digits());
    assert!(matches!(found, Err(Error::Json(_))), "{found:?}");
}

#[test]
fn any_text_is_refused() {
    let text = golden("0.evm");
    for length in (0..text.len()).step_by(97) {
        WrappedProof::from_json(&text[..length], digits()).unwrap_err();
        let mut changed = text.clone();
        changed[length] = 0xff;
        WrappedProof::from_json(&changed, digits()).unwrap_err();
    }
}
