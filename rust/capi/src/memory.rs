//! The memory of a wasm, and room in it for the arguments of its host.

use alloc::alloc::{alloc, dealloc};
use core::alloc::Layout;
use core::ptr;

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};

#[global_allocator]
static ALLOCATOR: WasmDynamicTalc = new_wasm_dynamic_allocator();

/// Room for so many bytes, aligned to 8; null where there is none.
#[unsafe(no_mangle)]
pub extern "C" fn zkpot_alloc(len: usize) -> *mut u8 {
    match Layout::from_size_align(len.max(1), 8) {
        // SAFETY: the size is not zero.
        Ok(layout) => unsafe { alloc(layout) },
        Err(_) => ptr::null_mut(),
    }
}

/// Gives it back.
///
/// # Safety
/// `zkpot_alloc` returned it for this length, and nobody uses it any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_dealloc(data: *mut u8, len: usize) {
    if let (false, Ok(layout)) = (data.is_null(), Layout::from_size_align(len.max(1), 8)) {
        // SAFETY: the caller's promise.
        unsafe { dealloc(data, layout) };
    }
}
