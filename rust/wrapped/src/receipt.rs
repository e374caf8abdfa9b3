//! What a proof has shown.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use zkpot_protocol::security::SecurityLevel;

use crate::proof::Link;
use crate::{Error, Word};

/// Terms of a run, which an order fixes. No proof says that they are anybody's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The run's first commitment, as its owner made it.
    pub first: Word,
    /// Commitment to the dataset, which is one shard.
    pub shard: Word,
    /// Of the batch schedule.
    pub nonce: Word,
    /// Training steps that the first states have behind them. No proof says so.
    pub earlier_steps: u64,
    /// Free bytes of the order: chain, contract, number.
    pub context: Vec<u8>,
}

/// Where a run stands between two proofs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Digest of the last statement; zero where the run has not begun.
    pub statement: Word,
    /// Commitment to the states.
    pub states: Word,
    /// Steps of the run so far.
    pub steps: u64,
}

impl Standing {
    /// Where a run starts.
    pub const fn of_first(first: Word) -> Self {
        Self { statement: [0; 32], states: first, steps: 0 }
    }
}

/// What a valid proof says. Whether it is what was ordered, its reader decides: [`Receipt::require`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What names the circuit.
    pub circuit: Word,
    /// Whether everybody can forge such proofs: the circuit's setup is one for tests.
    pub test_srs: bool,
    /// Digest of the program.
    pub program: Word,
    /// What commitments are made for.
    pub security: SecurityLevel,
    /// Rows of the dataset.
    pub rows: u32,
    /// The terms of the run.
    pub run: Run,
    /// Where the first link starts.
    pub start: Standing,
    /// Where the run stands after the last one.
    pub end: Standing,
    /// The links, in order.
    pub links: Vec<Link>,
}

impl Receipt {
    /// Compares with the terms that were ordered and with where the run stands, which a proof of later links
    /// cannot know.
    ///
    /// # Errors
    /// [`Error::AnotherRun`] and [`Error::NotWhereItStands`].
    pub fn require(&self, run: &Run, standing: &Standing) -> Result<(), Error> {
        let Run { first, shard, nonce, earlier_steps, context } = &self.run;
        let terms = [
            ("first commitment", *first == run.first),
            ("dataset", *shard == run.shard),
            ("nonce", *nonce == run.nonce),
            ("number of earlier steps", *earlier_steps == run.earlier_steps),
            ("context", *context == run.context),
        ];
        if let Some(field) = first_other(&terms) {
            return Err(Error::AnotherRun { field });
        }
        let start = [
            ("the number of steps", self.start.steps == standing.steps),
            ("the commitment to the states", self.start.states == standing.states),
            ("the statement before", self.start.statement == standing.statement),
        ];
        match first_other(&start) {
            Some(field) => Err(Error::NotWhereItStands { field }),
            None => Ok(()),
        }
    }
}

fn first_other(fields: &[(&'static str, bool)]) -> Option<&'static str> {
    fields.iter().find(|(_, same)| !same).map(|&(field, _)| field)
}
