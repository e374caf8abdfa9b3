//! Soundness of links and runs: every error term from the sizes at hand, and their sum.
//!
//! [`zkpot_protocol::security`] says what bits mean. [`tally`] counts the challenges of a link
//! while they are drawn; [`interactive`] and [`hiding`] give each an error; [`link`] adds the
//! openings, [`run`] the links, and refuses a run that reaches less than it must.

pub mod hiding;
pub mod interactive;
pub mod link;
pub mod run;
pub mod tally;
