//! The allocator of the prover.
//!
//! A proof goes through gigabytes of tables, and fresh pages cost more than the arithmetic on them:
//! the system clears each one when it is first touched. So a table's memory has to become the next
//! table's. The C library returns every large block to the system, and mimalloc returns what
//! rests for a while, or holds twice as much where it is told not to. Here large blocks come from one
//! reserved region of addresses that is filled from its beginning, with neighbours joined when they
//! are freed, and pages stay until [`release`], which a run calls at its end, and before a link
//! that is planned with less than is kept; mimalloc has everything else.

mod large;

use std::alloc::{GlobalAlloc, Layout};

use mimalloc::MiMalloc;

use large::Region;

/// Bytes from which on a block is large.
const LARGE: usize = 1 << 20;

/// Milliseconds for which mimalloc keeps freed pages: longer than the pause between two phases of
/// a proof.
const KEEP_MILLISECONDS: i64 = 3000;

/// `mi_option_purge_delay`, which the bindings do not name.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

static REGION: Region = Region::new();

/// Sets the allocator up: once, early. Before it, and where no region of addresses is to be had,
/// mimalloc has large blocks too.
pub fn configure() {
    // SAFETY: sets one integer option; any value is accepted at any time.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, KEEP_MILLISECONDS) }
    REGION.reserve();
}

/// Returns the pages behind the last large block that is in use.
pub fn release() {
    REGION.release();
}

/// The global allocator.
#[derive(Clone, Copy, Debug, Default)]
pub struct Allocator;

// SAFETY: every block comes from one of two allocators that keep this contract, and goes back to the
// one whose addresses it has.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() >= LARGE
            && let Some(block) = REGION.allocate(layout)
        {
            return block.as_ptr();
        }
        // SAFETY: the caller's layout.
        unsafe { MiMalloc.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.size() >= LARGE
            && let Some(block) = REGION.allocate(layout)
        {
            // SAFETY: the block has this size.
            unsafe { block.write_bytes(0, layout.size()) };
            return block.as_ptr();
        }
        // SAFETY: the caller's layout.
        unsafe { MiMalloc.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if REGION.contains(block) {
            // SAFETY: the region's addresses are handed out by the region alone.
            unsafe { REGION.free(block, layout) }
        } else {
            // SAFETY: all others are handed out by mimalloc.
            unsafe { MiMalloc.dealloc(block, layout) }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let own = REGION.contains(block);
        if !own && size < LARGE {
            // SAFETY: the block is mimalloc's.
            return unsafe { MiMalloc.realloc(block, layout, size) };
        }
        // SAFETY: the block is the region's, and stays large.
        if own && size >= LARGE && unsafe { REGION.resize(block, layout, size) } {
            return block;
        }
        // SAFETY: the caller vouches for size and alignment together; the new block is another one,
        // and both have the bytes that are copied.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                block.copy_to_nonoverlapping(new, layout.size().min(size));
                self.dealloc(block, layout);
            }
            new
        }
    }
}
