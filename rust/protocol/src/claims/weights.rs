//! Weights of a tensor: one vector an axis.

use alloc::sync::Arc;

use crate::field::{EF, Element, embed};

/// The weights along one axis.
pub type Weight<E = EF> = Arc<[E]>;

/// Weights that pick everything.
pub fn ones<E: Element>(length: usize) -> Weight<E> {
    alloc::vec![E::ONE; length].into()
}

/// Weights that pick `count` places from `first`.
pub(super) fn range<E: Element>(first: usize, count: usize, length: usize) -> Weight<E> {
    (0..length)
        .map(|i| if (first..first + count).contains(&i) { E::ONE } else { E::ZERO })
        .collect()
}

/// The sum of a row-major tensor's elements, weighed with one vector an axis.
pub(super) fn weighted_sum<E: Element>(
    weights: &[Weight<E>],
    mut elements: impl Iterator<Item = i64>,
) -> E {
    let Some((inner, outer)) = weights.split_last() else {
        return E::ZERO;
    };
    let rows: usize = outer.iter().map(|weights| weights.len()).product();
    (0..rows)
        .map(|row| {
            let (mut rest, mut factor) = (row, E::ONE);
            for weights in outer.iter().rev() {
                factor *= weights[rest % weights.len()];
                rest /= weights.len();
            }
            let sum: E = inner.iter().zip(&mut elements).map(|(&w, e)| w * embed(e)).sum();
            factor * sum
        })
        .sum()
}

/// Weights along all axes together.
pub(super) fn places<E>(weights: &[Weight<E>]) -> u64 {
    weights.iter().map(|weights| weights.len() as u64).sum()
}

/// The sum of all weights.
pub(super) fn total<E: Element>(weights: &[E]) -> E {
    weights.iter().copied().sum()
}
