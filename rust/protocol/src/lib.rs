//! zkpot protocol.
