//! Bundles that come in pieces.

use alloc::boxed::Box;
use core::ptr;

use zkpot_embed::{Answer, Session};

use crate::argument::{bytes, zkpot_bytes};
use crate::guard::guarded;
use crate::result::{tell, zkpot_result};
use crate::verifier::{missing, read_expectations, zkpot_verifier};

/// One verification of a bundle that comes in pieces. One thread uses it at a time.
pub struct zkpot_session(Session);

/// Begins the verification of a bundle that comes in pieces: in the memory of its program and one link.
///
/// Returns null where the expectations cannot be read; `*result` says why, unless `result` is null.
///
/// # Safety
/// As of `zkpot_verify`; `result` is null or may be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_session_new(
    verifier: *const zkpot_verifier,
    expectations: *const u8,
    expectations_len: usize,
    result: *mut *mut zkpot_result,
) -> *mut zkpot_session {
    let text = zkpot_bytes { data: expectations, len: expectations_len };
    // SAFETY: the caller's promise.
    let (verifier, expected) = unsafe { (verifier.as_ref(), read_expectations(text)) };
    let begun = verifier
        .ok_or_else(missing)
        .and_then(|verifier| Ok(zkpot_session(verifier.0.session(expected?))));
    match begun {
        Ok(session) => Box::into_raw(Box::new(session)),
        Err(refusal) => {
            // SAFETY: the caller's promise.
            unsafe { tell(result, Box::new(zkpot_result::refused(&refusal, 0))) };
            ptr::null_mut()
        }
    }
}

/// Takes the next bytes. Returns null to go on, and otherwise why the bundle is refused.
///
/// # Safety
/// `session` was returned by `zkpot_session_new` and not freed, and no other thread uses it meanwhile; `piece` is null or
/// points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_session_push(
    session: *mut zkpot_session,
    piece: *const u8,
    len: usize,
) -> *mut zkpot_result {
    // SAFETY: the caller's promise.
    let (session, piece) = unsafe { (session.as_mut(), bytes(piece, len, "piece")) };
    let Some(session) = session else { return zkpot_result::refused(&missing(), 0).boxed() };
    let pushed = guarded(|| session.0.push(piece?)).flatten();
    match pushed {
        Ok(()) => ptr::null_mut(),
        Err(refusal) => zkpot_result::refused(&refusal, session.0.work()).boxed(),
    }
}

/// After the last byte: what the verification found. Never returns null; the session is still to be freed.
///
/// # Safety
/// As of `zkpot_session_push`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_session_finish(session: *mut zkpot_session) -> *mut zkpot_result {
    // SAFETY: the caller's promise.
    let Some(session) = (unsafe { session.as_mut() }) else {
        return zkpot_result::refused(&missing(), 0).boxed();
    };
    let result = guarded(|| session.0.finish()).flatten();
    zkpot_result::of(Answer { result, work: session.0.work() }).boxed()
}

/// Frees a session; a null pointer is let be.
///
/// # Safety
/// `session` is null or was returned by `zkpot_session_new`, not freed, and nobody uses it any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_session_free(session: *mut zkpot_session) {
    if !session.is_null() {
        // SAFETY: made by `Box::into_raw`, and the caller's promise.
        drop(unsafe { Box::from_raw(session) });
    }
}
