//! The conformance suite.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::FUEL;
use crate::verifier::Verifier;

/// Compares answers with those of the suite, of cases that take at most so many units of work: the others take seconds.
///
/// # Errors
/// The first case that is answered otherwise, or that does not end.
pub fn run(module: &Verifier, root: &str, most: u64) -> Result<(), String> {
    let root = Path::new(root);
    let index =
        fs::read(root.join("tests/conformance/index.json")).map_err(|error| error.to_string())?;
    let index: Value = serde_json::from_slice(&index).map_err(|error| error.to_string())?;
    let cases = index["cases"].as_array().ok_or("the index has no cases")?;
    let mut bases: HashMap<&str, Vec<u8>> = HashMap::new();
    let mut compared = 0;
    for case in cases.iter().filter(|case| case["result"]["work"].as_u64() <= Some(most)) {
        compared += 1;
        let base = case["base"].as_str().unwrap_or_default();
        if !bases.contains_key(base) {
            let bytes = fs::read(root.join(base)).map_err(|error| format!("{base}: {error}"))?;
            bases.insert(base, bytes);
        }
        check(module, case, &bases[base]).map_err(|why| format!("{}: {why}", case["name"]))?;
    }
    println!("{compared} of {} cases answered as the suite says", cases.len());
    Ok(())
}

fn check(module: &Verifier, case: &Value, base: &[u8]) -> Result<(), String> {
    let text = |key: &str| if case[key].is_null() { String::new() } else { case[key].to_string() };
    let bundle = edited(base, &case["edits"]);
    let answer = module
        .verify(&bundle, &text("expectations"), &text("limits"), FUEL)
        .map_err(|error| error.to_string())?;
    let receipt = match answer.receipt.as_str() {
        "" => Value::Null,
        text => serde_json::from_str(text).map_err(|error| error.to_string())?,
    };
    let found = serde_json::json!({
        "code": answer.code, "message": answer.message, "receipt": receipt, "work": answer.work,
    });
    if found == case["result"] {
        Ok(())
    } else {
        Err(format!("{found} and not {}", case["result"]))
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
