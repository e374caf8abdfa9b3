//! The transcript as the library's challenger.

use p3_challenger::{
    CanObserve, CanSample, CanSampleBits, CanSampleUniformBits, FieldChallenger, ResamplingError,
};
use p3_field::integers::QuotientMap;
use p3_symmetric::MerkleCap;

use crate::{Digest, F, Sponge};

/// The commitment of a tree over [`LeafHash`](crate::LeafHash) and [`NodeHash`](crate::NodeHash).
pub type Root = MerkleCap<F, Digest>;

impl CanObserve<F> for Sponge {
    fn observe(&mut self, element: F) {
        self.absorb_element(element);
    }
}

impl CanObserve<Digest> for Sponge {
    fn observe(&mut self, [digest]: Digest) {
        self.absorb_digest(digest);
    }
}

impl CanObserve<Root> for Sponge {
    fn observe(&mut self, root: Root) {
        self.observe_slice(root.roots());
    }
}

impl CanSample<F> for Sponge {
    fn sample(&mut self) -> F {
        F::from_int(self.squeeze_half())
    }
}

impl CanSampleBits<usize> for Sponge {
    /// # Panics
    /// For more bits than a `usize` has, as every challenger of the library.
    fn sample_bits(&mut self, bits: usize) -> usize {
        assert!(bits <= usize::BITS as usize, "{bits} bits of an index");
        let mask = 1u128.checked_shl(bits as u32).map_or(u128::MAX, |bound| bound - 1);
        (self.squeeze_half() & mask) as usize
    }
}

impl CanSampleUniformBits<F> for Sponge {
    /// Bits of a half are uniform enough without rejection, so this never fails.
    fn sample_uniform_bits<const RESAMPLE: bool>(
        &mut self,
        bits: usize,
    ) -> Result<usize, ResamplingError> {
        Ok(self.sample_bits(bits))
    }
}

impl FieldChallenger<F> for Sponge {}
