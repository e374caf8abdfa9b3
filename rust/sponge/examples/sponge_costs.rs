//! What permutations and leaves cost: `cargo run --release -p zkpot-sponge --example
//! sponge_costs`. A candidate of grinding is a permutation.

use std::hint::black_box;
use std::time::Instant;

use p3_field::PrimeCharacteristicRing;
use p3_symmetric::{CryptographicHasher, PseudoCompressionFunction};
use zkpot_sponge::{F, Fr, LeafHash, NodeHash, permute};

/// A second's worth of `work`, in calls.
fn rate(name: &str, mut work: impl FnMut()) {
    work();
    let (start, mut calls) = (Instant::now(), 0u32);
    while start.elapsed().as_secs() < 1 {
        for _ in 0..100 {
            work();
        }
        calls += 100;
    }
    println!("{name}: {:.0} a second", f64::from(calls) / start.elapsed().as_secs_f64());
}

fn main() {
    let mut state = [Fr::ONE; 3];
    rate("permutations", || permute(black_box(&mut state)));
    let row: [F; 16] = core::array::from_fn(F::from_usize);
    rate("leaves of 16 elements", || {
        let _ = black_box(LeafHash.hash_slice(black_box(&row)));
    });
    let pairs = [[[Fr::ONE; 1]; 2]; 16];
    rate("16 nodes", || {
        NodeHash.compress_many(black_box(&pairs), black_box(&mut [[Fr::ONE; 1]; 16]));
    });
    let rows = [F::ONE; 16 * 16];
    rate("16 leaves of 16 elements", || {
        LeafHash.hash_many(black_box(&rows), black_box(&mut [[Fr::ONE; 1]; 16]));
    });
}
