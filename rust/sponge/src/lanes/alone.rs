//! The only lane where there are no others.

use crate::digest::to_words;
use crate::duplex::{RATE, absorb};
use crate::{Fr, WIDTH};

/// States that are permuted at once.
pub const LANES: usize = 1;

/// What permutes.
#[derive(Clone, Copy)]
pub struct Lanes;

/// A state in the lane.
#[derive(Clone)]
pub struct States([Fr; WIDTH]);

impl Lanes {
    /// There is always one.
    pub const fn new() -> Option<Self> {
        Some(Self)
    }

    /// A state in the lane.
    pub const fn states(self, state: [Fr; WIDTH]) -> States {
        States(state)
    }
}

impl States {
    /// Adds elements to the first ones of the state, and permutes.
    pub fn absorb(&mut self, elements: &[[Fr; LANES]; RATE]) {
        absorb(&mut self.0, elements.as_flattened());
    }

    /// The words of the first element of the state, least significant first.
    pub fn first(&self) -> [[u64; 4]; LANES] {
        [to_words(self.0[0])]
    }
}
