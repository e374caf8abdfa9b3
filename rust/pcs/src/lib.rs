//! zkpot's polynomial commitments: WHIR over Goldilocks, hiding with Blake3 trees for the hiding
//! channel, plain with Blake3 trees for the clear one and with trees over Poseidon2 for the wrapped one.
//! [`Parameters`] say which.
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
//! - A hiding commitment is opened once, whatever happens to its opening data. `open` consumes the
//!   data, but values and seed can rebuild it.
//! - A seed is used for one hiding commitment.
//! - A [`Binding::Ephemeral`] commitment binds only within the proof that opens it.
//!
//! The verifying half is `no_std`; committing and opening need the feature `prover`.

#![cfg_attr(not(feature = "prover"), no_std)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

extern crate alloc;

mod challenger;
#[cfg(feature = "prover")]
mod commit;
mod commitment;
mod error;
mod hiding;
#[cfg(feature = "prover")]
mod open;
mod parameters;
mod pinned;
mod plain;
mod proof;
mod schedule;
mod scheme;
mod security;
mod shape;
mod sponge;
mod suite;
#[cfg(all(test, feature = "prover"))]
mod tampering;
mod verify;
mod whir;

pub use challenger::OpeningChallenger;
#[cfg(feature = "prover")]
pub use commit::{OpeningData, commit, recommit};
pub use commitment::Commitment;
pub use error::Error;
pub use hiding::SALT_ELEMENTS;
#[cfg(feature = "prover")]
pub use open::{open, open_with};
pub use parameters::{MAX_POINTS, MAX_VARIABLES, MIN_VARIABLES, Parameters};
pub use plain::Poseidon2Root;
pub use proof::OpeningProof;
pub use schedule::max_variables;
pub use security::{SecurityReport, SecurityTerm, SecurityTermKind};
pub use sponge::{Challenger, new_challenger};
pub use suite::{EF, F};
pub use verify::{verify, verify_with};
pub use whir::Whir;
pub use zkpot_protocol::channel::ChannelKind;
pub use zkpot_protocol::commitment::Binding;
pub use zkpot_protocol::security::SecurityLevel;

/// The library's opening of the hiding channel, whose encoding an opening is: for those who take
/// openings apart.
#[doc(hidden)]
pub type HidingProof = <hiding::Hiding as scheme::Scheme>::Proof;

/// The same of the clear channel.
#[doc(hidden)]
pub type ClearProof = <parameters::Clear as scheme::Scheme>::Proof;

/// What its commitments are made of.
#[doc(hidden)]
pub use pinned::{pin, pinning_point, pinning_tag};

/// The same of the wrapped channel.
#[doc(hidden)]
pub type WrappedProof = <pinned::Pinned as scheme::Scheme>::Proof;

/// The error terms of the clear channel's openings with a configuration of any schedule, whose committed
/// oracle decodes within the given radius: for those who look for schedules.
#[doc(hidden)]
#[must_use]
pub fn clear_security(
    config: &<parameters::Clear as scheme::Scheme>::Config<Challenger>,
    committed: p3_whir::SecurityAssumption,
) -> SecurityReport {
    <parameters::Clear as scheme::Scheme>::security(config, committed)
}
