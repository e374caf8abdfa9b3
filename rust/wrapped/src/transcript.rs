//! The transcript of a proof for the EVM, as snark-verifier's `EvmTranscript` has it.
//!
//! What is absorbed is kept in a buffer; a challenge is keccak256 of it, modulo the order, and the hash as it is
//! starts the next buffer. Where nothing is absorbed between two challenges, a byte `01` follows the hash.

use alloc::vec::Vec;
use core::mem;

use ark_bn254::{Fr, G1Affine};
use zkpot_protocol::statement::keccak;

use crate::encoding::{point, reduced, scalar};
use crate::{Error, Word};

/// A proof's bytes on their way through the verifier.
pub struct Transcript<'a> {
    proof: &'a [u8],
    read: usize,
    buffer: Vec<u8>,
}

impl<'a> Transcript<'a> {
    /// Nothing absorbed, nothing read.
    pub const fn new(proof: &'a [u8]) -> Self {
        Self { proof, read: 0, buffer: Vec::new() }
    }

    /// Absorbs an element that both sides know.
    pub fn absorb(&mut self, word: &Word) {
        self.buffer.extend_from_slice(word);
    }

    /// Reads and absorbs an element.
    pub fn scalar(&mut self) -> Result<Fr, Error> {
        let offset = self.read;
        let refused = Error::Scalar { offset };
        let word = *self.take::<32>().ok_or(refused.clone())?;
        self.absorb(&word);
        scalar(&word).ok_or(refused)
    }

    /// Reads and absorbs a point.
    pub fn point(&mut self) -> Result<G1Affine, Error> {
        let offset = self.read;
        let refused = Error::Point { offset };
        let bytes = self.take::<64>().ok_or(refused.clone())?;
        self.buffer.extend_from_slice(bytes);
        let words: &[Word; 2] = bytes.as_chunks().0.try_into().map_err(|_| refused.clone())?;
        point(words).ok_or(refused)
    }

    /// A challenge of all that was absorbed.
    pub fn challenge(&mut self) -> Fr {
        let absorbed = mem::take(&mut self.buffer);
        let mark: &[u8] = if absorbed.len() == 32 { &[1] } else { &[] };
        let hash = keccak(&[&absorbed, mark]);
        self.absorb(&hash);
        reduced(&hash)
    }

    fn take<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (taken, _) = self.proof.get(self.read..)?.split_first_chunk()?;
        self.read += N;
        Some(taken)
    }
}
