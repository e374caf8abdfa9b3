//! The contracts in CosmWasm's machine: what a chain does with them, without the chain.
//!
//! - [`code`]: a contract's code, checked and compiled as a node stores it;
//! - [`chain`]: its state, and calls with gas, each in an instance of its own;
//! - [`terms`]: orders that a given proof settles;
//! - [`scenario`]: an order, and the proof that is made for it.

pub mod chain;
pub mod code;
pub mod scenario;
pub mod terms;

pub use chain::{Chain, Failure};
pub use code::Code;
pub use scenario::Scenario;
