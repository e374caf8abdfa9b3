//! Permutations side by side, where a processor has AVX-512 IFMA: several for the time of one.
//!
//! Rows and nodes of a tree and candidates of a proof of work are hashed alone, so each takes a lane. What
//! is hashed is what [`permute`](crate::permute) makes of it, to the bit.

mod constants;
mod limbs;
mod rounds;

use pulp::NullaryFnOnce;
use spin::LazyLock;

use self::constants::{Constants, library_words};
use self::limbs::{LIMBS, Limbs, Simd, Words, limbs_of};
use crate::duplex::RATE;
use crate::grain::ORDER;
use crate::{Fr, WIDTH};

pub use self::limbs::LANES;

/// Lanes of a processor that has them.
#[derive(Clone, Copy)]
pub struct Lanes {
    simd: Simd,
    constants: &'static Constants,
}

/// A state in each lane.
#[derive(Clone)]
pub struct States {
    lanes: Lanes,
    states: [Limbs; WIDTH],
}

static CONSTANTS: LazyLock<Constants> = LazyLock::new(Constants::new);

impl Lanes {
    /// Lanes, if this processor has them.
    pub fn new() -> Option<Self> {
        Simd::try_new().map(|simd| Self { simd, constants: &CONSTANTS })
    }

    /// The same state in all lanes.
    pub fn states(self, state: [Fr; WIDTH]) -> States {
        let limbs = state.map(|element| self.constants.in_lanes(element));
        States { lanes: self, states: self.simd.vectorize(Start { simd: self.simd, limbs }) }
    }
}

impl States {
    /// Adds elements to the first ones of every state, and permutes.
    pub fn absorb(&mut self, elements: &[[Fr; LANES]; RATE]) {
        let mut words = [Words::default(); RATE];
        for (words, elements) in words.iter_mut().zip(elements) {
            for (lane, element) in elements.iter().enumerate() {
                for (place, word) in words.iter_mut().zip(library_words(*element)) {
                    place[lane] = word;
                }
            }
        }
        self.lanes.simd.vectorize(Absorb { states: self, words: &words });
    }

    /// The words of the first element of every state, least significant first.
    pub fn first(&self) -> [[u64; 4]; LANES] {
        let words = self.lanes.simd.vectorize(First(self));
        core::array::from_fn(|lane| {
            let element = words.map(|word| word[lane]);
            if element == ORDER { [0; 4] } else { element }
        })
    }
}

/// [`Lanes::states`], with the processor's instructions, as the other two.
struct Start {
    simd: Simd,
    limbs: [[u64; LIMBS]; WIDTH],
}

impl NullaryFnOnce for Start {
    type Output = [Limbs; WIDTH];

    #[inline(always)]
    fn call(self) -> [Limbs; WIDTH] {
        let [a, b, c] = &self.limbs;
        [self.simd.element(a), self.simd.element(b), self.simd.element(c)]
    }
}

/// [`States::absorb`], of elements as the library has them.
struct Absorb<'a> {
    states: &'a mut States,
    words: &'a [Words; RATE],
}

impl NullaryFnOnce for Absorb<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Lanes { simd, constants } = self.states.lanes;
        let factor = simd.element(&constants.from_library);
        let mut states = self.states.states;
        for (state, words) in states.iter_mut().zip(self.words) {
            *state = simd.add(state, &simd.multiply(&simd.read(words), &factor));
        }
        simd.permute(&mut states, constants);
        self.states.states = states;
    }
}

/// [`States::first`], as integers that are at most the order: of `a + q p` with `q < R` there is the
/// `R`th part.
struct First<'a>(&'a States);

impl NullaryFnOnce for First<'_> {
    type Output = Words;

    #[inline(always)]
    fn call(self) -> Words {
        let States { lanes: Lanes { simd, .. }, states: [first, ..] } = self.0;
        let one = simd.element(&limbs_of([1, 0, 0, 0]));
        let integers = simd.multiply(&simd.carry(first), &one);
        simd.write(&simd.carry(&integers))
    }
}

#[cfg(test)]
mod tests {
    use p3_field::PrimeCharacteristicRing;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::digest::to_words;
    use crate::duplex::absorb;

    #[test]
    fn states_go_on_as_alone() {
        // A processor without lanes has nothing to test.
        let Some(lanes) = Lanes::new() else { return };
        let mut rng = StdRng::seed_from_u64(31);
        let mut draw = || match rng.random_range(0..3) {
            0 => Fr::ZERO,
            1 => Fr::NEG_ONE,
            _ => rng.random(),
        };
        for _ in 0..20 {
            let start = [draw(), draw(), draw()];
            let (mut states, mut alone) = (lanes.states(start), [start; LANES]);
            for _ in 0..5 {
                let elements = [[(); LANES]; RATE].map(|lanes| lanes.map(|()| draw()));
                states.absorb(&elements);
                for (lane, state) in alone.iter_mut().enumerate() {
                    absorb(state, &elements.map(|element| element[lane]));
                }
                assert_eq!(states.first(), alone.map(|[first, ..]| to_words(first)));
            }
        }
    }
}
