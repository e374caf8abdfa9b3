//! zkpot ir.
