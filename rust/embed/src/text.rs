//! JSON objects of callers and bundles.

use alloc::string::{String, ToString};

use serde::de::DeserializeOwned;

/// Reads an object. Lists are not taken for one, though their values could be.
///
/// # Errors
/// What is wrong, with line and column.
pub fn object<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    if !text.trim_ascii_start().starts_with(b"{") {
        return Err("it is not an object".into());
    }
    serde_json::from_slice(text).map_err(|error| error.to_string())
}
