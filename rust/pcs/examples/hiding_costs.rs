//! What hiding costs: the same sizes with plain WHIR, the clear channel's, and with hiding WHIR.
//!
//! ```text
//! cargo run --release -p zkpot-pcs --example hiding_costs -- 18 22 24
//! ```
//!
//! Both sides alternate; times are the best of five, in milliseconds.

use std::env;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_pcs::{
    Binding, ChannelKind, EF, Error, F, Parameters, SecurityLevel, commit, new_challenger, open,
};

#[global_allocator]
static ALLOCATOR: zkpot_memory::Allocator = zkpot_memory::Allocator;

fn main() -> Result<(), Error> {
    zkpot_memory::configure();
    let sizes: Vec<usize> = match env::args().skip(1).map(|n| n.parse()).collect() {
        Ok(sizes) if !Vec::is_empty(&sizes) => sizes,
        _ => vec![18, 22, 24],
    };
    println!("| binding | n | plain commit | plain open | hiding commit | hiding open | ratio |");
    println!("|---|---|---|---|---|---|---|");
    for binding in [Binding::Ephemeral, Binding::Lasting] {
        for &n in &sizes {
            let mut best = [Duration::MAX; 4];
            for repetition in 0..5 {
                let plain = measure(n, binding, ChannelKind::Clear, repetition)?;
                let hiding = measure(n, binding, ChannelKind::Hiding, repetition)?;
                for (best, time) in best.iter_mut().zip(plain.into_iter().chain(hiding)) {
                    *best = time.min(*best);
                }
            }
            let [a, b, c, d] = best.map(|time| time.as_secs_f64() * 1e3);
            let ratio = (c + d) / (a + b);
            println!("| {binding:?} | {n} | {a:.1} | {b:.1} | {c:.1} | {d:.1} | {ratio:.2} |");
        }
    }
    Ok(())
}

/// Commits and opens at one point.
fn measure(
    n: usize,
    binding: Binding,
    channel: ChannelKind,
    seed: u64,
) -> Result<[Duration; 2], Error> {
    let parameters = Parameters::new(n, binding, SecurityLevel::Bits100, channel)?;
    let mut random = StdRng::seed_from_u64(seed);
    let values: Vec<F> = (0..1 << n).map(|_| random.random()).collect();
    let points: Vec<Vec<EF>> = vec![(0..n).map(|_| random.random()).collect()];
    let start = Instant::now();
    let (_, data) = commit(values, &parameters, &[7; 32])?;
    let committed = start.elapsed();
    let start = Instant::now();
    let _ = open(data, &points, &mut new_challenger(b"costs"))?;
    Ok([committed, start.elapsed()])
}
