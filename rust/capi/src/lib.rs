//! The C interface of the verifier: `bindings/c/include/zkpot.h` is made from it.
//!
//! Handles are opaque. Whoever makes one frees it; a null pointer is a sentence, not a crash. There is no global
//! state: any number of threads share a verifier and results, and a session belongs to one thread at a time.
//! A panic ends in [`zkpot_code::ZKPOT_INTERNAL`], never in the caller.

// C's names.
#![allow(non_camel_case_types)]

mod argument;
mod code;
mod formats;
#[cfg(target_family = "wasm")]
mod memory;
mod receipt;
mod result;
mod session;
mod verifier;

pub use argument::zkpot_bytes;
pub use code::zkpot_code;
pub use receipt::{zkpot_digest, zkpot_number};
pub use result::zkpot_result;
pub use session::zkpot_session;
pub use verifier::zkpot_verifier;
