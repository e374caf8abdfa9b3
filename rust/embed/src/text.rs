//! JSON objects of callers and bundles.

use alloc::string::{String, ToString};

use serde::de::DeserializeOwned;

/// Reads an object. Lists are not taken for one, though their values could be.
///
/// # Errors
/// What is wrong. Where, depends on spaces, and answers do not.
pub fn object<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    if !text.trim_ascii_start().starts_with(b"{") {
        return Err("it is not an object".into());
    }
    serde_json::from_slice(text).map_err(|error| {
        let told = error.to_string();
        told.rsplit_once(" at line ").map_or(told.clone(), |(what, _)| what.into())
    })
}
