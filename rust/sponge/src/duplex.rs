//! The transcript as a duplex sponge.

use alloc::vec::Vec;

use p3_field::PrimeCharacteristicRing;

use crate::digest::to_words;
use crate::lanes::{LANES, Lanes, States};
use crate::packing::Packer;
use crate::{F, Fr, WIDTH, permute};

/// Elements of a state that are absorbed into and squeezed.
pub(crate) const RATE: usize = 2;

/// Bits of the lower half of a squeezed element; the upper half has no more.
pub const HALF_BITS: usize = 127;

/// A transcript over Poseidon2: it absorbs base elements and digests, and gives halves of its state.
///
/// Elements are packed in the order in which they are absorbed; a digest ends an unfinished pack. At
/// the first squeeze their number is added to the capacity, and then they are to the rest, two a
/// permutation. What is left of a squeeze is thrown away when something is absorbed.
///
/// Which of what is absorbed are digests and which are elements is for the caller's messages to
/// fix, as is the order of both.
#[derive(Clone, Debug, Default)]
pub struct Sponge {
    state: [Fr; WIDTH],
    packer: Packer,
    pending: Vec<Fr>,
    /// Halves that are still to be given, the last one first.
    output: Vec<u128>,
}

impl Sponge {
    /// A transcript of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Absorbs a base element.
    pub fn absorb_element(&mut self, element: F) {
        self.output.clear();
        self.pending.extend(self.packer.push(element));
    }

    /// Absorbs a digest, or any other element of the large field.
    pub fn absorb_digest(&mut self, digest: Fr) {
        self.output.clear();
        self.pending.extend(self.packer.finish());
        self.pending.push(digest);
    }

    /// The next half of the state, below `2^127`.
    ///
    /// An element below the modulus `r` is `low + 2^127 high` in one way, with `low < 2^127` and
    /// `high <= r >> 127`. Modulo Goldilocks' modulus, or cut to at most 64 bits, either half of a
    /// uniform element takes no value more often than `1 + 2^-62` times its share.
    pub fn squeeze_half(&mut self) -> u128 {
        loop {
            if let Some(half) = self.output.pop() {
                return half;
            }
            self.duplex();
        }
    }

    /// Absorbs what is pending, or permutes where nothing is, and refills the output.
    fn duplex(&mut self) {
        self.pending.extend(self.packer.finish());
        if self.pending.is_empty() {
            permute(&mut self.state);
        } else {
            self.state[RATE] += Fr::from_usize(self.pending.len());
            absorb(&mut self.state, &self.pending);
            self.pending.clear();
        }
        self.output =
            self.state[..RATE].iter().flat_map(|&element| halves(to_words(element))).collect();
        self.output.reverse();
    }

    /// What finds the first half after one more element, without the permutations before the last.
    pub(crate) fn prepare(&self) -> Prepared {
        let count = self.pending.len() + 1;
        let (before, beside) = self.pending.split_at((count - 1) / RATE * RATE);
        let mut state = self.state;
        state[RATE] += Fr::from_usize(count);
        absorb(&mut state, before);
        for (place, element) in state.iter_mut().zip(beside) {
            *place += *element;
        }
        Prepared { state, place: beside.len(), packer: self.packer }
    }
}

/// A transcript up to the last packed element.
pub(crate) struct Prepared {
    state: [Fr; WIDTH],
    place: usize,
    packer: Packer,
}

impl Prepared {
    /// The half that is squeezed next if `element` is absorbed first.
    pub(crate) fn half_after(&self, element: F) -> u128 {
        let mut state = self.state;
        state[self.place] += self.packed(element);
        permute(&mut state);
        halves(to_words(state[0]))[0]
    }

    /// The states of [`Prepared::halves_after`] before the last element is added.
    pub(crate) fn states(&self, lanes: Lanes) -> States {
        lanes.states(self.state)
    }

    /// The halves after each of as many elements as there are lanes.
    pub(crate) fn halves_after(&self, mut states: States, elements: [F; LANES]) -> [u128; LANES] {
        let mut absorbed = [[Fr::ZERO; LANES]; RATE];
        absorbed[self.place] = elements.map(|element| self.packed(element));
        states.absorb(&absorbed);
        states.first().map(|words| halves(words)[0])
    }

    fn packed(&self, element: F) -> Fr {
        let mut packer = self.packer;
        packer.push(element).or_else(|| packer.finish()).unwrap_or_default()
    }
}

/// Adds elements to the state, two a permutation and a last odd one alone.
pub(crate) fn absorb(state: &mut [Fr; WIDTH], elements: &[Fr]) {
    for block in elements.chunks(RATE) {
        for (place, element) in state.iter_mut().zip(block) {
            *place += *element;
        }
        permute(state);
    }
}

/// The two halves of an integer, the lower one first.
fn halves(words: [u64; 4]) -> [u128; 2] {
    let [a, b, c, d] = words.map(u128::from);
    let (low, high) = (a | b << 64, c | d << 64);
    [low & ((1 << HALF_BITS) - 1), high << 1 | low >> HALF_BITS]
}
