//! The verifier: takes any bytes, and returns a receipt or says why not.
//!
//! [`run`] walks the links of a run and keeps what is pending; [`link`] checks one link; the
//! verifier's half of each protocol is a file of [`relations`], named as in the prover. [`security`]
//! counts what can go wrong.

#![no_std]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
extern crate alloc;

pub mod link;
pub mod relations;
pub mod run;
pub mod security;

pub use run::{Expectations, Receipt, RunVerifier};
