//! The weights of claims, at the point that all sumchecks end in (WHIR, eprint 2024/1586,
//! section 1.1, constrained Reed-Solomon codes: what is claimed of a polynomial is the sum of its values on
//! the cube, each times a weight).
//!
//! A claim on a value at a point weighs with `eq`, one on a sample of the univariate polynomial with the
//! powers of the sample. The claims of one phase are joined by powers of a challenge.

use zkpot_protocol::field::{Element, eq_table};
use zkpot_protocol::layout::dot;

/// Coordinates that [`Weight::Powers`] takes together.
const WINDOW: usize = 2;

/// The weight of one claim.
#[derive(Clone, Debug)]
pub enum Weight<E> {
    /// `eq` with this point.
    Point(Vec<E>),
    /// `eq` with the point `(.., z^4, z^2, z)`, for a sample `z` out of the domain.
    Sample(E),
    /// The value at `x` of the univariate polynomial with the values on the cube as coefficients.
    Powers(E),
}

/// Claims that are joined by powers of one challenge.
#[derive(Clone, Debug)]
pub struct Joined<E> {
    /// Variables of the polynomial that is claimed about.
    pub variables: usize,
    /// The challenge.
    pub join: E,
    /// The power that the first weight goes with: 1 where a claim is carried on.
    pub carries: bool,
    /// The weights.
    pub weights: Vec<Weight<E>>,
}

/// `sum_i value_i join^i`, with one more power of `join` where another claim is carried on (section 5, the
/// combination randomness).
pub fn join<E: Element>(values: impl DoubleEndedIterator<Item = E>, by: E, carries: bool) -> E {
    let mut values = values.rev();
    let Some(last) = values.next() else { return E::ZERO };
    let sum = values.fold(last, |sum, value| sum * by + value);
    if carries { sum * by } else { sum }
}

impl<E: Element> Joined<E> {
    /// The joined weight at the end of the challenges of all sumchecks, variable 0 of the committed
    /// polynomial first.
    pub fn at(&self, challenges: &[E]) -> E {
        let point = &challenges[challenges.len().saturating_sub(self.variables)..];
        let windows: Vec<Vec<E>> =
            point.rchunks(WINDOW).map(|window| eq_table(window, 1 << window.len())).collect();
        let weights: Vec<E> = self
            .weights
            .iter()
            .map(|weight| match weight {
                Weight::Point(at) => eq(at.iter().copied(), point.iter().copied()),
                Weight::Sample(z) => eq(squares(*z), point.iter().rev().copied()),
                Weight::Powers(x) => powers_at(*x, &windows),
            })
            .collect();
        join(weights.into_iter(), self.join, self.carries)
    }
}

/// `prod_i (1 - a_i - b_i + 2 a_i b_i)`.
fn eq<E: Element>(left: impl Iterator<Item = E>, right: impl Iterator<Item = E>) -> E {
    left.zip(right).map(|(a, b)| (a * b).double() - a - b + E::ONE).product()
}

/// `z, z^2, z^4, ..`, none of which is computed before it is asked for.
fn squares<E: Element>(z: E) -> impl Iterator<Item = E> {
    let mut last: Option<E> = None;
    core::iter::from_fn(move || {
        last = Some(last.map_or(z, |last| last.square()));
        last
    })
}

/// `sum_b eq(point, b) x^b`, which is a product over windows of coordinates, the last ones first: what
/// belongs to the point alone is in tables that all `x` share.
fn powers_at<E: Element>(x: E, windows: &[Vec<E>]) -> E {
    let mut product = E::ONE;
    let mut squares = squares(x);
    for table in windows {
        let mut powers = vec![E::ONE];
        while powers.len() < table.len() {
            let Some(square) = squares.next() else { break };
            let upper: Vec<E> = powers.iter().map(|&power| power * square).collect();
            powers.extend(upper);
        }
        product *= dot(&powers, table);
    }
    product
}
