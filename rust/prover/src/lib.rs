//! The prover: runs a program exactly, commits to the trace, and proves links.
//!
//! [`trace`] executes steps on integers; [`witness`] turns them into the witness polynomial;
//! [`link`] commits, proves and opens, in one go or in stages that other machines may take over
//! ([`unproven`], [`job`], [`unopened`]); the prover's half of each protocol is a file of
//! [`relations`], named as in the verifier. [`held`] keeps what a later link needs. [`forecast`] says
//! what soundness a run will reach.

pub mod contract;
pub mod counting;
pub mod envelope;
pub mod error;
pub mod forecast;
pub mod held;
pub mod job;
pub mod link;
mod messages;
pub mod packed;
pub mod phases;
pub mod relations;
pub mod session;
pub mod threads;
pub mod trace;
pub mod unopened;
pub mod unproven;
pub mod witness;
pub mod work;
