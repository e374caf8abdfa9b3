//! The fixed-point program: one training step as an exact function on integers.
//!
//! A [`Program`] is what a proof is about. It names the tensors of a step, the nodes that
//! compute them, the states that are carried from step to step and the fields of a data row.
//! [`Program::check`] decides whether the program is well formed and bounds every integer
//! that can occur, so that no relation over the field can wrap around.
//!
//! The semantics of each node is written in the documentation of [`Node`], and again, as
//! prose, in `docs/spec/arithmetic.md`.

#![no_std]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod bounds;
mod checked;
mod digest;
mod effort;
mod error;
pub mod evaluation;
mod index;
mod mean;
mod program;
mod support;
mod table;

pub use bounds::{Bounds, Interval};
pub use checked::CheckedProgram;
pub use digest::{Digest, PROGRAM_VERSION};
pub use effort::Effort;
pub use error::ProgramError;
pub use index::{Index, Operand};
pub use program::{
    DataField, Loss, Monitor, Node, Output, Program, Range, Reading, Scalar, Scale, State, Tensor,
    TensorId, Term,
};
pub use table::{Gap, Table};

/// Version of the integer semantics; part of every program digest and statement.
pub const ARITHMETIC_VERSION: u32 = 3;

/// The Goldilocks prime, over which proofs are made.
pub const MODULUS: u64 = 0xffff_ffff_0000_0001;
