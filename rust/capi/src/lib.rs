//! The C interface of the verifier: `bindings/c/include/zkpot.h` is made from it.
//!
//! Handles are opaque. Whoever makes one frees it; a null pointer is a sentence, not a crash. There is no global
//! state: any number of threads share a verifier, a circuit and results, and a session belongs to one thread at a time.
//! A panic ends in [`zkpot_code::ZKPOT_INTERNAL`], never in the caller; in wasm it is a trap.

// What an operating system gives to programs is a tenth of a wasm's size.
#![cfg_attr(target_family = "wasm", no_std)]
// C's names.
#![allow(non_camel_case_types)]

#[cfg(not(any(feature = "runs", feature = "wrapped")))]
compile_error!("choose what to verify: runs, wrapped, or both");

extern crate alloc;

mod argument;
#[cfg(feature = "wrapped")]
mod circuit;
mod code;
mod formats;
mod guard;
#[cfg(target_family = "wasm")]
mod memory;
mod receipt;
mod result;
#[cfg(feature = "runs")]
mod session;
#[cfg(feature = "runs")]
mod verifier;
#[cfg(feature = "wrapped")]
mod wrapped;

pub use argument::zkpot_bytes;
#[cfg(feature = "wrapped")]
pub use circuit::zkpot_circuit;
pub use code::zkpot_code;
pub use receipt::{zkpot_digest, zkpot_number};
pub use result::zkpot_result;
#[cfg(feature = "runs")]
pub use session::zkpot_session;
#[cfg(feature = "runs")]
pub use verifier::zkpot_verifier;
