//! A market for proven training, as a CosmWasm contract. A consumer orders a run and locks its price; who proves
//! that run is paid; after a deadline the consumer gets the price back.
//!
//! Two kinds of proofs, a feature each: `runs` takes bundles (`zkpot-embed`), `wrapped` takes wrapped proofs of one
//! circuit (`zkpot-wrapped`). The machine does not take code of both together, so two contracts are built.
//!
//! What somebody may try, and what refuses it:
//!
//! - **the proof of one order for another**: what proofs are bound to ([`context`]) names chain, contract and order;
//! - **a proof copied from the mempool**: it names the worker, too, who is paid whoever sends it;
//! - **one run sold twice to a consumer** who stated the context: a consumer pays once for a statement, whatever the
//!   order ([`storage::PAID`]). It is kept by consumer, so that nobody uses up a worker's statement in an order of
//!   their own;
//! - **paid twice, a refund after the payment, a payment after the refund**: an order is open once;
//! - **a refund while somebody proves**: only after the deadline, after which nobody is paid;
//! - **easier terms**: proofs are compared with what the contract has stored. Orders that leave open what a worker could
//!   choose are not taken;
//! - **proofs that take too long**: limits of the contract, counted before the work is done; gas, besides;
//! - **proofs of a setup whose secret is known**: such a circuit is not taken, unless whoever makes the contract says that
//!   it is for tests;
//! - **any other bytes**: verifiers answer them all, with the sentences they have everywhere.
//!
//! Not refused: a consumer who orders what nobody can prove. Workers read an order before they work.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod context;
#[cfg(feature = "entry-points")]
pub mod entry_points;
pub mod error;
pub mod market;
pub mod messages;
pub mod order;
pub mod proven;
#[cfg(feature = "runs")]
pub mod runs;
pub mod storage;
#[cfg(feature = "wrapped")]
pub mod wrapped;

pub use error::Error;
