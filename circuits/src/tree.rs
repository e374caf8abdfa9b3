//! Merkle paths.

#[cfg(test)]
mod tests;

use crate::Fr;
use crate::arithmetic::{Bit, Residue};
use crate::sponge::{Hasher, Word};

impl Hasher<'_> {
    /// The node that a path leads to from a row's leaf.
    ///
    /// `bits` are those of the row's index, least significant first, one for each sibling from the leaf
    /// upwards: a bit is one where the sibling is on the left. The row's elements are
    /// [reduced](crate::arithmetic::Arithmetic::reduce).
    ///
    /// # Soundness
    /// Each step hashes the node below and the sibling, in the order that a bit says
    /// ([`swap`](crate::arithmetic::Arithmetic::swap)). Siblings are anything: two openings of one root
    /// at one index that differ are a collision of the hash.
    ///
    /// # Panics
    /// Where there are more siblings than bits.
    pub fn climb(&mut self, row: &[Residue], bits: &[Bit], siblings: &[Fr]) -> Word {
        assert!(siblings.len() <= bits.len(), "a path longer than its index");
        let mut node = self.leaf(row);
        for (bit, sibling) in bits.iter().zip(siblings) {
            let sibling = self.context.load_witness(*sibling);
            let below = self.cell(node);
            let [left, right] = self.arithmetic.swap(self.context, *bit, below, sibling);
            node = self.node(Word::Held(left), Word::Held(right));
        }
        node
    }

    /// Requires that a path leads from a row's leaf to a root.
    ///
    /// # Soundness
    /// As [`climb`](Self::climb); the node that it comes to is the root, by a copy.
    ///
    /// # Panics
    /// Where siblings and bits are not as many.
    pub fn verify_path(&mut self, row: &[Residue], bits: &[Bit], siblings: &[Fr], root: Word) {
        assert_eq!(siblings.len(), bits.len(), "siblings of a path");
        let found = self.climb(row, bits, siblings);
        let [found, root] = [found, root].map(|word| self.cell(word));
        self.context.constrain_equal(&found, &root);
    }
}
