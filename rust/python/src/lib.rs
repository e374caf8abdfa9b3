//! zkpot python.
