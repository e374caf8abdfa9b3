//! What hiding commitments cost: the same sizes with WHIR as it is, and with hiding WHIR.
//!
//! ```text
//! cargo run --release -p zkpot-pcs --example hiding_costs -- 18 22 24
//! ```
//!
//! The plain side is the library's own prover over unsalted trees, with the folds and rates that
//! the hiding side uses for an ephemeral commitment and the library's query counts for the same
//! target. Both sides alternate; times are the best of five, in milliseconds.

use std::env;
use std::time::{Duration, Instant};

use p3_blake3::Blake3;
use p3_commit::MultilinearPcs;
use p3_dft::Radix2DFTSmallBatch;
use p3_merkle_tree::MerkleTreeMmcs;
use p3_multilinear_util::point::Point;
use p3_sumcheck::layout::{Layout, PrefixProver, Table};
use p3_sumcheck::{OpeningBatch, OpeningProtocol, PrescribedPointPcs, TableShape, TableSpec};
use p3_symmetric::{CompressionFunctionFromHasher, SerializingHasher};
use p3_whir::{FoldingFactor, ProtocolParameters, SecurityAssumption, WhirConfig, WhirProver};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_pcs::{
    Binding, Challenger, EF, F, Parameters, SecurityLevel, commit, new_challenger, open,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Fault = Box<dyn std::error::Error>;
type Tree = MerkleTreeMmcs<
    F,
    u8,
    SerializingHasher<Blake3>,
    CompressionFunctionFromHasher<Blake3, 2, 32>,
    2,
    32,
>;
type Columns = PrefixProver<F, EF>;
type Plain = WhirProver<EF, F, Radix2DFTSmallBatch<F>, Tree, Challenger, Columns>;

fn main() -> Result<(), Fault> {
    let sizes: Vec<usize> = match env::args().skip(1).map(|n| n.parse()).collect() {
        Ok(sizes) if !Vec::is_empty(&sizes) => sizes,
        _ => vec![18, 22, 24],
    };
    println!("| n | plain commit | plain open | hiding commit | hiding open | ratio |");
    println!("|---|---|---|---|---|---|");
    for n in sizes {
        let mut best = [Duration::MAX; 4];
        for repetition in 0..5 {
            let plain = plain(n, repetition)?;
            let hiding = hiding(n, repetition)?;
            for (best, time) in best.iter_mut().zip(plain.into_iter().chain(hiding)) {
                *best = time.min(*best);
            }
        }
        let [a, b, c, d] = best.map(|time| time.as_secs_f64() * 1e3);
        println!("| {n} | {a:.1} | {b:.1} | {c:.1} | {d:.1} | {:.2} |", (c + d) / (a + b));
    }
    Ok(())
}

/// Commits and opens at one point without hiding.
fn plain(n: usize, seed: u64) -> Result<[Duration; 2], Fault> {
    let (folds, rates): (Vec<usize>, Vec<usize>) = match n {
        18 => (vec![7, 5], vec![3, 5]),
        20 => (vec![6, 4, 4], vec![2, 4, 6]),
        22 => (vec![6, 5, 5], vec![1, 3, 6]),
        24 => (vec![6, 6, 6], vec![1, 3, 6]),
        _ => return Err("plain WHIR is measured at 18, 20, 22 and 24".into()),
    };
    let parameters = ProtocolParameters {
        starting_log_inv_rate: rates[0],
        round_log_inv_rates: rates[1..].to_vec(),
        folding_factor: FoldingFactor::PerRound(folds.clone()),
        soundness_type: SecurityAssumption::JohnsonBound,
        security_level: 114,
        pow_bits: 16,
    };
    let config = WhirConfig::<EF, F, Challenger>::new_with_initial_claims(n, parameters, 1)?;
    let transform = Radix2DFTSmallBatch::new(1 << config.max_fft_size());
    let hash = SerializingHasher::new(Blake3);
    let tree = Tree::new(hash, CompressionFunctionFromHasher::new(Blake3), 0);
    let scheme = Plain::new(config, transform, tree);
    let batch = OpeningBatch::new(vec![0], vec![]);
    let protocol = OpeningProtocol::new(vec![TableSpec::new(TableShape::new(n, 1), vec![batch])]);
    let mut random = StdRng::seed_from_u64(seed);
    let table = Table::rand(&mut random, 1, n);
    let point = Point::rand(&mut random, n);
    let witness = Columns::new_witness(vec![table], folds[0]);
    let mut challenger = new_challenger(b"costs");
    let start = Instant::now();
    let (_, data) = scheme.commit(witness, &mut challenger)?;
    let committed = start.elapsed();
    let start = Instant::now();
    let _ = scheme.open_at(data, &protocol, &[point], &mut challenger)?;
    Ok([committed, start.elapsed()])
}

/// Commits and opens at one point with hiding.
fn hiding(n: usize, seed: u64) -> Result<[Duration; 2], Fault> {
    let parameters = Parameters::new(n, Binding::Ephemeral, SecurityLevel::Bits100)?;
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
