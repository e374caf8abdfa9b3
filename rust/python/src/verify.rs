//! Verifying runs.

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use zkpot_embed::bundle::Section;
use zkpot_embed::{Code, Limits, Refusal, Verifier, expectations};

use crate::errors;

/// Verifies a run and returns its receipt as JSON.
///
/// Links are asked for one at a time, so that a run need not fit into memory.
#[pyfunction]
pub fn verify_run(
    py: Python<'_>,
    program: &[u8],
    order: &str,
    links: &Bound<'_, PyAny>,
    expectations: &str,
) -> PyResult<String> {
    let refused = |refusal: Refusal| errors::refusal(py, &refusal);
    let expected = expectations::read(expectations.as_bytes()).map_err(refused)?;
    let mut run = Verifier::new(Limits::of_formats()).run(expected);
    run.take(Section::Order(order.as_bytes())).map_err(refused)?;
    run.take(Section::Program(program)).map_err(refused)?;
    for link in links.try_iter()? {
        let link: PyBackedBytes = link?.extract()?;
        py.detach(|| run.take(Section::Link(&link))).map_err(refused)?;
    }
    let receipt = run.finish().map_err(refused)?;
    serde_json::to_string(&receipt)
        .map_err(|error| errors::raise(py, "InvalidProof", error.to_string()))
}

/// Verifies the bytes of a bundle within limits, as the other bindings do.
///
/// Returns code (0 where it is valid), message, receipt as JSON (empty where there is none), and units of work.
#[pyfunction]
pub fn verify_bundle(
    py: Python<'_>,
    bundle: PyBackedBytes,
    expectations: &str,
    limits: &str,
) -> (i32, String, String, u64) {
    let verified = py.detach(|| {
        let verifier = Verifier::new(Limits::read(limits.as_bytes())?);
        Ok(verifier.verify(&bundle, expectations::read(expectations.as_bytes())?))
    });
    let told = |refusal: Refusal, work| {
        (refusal.code().number(), refusal.message().to_owned(), String::new(), work)
    };
    match verified {
        Ok(answer) => match answer.result {
            Ok(receipt) => match serde_json::to_string(&receipt) {
                Ok(text) => (0, String::new(), text, answer.work),
                Err(error) => told(Refusal::new(Code::Internal, error.to_string()), answer.work),
            },
            Err(refusal) => told(refusal, answer.work),
        },
        Err(refusal) => told(refusal, 0),
    }
}
