//! The transcript of `zkpot_sponge`, and what it packs and hashes.

mod cipher;
mod packing;
#[cfg(test)]
mod tests;

use halo2_base::QuantumCell::{Constant, Existing};
use halo2_base::halo2_proofs::halo2curves::ff::Field;
use zkpot_sponge::{PACKED, WIDTH};

use crate::arithmetic::{Arithmetic, Bit, Extension, Integer, Residue};
use crate::poseidon2::Permutations;
use crate::{Cell, Context, Fr};
pub use packing::Word;

/// Elements of a state that are absorbed into and squeezed.
const RATE: usize = 2;

/// The chips that a hash needs.
#[derive(Debug)]
pub struct Hasher<'a> {
    /// Goldilocks.
    pub arithmetic: &'a Arithmetic,
    /// Where cells are laid down.
    pub context: &'a mut Context,
    /// Permutations.
    pub permutations: &'a mut Permutations,
}

impl Hasher<'_> {
    /// A cell for an element of the large field.
    pub(crate) fn cell(&mut self, word: Word) -> Cell {
        match word {
            Word::Held(cell) => cell,
            Word::Known(Fr::ZERO) => self.context.load_zero(),
            Word::Known(value) => self.context.load_constant(value),
        }
    }

    /// `left + right` in the large field.
    fn add(&mut self, left: Word, right: Word) -> Word {
        match (left, right) {
            (Word::Known(left), Word::Known(right)) => Word::Known(left + right),
            (Word::Known(Fr::ZERO), word) | (word, Word::Known(Fr::ZERO)) => word,
            (left, right) => {
                let one = Constant(Fr::ONE);
                let sum = halo2_base::QuantumCell::Witness(left.value() + right.value());
                self.context.assign_region([left.quantum(), right.quantum(), one, sum], [0]);
                Word::Held(self.context.get(-1))
            }
        }
    }

    /// Adds elements to a state, two a permutation and a last odd one alone.
    fn absorb(&mut self, mut state: [Word; WIDTH], blocks: &[Block]) -> [Word; WIDTH] {
        for pair in blocks.chunks(RATE) {
            for (place, block) in pair.iter().enumerate() {
                state[place] = match block {
                    Block::Pack(elements) => self.add_packed(state[place], elements),
                    Block::Digest(digest) => self.add(state[place], *digest),
                };
            }
            let input = state.map(|word| self.cell(word));
            state = self.permutations.permute(self.context, input).map(Word::Held);
        }
        state
    }

    /// The digest of a row of base elements, below `2^64` each.
    ///
    /// # Soundness
    /// What is permuted is what `zkpot_sponge::LeafHash` permutes: the packed elements are
    /// injective in the row's integers and their number, and the capacity holds the number of packs.
    pub fn leaf(&mut self, row: &[Residue]) -> Word {
        let blocks: Vec<Block> =
            row.chunks(PACKED).map(|elements| Block::Pack(elements.to_vec())).collect();
        self.digest(&blocks, Fr::from(1 << 32).square())
    }

    /// The hash of elements that are neither a row nor digests of a tree.
    ///
    /// # Soundness
    /// As `zkpot_sponge::hash_elements`: the capacity holds their number.
    pub fn hash_elements(&mut self, elements: &[Word]) -> Word {
        let blocks: Vec<Block> = elements.iter().map(|&element| Block::Digest(element)).collect();
        self.digest(&blocks, Fr::from(1 << 32).square().double())
    }

    /// The commitment that pins a polynomial: the hash of a root and of a packed value, whose
    /// coordinates are reduced.
    ///
    /// # Soundness
    /// As [`hash_elements`](Self::hash_elements) of the root and the pack, which is injective in the
    /// value's integers.
    pub fn pin(&mut self, root: Word, value: &Extension) -> Word {
        let blocks = [Block::Digest(root), Block::Pack(value.0.to_vec())];
        self.digest(&blocks, Fr::from(1 << 32).square().double())
    }

    /// The digest of blocks, with a tag beside their number in the capacity.
    fn digest(&mut self, blocks: &[Block], tag: Fr) -> Word {
        let capacity = Fr::from(blocks.len() as u64) + tag;
        let zero = Word::Known(Fr::ZERO);
        let [digest, ..] = self.absorb([zero, zero, Word::Known(capacity)], blocks);
        digest
    }

    /// `left + right` in the large field, of a cell and what everybody knows.
    pub fn add_known(&mut self, left: Word, right: Fr) -> Word {
        self.add(left, Word::Known(right))
    }

    /// The digest of two digests.
    ///
    /// # Soundness
    /// One permutation of both and zero, as `zkpot_sponge::NodeHash`.
    pub fn node(&mut self, left: Word, right: Word) -> Word {
        let input = [left, right, Word::Known(Fr::ZERO)].map(|word| self.cell(word));
        Word::Held(self.permutations.permute_to_first(self.context, input))
    }
}

