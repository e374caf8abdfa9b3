//! Circuits, whose wrapped proofs are verified.

use alloc::boxed::Box;
use core::ptr;

use zkpot_wrapped::Circuit;

use crate::argument::bytes;
use crate::guard::guarded;
use crate::result::{tell, zkpot_result};

/// The verifier of a circuit's proofs. Threads share it.
pub struct zkpot_circuit(pub Circuit);

/// Reads a circuit file (`.zkcirc`). It is what a verifying key is: who makes it decides which proofs are valid, so compare
/// `zkpot_circuit_digest` with the one that you trust.
///
/// Returns null where it is none; `*result` says why, unless `result` is null.
///
/// # Safety
/// `file` points to `file_len` bytes or is null; `result` is null or may be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_circuit_new(
    file: *const u8,
    file_len: usize,
    result: *mut *mut zkpot_result,
) -> *mut zkpot_circuit {
    // SAFETY: the caller's promise.
    let file = unsafe { bytes(file, file_len, "circuit file") };
    let refused = match file.and_then(|file| guarded(|| Circuit::from_bytes(file))) {
        Ok(Ok(circuit)) => return Box::into_raw(Box::new(zkpot_circuit(circuit))),
        Ok(Err(error)) => {
            zkpot_result::of_wrapped(zkpot_wrapped::Answer { result: Err(error), work: 0 })
        }
        Err(refusal) => zkpot_result::refused(&refusal, 0),
    };
    // SAFETY: the caller's promise.
    unsafe { tell(result, Box::new(refused)) };
    ptr::null_mut()
}

/// Frees a circuit; a null pointer is let be.
///
/// # Safety
/// `circuit` is null or was returned by `zkpot_circuit_new`, not freed, and nobody uses it any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_circuit_free(circuit: *mut zkpot_circuit) {
    if !circuit.is_null() {
        // SAFETY: made by `Box::into_raw`, and the caller's promise.
        drop(unsafe { Box::from_raw(circuit) });
    }
}

/// Writes keccak256 of the circuit's file to the 32 bytes at `out`. Returns 0, and writes nothing, where a pointer is null.
///
/// # Safety
/// `circuit` is null or was returned by `zkpot_circuit_new` and not freed; `out` is null or has room for 32 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_circuit_digest(circuit: *const zkpot_circuit, out: *mut u8) -> i32 {
    // SAFETY: the caller's promise.
    match unsafe { circuit.as_ref() } {
        Some(circuit) if !out.is_null() => {
            let digest = circuit.0.digest();
            // SAFETY: not null, and the caller's promise.
            unsafe { ptr::copy_nonoverlapping(digest.as_ptr(), out, digest.len()) };
            1
        }
        _ => 0,
    }
}

/// Units of work that verifying a proof of so many bytes takes at most, the same on all machines; 0 for a null pointer.
///
/// # Safety
/// `circuit` is null or was returned by `zkpot_circuit_new` and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_circuit_work(
    circuit: *const zkpot_circuit,
    proof_len: usize,
) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { circuit.as_ref() }.map_or(0, |circuit| circuit.0.work(proof_len))
}
