//! zkpot protocol.

pub mod commitment;
