//! The conformance suite.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::FUEL;
use crate::verifier::{Subject, Verifier};

/// Compares answers with those of the suite, of cases that take at most so many units of work: the others take seconds.
///
/// # Errors
/// The first case that is answered otherwise, or that does not end.
pub fn run(module: &Verifier, root: &str, most: u64) -> Result<(), String> {
    let mut files = Files::new(root);
    let cases = files.cases("tests/conformance/index.json")?;
    let quick = cases.iter().filter(|case| case["result"]["work"].as_u64() <= Some(most));
    let mut compared = 0;
    for case in quick {
        compared += 1;
        let limits = text(case, "limits");
        let bundle = files.edited(&case["base"], &case["edits"])?;
        check(module, case, &Subject::Runs(&limits), &bundle)?;
    }
    println!("{compared} of {} cases answered as the suite says", cases.len());
    Ok(())
}

/// The same for all cases of wrapped proofs.
///
/// # Errors
/// As of [`run`].
pub fn run_wrapped(module: &Verifier, root: &str) -> Result<(), String> {
    let mut files = Files::new(root);
    let cases = files.cases("tests/conformance/wrapped/index.json")?;
    for case in &cases {
        let circuit = files.edited(&case["circuit"], &case["circuit_edits"])?;
        let proof = files.edited(&case["base"], &case["edits"])?;
        check(module, case, &Subject::Wrapped(&circuit), &proof)?;
    }
    println!("{} cases of wrapped proofs answered as the suite says", cases.len());
    Ok(())
}

fn text(case: &Value, key: &str) -> String {
    if case[key].is_null() { String::new() } else { case[key].to_string() }
}

fn check(
    module: &Verifier,
    case: &Value,
    subject: &Subject<'_>,
    proof: &[u8],
) -> Result<(), String> {
    let named = |why: String| format!("{}: {why}", case["name"]);
    let answer = module
        .verify(subject, proof, &text(case, "expectations"), FUEL)
        .map_err(|error| named(error.to_string()))?;
    let receipt = match answer.receipt.as_str() {
        "" => Value::Null,
        text => serde_json::from_str(text).map_err(|error| named(error.to_string()))?,
    };
    let found = serde_json::json!({
        "code": answer.code, "message": answer.message, "receipt": receipt, "work": answer.work,
    });
    if found == case["result"] {
        Ok(())
    } else {
        Err(named(format!("{found} and not {}", case["result"])))
    }
}

/// Files of the repository, each read once.
struct Files<'a> {
    root: &'a Path,
    read: HashMap<String, Vec<u8>>,
}

impl<'a> Files<'a> {
    fn new(root: &'a str) -> Self {
        Self { root: Path::new(root), read: HashMap::new() }
    }

    fn get(&mut self, path: &str) -> Result<&[u8], String> {
        if !self.read.contains_key(path) {
            let bytes = fs::read(self.root.join(path));
            let bytes = bytes.map_err(|error| format!("{path}: {error}"))?;
            self.read.insert(path.into(), bytes);
        }
        Ok(&self.read[path])
    }

    fn cases(&mut self, index: &str) -> Result<Vec<Value>, String> {
        let read: Value =
            serde_json::from_slice(self.get(index)?).map_err(|error| error.to_string())?;
        read["cases"].as_array().cloned().ok_or_else(|| format!("{index}: there are no cases"))
    }

    fn edited(&mut self, path: &Value, edits: &Value) -> Result<Vec<u8>, String> {
        Ok(edited(self.get(path.as_str().unwrap_or_default())?, edits))
    }
}

/// A base with its changes, whose places are those of the unchanged file.
fn edited(base: &[u8], edits: &Value) -> Vec<u8> {
    let (mut bytes, mut at) = (Vec::with_capacity(base.len()), 0);
    for edit in edits.as_array().into_iter().flatten() {
        let number = |key: &str| edit[key].as_u64().unwrap_or_default() as usize;
        bytes.extend_from_slice(&base[at..number("at")]);
        bytes.extend(hexadecimal(edit["insert"].as_str().unwrap_or_default()));
        at = number("at") + number("remove");
    }
    bytes.extend_from_slice(&base[at..]);
    bytes
}

fn hexadecimal(text: &str) -> Vec<u8> {
    let (pairs, _) = text.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default() as u8;
    pairs.iter().map(|&[high, low]| digit(high) << 4 | digit(low)).collect()
}
