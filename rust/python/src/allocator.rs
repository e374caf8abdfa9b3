//! The allocator, and how long it keeps freed memory.

/// Two threads are slower than one with the C library's allocator, because every large table is
/// returned to the system and faulted in again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Milliseconds for which freed pages stay with the process: longer than the pause between two
/// phases of a proof, so that one phase's tables become the next one's. Measured on 32 steps of
/// MNIST: 1.3 s in the kernel instead of 4.3 s.
const KEEP_MILLISECONDS: i64 = 3000;

/// `mi_option_purge_delay`, which the bindings do not name.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// Sets the allocator up, once, when the module is loaded.
#[expect(unsafe_code, reason = "the allocator's options have no safe interface")]
pub fn configure() {
    // SAFETY: sets one integer option; any value is accepted at any time.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, KEEP_MILLISECONDS) }
}
