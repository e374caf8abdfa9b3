//! The last polynomial, which is sent (WHIR, eprint 2024/1586, section 5, the final polynomial).

use zkpot_protocol::field::Element;
use zkpot_protocol::layout::dot;

/// The univariate polynomial with these `2^n` coefficients at `x`: inner sums over small powers, an outer
/// one over large ones, so that few powers are computed and the sums are long.
pub fn evaluate<E: Element>(coefficients: &[E], x: E) -> E {
    let log_small = coefficients.len().ilog2().div_ceil(2);
    let small = powers(x, 1 << log_small);
    let mut step = x;
    for _ in 0..log_small {
        step = step.square();
    }
    let inner: Vec<E> = coefficients.chunks(small.len()).map(|chunk| dot(&small, chunk)).collect();
    dot(&powers(step, inner.len()), &inner)
}

/// The multilinear polynomial with these `2^n` values on the cube, coordinate 0 the most significant, at
/// a point of `n` coordinates.
pub fn fold<E: Element>(values: &[E], point: &[E]) -> E {
    let mut values = values.to_vec();
    for &challenge in point {
        let (zero, one) = values.split_at(values.len() / 2);
        values = zero.iter().zip(one).map(|(&a, &b)| a + (b - a) * challenge).collect();
    }
    values.first().copied().unwrap_or(E::ZERO)
}

/// The first `count` powers of `x`, none more: a recording would keep it.
fn powers<E: Element>(x: E, count: usize) -> Vec<E> {
    let mut powers = vec![E::ONE; count];
    for index in 1..count {
        powers[index] = powers[index - 1] * x;
    }
    powers
}
