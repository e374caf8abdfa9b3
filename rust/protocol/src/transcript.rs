//! The Fiat-Shamir transcript: labelled messages and challenges over a sponge.

use alloc::vec::Vec;
use p3_challenger::FieldChallenger;
use p3_field::PrimeCharacteristicRing;

use crate::field::{EF, F};

/// A sponge that absorbs digests in the form that suits it.
pub trait AbsorbDigest {
    /// Absorbs 32 bytes: a root of its own hash as what it is, others in pieces.
    fn absorb_digest(&mut self, digest: &[u8; 32]);
}

/// A sponge that absorbs every message under its label and its length.
///
/// Generic over the sponge: the wrapped mode names another hash and nothing else changes.
#[derive(Clone, Debug)]
pub struct Transcript<C> {
    sponge: C,
}

impl<C: FieldChallenger<F>> Transcript<C> {
    /// Starts from a sponge, usually an empty one.
    pub fn new(sponge: C) -> Self {
        Self { sponge }
    }

    /// The sponge itself, for an opening proof that continues on it.
    pub fn sponge_mut(&mut self) -> &mut C {
        &mut self.sponge
    }

    /// Absorbs bytes, seven a field element, after their label and number.
    pub fn absorb_bytes(&mut self, label: &str, bytes: &[u8]) {
        self.absorb_label(label, bytes.len());
        pieces(bytes).for_each(|piece| self.sponge.observe(piece));
    }

    /// Absorbs a digest after its label and number of bytes.
    pub fn absorb_digest(&mut self, label: &str, digest: &[u8; 32])
    where
        C: AbsorbDigest,
    {
        self.absorb_label(label, digest.len());
        self.sponge.absorb_digest(digest);
    }

    /// Absorbs scalars after their label and number.
    pub fn absorb(&mut self, label: &str, scalars: &[EF]) {
        self.absorb_label(label, scalars.len());
        self.sponge.observe_algebra_slice(scalars);
    }

    /// Draws a challenge.
    pub fn challenge(&mut self, label: &str) -> EF {
        self.absorb_label(label, 0);
        self.sponge.sample_algebra_element()
    }

    /// Draws `count` challenges.
    pub fn challenges(&mut self, label: &str, count: usize) -> Vec<EF> {
        self.absorb_label(label, 0);
        (0..count).map(|_| self.sponge.sample_algebra_element()).collect()
    }

    /// Labels are short, so their own length separates them from what follows.
    fn absorb_label(&mut self, label: &str, length: usize) {
        self.sponge.observe(F::from_u64(label.len() as u64));
        pieces(label.as_bytes()).for_each(|piece| self.sponge.observe(piece));
        self.sponge.observe(F::from_u64(length as u64));
    }
}

/// Bytes as field elements, seven each, the first byte least significant.
pub fn pieces(bytes: &[u8]) -> impl Iterator<Item = F> {
    bytes.chunks(7).map(|chunk| {
        let mut word = [0u8; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        F::from_u64(u64::from_le_bytes(word))
    })
}
