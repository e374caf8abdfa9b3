//! What a verification found.

use alloc::boxed::Box;
use alloc::ffi::CString;
use alloc::string::{String, ToString};
use core::ffi::c_char;
use core::ptr;

use zkpot_embed::Refusal;

use crate::code::zkpot_code;
use crate::receipt::Receipt;

/// What a verification found: a receipt, or a code and a sentence. Nothing changes it.
pub struct zkpot_result {
    code: i32,
    message: CString,
    text: CString,
    receipt: Option<Receipt>,
    work: u64,
}

impl zkpot_result {
    /// The result of a verification of a run.
    #[cfg(feature = "runs")]
    pub fn of(answer: zkpot_embed::Answer) -> Self {
        let work = answer.work;
        match answer.result {
            Ok(receipt) => match serde_json::to_string(&receipt) {
                Ok(json) => Self::valid(json, Receipt::Run(receipt), work),
                Err(error) => Self::refused(
                    &Refusal::new(zkpot_embed::Code::Internal, error.to_string()),
                    work,
                ),
            },
            Err(refusal) => Self::refused(&refusal, work),
        }
    }

    /// The result of a verification of a wrapped proof.
    #[cfg(feature = "wrapped")]
    pub fn of_wrapped(answer: zkpot_wrapped::Answer) -> Self {
        match answer.result {
            Ok(receipt) => Self::valid(receipt.to_json(), Receipt::Wrapped(receipt), answer.work),
            Err(error) => Self::told(error.code().number(), error.to_string(), answer.work),
        }
    }

    /// The result of a refusal.
    pub fn refused(refusal: &Refusal, work: u64) -> Self {
        Self::told(refusal.code().number(), refusal.message().into(), work)
    }

    fn valid(json: String, receipt: Receipt, work: u64) -> Self {
        let code = zkpot_code::ZKPOT_VALID as i32;
        Self { code, message: CString::default(), text: text(json), receipt: Some(receipt), work }
    }

    fn told(code: i32, message: String, work: u64) -> Self {
        Self { code, message: text(message), text: CString::default(), receipt: None, work }
    }

    /// The receipt, if there is one.
    pub fn receipt(&self) -> Option<&Receipt> {
        self.receipt.as_ref()
    }

    /// On the heap, for the caller to free.
    pub fn boxed(self) -> *mut Self {
        Box::into_raw(Box::new(self))
    }
}

/// Text for C, where a zero byte would end it.
fn text(text: String) -> CString {
    let clean = if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text };
    CString::new(clean).unwrap_or_default()
}

/// The code: a `zkpot_code`. That of a null pointer is `ZKPOT_ARGUMENT`.
///
/// # Safety
/// `result` is null or was returned by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_result_code(result: *const zkpot_result) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { result.as_ref() }.map_or(zkpot_code::ZKPOT_ARGUMENT as i32, |result| result.code)
}

/// One sentence that says what was wrong, in UTF-8, and a zero byte; empty where the proof is valid. It lives as long as
/// the result.
///
/// # Safety
/// As of `zkpot_result_code`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_result_message(result: *const zkpot_result) -> *const c_char {
    // SAFETY: the caller's promise.
    unsafe { result.as_ref() }.map_or(c"".as_ptr(), |result| result.message.as_ptr())
}

/// Bytes of the message, without the zero byte.
///
/// # Safety
/// As of `zkpot_result_code`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_result_message_len(result: *const zkpot_result) -> usize {
    // SAFETY: the caller's promise.
    unsafe { result.as_ref() }.map_or(0, |result| result.message.as_bytes().len())
}

/// The receipt as JSON, in UTF-8, and a zero byte; empty unless the proof is valid. It lives as long as the result.
///
/// # Safety
/// As of `zkpot_result_code`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_result_receipt(result: *const zkpot_result) -> *const c_char {
    // SAFETY: the caller's promise.
    unsafe { result.as_ref() }.map_or(c"".as_ptr(), |result| result.text.as_ptr())
}

/// Bytes of the receipt's text, without the zero byte.
///
/// # Safety
/// As of `zkpot_result_code`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_result_receipt_len(result: *const zkpot_result) -> usize {
    // SAFETY: the caller's promise.
    unsafe { result.as_ref() }.map_or(0, |result| result.text.as_bytes().len())
}

/// Units of work that the verification took, the same on all machines; for a refused proof those until its fault was
/// found.
///
/// # Safety
/// As of `zkpot_result_code`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_result_work(result: *const zkpot_result) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { result.as_ref() }.map_or(0, |result| result.work)
}

/// Frees a result; a null pointer is let be.
///
/// # Safety
/// `result` is null or was returned by this library, not freed, and nobody uses it any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_result_free(result: *mut zkpot_result) {
    if !result.is_null() {
        // SAFETY: made by `Box::into_raw`, and the caller's promise.
        drop(unsafe { Box::from_raw(result) });
    }
}

/// Writes where the caller wants to know why there is no handle.
///
/// # Safety
/// `out` is null or may be written to.
pub unsafe fn tell(out: *mut *mut zkpot_result, result: Box<zkpot_result>) {
    if !out.is_null() {
        // SAFETY: the caller's promise.
        unsafe { ptr::write(out, Box::into_raw(result)) };
    }
}
