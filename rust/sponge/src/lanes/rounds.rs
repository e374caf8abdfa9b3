//! The rounds of the permutation, in lanes.
//!
//! Integers grow from one round to the next; with `p` for the field's order, `R = 2^260 > 84 p` and
//! [`Simd::multiply`]'s bound, `x^5` is below `1.9 p` for an `x` below `30 p`, and below `1.25 p` for one
//! below `15 p`. So are these, with room for a constant:
//!
//! | | first element | others |
//! |---|---|---|
//! | absorbed into | `7 p` | `7 p` |
//! | before the first power | `29 p` | `29 p` |
//! | before the other powers of full rounds | `9 p` | `9 p` |
//! | after the full rounds | `6 p` | `6 p` |
//! | two partial rounds begin | `14 p` | `25 p`, folded to `1.2 p` |
//! | between the two | `5 p` | `6.1 p` |
//! | after them | `13.1 p` | `24.2 p` |
//! | before the first power of the last full rounds | `25.2 p` | `25.2 p` |
//!
//! Limbs of a power are below `2^56.3`. At most twelve of them, of the two rounds between two foldings or
//! of what is absorbed and the linear layer, are added up before they are carried: below `2^60`.

use super::constants::Constants;
use super::limbs::{LIMBS, Limbs, Simd};
use crate::WIDTH;

impl Simd {
    /// [`permute`](crate::permute), of elements below `7 p`; leaves them below `6 p`.
    #[inline(always)]
    pub fn permute(self, state: &mut [Limbs; WIDTH], constants: &Constants) {
        self.external(state);
        for constants in &constants.first {
            self.full(state, constants);
        }
        for [first, second] in constants.partial.as_chunks().0 {
            state[1] = self.fold(&state[1]);
            state[2] = self.fold(&state[2]);
            self.partial(state, first);
            self.partial(state, second);
        }
        for constants in &constants.last {
            self.full(state, constants);
        }
    }

    #[inline(always)]
    fn full(self, state: &mut [Limbs; WIDTH], constants: &[[u64; LIMBS]; WIDTH]) {
        for (element, constant) in state.iter_mut().zip(constants) {
            *element = self.power(element, constant);
        }
        self.external(state);
    }

    #[inline(always)]
    fn partial(self, state: &mut [Limbs; WIDTH], constant: &[u64; LIMBS]) {
        state[0] = self.power(&state[0], constant);
        let [a, b, c] = state;
        let others = self.add(b, c);
        let sum = self.add(a, &others);
        *state = [self.add(a, &sum), self.add(b, &sum), self.add(&self.add(c, c), &sum)];
    }

    /// The matrix `circ(2, 1, 1)`.
    #[inline(always)]
    fn external(self, state: &mut [Limbs; WIDTH]) {
        let [a, b, c] = state;
        let sum = self.add(&self.add(a, b), c);
        *state = [self.add(a, &sum), self.add(b, &sum), self.add(c, &sum)];
    }

    /// `(a + constant)^5`.
    #[inline(always)]
    fn power(self, a: &Limbs, constant: &[u64; LIMBS]) -> Limbs {
        let a = self.carry(&self.add(a, &self.element(constant)));
        let square = self.carry(&self.square(&a));
        let fourth = self.carry(&self.square(&square));
        self.multiply(&fourth, &a)
    }
}
