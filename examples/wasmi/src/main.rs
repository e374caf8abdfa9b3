//! Verifies bundles in wasmi and prints fuel and time: `zkpot-in-wasmi zkpot.wasm run.zkpot ...`; with `--suite ROOT
//! UNITS` runs those cases of the conformance suite of the repository at ROOT that take at most so many units of work.

mod suite;
mod verifier;

use std::process::ExitCode;
use std::time::Instant;

use verifier::Verifier;

/// More than any proof of a block takes.
const FUEL: u64 = 1 << 40;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let run = match arguments.as_slice() {
        [wasm, flag, root, most] if flag == "--suite" => most
            .parse()
            .map_err(|_| format!("{most}: not a number of units"))
            .and_then(|most| suite::run(&load(wasm)?, root, most)),
        [wasm, bundles @ ..] if !bundles.is_empty() => load(wasm)
            .and_then(|module| bundles.iter().try_for_each(|bundle| measure(&module, bundle))),
        _ => Err("usage: zkpot-in-wasmi WASM BUNDLE... | WASM --suite ROOT UNITS".into()),
    };
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

fn load(path: &str) -> Result<Verifier, String> {
    let wasm = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    Verifier::new(&wasm).map_err(|error| format!("{path}: {error}"))
}

fn measure(module: &Verifier, path: &str) -> Result<(), String> {
    let bundle = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let started = Instant::now();
    let answer = module
        .verify(&bundle, r#"{"allow_clear": true}"#, "", FUEL)
        .map_err(|error| format!("{path}: {error}"))?;
    let (code, work, fuel) = (answer.code, answer.work, answer.fuel);
    let seconds = started.elapsed().as_secs_f64();
    println!("{path}: code {code}, {work} units of work, {fuel} fuel, {seconds:.2} s");
    Ok(())
}
