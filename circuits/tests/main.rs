//! The tests of circuits, in one program: each would compile halo2 anew.

mod interpreter;
mod keys;
mod link;
mod openings;
mod proof;
mod proving;
mod recording;

// Runs of small programs, which the prover's tests have.
#[path = "../../rust/prover/tests/programs/mod.rs"]
mod programs;
