//! The encryption of `zkpot_sponge` in the circuit.

use halo2_base::halo2_proofs::halo2curves::ff::{Field, PrimeField};
use zkpot_sponge::{KEY_HASH, KEYSTREAM, PACKED};

use super::{Hasher, RATE, Word};
use crate::arithmetic::Residue;
use crate::{Cell, Fr};

impl Hasher<'_> {
    /// The hash of a key.
    ///
    /// # Soundness
    /// The permutation that `zkpot_sponge::hash_key` makes.
    pub fn hash_key(&mut self, key: Cell) -> Word {
        let [zero, capacity] =
            [Fr::ZERO, Fr::from_u128(KEY_HASH)].map(|v| self.cell(Word::Known(v)));
        Word::Held(self.permutations.permute_to_first(self.context, [key, zero, capacity]))
    }

    /// The ciphertext of base elements, below `2^64` each.
    ///
    /// # Soundness
    /// As `zkpot_sponge::encrypt`: to every element of the stream three elements are added, packed, which is
    /// injective in their integers. An element with two integers below `2^64` has two ciphertexts, which
    /// decrypt to the same.
    pub fn encrypt(&mut self, key: Cell, elements: &[Residue]) -> Vec<Word> {
        let packs: Vec<&[Residue]> = elements.chunks(PACKED).collect();
        let mut ciphertext = Vec::with_capacity(packs.len());
        for (number, packs) in (0u64..).zip(packs.chunks(RATE)) {
            let known = [Fr::from(number), Fr::from_u128(KEYSTREAM)];
            let [number, capacity] = known.map(|value| self.cell(Word::Known(value)));
            let stream = self.permutations.permute(self.context, [key, number, capacity]);
            for (pad, elements) in stream.into_iter().zip(packs) {
                ciphertext.push(self.add_packed(Word::Held(pad), elements));
            }
        }
        ciphertext
    }
}
