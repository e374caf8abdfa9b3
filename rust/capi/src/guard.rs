//! Panics, which must not reach callers.

use zkpot_embed::Refusal;

/// What `run` returns, or the refusal that a panic in it is.
#[cfg(not(target_family = "wasm"))]
pub fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, Refusal> {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use zkpot_embed::Code;

    catch_unwind(AssertUnwindSafe(run))
        .map_err(|_| Refusal::new(Code::Internal, "zkpot failed at this input; please report it"))
}

/// What `run` returns; a panic traps, and the host has its instance no more.
#[cfg(target_family = "wasm")]
pub fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, Refusal> {
    Ok(run())
}

#[cfg(target_family = "wasm")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
