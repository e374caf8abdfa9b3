//! Verifies bundles in wasmi and prints fuel and time: `zkpot-in-wasmi zkpot.wasm run.zkpot ...`; with `--suite ROOT
//! UNITS` runs those cases of the conformance suite of the repository at ROOT that take at most so many units of work.
//! Wrapped proofs: `zkpot-in-wasmi zkpot-wrapped.wasm --circuit run.zkcirc proof.zkwrap ...`, and `--wrapped-suite ROOT`.

mod suite;
mod verifier;

use std::process::ExitCode;
use std::time::Instant;

use verifier::{Subject, Verifier};

/// More than any proof of a block takes.
const FUEL: u64 = 1 << 40;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let run = match arguments.as_slice() {
        [wasm, flag, root, most] if flag == "--suite" => most
            .parse()
            .map_err(|_| format!("{most}: not a number of units"))
            .and_then(|most| suite::run(&load(wasm)?, root, most)),
        [wasm, flag, root] if flag == "--wrapped-suite" => {
            load(wasm).and_then(|module| suite::run_wrapped(&module, root))
        }
        [wasm, flag, circuit, proofs @ ..] if flag == "--circuit" && !proofs.is_empty() => {
            read(circuit).and_then(|circuit| {
                let taken = r#"{"allow_test_srs": true}"#;
                measure(wasm, &Subject::Wrapped(&circuit), proofs, taken)
            })
        }
        [wasm, bundles @ ..] if !bundles.is_empty() => {
            measure(wasm, &Subject::Runs(""), bundles, r#"{"allow_clear": true}"#)
        }
        _ => Err("usage: zkpot-in-wasmi WASM BUNDLE... | WASM --suite ROOT UNITS | \
                  WASM --circuit CIRCUIT PROOF... | WASM --wrapped-suite ROOT"
            .into()),
    };
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

fn read(path: &str) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{path}: {error}"))
}

fn load(path: &str) -> Result<Verifier, String> {
    Verifier::new(&read(path)?).map_err(|error| format!("{path}: {error}"))
}

fn measure(
    wasm: &str,
    subject: &Subject<'_>,
    proofs: &[String],
    expectations: &str,
) -> Result<(), String> {
    let module = load(wasm)?;
    for path in proofs {
        let proof = read(path)?;
        let started = Instant::now();
        let answer = module
            .verify(subject, &proof, expectations, FUEL)
            .map_err(|error| format!("{path}: {error}"))?;
        let (code, work, fuel) = (answer.code, answer.work, answer.fuel);
        let seconds = started.elapsed().as_secs_f64();
        println!("{path}: code {code}, {work} units of work, {fuel} fuel, {seconds:.2} s");
    }
    Ok(())
}
