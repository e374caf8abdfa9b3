//! What a closed run proves, for whoever asked.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;
use zkpot_ir::{Output, Program, Scale};
pub use zkpot_protocol::hexadecimal::text as hex;
use zkpot_protocol::statement::Origin;

/// What a closed run proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Training steps.
    pub steps: u64,
    /// Training steps that one step of the program makes; public scalars are those of the
    /// program's steps.
    pub window: u32,
    /// Training steps that the first weights and optimizer state have behind them: proven where
    /// they come from an earlier run, and zero where they come from a seed.
    pub earlier_steps: u64,
    /// Links, imports and seals included.
    pub links: usize,
    /// Digest of the program.
    pub program: String,
    /// The weights as their owner committed them.
    pub first_commitment: String,
    /// The trained weights and optimizer state: closed, everything up to here is proven.
    pub last_commitment: String,
    /// The seal's fresh copy, which whatever comes next consumes.
    pub head: String,
    /// What a verifier needs of this run to verify one that continues it: [`Head::to_bytes`] in
    /// hexadecimal.
    pub continuation: String,
    /// Digest of the last statement.
    pub statement: String,
    /// Merkle root of the data shards that the run imported.
    pub data_root: String,
    /// Merkle root of the shards as their owner committed them: differs from `data_root` where the
    /// run imported the copies that a previous run had sealed.
    pub data_lineage: String,
    /// Nonce of the batch schedule.
    pub nonce: String,
    /// Where the first weights come from.
    pub origin: String,
    /// Free bytes of the order, in hexadecimal.
    pub context: String,
    /// Each public scalar's integers as runs of equal values.
    pub scalars: BTreeMap<String, Vec<(i64, u64)>>,
    /// The program's public totals over all rows that the steps read.
    pub outputs: BTreeMap<String, i64>,
    /// What these totals mean.
    pub output_terms: BTreeMap<String, OutputTerms>,
    /// Rows that these totals are over: steps times batch, or, where the program reads in order,
    /// all rows, each once.
    pub rows: u64,
    /// Always true: an open run has no receipt.
    pub complete: bool,
    /// Soundness of the whole run: the errors of all its challenges, openings and of the hash
    /// function, summed.
    pub security_bits: u32,
    /// Whether every link is on the hiding channel: the proofs then show nothing about weights,
    /// data, activations, gradients or losses beyond what this receipt says.
    pub zero_knowledge: bool,
    /// Whether links name ciphertexts of their states. That these hold the states, and under which key,
    /// only the proof of a circuit shows.
    pub envelopes: bool,
    /// What the verifier was not told to expect.
    pub unchecked: Vec<&'static str>,
}

/// What a public total means, by the program's labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutputTerms {
    /// How many numbers were summed: rows, or rows times the places that each has.
    pub summands: u64,
    /// How far each of them may be from the real number that it stands for, in units.
    pub error: u64,
    /// The real value of one unit is `numerator / denominator * 2^-fraction_bits`.
    pub unit: Scale,
}

impl OutputTerms {
    /// The terms of an output of which `rows` rows are summed.
    pub(super) fn of(program: &Program, output: &Output, rows: u64) -> Self {
        let tensor = &program.tensors[output.tensor as usize];
        let places: u64 = tensor.shape.iter().skip(1).map(|&length| u64::from(length)).product();
        Self { summands: rows.saturating_mul(places), error: output.error, unit: tensor.scale }
    }
}

/// An origin, as receipts have it.
pub(super) fn describe(origin: Origin) -> String {
    match origin {
        Origin::Arbitrary => "arbitrary".into(),
        Origin::Run(digest) => format!("run {}", hex(&digest)),
        Origin::Seed(seed) => format!("seed {}", hex(&seed)),
    }
}
