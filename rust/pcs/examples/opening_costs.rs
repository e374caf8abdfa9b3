//! Measures what commitments cost and prints a table in Markdown.
//!
//! ```text
//! cargo run --release -p zkpot-pcs --example opening_costs -- 14 16 18 20 22 24
//! ZKPOT_SECURITY=128 cargo run --release -p zkpot-pcs --example opening_costs
//! ```
//!
//! Every row runs in a process of its own, so that its peak memory is its own: the binary calls
//! itself with `row <channel> <binding> <variables>`. Times are the best of several runs on
//! `RAYON_NUM_THREADS` threads, with a global allocator that keeps its pages.

use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_pcs::{
    Binding, ChannelKind, EF, Error, F, Parameters, SecurityLevel, commit, new_challenger, open,
    verify,
};

#[global_allocator]
static ALLOCATOR: zkpot_memory::Allocator = zkpot_memory::Allocator;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    zkpot_memory::configure();
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [row, channel, binding, num_variables] = arguments.as_slice()
        && row == "row"
    {
        let channel = match channel.as_str() {
            "Clear" => ChannelKind::Clear,
            _ => ChannelKind::Hiding,
        };
        let binding = match binding.as_str() {
            "Lasting" => Binding::Lasting,
            _ => Binding::Ephemeral,
        };
        print_row(channel, binding, num_variables.parse()?)?;
        return Ok(());
    }
    let sizes = if arguments.is_empty() {
        [14, 16, 18, 20, 22, 24].map(|n| n.to_string()).to_vec()
    } else {
        arguments
    };
    println!("| channel | binding | n | bits | commit ms | open ms | KiB | verify ms | peak MB |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for channel in ["Hiding", "Clear"] {
        for binding in ["Ephemeral", "Lasting"] {
            for size in &sizes {
                let row = ["row", channel, binding, size];
                let row = Command::new(env::current_exe()?).args(row).output()?;
                print!("{}", String::from_utf8_lossy(&row.stdout));
                eprint!("{}", String::from_utf8_lossy(&row.stderr));
            }
        }
    }
    Ok(())
}

fn print_row(channel: ChannelKind, binding: Binding, num_variables: usize) -> Result<(), Error> {
    let level = env::var("ZKPOT_SECURITY")
        .ok()
        .and_then(|bits| SecurityLevel::from_bits(bits.parse().ok()?))
        .unwrap_or_default();
    let parameters = Parameters::new(num_variables, binding, level, channel)?;
    let repetitions = if num_variables < 20 { 20 } else { 5 };
    let mut rng = StdRng::seed_from_u64(num_variables as u64);
    let mut best = [Duration::MAX; 3];
    let mut bytes = 0;
    for _ in 0..repetitions {
        let values: Vec<F> = (0..1 << num_variables).map(|_| rng.random()).collect();
        let points: Vec<Vec<EF>> = vec![(0..num_variables).map(|_| rng.random()).collect()];
        let seed: [u8; 32] = rng.random();

        let start = Instant::now();
        let (commitment, data) = commit(values, &parameters, &seed)?;
        let committed = start.elapsed();

        let start = Instant::now();
        let (values, proof) = open(data, &points, &mut new_challenger(b"costs"))?;
        let opened = start.elapsed();

        let start = Instant::now();
        let mut challenger = new_challenger(b"costs");
        verify(&commitment, &parameters, &points, &values, &proof, &mut challenger)?;
        let verified = start.elapsed();

        bytes = bytes.max(proof.to_bytes()?.len());
        for (best, time) in best.iter_mut().zip([committed, opened, verified]) {
            *best = time.min(*best);
        }
    }
    let [committed, opened, verified] = best.map(|time| time.as_secs_f64() * 1e3);
    println!(
        "| {channel:?} | {binding:?} | {num_variables} | {:.1} | {committed:.1} | {opened:.1} | {} | \
         {verified:.1} | {} |",
        parameters.security().total(),
        bytes.div_ceil(1024),
        peak_memory().map_or_else(|| "?".to_owned(), |mb| mb.to_string()),
    );
    Ok(())
}

/// This process's peak resident memory in MB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes.div_ceil(1024))
}
