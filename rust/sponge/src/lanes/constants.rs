//! Round constants and factors, in the form that lanes compute with.

use alloc::vec::Vec;

use p3_field::PrimeCharacteristicRing;

use super::limbs::{LIMBS, limbs_of};
use crate::digest::to_words;
use crate::{Fr, WIDTH, constants};

/// An element stands for itself times two to this power.
const LANE_BITS: u64 = 260;
/// The same of the library's type.
const LIBRARY_BITS: u64 = 256;

/// How elements are written that are brought into lanes.
#[derive(Clone, Copy)]
pub enum Form {
    /// As integers.
    Integer,
    /// As the library has them in memory: times `2^256`.
    Library,
}

/// Constants of the rounds, and factors that bring elements into lanes.
pub struct Constants {
    pub first: Vec<[[u64; LIMBS]; WIDTH]>,
    pub partial: Vec<[u64; LIMBS]>,
    pub last: Vec<[[u64; LIMBS]; WIDTH]>,
    from_integer: [u64; LIMBS],
    from_library: [u64; LIMBS],
}

impl Constants {
    pub fn new() -> Self {
        let rounds = constants();
        let full = |constants: &[[Fr; WIDTH]]| constants.iter().map(|c| c.map(in_lanes)).collect();
        // A product in lanes is divided by 2^260.
        let factor = |bits: u64| limbs_of(to_words(Fr::TWO.exp_u64(2 * LANE_BITS - bits)));
        Self {
            first: full(&rounds.first),
            partial: rounds.partial.iter().copied().map(in_lanes).collect(),
            last: full(&rounds.last),
            from_integer: factor(0),
            from_library: factor(LIBRARY_BITS),
        }
    }

    /// What brings elements of a form into lanes.
    pub const fn factor(&self, form: Form) -> &[u64; LIMBS] {
        match form {
            Form::Integer => &self.from_integer,
            Form::Library => &self.from_library,
        }
    }
}

/// An element as lanes have it.
pub fn in_lanes(element: Fr) -> [u64; LIMBS] {
    limbs_of(to_words(element * Fr::TWO.exp_u64(LANE_BITS)))
}
