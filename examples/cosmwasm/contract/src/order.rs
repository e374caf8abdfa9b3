//! An order.

use core::fmt;

use cosmwasm_std::{Addr, Coin, Timestamp};
use serde::{Deserialize, Serialize};

use crate::messages::Terms;

/// A run that somebody pays for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Who pays.
    pub consumer: Addr,
    /// What the contract holds until somebody has proven the run.
    pub price: Coin,
    /// Until when.
    pub deadline: Timestamp,
    /// Who is paid; none where it is whoever proves it first.
    pub worker: Option<Addr>,
    /// What a proof has to be about.
    pub terms: Terms,
    /// Whether it is open.
    pub status: Status,
}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The price is here.
    Open,
    /// The worker has the price.
    Settled,
    /// The consumer has it.
    Refunded,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Settled => "settled",
            Self::Refunded => "refunded",
        })
    }
}
