//! Errors become exceptions of `zkpot.errors`, by class name.

use pyo3::PyErr;
use pyo3::prelude::*;
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
    raise(py, "InputError", error.to_string())
}
