//! Round constants, in the form that lanes compute with.

use alloc::vec::Vec;

use p3_field::{PrimeCharacteristicRing, RawDataSerializable};

use super::limbs::{LIMBS, limbs_of};
use crate::digest::to_words;
use crate::{Fr, WIDTH, constants};

/// An element stands for itself times two to this power.
const LANE_BITS: u64 = 260;
/// The same of elements as the library has them.
const LIBRARY_BITS: u64 = 256;

/// Constants of the rounds, and what brings elements into lanes.
pub struct Constants {
    pub first: Vec<[[u64; LIMBS]; WIDTH]>,
    pub partial: Vec<[u64; LIMBS]>,
    pub last: Vec<[[u64; LIMBS]; WIDTH]>,
    /// `2^260`.
    unit: Fr,
    /// What the words of an element are multiplied with, of which the `2^260`th part is left.
    pub from_library: [u64; LIMBS],
}

impl Constants {
    pub fn new() -> Self {
        let (rounds, unit) = (constants(), Fr::TWO.exp_u64(LANE_BITS));
        let in_lanes = |element: Fr| limbs_of(to_words(element * unit));
        let full = |constants: &[[Fr; WIDTH]]| constants.iter().map(|c| c.map(in_lanes)).collect();
        Self {
            first: full(&rounds.first),
            partial: rounds.partial.iter().copied().map(in_lanes).collect(),
            last: full(&rounds.last),
            unit,
            from_library: limbs_of(to_words(Fr::TWO.exp_u64(2 * LANE_BITS - LIBRARY_BITS))),
        }
    }

    /// An element as lanes have it.
    pub fn in_lanes(&self, element: Fr) -> [u64; LIMBS] {
        limbs_of(to_words(element * self.unit))
    }
}

/// The words of an element as the library has it in memory: those of its integer times `2^256`.
pub fn library_words(element: Fr) -> [u64; 4] {
    let mut words = [0; 4];
    for (place, word) in words.iter_mut().zip(Fr::into_u64_stream([element])) {
        *place = word;
    }
    words
}
