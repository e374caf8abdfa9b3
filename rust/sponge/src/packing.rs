//! Base elements, three a field element.

use alloc::vec::Vec;

use p3_field::PrimeField64;

use crate::{F, Fr};

/// Base elements of a packed one, at most.
pub const PACKED: usize = 3;

/// Packs elements three by three, in order, the last of them alone where they are no multiple.
///
/// `e_0 + e_1 2^64 + e_2 2^128 + k 2^192` stands for `k` elements, so that it says how many it
/// stands for and no two sequences pack alike.
pub fn pack(elements: impl IntoIterator<Item = F>) -> Vec<Fr> {
    let mut packer = Packer::default();
    let mut packed: Vec<Fr> = elements.into_iter().filter_map(|e| packer.push(e)).collect();
    packed.extend(packer.finish());
    packed
}

/// A packed element under way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Packer {
    words: [u64; PACKED],
    count: usize,
}

impl Packer {
    /// Adds an element; returns the packed one that it completes.
    pub fn push(&mut self, element: F) -> Option<Fr> {
        self.words[self.count] = element.as_canonical_u64();
        self.count += 1;
        if self.count == PACKED { self.finish() } else { None }
    }

    /// Ends the packed element, if it has any, and starts the next.
    pub fn finish(&mut self) -> Option<Fr> {
        let Self { words: [first, second, third], count } = core::mem::take(self);
        (count > 0).then(|| Fr::new([first, second, third, count as u64]))
    }
}
