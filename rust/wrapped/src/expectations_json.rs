//! Expectations as other languages write them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Deserialize;
use zkpot_protocol::hexadecimal::{bytes, bytes32};

use crate::expectations::quoted;
use crate::{Error, Expectations, Standing, Word};

/// The keys: those of [`Expectations`], all optional. Digests and bytes are hexadecimal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectationText {
    program: Option<String>,
    first: Option<String>,
    shard: Option<String>,
    nonce: Option<String>,
    context: Option<String>,
    earlier_steps: Option<u64>,
    start: Option<StandingText>,
    steps: Option<u64>,
    scalars: Option<Vec<Vec<(i64, u64)>>>,
    security: Option<u32>,
    #[serde(default)]
    allow_test_srs: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StandingText {
    statement: String,
    states: String,
    steps: u64,
}

impl Expectations {
    /// Reads expectations (one JSON object); no text at all expects nothing.
    ///
    /// # Errors
    /// [`Error::Argument`] with the key that cannot be used.
    pub fn from_json(text: &[u8]) -> Result<Self, Error> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let text: ExpectationText = object(text).map_err(|why| {
            Error::Argument(format!("an expectation is of another kind: {}", quoted(why)))
        })?;
        let start = match &text.start {
            Some(start) => Some(Standing {
                statement: word("start.statement", &start.statement)?,
                states: word("start.states", &start.states)?,
                steps: start.steps,
            }),
            None => None,
        };
        let optional =
            |key, value: &Option<String>| value.as_ref().map(|value| word(key, value)).transpose();
        let free = |value: &String| bytes(value).ok_or_else(|| not_hexadecimal("context"));
        Ok(Self {
            program: optional("program", &text.program)?,
            first: optional("first", &text.first)?,
            shard: optional("shard", &text.shard)?,
            nonce: optional("nonce", &text.nonce)?,
            context: text.context.as_ref().map(free).transpose()?,
            earlier_steps: text.earlier_steps,
            start,
            steps: text.steps,
            scalars: text.scalars,
            security: text.security,
            allow_test_srs: text.allow_test_srs,
        })
    }
}

fn word(key: &str, value: &str) -> Result<Word, Error> {
    bytes32(value).ok_or_else(|| not_hexadecimal(key))
}

fn not_hexadecimal(key: &str) -> Error {
    Error::Argument(format!("the expectation '{key}' is not hexadecimal, or has another length"))
}

/// Reads an object. Lists are not taken for one, though their values could be. Where in the text something is wrong
/// depends on spaces, and answers do not.
fn object(text: &[u8]) -> Result<ExpectationText, String> {
    if !text.trim_ascii_start().starts_with(b"{") {
        return Err("it is not an object".into());
    }
    serde_json::from_slice(text).map_err(|error| {
        let told = error.to_string();
        told.rsplit_once(" at line ").map_or(told.clone(), |(what, _)| what.into())
    })
}
