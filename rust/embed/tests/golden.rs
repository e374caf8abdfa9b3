//! The golden runs of the current format.

use std::fs;
use std::path::Path;

use serde_json::Value;
use zkpot_embed::{Expectations, Limits, Verifier, expectations};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/6")
}

/// A golden run.
pub fn bundle(name: &str) -> Vec<u8> {
    fs::read(folder().join(format!("{name}.zkpot"))).unwrap()
}

/// What lets the clear ones pass.
pub fn clear() -> Expectations {
    Expectations { allow_clear: true, ..Expectations::default() }
}

/// What lets a golden run pass, and its receipt.
fn known(name: &str) -> (Expectations, Value) {
    let index: Value =
        serde_json::from_slice(&fs::read(folder().join("index.json")).unwrap()).unwrap();
    let runs = index["runs"].as_array().unwrap();
    let find = |name: &str| runs.iter().find(|run| run["name"] == name).unwrap();
    let run = find(name);
    let mut text = serde_json::json!({ "allow_clear": run["expectations"]["allow_clear"] == true });
    if let Some(after) = run["after"].as_str() {
        text["previous"] = find(after)["receipt"]["continuation"].clone();
    }
    (expectations::read(text.to_string().as_bytes()).unwrap(), run["receipt"].clone())
}

/// Receipts say what they said when the runs were made, whatever the verifier remembers.
#[test]
fn golden_runs_have_their_receipts() {
    let verifier = Verifier::new(Limits::default());
    for name in ["clear", "hiding", "evaluation", "dropout", "wrapped", "hiding"] {
        let (expected, receipt) = known(name);
        let answer = verifier.verify(&bundle(name), expected.clone());
        let found = serde_json::to_value(answer.result.clone().unwrap()).unwrap();
        let same = |key: &str| found[key] == receipt[key];
        for key in
            ["steps", "program", "last_commitment", "outputs", "continuation", "security_bits"]
        {
            assert!(same(key), "{name}: {key}: {} and not {}", found[key], receipt[key]);
        }
        assert_eq!(Verifier::new(Limits::default()).verify(&bundle(name), expected), answer);
    }
}
