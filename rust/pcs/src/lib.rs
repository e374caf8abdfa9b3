//! zkpot pcs.
