//! What a random tensor costs a verifier: nanoseconds an element, to draw it once and for each
//! claim on it. Run with
//! `cargo run --release --locked -p zkpot-protocol --example random_costs`.

use std::time::Instant;

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::bernoulli::{Bernoulli, weighted_sum};
use zkpot_protocol::claims::Weight;
use zkpot_protocol::field::EF;

/// Steps, rows and columns: 2^26 elements.
const SHAPE: [usize; 3] = [64, 256, 4096];

fn main() {
    let [steps, rows, columns] = SHAPE;
    let elements = rows * columns;
    let weights: Vec<Weight> = SHAPE
        .iter()
        .map(|&length| (0..length).map(|i| EF::from_usize(i * i + 1)).collect())
        .collect();
    for (numerator, bits) in [(1, 1), (3, 2), (29491, 15)] {
        let tensor = Bernoulli { ordinal: 0, numerator, bits, elements };
        let started = Instant::now();
        let drawn: Vec<u64> =
            (0..steps as u64).flat_map(|step| tensor.draw(&[7; 32], step)).collect();
        let drawing = started.elapsed().as_nanos() as f64 / (steps * elements) as f64;
        let started = Instant::now();
        let sum = weighted_sum(&drawn, &weights);
        let weighing = started.elapsed().as_nanos() as f64 / (steps * elements) as f64;
        println!("{numerator}/2^{bits}: {drawing:.2} ns drawn, {weighing:.2} ns a claim ({sum})");
    }
}
