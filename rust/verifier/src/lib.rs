//! zkpot verifier.
