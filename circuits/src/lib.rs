//! The verifier of native proofs as a computation that a circuit can repeat.
//!
//! The verifier's relations are written once, over any element and any channel
//! (`zkpot_protocol::field::Element`, `zkpot_protocol::channel::VerifierChannel`). Here they run on
//! elements that record what is done with them, so that what a circuit has to constrain is the
//! verifier itself and no second version of it.

pub mod openings;
pub mod recording;
