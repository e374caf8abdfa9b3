//! Verifiers, and bundles in memory.

use alloc::boxed::Box;
use core::ptr;

use zkpot_embed::{Answer, Code, Expectations, Limits, Refusal, Verifier, expectations};

use crate::argument::{bytes, zkpot_bytes};
use crate::guard::guarded;
use crate::result::{tell, zkpot_result};

/// Limits, and the programs that were checked. Threads share it.
pub struct zkpot_verifier(pub Verifier);

/// Makes a verifier.
///
/// `limits` is JSON, or nothing for the default ones: `bundle_bytes`, `order_bytes`, `program_bytes`, `link_bytes`, `links`,
/// `work`, `elements`, `programs` (how many are remembered), each optional.
///
/// Returns null where they cannot be read; `*result` says why, unless `result` is null.
///
/// # Safety
/// `limits` points to `limits_len` bytes or is null; `result` is null or may be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_verifier_new(
    limits: *const u8,
    limits_len: usize,
    result: *mut *mut zkpot_result,
) -> *mut zkpot_verifier {
    // SAFETY: the caller's promise.
    let text = unsafe { bytes(limits, limits_len, "limits") };
    match guarded(|| text.and_then(Limits::read)).flatten() {
        Ok(limits) => Box::into_raw(Box::new(zkpot_verifier(Verifier::new(limits)))),
        Err(refusal) => {
            // SAFETY: the caller's promise.
            unsafe { tell(result, Box::new(zkpot_result::refused(&refusal, 0))) };
            ptr::null_mut()
        }
    }
}

/// Frees a verifier; a null pointer is let be. Sessions of it live on.
///
/// # Safety
/// `verifier` is null or was returned by `zkpot_verifier_new`, not freed, and nobody uses it any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_verifier_free(verifier: *mut zkpot_verifier) {
    if !verifier.is_null() {
        // SAFETY: made by `Box::into_raw`, and the caller's promise.
        drop(unsafe { Box::from_raw(verifier) });
    }
}

/// Verifies a bundle (`.zkpot`). Never returns null.
///
/// `expectations` is JSON, or nothing where nothing is expected: `program`, `first`, `data_root`, `nonce`, `steps`,
/// `earlier_steps`, `context`, `security`, `allow_clear`, `previous`, `scalars`, `seed`, each optional.
///
/// # Safety
/// `verifier` was returned by `zkpot_verifier_new` and not freed; the other pointers are null or point to as many bytes as
/// said, which nobody changes meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_verify(
    verifier: *const zkpot_verifier,
    proof: *const u8,
    proof_len: usize,
    expectations: *const u8,
    expectations_len: usize,
) -> *mut zkpot_result {
    let proof = zkpot_bytes { data: proof, len: proof_len };
    let expectations = zkpot_bytes { data: expectations, len: expectations_len };
    // SAFETY: the caller's promise.
    unsafe { verify(verifier, proof, expectations) }.boxed()
}

/// Verifies several bundles; programs that some share are checked once. `expectations` are as many, or null
/// where nothing is expected; `results` has room for as many pointers, of which none will be null.
///
/// # Safety
/// As of `zkpot_verify`, for each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_verify_batch(
    verifier: *const zkpot_verifier,
    proofs: *const zkpot_bytes,
    expectations: *const zkpot_bytes,
    count: usize,
    results: *mut *mut zkpot_result,
) {
    if proofs.is_null() || results.is_null() {
        return;
    }
    for index in 0..count {
        let nothing = zkpot_bytes { data: ptr::null(), len: 0 };
        // SAFETY: the caller's promise, for each of them.
        unsafe {
            let expected = if expectations.is_null() { nothing } else { *expectations.add(index) };
            ptr::write(results.add(index), verify(verifier, *proofs.add(index), expected).boxed());
        }
    }
}

/// # Safety
/// As of `zkpot_verify`.
unsafe fn verify(
    verifier: *const zkpot_verifier,
    proof: zkpot_bytes,
    expectations: zkpot_bytes,
) -> zkpot_result {
    // SAFETY: the caller's promise.
    let (verifier, proof, expected) = unsafe {
        (verifier.as_ref(), bytes(proof.data, proof.len, "proof"), read_expectations(expectations))
    };
    let verified = guarded(|| {
        let verifier = verifier.ok_or_else(missing)?;
        Ok(verifier.0.verify(proof?, expected?))
    });
    match verified.flatten() {
        Ok(answer) => zkpot_result::of(answer),
        Err(refusal) => zkpot_result::of(Answer { result: Err(refusal), work: 0 }),
    }
}

/// # Safety
/// The bytes are there, and nobody changes them meanwhile.
pub unsafe fn read_expectations(text: zkpot_bytes) -> Result<Expectations, Refusal> {
    // SAFETY: the caller's promise.
    let text = unsafe { bytes(text.data, text.len, "expectations") }?;
    guarded(|| expectations::read(text)).flatten()
}

/// There is no handle.
pub fn missing() -> Refusal {
    Refusal::new(Code::Argument, "a null pointer in place of a verifier or session")
}
