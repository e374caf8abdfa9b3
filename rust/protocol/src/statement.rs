//! What a link proves, as fixed-width bytes.
//!
//! A Solidity contract packs the same fields with `abi.encodePacked` and hashes them with
//! keccak256. Lists are represented by the keccak256 of their packed entries.

mod elements;
mod envelope;

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use sha3::{Digest as _, Keccak256};

use crate::arithmetization::{LinkKind, Source};
use crate::channel::ChannelKind;
use crate::security::SecurityLevel;

pub use elements::split;
pub use envelope::{Envelope, positions, positions_of};

/// Version of the statement and of the proof format.
pub const FORMAT_VERSION: u32 = 6;

/// Where the first weights of a run come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// Chosen by whoever committed them.
    Arbitrary,
    /// The last commitment of an earlier run, by the digest of its last statement.
    Run([u8; 32]),
    /// Drawn from this public seed, which the import proves.
    Seed([u8; 32]),
}

/// A shard that a link opens and copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardEntry {
    /// Number of the shard in the dataset.
    pub index: u32,
    /// Its rows.
    pub rows: u32,
    /// Who made the commitment that is opened.
    pub source: Source,
    /// The commitment that is opened.
    pub before: [u8; 32],
    /// The fresh copy; zero if the shard is not read again.
    pub after: [u8; 32],
}

/// The terms that hold for a whole run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Digest of the program.
    pub program: [u8; 32],
    /// First commitment: the weights as their owner committed them.
    pub first: [u8; 32],
    /// The original commitment of each data shard, in order, and its rows.
    pub shards: Vec<(u32, [u8; 32])>,
    /// Fixes the order of the batches, together with everything above.
    pub nonce: [u8; 32],
    /// Where the first weights come from.
    pub origin: Origin,
    /// Training steps that the first weights and optimizer state have behind them; formulas of
    /// public scalars count on from there.
    pub earlier_steps: u64,
    /// What all commitments of the run are made for, the owners' included.
    pub security: SecurityLevel,
    /// Free bytes: chain id, escrow, order, round, worker.
    pub context: Vec<u8>,
}

impl Order {
    /// [`data_root`] of the original shards.
    pub fn data_root(&self) -> [u8; 32] {
        data_root(&self.shards)
    }

    /// The seed of the batch schedule: the nonce and everything that the prover could have
    /// varied after seeing it.
    pub fn schedule_seed(&self) -> [u8; 32] {
        let commitments = [&self.first, &self.data_root()];
        schedule_seed(&self.nonce, &self.program, commitments, &self.context)
    }
}

fn schedule_seed(
    nonce: &[u8; 32],
    program: &[u8; 32],
    [first, data_root]: [&[u8; 32]; 2],
    context: &[u8],
) -> [u8; 32] {
    keccak(&[b"zkpot/v1/schedule/seed", nonce, program, first, data_root, &keccak(&[context])])
}

/// Everything that a link states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// [`FORMAT_VERSION`].
    pub format: u32,
    /// Version of the integer semantics.
    pub arithmetic: u32,
    /// What the link does.
    pub kind: LinkKind,
    /// How its scalars travel.
    pub channel: ChannelKind,
    /// Who committed to the states that come in; `None` where none come in and go out.
    pub states: Option<Source>,
    /// What the commitments are made for: it fixes their parameters.
    pub security: SecurityLevel,
    /// Digest of the program.
    pub program: [u8; 32],
    /// The weights and optimizer state that the link starts from.
    pub before: [u8; 32],
    /// Those that it ends with.
    pub after: [u8; 32],
    /// Merkle root of the original data shards.
    pub data_root: [u8; 32],
    /// Number of the first step.
    pub first_step: u64,
    /// Steps.
    pub steps: u32,
    /// Nonce of the batch schedule.
    pub nonce: [u8; 32],
    /// Where the run's first weights come from.
    pub origin: Origin,
    /// Training steps that they have behind them.
    pub earlier_steps: u64,
    /// The run's first commitment.
    pub first: [u8; 32],
    /// Public scalars (learning rates), `[scalar][step]`.
    pub scalars: Vec<Vec<i64>>,
    /// The program's public totals over the link's rows, in its order.
    pub outputs: Vec<i64>,
    /// Shards that the link opens.
    pub shards: Vec<ShardEntry>,
    /// Free bytes of the order.
    pub context: Vec<u8>,
    /// Digest of the previous link's statement; zero for the first.
    pub previous: [u8; 32],
    /// The states that the link ends with, encrypted. Wrapped links may have one, and only their circuit
    /// proves what it holds.
    pub envelope: Option<Envelope>,
}

