//! Verifying runs.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use serde::Deserialize;
use zkpot_ir::Program;
use zkpot_pcs::Whir;
use zkpot_protocol::pending::Head;
use zkpot_protocol::rejection::Rejection;
use zkpot_verifier::{Expectations, RunVerifier};

use crate::errors;
use crate::order::{bytes, bytes32, read};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectationText {
    program: Option<String>,
    first: Option<String>,
    data_root: Option<String>,
    nonce: Option<String>,
    steps: Option<u64>,
    earlier_steps: Option<u64>,
    context: Option<String>,
    security: Option<u32>,
    #[serde(default)]
    allow_clear: bool,
    /// What the receipt of the run that this one continues calls its continuation.
    previous: Option<String>,
    scalars: Option<BTreeMap<String, Vec<(i64, u64)>>>,
    seed: Option<String>,
}

/// Reads what is expected; `previous` was read before.
fn expectations(text: ExpectationText, previous: Option<Head>) -> Option<Expectations> {
    let digest = |value: &Option<String>| match value {
        Some(value) => bytes32(value).map(Some),
        None => Some(None),
    };
    Some(Expectations {
        program: digest(&text.program)?,
        first: digest(&text.first)?,
        data_root: digest(&text.data_root)?,
        nonce: digest(&text.nonce)?,
        steps: text.steps,
        earlier_steps: text.earlier_steps,
        context: match &text.context {
            Some(context) => Some(bytes(context)?),
            None => None,
        },
        security: text.security,
        allow_clear: text.allow_clear,
        scalars: text.scalars.clone(),
        seed: digest(&text.seed)?,
        previous,
    })
}

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
    let order = read(py, order, "InvalidProof")?;
    let unusable = |why: String| errors::raise(py, "InputError", why);
    let text: ExpectationText = serde_json::from_str(expectations)
        .map_err(|error| unusable(format!("an expectation is of another kind: {error}")))?;
    let digits = || unusable("an expectation is not hexadecimal".into());
    let previous = match &text.previous {
        Some(head) => {
            let head = Head::from_bytes(&bytes(head).ok_or_else(digits)?);
            Some(head.map_err(|error| unusable(format!("the run before: {error}")))?)
        }
        None => None,
    };
    let expected = self::expectations(text, previous).ok_or_else(digits)?;
    let program = Program::from_bytes(program)
        .map_err(|error| errors::raise(py, "InvalidProof", error.to_string()))?;
    let refused = |rejection: Rejection| errors::rejection(py, &rejection);
    let mut verifier = RunVerifier::<Whir>::new(&program, &order, &expected).map_err(refused)?;
    for link in links.try_iter()? {
        let link: PyBackedBytes = link?.extract()?;
        py.detach(|| verifier.push(&link)).map_err(refused)?;
    }
    let receipt = verifier.finish().map_err(refused)?;
    serde_json::to_string(&receipt)
        .map_err(|error| errors::raise(py, "InvalidProof", error.to_string()))
}
