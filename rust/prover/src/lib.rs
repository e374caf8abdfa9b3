//! zkpot prover.
