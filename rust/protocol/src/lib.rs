//! What prover and verifier share.
//!
//! In the order of a link: the [`statement`] is absorbed into the [`transcript`]; the
//! [`arithmetization`] says what is committed and which relations must hold; relations and
//! lookups become [`claims`], which travel over the [`channel`] until only claims on committed
//! polynomials are left. All labels are in [`labels`].

#![no_std]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod arithmetization;
pub mod bernoulli;
pub mod canonical;
pub mod channel;
pub mod claims;
pub mod commitment;
pub mod effort;
pub mod field;
pub mod hexadecimal;
pub mod initial;
pub mod labels;
pub mod layout;
pub mod lookup;
pub mod masks;
mod octets;
pub mod order;
pub mod pending;
pub mod proof;
pub mod rejection;
pub mod schedule;
pub mod security;
pub mod spans;
pub mod start;
pub mod statement;
pub mod transcript;
pub mod version;
pub mod window;
