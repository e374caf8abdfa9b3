//! One reserved region of addresses for all large blocks.

use std::alloc::{GlobalAlloc, Layout};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};

use memmap2::{MmapMut, MmapOptions};
use talc::TalcLock;
use talc::source::Manual;

/// Bytes of addresses that are asked for, and the least that will do. They are no memory until they
/// are touched.
const MOST: usize = 1 << 38;
const LEAST: usize = 1 << 33;

/// A huge page, the largest unit in which memory comes and goes.
const PAGE: usize = 1 << 21;

/// Blocks at the lowest addresses that have room for them.
pub(crate) struct Region {
    blocks: TalcLock<spin::Mutex<()>, Manual>,
    /// The first address and the one behind the last; zero before there is a region.
    begin: AtomicUsize,
    end: AtomicUsize,
}

impl Region {
    /// No addresses yet.
    pub(crate) const fn new() -> Self {
        Self { blocks: TalcLock::new(Manual), begin: AtomicUsize::new(0), end: AtomicUsize::new(0) }
    }

    /// Reserves addresses, as many as the system lets it; they stay until the process ends.
    pub(crate) fn reserve(&self) {
        let Some(map) = map() else { return };
        // What follows holds the lock, so that only one of two callers' regions is used.
        let mut blocks = self.blocks.lock();
        if self.end.load(Ordering::Relaxed) != 0 {
            return;
        }
        let (begin, length) = (map.as_ptr().cast_mut(), map.len());
        std::mem::forget(map);
        // SAFETY: the mapping is this region's alone, can be read and written, and is never unmapped.
        if let Some(end) = unsafe { blocks.claim(begin, length) } {
            self.begin.store(begin as usize, Ordering::Release);
            self.end.store(end.as_ptr() as usize, Ordering::Release);
        }
    }

    /// Whether an address is one of the region's.
    pub(crate) fn contains(&self, block: *mut u8) -> bool {
        let (begin, end) = (self.begin.load(Ordering::Acquire), self.end.load(Ordering::Acquire));
        (begin..end).contains(&(block as usize))
    }

