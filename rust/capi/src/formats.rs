//! Versions.

use core::ffi::{CStr, c_char};

/// Raised when something in this interface changes so that callers must be compiled again.
#[unsafe(no_mangle)]
pub extern "C" fn zkpot_abi() -> u32 {
    1
}

/// The version of this library, such as "0.1.0".
#[unsafe(no_mangle)]
pub extern "C" fn zkpot_version() -> *const c_char {
    const VERSION: &CStr =
        match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
            Ok(version) => version,
            Err(_) => c"",
        };
    VERSION.as_ptr()
}

/// The version of a format that this library reads: of `bundle`, `program`, `link`, `continuation`, `statement`,
/// `arithmetic`, `circuit` or `wrapped`; 0 for any other name, and for what a build without it does not read.
///
/// # Safety
/// `name` is null, or a text that ends in a zero byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_format(name: *const c_char) -> u32 {
    if name.is_null() {
        return 0;
    }
    // SAFETY: not null, and the caller's promise.
    let name = unsafe { CStr::from_ptr(name) };
    name.to_str().ok().and_then(version).unwrap_or(0)
}

fn version(name: &str) -> Option<u32> {
    match name {
        #[cfg(feature = "wrapped")]
        "circuit" => Some(zkpot_wrapped::circuit::CIRCUIT_VERSION.into()),
        #[cfg(feature = "wrapped")]
        "wrapped" => Some(zkpot_wrapped::proof::PROOF_VERSION.into()),
        #[cfg(not(feature = "runs"))]
        "bundle" | "program" | "link" | "continuation" => None,
        _ => zkpot_embed::formats::version(name),
    }
}
