//! What a verifier is told to expect of a run, as text.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;
use zkpot_protocol::hexadecimal::{bytes, bytes32};
use zkpot_protocol::pending::Head;
use zkpot_verifier::Expectations;

use crate::refusal::{Code, Refusal};
use crate::text::object;

/// The keys: those of [`Expectations`], all optional. Digests and bytes are hexadecimal.
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

/// Reads expectations (JSON); no text at all expects nothing.
///
/// # Errors
/// [`Code::Argument`] with the key that cannot be used.
pub fn read(text: &[u8]) -> Result<Expectations, Refusal> {
    if text.is_empty() {
        return Ok(Expectations::default());
    }
    let unusable = |why: String| Refusal::new(Code::Argument, why);
    let text: ExpectationText = object(text)
        .map_err(|error| unusable(format!("an expectation is of another kind: {error}")))?;
    let digest = |key: &str, value: &Option<String>| match value {
        Some(value) => bytes32(value).map(Some).ok_or_else(|| not_hexadecimal(key)),
        None => Ok(None),
    };
    let free = |key: &str, value: &Option<String>| match value {
        Some(value) => bytes(value).map(Some).ok_or_else(|| not_hexadecimal(key)),
        None => Ok(None),
    };
    let previous = match free("previous", &text.previous)? {
        Some(head) => Some(
            Head::from_bytes(&head)
                .map_err(|error| unusable(format!("the run before: {error}")))?,
        ),
        None => None,
    };
    Ok(Expectations {
        program: digest("program", &text.program)?,
        first: digest("first", &text.first)?,
        data_root: digest("data_root", &text.data_root)?,
        nonce: digest("nonce", &text.nonce)?,
        steps: text.steps,
        earlier_steps: text.earlier_steps,
        context: free("context", &text.context)?,
        security: text.security,
        allow_clear: text.allow_clear,
        scalars: text.scalars,
        seed: digest("seed", &text.seed)?,
        previous,
    })
}

fn not_hexadecimal(key: &str) -> Refusal {
    Refusal::new(
        Code::Argument,
        format!("the expectation '{key}' is not hexadecimal, or has another length"),
    )
}