    /// A block, or nothing where there is no room; its bytes are whatever was there before.
    pub(crate) fn allocate(&self, layout: Layout) -> Option<NonNull<u8>> {
        if self.end.load(Ordering::Acquire) == 0 {
            return None;
        }
        // SAFETY: large blocks have bytes.
        NonNull::new(unsafe { self.blocks.alloc(layout) })
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// [`Region::allocate`] returned it for this layout, and it is not used again.
    pub(crate) unsafe fn free(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's.
        unsafe { self.blocks.dealloc(block, layout) }
    }

    /// Makes a block longer or shorter where it stands, if there is room.
    ///
    /// # Safety
    /// [`Region::allocate`] returned it for this layout; where this returns true, its size is the
    /// new one from now on.
    pub(crate) unsafe fn resize(&self, block: *mut u8, layout: Layout, size: usize) -> bool {
        // SAFETY: the caller's; neither size is zero.
        unsafe { self.blocks.lock().try_realloc_in_place(block, layout, size) }
    }

    /// Returns the pages behind the last block that is in use to the system.
    pub(crate) fn release(&self) {
        let mut blocks = self.blocks.lock();
        let Some(end) = NonNull::new(self.end.load(Ordering::Acquire) as *mut u8) else { return };
        // SAFETY: this is where the region ends.
        let used = unsafe { blocks.reserved(end) }.up_to.as_ptr() as usize;
        // Never all of it: the allocator's own records stand at the beginning.
        let keep = (used + PAGE).next_multiple_of(PAGE);
        if keep + PAGE >= end.as_ptr() as usize {
            return;
        }
        // SAFETY: what is cut off holds no block, and belongs to nobody until it is added again; its
        // pages read as zeros afterwards.
        unsafe {
            let Some(cut) = blocks.truncate(end, keep as *mut u8) else { return };
            discard(cut.as_ptr() as usize, end.as_ptr() as usize);
            blocks.extend(cut, end.as_ptr());
        }
    }
}

/// As many addresses as the system gives.
fn map() -> Option<MmapMut> {
    let lengths = std::iter::successors(Some(MOST), |&length| Some(length / 2));
    let map = lengths
        .take_while(|&length| length >= LEAST)
        .find_map(|length| MmapOptions::new().len(length).no_reserve_swap().map_anon().ok())?;
    // Huge pages are faulted in sooner; where there are none, small ones do.
    #[cfg(target_os = "linux")]
    let _ = map.advise(memmap2::Advice::HugePage);
    Some(map)
}

/// Gives the memory of whole pages between two addresses back.
///
/// # Safety
/// They lie in one anonymous mapping, and nothing there is in use.
unsafe fn discard(begin: usize, end: usize) {
    let begin = begin.next_multiple_of(PAGE);
    #[cfg(target_os = "linux")]
    if begin < end {
        // SAFETY: the caller's; the kernel takes any range of a mapping's pages.
        unsafe {
            libc::madvise(begin as *mut libc::c_void, end - begin, libc::MADV_DONTNEED);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (begin, end);
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// One test at a time: the process has one number of pages.
    static ALONE: Mutex<()> = Mutex::new(());

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 64).unwrap()
    }

    /// Bytes of the process that are in memory.
    #[cfg(target_os = "linux")]
    fn resident() -> usize {
        let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
        pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
    }

    #[test]
    fn blocks_are_apart_and_keep_their_bytes() {
        let _alone = ALONE.lock();
        let region = Region::new();
        assert!(region.allocate(layout(PAGE)).is_none());
        region.reserve();
        let mut blocks: Vec<(NonNull<u8>, usize, u8)> = Vec::new();
        let mut state = 1u64;
        for turn in 0..2000u32 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(turn.into());
            let (draw, size) = (state >> 60, (1 << 20) + (state >> 40) as usize % (1 << 22));
            if draw < 9 || blocks.is_empty() {
                let block = region.allocate(layout(size)).unwrap();
                assert!(region.contains(block.as_ptr()));
                let mark = turn as u8;
                // SAFETY: the block has these bytes.
                unsafe {
                    block.write(mark);
                    block.add(size - 1).write(mark);
                }
                blocks.push((block, size, mark));
                continue;
            }
            let place = state as usize % blocks.len();
            let (block, old, mark) = blocks.swap_remove(place);
            // SAFETY: the block is in use with its old size.
            unsafe {
                assert_eq!((block.read(), block.add(old - 1).read()), (mark, mark));
                if draw < 12 && region.resize(block.as_ptr(), layout(old), size) {
                    block.add(size - 1).write(mark);
                    blocks.push((block, size, mark));
                } else {
                    region.free(block.as_ptr(), layout(old));
                }
            }
            if turn % 64 == 0 {
                region.release();
            }
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_freed_block_is_the_next_one_and_release_returns_its_pages() {
        let _alone = ALONE.lock();
        let region = Region::new();
        region.reserve();
        let size = 64 * PAGE;
        let before = resident();
        let first = region.allocate(layout(size)).unwrap();
        // SAFETY: the block has these bytes.
        unsafe { first.write_bytes(1, size) };
        assert!(resident() >= before + size);
        // SAFETY: it is not used again.
        unsafe { region.free(first.as_ptr(), layout(size)) };
        let second = region.allocate(layout(size / 2)).unwrap();
        assert_eq!(first, second);
        region.release();
        // SAFETY: the block has these bytes, and the first one wrote them.
        assert_eq!(unsafe { second.add(PAGE).read() }, 1);
        assert!(resident() < before + size / 2 + 8 * PAGE);
        // SAFETY: as above.
        unsafe { region.free(second.as_ptr(), layout(size / 2)) };
        region.release();
        assert!(resident() < before + 8 * PAGE);
        assert_eq!(region.allocate(layout(size)), Some(first));
    }
}
