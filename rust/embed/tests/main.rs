//! Whole runs, in pieces and within limits.

mod golden;
mod limits;
mod sessions;