/// What is absorbed at once.
#[derive(Clone, Debug)]
enum Block {
    /// At most three base elements.
    Pack(Vec<Residue>),
    /// An element of the large field.
    Digest(Word),
}

/// A transcript in the circuit, as `zkpot_sponge::Sponge`.
///
/// # Soundness
/// Which of its messages are base elements and which are digests is the circuit's shape. Base elements
/// are absorbed as integers below `2^64`; that an element may have two of them is an argument of
/// [`Arithmetic::load`].
#[derive(Clone, Debug)]
pub struct Sponge {
    state: [Word; WIDTH],
    pack: Vec<Residue>,
    pending: Vec<Block>,
    /// Halves that are still to be given, the last one first.
    output: Vec<Integer>,
}

impl Default for Sponge {
    fn default() -> Self {
        let state = [Word::Known(Fr::ZERO); WIDTH];
        Self { state, pack: Vec::new(), pending: Vec::new(), output: Vec::new() }
    }
}

impl Sponge {
    /// Absorbs a base element, reduced first where that is needed.
    pub fn absorb_element(&mut self, hasher: &mut Hasher<'_>, element: &Residue) {
        self.output.clear();
        self.pack.push(hasher.arithmetic.reduce(hasher.context, element));
        if self.pack.len() == PACKED {
            self.end_pack();
        }
    }

    /// Absorbs an element of the extension, coordinate by coordinate.
    pub fn absorb_extension(&mut self, hasher: &mut Hasher<'_>, element: &Extension) {
        element.0.iter().for_each(|residue| self.absorb_element(hasher, residue));
    }

    /// Absorbs a digest.
    pub fn absorb_digest(&mut self, digest: Word) {
        self.output.clear();
        self.end_pack();
        self.pending.push(Block::Digest(digest));
    }

    fn end_pack(&mut self) {
        if !self.pack.is_empty() {
            self.pending.push(Block::Pack(core::mem::take(&mut self.pack)));
        }
    }

    /// The next half of the state, an integer below `2^127`.
    pub fn squeeze_half(&mut self, hasher: &mut Hasher<'_>) -> Integer {
        loop {
            if let Some(half) = self.output.pop() {
                return half;
            }
            self.duplex(hasher);
        }
    }

    fn duplex(&mut self, hasher: &mut Hasher<'_>) {
        self.end_pack();
        let pending = core::mem::take(&mut self.pending);
        self.state = if pending.is_empty() {
            let input = self.state.map(|word| hasher.cell(word));
            hasher.permutations.permute(hasher.context, input).map(Word::Held)
        } else {
            let count = Word::Known(Fr::from(pending.len() as u64));
            let capacity = hasher.add(self.state[RATE], count);
            hasher.absorb([self.state[0], self.state[1], capacity], &pending)
        };
        for word in self.state[..RATE].iter().rev() {
            let cell = hasher.cell(*word);
            let [low, high] = hasher.arithmetic.split(hasher.context, cell);
            self.output.extend([high, low]);
        }
    }

    /// Draws a base element: a half modulo `p`.
    pub fn squeeze_element(&mut self, hasher: &mut Hasher<'_>) -> Residue {
        self.squeeze_half(hasher).into()
    }

    /// Draws an element of the extension: three base elements, lowest degree first.
    pub fn squeeze_extension(&mut self, hasher: &mut Hasher<'_>) -> Extension {
        Extension([(); 3].map(|()| self.squeeze_element(hasher)))
    }

    /// Draws the bits of an index, least significant first: the lowest ones of a half.
    ///
    /// # Panics
    /// For more than 64 bits.
    pub fn squeeze_bits(&mut self, hasher: &mut Hasher<'_>, count: usize) -> Vec<Bit> {
        assert!(count <= 64, "{count} bits of an index");
        let half = self.squeeze_half(hasher);
        hasher.arithmetic.low_bits(hasher.context, &half, count)
    }

    /// Checks a proof of work: absorbs its witness and requires that index bits are zero. Of no bits
    /// nothing is absorbed.
    ///
    /// # Panics
    /// For more than 64 bits.
    pub fn check_work(&mut self, hasher: &mut Hasher<'_>, bits: usize, witness: &Residue) {
        assert!(bits <= 64, "{bits} bits of work");
        if bits > 0 {
            self.absorb_element(hasher, witness);
            let half = self.squeeze_half(hasher);
            hasher.arithmetic.require_low_zeros(hasher.context, &half, bits);
        }
    }
}

impl Word {
    fn quantum(self) -> halo2_base::QuantumCell<Fr> {
        match self {
            Self::Known(value) => Constant(value),
            Self::Held(cell) => Existing(cell),
        }
    }
}
