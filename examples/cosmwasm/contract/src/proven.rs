//! What a valid proof of an order has shown.

use cosmwasm_std::{Addr, HexBinary};
use serde::{Deserialize, Serialize};

/// Of either kind of proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proven {
    /// Digest of the last statement, which names the run.
    pub statement: HexBinary,
    /// Commitment to the trained weights and optimizer state.
    pub trained: HexBinary,
    /// Training steps of the run so far.
    pub steps: u64,
    /// What an order of the next steps states: `previous` of a run's expectations, in hexadecimal. None for wrapped
    /// proofs, whose next `start` is statement, commitment and steps.
    pub continuation: Option<String>,
    /// Digests of the ciphertext of the trained weights and of its key; none where the proof names none.
    pub envelope: Option<Envelope>,
    /// Units of work of the verification; none for wrapped proofs, which all take the same.
    pub work: Option<u64>,
}

/// What a wrapped proof says of a ciphertext of the trained weights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// Of the ciphertext.
    pub ciphertext: HexBinary,
    /// Of its key.
    pub key: HexBinary,
}

/// The record of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The order's number.
    pub order: u64,
    /// Who was paid.
    pub worker: Addr,
    /// Height of the block.
    pub height: u64,
    /// What for.
    pub proven: Proven,
}
