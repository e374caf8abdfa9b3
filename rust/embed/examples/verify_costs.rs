//! How long bundles take, and units of work: `cargo run --release -p zkpot-embed --example verify_costs -- *.zkpot`.

use std::time::Instant;

use zkpot_embed::{Expectations, Limits, Verifier};

/// Times that each is verified.
const ROUNDS: usize = 15;

fn main() {
    for path in std::env::args().skip(1) {
        match std::fs::read(&path) {
            Ok(bundle) => println!("{path}: {}", measure(&bundle)),
            Err(error) => eprintln!("{path}: {error}"),
        }
    }
}

fn measure(bundle: &[u8]) -> String {
    let expected = Expectations { allow_clear: true, ..Expectations::default() };
    let timed = |verifier: &Verifier| {
        let started = Instant::now();
        let answer = verifier.verify(bundle, expected.clone());
        (started.elapsed().as_secs_f64() * 1e3, answer)
    };
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    let answer = timed(&Verifier::new(Limits::default())).1;
    if let Err(refusal) = answer.result {
        return format!("refused: {refusal}");
    }
    let alone = median((0..ROUNDS).map(|_| timed(&Verifier::new(Limits::default())).0).collect());
    let node = Verifier::new(Limits::default());
    let known = median((0..ROUNDS).map(|_| timed(&node).0).collect());
    format!(
        "{} bytes, {alone:.1} ms, {known:.1} ms where the program is known, {} units of work, {:.2} ns a unit",
        bundle.len(),
        answer.work,
        alone * 1e6 / answer.work as f64,
    )
}
