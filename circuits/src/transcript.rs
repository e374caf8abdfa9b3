//! The labelled transcript in the circuit.

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::field::F;

use crate::arithmetic::Extension;
use crate::sponge::{Hasher, Sponge, Word};

/// What `zkpot_protocol::transcript::Transcript` is over a native sponge: every message is absorbed
/// under its label and its length, which the circuit knows.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    sponge: Sponge,
}

impl Transcript {
    /// Goes on from a sponge.
    pub fn new(sponge: Sponge) -> Self {
        Self { sponge }
    }

    /// The sponge itself.
    pub fn sponge_mut(&mut self) -> &mut Sponge {
        &mut self.sponge
    }

    /// Absorbs bytes that everybody knows, seven a base element, after their label and number.
    pub fn absorb_bytes(&mut self, hasher: &mut Hasher<'_>, label: &str, bytes: &[u8]) {
        self.absorb_label(hasher, label, bytes.len());
        self.absorb_words(hasher, bytes);
    }

    /// Absorbs a digest after its label and its 32 bytes' number.
    pub fn absorb_digest(&mut self, hasher: &mut Hasher<'_>, label: &str, digest: Word) {
        self.absorb_label(hasher, label, 32);
        self.sponge.absorb_digest(digest);
    }

    /// Absorbs scalars after their label and number.
    pub fn absorb(&mut self, hasher: &mut Hasher<'_>, label: &str, scalars: &[Extension]) {
        self.absorb_label(hasher, label, scalars.len());
        scalars.iter().for_each(|scalar| self.sponge.absorb_extension(hasher, scalar));
    }

    /// Draws a challenge.
    pub fn challenge(&mut self, hasher: &mut Hasher<'_>, label: &str) -> Extension {
        self.absorb_label(hasher, label, 0);
        self.sponge.squeeze_extension(hasher)
    }

    fn absorb_label(&mut self, hasher: &mut Hasher<'_>, label: &str, length: usize) {
        self.absorb_known(hasher, label.len() as u64);
        self.absorb_words(hasher, label.as_bytes());
        self.absorb_known(hasher, length as u64);
    }

    fn absorb_words(&mut self, hasher: &mut Hasher<'_>, bytes: &[u8]) {
        for chunk in bytes.chunks(7) {
            let mut word = [0u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.absorb_known(hasher, u64::from_le_bytes(word));
        }
    }

    fn absorb_known(&mut self, hasher: &mut Hasher<'_>, value: u64) {
        self.sponge.absorb_element(hasher, &F::from_u64(value).into());
    }
}
