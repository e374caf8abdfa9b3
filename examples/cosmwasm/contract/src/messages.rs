//! What the contract is told and asked.

#[cfg(any(feature = "runs", feature = "wrapped"))]
use cosmwasm_std::Binary;
use cosmwasm_std::HexBinary;
use serde::{Deserialize, Serialize};

/// Makes a contract. What is given decides for good: there is no administrator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// How much a bundle's verification may take: JSON, as all bindings take limits.
    #[cfg(feature = "runs")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<String>,
    /// Whose proofs are taken.
    #[cfg(feature = "wrapped")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circuit: Option<crate::wrapped::Setup>,
}

/// Changes something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum ExecuteMsg {
    /// Orders a run. The coins that are sent along are its price.
    Order {
        /// What a proof has to be about.
        terms: Terms,
        /// Who is paid; none for whoever proves it first.
        worker: Option<String>,
        /// Until when, in seconds since 1970.
        deadline: u64,
    },
    /// Proves a run, and has its worker paid.
    #[cfg(feature = "runs")]
    Settle {
        /// The order's number.
        order: u64,
        /// A file of `zkpot bundle`.
        bundle: Binary,
    },
    /// The same for a wrapped proof.
    #[cfg(feature = "wrapped")]
    SettleWrapped {
        /// The order's number.
        order: u64,
        /// A file of `zkpot wrap verify --binary`.
        proof: Binary,
    },
    /// Gives the price of an order back that nobody has proven. Anybody may say so.
    Refund {
        /// The order's number.
        order: u64,
    },
}

/// What a proof has to be about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Terms {
    /// A bundle.
    #[cfg(feature = "runs")]
    Run(crate::runs::Terms),
    /// A wrapped proof.
    #[cfg(feature = "wrapped")]
    Wrapped(crate::wrapped::Terms),
}

/// Asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum QueryMsg {
    /// An [`Order`](crate::order::Order).
    Order {
        /// Its number.
        order: u64,
    },
    /// The [`Receipt`](crate::proven::Receipt) of an order that was settled.
    Receipt {
        /// Its number.
        order: u64,
    },
    /// The [`Context`] that a worker proves an order with.
    Context {
        /// Its number.
        order: u64,
        /// Who proves.
        worker: String,
    },
    /// The [`Circuit`] whose proofs are taken.
    #[cfg(feature = "wrapped")]
    Circuit {},
}

/// Answers [`QueryMsg::Context`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// What `zkpot prove --context` takes.
    pub context: HexBinary,
}

/// Answers [`QueryMsg::Circuit`].
#[cfg(feature = "wrapped")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circuit {
    /// keccak256 of the circuit file, which everybody compares with that of the file they made.
    pub digest: HexBinary,
    /// Whether everybody can forge proofs.
    pub test_srs: bool,
}
