//! The tests of commitments, in one program.

mod completeness;
mod soundness;
