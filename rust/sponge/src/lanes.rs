//! Permutations side by side, where a processor has AVX-512 IFMA: several for the time of one.
//!
//! Rows and nodes of a tree and candidates of a proof of work are hashed alone, so each takes a lane. What
//! is hashed is what [`permute`](crate::permute) makes of it, to the bit.

mod constants;
mod limbs;
mod rounds;

use pulp::NullaryFnOnce;
use spin::LazyLock;

use self::constants::{Constants, in_lanes};
use self::limbs::{LIMBS, Limbs, Simd, limbs_of};
use crate::duplex::RATE;
use crate::grain::ORDER;
use crate::{Fr, WIDTH};

pub use self::constants::Form;
pub use self::limbs::{LANES, Words};

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
        let limbs = state.map(in_lanes);
        States { lanes: self, states: self.simd.vectorize(Start { simd: self.simd, limbs }) }
    }
}

impl States {
    /// Adds elements to the first ones of every state, and permutes.
    pub fn absorb(&mut self, elements: &[Words; RATE], form: Form) {
        self.lanes.simd.vectorize(Absorb { states: self, elements, form });
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

/// [`States::absorb`].
struct Absorb<'a> {
    states: &'a mut States,
    elements: &'a [Words; RATE],
    form: Form,
}

impl NullaryFnOnce for Absorb<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Lanes { simd, constants } = self.states.lanes;
        let factor = simd.element(constants.factor(self.form));
        let mut states = self.states.states;
        for (state, words) in states.iter_mut().zip(self.elements) {
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
