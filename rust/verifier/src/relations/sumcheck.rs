//! One round of a sumcheck over quadratic polynomials.

use zkpot_protocol::channel::Scalar;
use zkpot_protocol::field::Element;

/// The round polynomial `p` at `challenge`, given its value at 0, its leading coefficient and
/// the claimed `p(0) + p(1)`. The value at 1 follows and is not sent.
pub fn next_claim<S: Scalar<E>, E: Element>(claim: S, at_zero: S, leading: S, challenge: E) -> S {
    let at_one = claim - at_zero.clone();
    interpolate(at_zero, at_one, leading, challenge)
}

/// The quadratic polynomial with the given values at 0 and 1 and leading coefficient.
pub fn interpolate<S: Scalar<E>, E: Element>(at_zero: S, at_one: S, leading: S, challenge: E) -> S {
    let linear = at_one - at_zero.clone() - leading.clone();
    at_zero + (linear + leading * challenge) * challenge
}
