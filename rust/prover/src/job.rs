//! A link on its way to another process, which proves it up to the openings of what comes in.
//!
//! The bytes hold secrets: the data and the weights of the link, and its randomness.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use zkpot_protocol::statement::Statement;
use zkpot_protocol::version::{body, magic};

use crate::error::ProveError;
use crate::held::Held;
use crate::unproven::{Outputs, Unproven};

/// What the bytes begin with, before the version of their encoding.
const KIND: &[u8; 6] = b"ZKWORK";

/// Version of the encoding.
const VERSION: u16 = 2;

#[derive(Serialize, Deserialize)]
struct Job<'a> {
    statement: Cow<'a, Statement>,
    shard_rows: Cow<'a, [u32]>,
    states: Option<Cow<'a, Held>>,
    shards: Vec<Cow<'a, Held>>,
    states_out: Option<Cow<'a, Held>>,
    shards_out: Vec<Option<Cow<'a, Held>>>,
    seed: [u8; 32],
}

fn sent(held: &Arc<Held>) -> Cow<'_, Held> {
    Cow::Borrowed(held)
}

fn received(held: Cow<'_, Held>) -> Arc<Held> {
    Arc::new(held.into_owned())
}

impl Unproven {
    /// The bytes for another process. The executed steps stay here.
    ///
    /// # Errors
    /// [`ProveError::Secrets`] if the encoder fails.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ProveError> {
        let job = Job {
            statement: Cow::Borrowed(&self.statement),
            shard_rows: Cow::Borrowed(&self.shard_rows),
            states: self.states.as_ref().map(sent),
            shards: self.shards.iter().map(sent).collect(),
            states_out: self.outputs.states.as_ref().map(sent),
            shards_out: self.outputs.shards.iter().map(|held| held.as_ref().map(sent)).collect(),
            seed: self.seed,
        };
        let job = postcard::to_allocvec(&job).map_err(|_| ProveError::Secrets)?;
        Ok([magic(KIND, VERSION).as_slice(), &job].concat())
    }

    /// Reads what [`Unproven::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`ProveError::Statement`] for another version, [`ProveError::Secrets`] for damaged bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProveError> {
        let job = body(bytes, KIND, VERSION, "link to be proven")?;
        let job: Job<'_> = postcard::from_bytes(job).map_err(|_| ProveError::Secrets)?;
        Ok(Self {
            statement: job.statement.into_owned(),
            shard_rows: job.shard_rows.into_owned(),
            states: job.states.map(received),
            shards: job.shards.into_iter().map(received).collect(),
            outputs: Outputs {
                states: job.states_out.map(received),
                shards: job.shards_out.into_iter().map(|held| held.map(received)).collect(),
            },
            seed: job.seed,
            seconds_committing: 0.0,
            trace: None,
        })
    }
}
