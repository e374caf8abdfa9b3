//! What the circuit of a wrapped link takes from its statement, as elements of the field that it computes in.
//!
//! The circuit does not compute keccak256, so it takes the statement's digest as a number, and beside it
//! what it computes with. That both belong to one statement is for whoever knows the statement to check.

use alloc::vec::Vec;
use p3_field::PrimeCharacteristicRing;
use zkpot_sponge::{Fr, from_bytes, hash_elements, to_bytes};

use super::Statement;

impl Statement {
    /// In this order: digest and seed of the schedule, in two halves of 16 big-endian bytes each; number
    /// of the first step; commitments of the states before and after and of each shard; public
    /// scalars, `[scalar][step]`; totals; of an envelope the hashes of ciphertext and key. An integer `v` that may be negative is `v + 2^63`.
    ///
    /// A commitment that is none of the wrapped channel's counts as zero; it cannot be opened.
    pub fn elements(&self) -> Vec<Fr> {
        let halves = [self.digest(), self.schedule_seed()].map(split).into_iter().flatten();
        let shards = self.shards.iter().map(|shard| &shard.before);
        let roots = [&self.before, &self.after].into_iter().chain(shards);
        let integers = self.scalars.iter().flatten().chain(&self.outputs);
        let mut elements: Vec<Fr> = halves.collect();
        elements.push(Fr::from_u64(self.first_step));
        elements.extend(roots.map(|root| from_bytes(root).unwrap_or_default()));
        elements.extend(integers.map(|&value| Fr::from_u64(value.cast_unsigned() ^ 1 << 63)));
        elements.extend(self.envelope.iter().flat_map(|envelope| {
            [envelope.ciphertext, envelope.key].map(|hash| from_bytes(&hash).unwrap_or_default())
        }));
        elements
    }

    /// How many [`Statement::elements`] there are.
    pub fn count_elements(&self) -> usize {
        let integers: usize = self.scalars.iter().map(Vec::len).sum();
        let envelope = self.envelope.iter().count() * 2;
        2 * 2 + 1 + 2 + self.shards.len() + integers + self.outputs.len() + envelope
    }

    /// The hash of [`Statement::elements`], which the transcript of a wrapped link starts with.
    pub fn wrapped_digest(&self) -> [u8; 32] {
        to_bytes(hash_elements(&self.elements()))
    }
}

/// A digest's halves, the more significant first.
pub fn split(digest: [u8; 32]) -> [Fr; 2] {
    let halves: &[[u8; 16]; 2] = digest.as_chunks().0.try_into().unwrap_or(&[[0; 16]; 2]);
    halves.map(|half| Fr::from_u128(u128::from_be_bytes(half)))
}
