//! zkpot's polynomial commitment: hiding WHIR over Goldilocks with salted Blake3 trees.
//!
//! A committed polynomial is multilinear, given by its `2^n` values on the Boolean cube, and is
//! opened once, at any number of points of the cubic extension:
//!
//! ```text
//! commit(values, parameters, seed)       -> commitment, opening data     (no transcript)
//! open(opening data, points, transcript) -> values, proof                (once)
//! verify(commitment, parameters, points, values, proof, transcript)
//! ```
//!
//! # Order of variables
//! Coordinate 0 of a point belongs to the MOST significant bit of the index:
//! `f(z) = sum_i values[i] * prod_j (z[j] if bit n-1-j of i is set, else 1 - z[j])`.
//!
//! # Rules that this crate cannot enforce
//! - A commitment is opened once, whatever happens to its opening data. `open` consumes the
//!   data, but values and seed can rebuild it.
//! - A seed is used for one commitment.
//! - A [`Binding::Ephemeral`] commitment binds only within the proof that opens it.
//!
//! The verifying half is `no_std`; committing and opening need the feature `prover`.

#![cfg_attr(not(feature = "prover"), no_std)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

extern crate alloc;

#[cfg(all(test, feature = "prover"))]
mod accounting;
mod challenger;
#[cfg(feature = "prover")]
mod commit;
mod commitment;
mod error;
#[cfg(feature = "prover")]
mod open;
mod parameters;
mod proof;
#[cfg(feature = "prover")]
mod randomness;
mod schedule;
mod scheme;
mod security;
mod shape;
mod suite;
#[cfg(all(test, feature = "prover"))]
mod tampering;
mod verify;

pub use challenger::OpeningChallenger;
#[cfg(feature = "prover")]
pub use commit::{OpeningData, commit, recommit};
pub use commitment::Commitment;
pub use error::Error;
#[cfg(feature = "prover")]
pub use open::{open, open_with};
pub use parameters::{MAX_POINTS, MAX_VARIABLES, MIN_VARIABLES, Parameters};
pub use proof::OpeningProof;
pub use scheme::Whir;
pub use security::{SecurityReport, SecurityTerm, SecurityTermKind};
#[doc(hidden)]
pub use suite::WhirProof;
pub use suite::{Challenger, EF, F, SALT_ELEMENTS, new_challenger};
pub use verify::{verify, verify_with};
pub use zkpot_protocol::commitment::Binding;
pub use zkpot_protocol::security::SecurityLevel;
