//! Errors become exceptions of `zkpot.errors`, by class name.

use pyo3::PyErr;
use pyo3::prelude::*;
use zkpot_embed::{Code, Refusal};
use zkpot_ir::ProgramError;

/// The exception class `zkpot.errors.<class>` with `message`.
///
/// Python owns the classes, so that `except zkpot.InvalidProof` catches what Rust raises.
pub fn raise(py: Python<'_>, class: &str, message: String) -> PyErr {
    let exception = py
        .import("zkpot.errors")
        .and_then(|module| module.getattr(class))
        .and_then(|class| class.call1((message,)));
    match exception {
        Ok(exception) => PyErr::from_value(exception),
        Err(missing) => missing,
    }
}

/// A program that is refused is bad input.
pub fn program(py: Python<'_>, error: &ProgramError) -> PyErr {
    let class = match error {
        ProgramError::Overflow { .. } => "ProgramTooWide",
        _ => "InputError",
    };
    raise(py, class, error.to_string())
}

/// What the prover cannot do is bad input, or a lack of something.
pub fn prove(py: Python<'_>, error: &zkpot_prover::error::ProveError) -> PyErr {
    use zkpot_prover::error::ProveError;
    let class = match error {
        ProveError::Trace(_) | ProveError::OutOfRange { .. } => "ValueOutOfRange",
        _ => "InputError",
    };
    raise(py, class, error.to_string())
}

/// A refused proof, a run that is not closed, or expectations that cannot be used.
pub fn refusal(py: Python<'_>, refusal: &Refusal) -> PyErr {
    let class = match refusal.code() {
        Code::NotClosed => "IncompleteRun",
        code if code.refuses() => "InvalidProof",
        _ => "InputError",
    };
    raise(py, class, refusal.message().into())
}
