//! Orders that wrapped proofs of one circuit settle.

use cosmwasm_std::{Binary, HexBinary, Storage};
use serde::{Deserialize, Serialize};
use zkpot_wrapped::{Circuit, Receipt, Run, Standing, Word, WrappedProof};

use crate::Error;
use crate::market::Open;
use crate::messages;
use crate::proven::{Envelope, Proven};
use crate::storage::SETUP;

/// Whose proofs a contract takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// A file of `zkpot wrap circuit`: program, rows, steps and security of all orders.
    pub file: Binary,
    /// Takes a circuit of the setup for tests, whose proofs everybody can forge.
    #[serde(default)]
    pub test_srs: bool,
}

/// What a wrapped proof has to be about, besides what its circuit fixes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Commitment to the first weights of the run.
    pub first: HexBinary,
    /// Commitment to the dataset.
    pub shard: HexBinary,
    /// Of the batch schedule.
    pub nonce: HexBinary,
    /// Training steps that the first weights have behind them.
    pub earlier_steps: u64,
    /// Stated only where the worker is named and has proven for somebody else's context.
    pub context: Option<HexBinary>,
    /// Where the proof goes on; none where it is the run's first.
    pub start: Option<Start>,
    /// Public scalars (learning rates) of each link of the proof, `[link][scalar and step]`.
    pub scalars: Vec<Vec<i64>>,
}

/// Where a run stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// Digest of the last statement.
    pub statement: HexBinary,
    /// Commitment to the states.
    pub states: HexBinary,
    /// Steps of the run so far.
    pub steps: u64,
}

impl Terms {
    /// Whether the terms can be used, and whether they state the context.
    ///
    /// # Errors
    /// [`Error::Terms`].
    pub fn check(&self) -> Result<bool, Error> {
        self.standing()?;
        self.run(&[])?;
        Ok(self.context.is_some())
    }

    fn run(&self, context: &[u8]) -> Result<Run, Error> {
        Ok(Run {
            first: word("first", &self.first)?,
            shard: word("shard", &self.shard)?,
            nonce: word("nonce", &self.nonce)?,
            earlier_steps: self.earlier_steps,
            context: self.context.as_ref().map_or(context, HexBinary::as_slice).to_vec(),
        })
    }

    fn standing(&self) -> Result<Standing, Error> {
        match &self.start {
            None => Ok(Standing::of_first(word("first", &self.first)?)),
            Some(start) => Ok(Standing {
                statement: word("start.statement", &start.statement)?,
                states: word("start.states", &start.states)?,
                steps: start.steps,
            }),
        }
    }
}

fn word(field: &str, bytes: &HexBinary) -> Result<Word, Error> {
    bytes.to_array().map_err(|_| Error::Terms { why: format!("{field} does not have 32 bytes") })
}

/// Checks what the contract was made with.
///
/// # Errors
/// [`Error::Setup`].
pub fn circuit(setup: Option<&Setup>) -> Result<Circuit, Error> {
    let refused = |why: String| Error::Setup { why };
    let setup = setup.ok_or_else(|| refused("it has no circuit".into()))?;
    let circuit = Circuit::from_bytes(&setup.file).map_err(|error| refused(error.to_string()))?;
    if circuit.file().test_srs && !setup.test_srs {
        return Err(refused(
            "the circuit's setup is one for tests: anybody can forge proofs".into(),
        ));
    }
    Ok(circuit)
}

/// Verifies a wrapped proof for an order.
///
/// # Errors
/// [`Error::Refused`], [`Error::AnotherRun`]; [`Error::AnotherKind`].
pub fn verify(storage: &dyn Storage, open: &Open, proof: &[u8]) -> Result<Proven, Error> {
    let order = open.number;
    #[cfg_attr(not(feature = "runs"), allow(irrefutable_let_patterns))]
    let messages::Terms::Wrapped(terms) = &open.order.terms else {
        return Err(Error::AnotherKind { order });
    };
    let refused = |error: zkpot_wrapped::Error| Error::Refused { order, why: error.to_string() };
    let circuit = circuit(SETUP.load(storage)?.circuit.as_ref())?;
    let proof = WrappedProof::from_bytes(proof).map_err(refused)?;
    let receipt = circuit.verify(&proof).map_err(refused)?;
    receipt.require(&terms.run(&open.context)?, &terms.standing()?).map_err(refused)?;
    let scalars = receipt.links.iter().map(|link| &link.scalars);
    if !scalars.eq(&terms.scalars) {
        return Err(Error::AnotherRun { order, field: "scalars" });
    }
    Ok(proven(&receipt))
}

fn proven(receipt: &Receipt) -> Proven {
    let envelope = receipt.links.last().and_then(|link| link.envelope.as_ref());
    Proven {
        statement: receipt.end.statement.into(),
        trained: receipt.end.states.into(),
        steps: receipt.end.steps,
        continuation: None,
        envelope: envelope.map(|hashes| Envelope {
            ciphertext: hashes.ciphertext.into(),
            key: hashes.key.into(),
        }),
        work: None,
    }
}
