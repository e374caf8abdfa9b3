//! What chips cost in cells, rows and seconds: `cargo run --release -p zkpot-circuits --example
//! chip_costs -- 17`. The number is the circuit's `k`.

#[path = "../tests/proving/mod.rs"]
mod proving;

use std::time::Instant;

use p3_field::BasedVectorSpace;
use zkpot_circuits::circuit::ChipCircuit;
use zkpot_protocol::field::{EF, F};

use proving::{Keys, parameters};

const LOOKUP_BITS: usize = 16;

/// Multiplications one after the other, the products reduced.
fn multiply(count: usize) -> impl Fn(&mut ChipCircuit) {
    move |circuit| {
        let arithmetic = circuit.arithmetic();
        let (context, _) = circuit.parts();
        let element = EF::from_basis_coefficients_fn(|place| F::new(u64::MAX - place as u64));
        let factor = arithmetic.load_extension(context, element);
        let mut product = factor.clone();
        for _ in 0..count {
            product = arithmetic.multiply_extension(context, &product, &factor);
            product = arithmetic.reduce_extension(context, &product);
        }
        let last = arithmetic.cell(context, &product.0[0]).cell();
        circuit.show(last);
    }
}

/// Permutations one after the other.
fn permute(count: usize) -> impl Fn(&mut ChipCircuit) {
    move |circuit| {
        let (context, permutations) = circuit.parts();
        let mut state = [context.load_zero(); 3];
        for _ in 0..count {
            state = permutations.permute(context, state);
        }
        circuit.show(state[0]);
    }
}

fn measure(name: &str, k: usize, count: usize, lay: impl Fn(&mut ChipCircuit)) {
    let keys_start = Instant::now();
    let keys = Keys::new(parameters(k), LOOKUP_BITS, &lay);
    let keys_seconds = keys_start.elapsed().as_secs_f64();
    let start = Instant::now();
    let mut circuit = ChipCircuit::prover(&keys.pinning);
    lay(&mut circuit);
    let laid = start.elapsed().as_secs_f64();
    let (cells, looked_up) = circuit.cells();
    drop(circuit);
    let start = Instant::now();
    let (inputs, proof) = keys.prove(&lay);
    let seconds = start.elapsed().as_secs_f64();
    let start = Instant::now();
    keys.verify(&inputs, &proof).expect("an honest proof");
    println!(
        "{count} {name}: {cells} cells, {looked_up} looked up, {:?}\n  setup and keys {keys_seconds:.1} s, \
         witness {laid:.2} s, proof {seconds:.1} s ({:.0} {name} a second), {} bytes, verified in {:.1} ms",
        keys.pinning.shape,
        count as f64 / seconds,
        proof.len(),
        1e3 * start.elapsed().as_secs_f64(),
    );
}

fn main() {
    let k = std::env::args().nth(1).and_then(|k| k.parse().ok()).unwrap_or(17);
    let rows = 1usize << k;
    // Eight columns of the vertical gate, and two sets of columns for permutations.
    let products = 8 * rows / 110;
    measure("multiplications", k, products, multiply(products));
    let permutations = 2 * rows / 37 - 8;
    measure("permutations", k, permutations, permute(permutations));
}
