//! The Fiat-Shamir transcript: labelled messages and challenges over a sponge.

use alloc::vec::Vec;
use p3_challenger::FieldChallenger;
use p3_field::PrimeCharacteristicRing;

use crate::field::{EF, F};

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
        for chunk in bytes.chunks(7) {
            let mut word = [0u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.sponge.observe(F::from_u64(u64::from_le_bytes(word)));
        }
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
        for chunk in label.as_bytes().chunks(7) {
            let mut word = [0u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.sponge.observe(F::from_u64(u64::from_le_bytes(word)));
        }
        self.sponge.observe(F::from_u64(length as u64));
    }
}
