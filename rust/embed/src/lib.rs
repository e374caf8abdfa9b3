//! Verification of proofs of training inside other programs: a chain's node, a contract, a page.
//!
//! A [`Verifier`] has [`Limits`] and remembers the programs that it checked; threads share it. It takes the
//! bytes of a bundle (`docs/spec/formats.md`) and [`Expectations`], and returns a receipt or a [`Refusal`] with
//! a [`Code`] that stays the same from version to version. A [`Session`] takes the same bytes in pieces, in
//! the memory of one link.
//!
//! Any bytes are an answer: nothing panics, and nothing is allocated that the limits do not allow. Answers are
//! the same on all targets, and so are units of [`work`], by which a chain bounds and prices a verification.

#![no_std]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]
extern crate alloc;

pub mod bundle;
pub mod expectations;
pub mod formats;
pub mod limits;
pub mod order;
mod programs;
pub mod refusal;
pub mod run;
pub mod session;
mod text;
pub mod verifier;
pub mod work;

pub use limits::Limits;
pub use refusal::{Code, Refusal};
pub use run::Run;
pub use session::Session;
pub use verifier::{Answer, Verifier};
pub use zkpot_protocol::hexadecimal::bytes32 as digest;
pub use zkpot_verifier::run::OutputTerms;
pub use zkpot_verifier::{Expectations, Receipt};