impl Statement {
    /// [`Order::schedule_seed`] of the order whose terms the statement repeats.
    pub fn schedule_seed(&self) -> [u8; 32] {
        let commitments = [&self.first, &self.data_root];
        schedule_seed(&self.nonce, &self.program, commitments, &self.context)
    }

    /// The packed fields, always the same number of bytes.
    pub fn pack(&self) -> Vec<u8> {
        let kind = match self.kind {
            LinkKind::Import => 0u8,
            LinkKind::Training => 1,
            LinkKind::Seal => 2,
        };
        let channel = match self.channel {
            ChannelKind::Clear => 0u8,
            ChannelKind::Hiding => 1,
            ChannelKind::Wrapped => 2,
        };
        let (origin, origin_digest) = match self.origin {
            Origin::Arbitrary => (0u8, [0; 32]),
            Origin::Run(digest) => (1, digest),
            Origin::Seed(seed) => (2, seed),
        };
        let scalars: Vec<u8> = self
            .scalars
            .iter()
            .flat_map(|row| row.iter().flat_map(|value| value.to_be_bytes()))
            .collect();
        let outputs: Vec<u8> = self.outputs.iter().flat_map(|value| value.to_be_bytes()).collect();
        let shards: Vec<u8> = self
            .shards
            .iter()
            .flat_map(|s| {
                let (index, rows) = (s.index.to_be_bytes(), s.rows.to_be_bytes());
                [&index[..], &rows, &[source_byte(s.source)], &s.before, &s.after].concat()
            })
            .collect();
        let envelope = self.envelope.unwrap_or_default();
        [
            &self.format.to_be_bytes()[..],
            &self.arithmetic.to_be_bytes(),
            &[kind, channel, self.states.map_or(0, |source| 1 + source_byte(source))],
            &self.security.bits().to_be_bytes(),
            &self.program,
            &self.before,
            &self.after,
            &self.data_root,
            &self.first_step.to_be_bytes(),
            &self.steps.to_be_bytes(),
            &self.nonce,
            &[origin],
            &origin_digest,
            &self.earlier_steps.to_be_bytes(),
            &self.first,
            &keccak(&[&scalars]),
            &keccak(&[&outputs]),
            &keccak(&[&shards]),
            &keccak(&[&self.context]),
            &self.previous,
            &envelope.ciphertext,
            &envelope.key,
        ]
        .concat()
    }

    /// keccak256 of the packed fields.
    pub fn digest(&self) -> [u8; 32] {
        keccak(&[&self.pack()])
    }
}

const fn source_byte(source: Source) -> u8 {
    match source {
        Source::Run => 0,
        Source::Owner => 1,
    }
}

/// The Merkle root over ordered shard commitments, each with its rows.
///
/// Leaves are `keccak256(0 || rows || commitment)`, nodes `keccak256(1 || left || right)`; an odd
/// node moves up unchanged.
pub fn data_root(shards: &[(u32, [u8; 32])]) -> [u8; 32] {
    let mut level: Vec<[u8; 32]> =
        shards.iter().map(|(rows, root)| keccak(&[&[0], &rows.to_be_bytes(), root])).collect();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => keccak(&[&[1], left, right]),
                _ => pair[0],
            })
            .collect();
    }
    level.first().copied().unwrap_or([0; 32])
}

/// keccak256 of the concatenated parts.
pub fn keccak(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Keccak256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}
