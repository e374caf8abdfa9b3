//! The verifier of wrapped proofs where there is no EVM: a few kilobytes that say what a run of links says.
//!
//! A circuit file holds what the generated contract and the front before it hold on a chain (`contracts`,
//! docs/spec/circuit-verifier.md): a straight-line [program], and the [shape] of the circuit.
//! [`Circuit`] reads it, and verifies proofs as both contracts together do.
//!
//! - [`circuit`]: the file, checked and made ready;
//! - [`shape`]: what the circuit is made for;
//! - [`program`]: what the verifier computes, as data;
//! - [`proof`]: a proof with all it says, in bytes; [`evm`] reads the JSON form;
//! - [`receipt`]: what a proof has shown, and where the run stands;
//! - [`answer`]: bytes and [`expectations`] in, a receipt or an error with a [`code`] out, with units of work.
//!
//! It takes any bytes: nothing panics, and no more is allocated than a small multiple of them.

#![no_std]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
extern crate alloc;

mod accumulation;
pub mod answer;
pub mod circuit;
pub mod code;
mod encoding;
pub mod error;
#[cfg(feature = "json")]
pub mod evm;
pub mod expectations;
#[cfg(feature = "json")]
mod expectations_json;
mod inputs;
mod known;
mod pairing;
pub mod program;
pub mod proof;
pub mod receipt;
#[cfg(feature = "json")]
mod receipt_json;
pub mod shape;
mod statements;
mod transcript;
mod work;

pub use answer::{Answer, Claim};
pub use circuit::{Circuit, CircuitFile};
pub use code::Code;
pub use error::Error;
pub use expectations::Expectations;
pub use proof::WrappedProof;
pub use receipt::{Receipt, Run, Standing};
pub use shape::Shape;

/// 32 bytes: a digest, or a number, most significant byte first.
pub type Word = [u8; 32];
