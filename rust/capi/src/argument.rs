//! Bytes that a caller gives.

use alloc::format;
use core::slice;

use zkpot_embed::{Code, Refusal};

/// Bytes of the caller's.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct zkpot_bytes {
    /// The first; may be null where there are none.
    pub data: *const u8,
    /// How many.
    pub len: usize,
}

/// The bytes at a pointer; none at all where it is null and the length is zero.
///
/// # Safety
/// `data` is null or points to `len` bytes that nobody changes meanwhile.
pub unsafe fn bytes<'a>(data: *const u8, len: usize, what: &str) -> Result<&'a [u8], Refusal> {
    if len == 0 {
        return Ok(&[]);
    }
    if data.is_null() || len > isize::MAX as usize {
        return Err(Refusal::new(
            Code::Argument,
            format!("{what}: a null pointer with a length of {len}"),
        ));
    }
    // SAFETY: not null, and the caller's promise.
    Ok(unsafe { slice::from_raw_parts(data, len) })
}
