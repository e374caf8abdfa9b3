//! Tests of uniformity and of two samples, with thresholds that hold for samples of any size.
//!
//! The statistic is that of the likelihood-ratio chi-square test: `n KL(observed || expected)`,
//! in nats. By the method of types it exceeds `ln T + x` with a probability of at most `e^-x`,
//! where T is the number of ways in which n samples can fall into k bins.
#![allow(dead_code)]

use std::collections::HashSet;

use p3_field::{BasedVectorSpace, PrimeField64};
use zkpot_protocol::field::{EF, F};

/// Each of the [`GROUPS`] of tests raises a false alarm with a probability below 2^-[`ALARM`].
pub const ALARM: u32 = 27;

/// Uniformity of values and of differences, for each side; pooled, high bits and low; two samples
/// of values and of differences; repeated differences, for each side.
pub const GROUPS: u32 = 10;

/// Bins of a position's test: the high bits.
const BITS: u32 = 2;
/// Bins of a pooled test.
const POOLED_BITS: u32 = 4;

fn coordinates(element: &EF) -> impl Iterator<Item = u64> {
    BasedVectorSpace::<F>::as_basis_coefficients_slice(element).iter().map(|c| c.as_canonical_u64())
}

/// `n KL(observed || uniform)`.
fn divergence(counts: &[u32]) -> f64 {
    let total: u32 = counts.iter().sum();
    let expected = f64::from(total) / counts.len() as f64;
    let term = |&count: &u32| f64::from(count) * (f64::from(count) / expected).ln();
    counts.iter().filter(|count| **count > 0).map(term).sum()
}

/// The same between two samples and their union: below either one's divergence from whatever
/// distribution both have.
fn difference(left: &[u32], right: &[u32]) -> f64 {
    let sum: Vec<u32> = left.iter().zip(right).map(|(a, b)| a + b).collect();
    divergence(left) + divergence(right) - divergence(&sum)
}

/// `ln` of the number of ways in which `samples` fall into `bins`.
fn log_types(samples: usize, bins: usize) -> f64 {
    (1..bins).map(|i| (((samples + i) as f64) / i as f64).ln()).sum()
}

/// What no test of a group of `tests` exceeds, but with a probability of 2^-[`ALARM`].
fn threshold(log_types: f64, tests: usize) -> f64 {
    log_types + (tests as f64).ln() + f64::from(ALARM) * core::f64::consts::LN_2
}

/// For each base coordinate of each place how often which bin occurs.
fn count(proofs: &[Vec<EF>]) -> Vec<[u32; 1 << BITS]> {
    let mut counts = vec![[0; 1 << BITS]; 3 * proofs[0].len()];
    for proof in proofs {
        for (place, value) in proof.iter().flat_map(coordinates).enumerate() {
            counts[place][(value >> (64 - BITS)) as usize] += 1;
        }
    }
    counts
}

/// Each element less the one before it: two that share a mask differ by what they hide.
fn neighbours(proofs: &[Vec<EF>]) -> Vec<Vec<EF>> {
    let differ = |proof: &Vec<EF>| proof.windows(2).map(|pair| pair[1] - pair[0]).collect();
    proofs.iter().map(differ).collect()
}

fn not_uniform(proofs: &[Vec<EF>]) -> bool {
    let counts = count(proofs);
    let limit = threshold(log_types(proofs.len(), 1 << BITS), counts.len());
    counts.iter().any(|counts| divergence(counts) > limit)
}

fn distinguishable(left: &[Vec<EF>], right: &[Vec<EF>]) -> bool {
    let (left_counts, right_counts) = (count(left), count(right));
    let types = log_types(left.len(), 1 << BITS) + log_types(right.len(), 1 << BITS);
    let limit = threshold(types, left_counts.len());
    left_counts.iter().zip(&right_counts).any(|(a, b)| difference(a, b) > limit)
}

/// All elements but one of each proof, which the others determine.
fn not_uniform_together<'a>(
    proofs: impl Iterator<Item = &'a Vec<EF>>,
    determined: usize,
    bin: impl Fn(u64) -> usize,
) -> bool {
    let mut counts = [0; 1 << POOLED_BITS];
    for proof in proofs {
        let free = proof.iter().enumerate().filter(|(place, _)| *place != determined);
        free.flat_map(|(_, element)| coordinates(element))
            .for_each(|value| counts[bin(value)] += 1);
    }
    let samples: u32 = counts.iter().sum();
    divergence(&counts) > threshold(log_types(samples as usize, counts.len()), 1)
}

/// Between two proofs of one witness under the same challenges each element differs by its
/// randomness alone: one randomness used twice, or never, is seen wherever it is.
fn randomness_repeats(proofs: &[Vec<EF>]) -> bool {
    let mut seen = HashSet::from([EF::default()]);
    proofs[0].iter().zip(&proofs[1]).any(|(&a, &b)| !seen.insert(a - b))
}

/// The names of the tests that see something in the messages of many proofs of two witnesses.
///
/// `determined` is the place of an element that follows from all others.
pub fn examine(left: &[Vec<EF>], right: &[Vec<EF>], determined: usize) -> Vec<&'static str> {
    let (left_steps, right_steps) = (neighbours(left), neighbours(right));
    let both = || left.iter().chain(right);
    let high = |value: u64| (value >> (64 - POOLED_BITS)) as usize;
    let low = |value: u64| (value % (1 << POOLED_BITS)) as usize;
    [
        ("values", not_uniform(left) || not_uniform(right)),
        ("differences", not_uniform(&left_steps) || not_uniform(&right_steps)),
        ("high bits", not_uniform_together(both(), determined, high)),
        ("low bits", not_uniform_together(both(), determined, low)),
        ("two samples", distinguishable(left, right)),
        ("two samples of differences", distinguishable(&left_steps, &right_steps)),
        ("repeated randomness", randomness_repeats(left) || randomness_repeats(right)),
    ]
    .into_iter()
    .filter_map(|(name, seen)| seen.then_some(name))
    .collect()
}
