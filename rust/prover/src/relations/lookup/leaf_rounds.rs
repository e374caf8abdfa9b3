//! The first rounds over the leaves, while a piece of digits stays a piece of digits.
//!
//! Where all numerators are one the gate is `d0 + d1 + join d0 d1`, which is
//! `join e0 e1 - 1 / join` for `e = d + 1 / join`: one product, and one vector instead of two.

use core::array::from_fn;
use core::ops::Range;

use p3_field::{Field, PrimeCharacteristicRing};
use rayon::prelude::*;
use zkpot_protocol::channel::ProverChannel;
use zkpot_protocol::field::EF;

use super::layer::Siblings;
use super::leaves::{Leaves, SIBLINGS};
use super::rounds::{Rounds, mix, sum_gates};
use crate::packed::{Group, PEF, SLOTS, ZERO, between, fold};

/// Leaves with their first variables bound.
struct Bound {
    /// Numerators of the pieces that are not all digits.
    numerators: Vec<Siblings>,
    /// Denominators of all pieces, shifted by `1 / join` where a piece is all digits.
    denominators: Vec<Siblings>,
}

/// Where the numerators of each piece are stored, if they are.
struct Places(Vec<Option<usize>>);

impl Places {
    fn new(leaves: &Leaves<'_>) -> Self {
        let mut count = 0..;
        let place = |piece| if leaves.base(piece).is_some() { None } else { count.next() };
        Self((0..leaves.pieces.len()).map(place).collect())
    }

    /// The pieces whose numerators are stored.
    fn pieces(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().filter_map(|(piece, place)| place.map(|_| piece))
    }
}

/// Proves the rounds that stay within the pieces; returns numerators and denominators after them,
/// a pair of siblings for each piece.
pub fn prove_leaves<C: ProverChannel>(
    rounds: &mut Rounds<'_, C>,
    leaves: &Leaves<'_>,
) -> (Vec<Siblings>, Vec<Siblings>) {
    let join = rounds.join;
    // Zero for one challenge in 2^192, with which the proof fails.
    let shift = join.try_inverse().unwrap_or(EF::ZERO);
    let places = Places::new(leaves);
    let at = |index: usize| mix(leaves.leaves(index), join);
    let pairs = SIBLINGS / 2;
    let challenge = rounds.round(pairs * leaves.pieces.len(), pairs, |range, weights| match leaves
        .base(range.start / pairs)
    {
        Some(base) => {
            let sums = sum_values(range, weights, leaves, base + shift);
            digit_gates(sums, weights, join, shift)
        }
        None => sum_gates(range, weights, at),
    });
    let mut bound = bind_leaves(leaves, &places, join, shift, challenge);
    let mut pairs = pairs / 2;
    while pairs > 0 {
        let challenge = rounds.round(pairs * leaves.pieces.len(), pairs, |range, weights| {
            let own = &bound.denominators[2 * range.start..2 * range.end];
            match places.0[range.start / pairs] {
                None => digit_gates(sum_products(weights, own), weights, join, shift),
                Some(place) => {
                    let numerators = &bound.numerators[2 * pairs * place..][..2 * pairs];
                    sum_gates(0..range.len(), weights, |i| (numerators[i], own[i]))
                }
            }
        });
        fold(&mut bound.numerators, [PEF::ZERO; 2 * SLOTS], challenge);
        fold(&mut bound.denominators, [PEF::ZERO; 2 * SLOTS], challenge);
        pairs /= 2;
    }
    spread(bound, &places, join, shift)
}

/// The gate's sums from those of `e0 e1`.
fn digit_gates([zero, leading]: [Group; 2], weights: &[EF], join: EF, shift: EF) -> [Group; 2] {
    let constant = PEF::from(weights.iter().copied().sum::<EF>() * shift);
    let join = PEF::from(join);
    [zero.map(|sum| join * sum - constant), leading.map(|sum| join * sum)]
}

/// Sums of `(base - u)(base - v)` at zero and its leading coefficient: what depends on the place
/// is a product in the base field.
fn sum_values(range: Range<usize>, weights: &[EF], leaves: &Leaves<'_>, base: EF) -> [Group; 2] {
    let (mut sums, mut products, mut leading) = (ZERO, ZERO, ZERO);
    for (pair, &weight) in range.zip(weights) {
        let (low, high) = (leaves.lanes(2 * pair), leaves.lanes(2 * pair + 1));
        let weight = PEF::from(weight);
        for i in 0..SLOTS {
            let j = SLOTS + i;
            sums[i] += weight * (low[i] + low[j]);
            products[i] += weight * (low[i] * low[j]);
            leading[i] += weight * ((high[i] - low[i]) * (high[j] - low[j]));
        }
    }
    let constant = PEF::from(weights.iter().copied().sum::<EF>() * base.square());
    let base = PEF::from(base);
    [from_fn(|i| constant - base * sums[i] + products[i]), leading]
}

/// Sums of `e0 e1` at zero and its leading coefficient.
fn sum_products(weights: &[EF], shifted: &[Siblings]) -> [Group; 2] {
    let mut sums = [ZERO; 2];
    for (pair, &weight) in shifted.chunks_exact(2).zip(weights) {
        let (low, high) = (&pair[0], &pair[1]);
        let weight = PEF::from(weight);
        for i in 0..SLOTS {
            let j = SLOTS + i;
            sums[0][i] += weight * (low[i] * low[j]);
            sums[1][i] += weight * ((high[i] - low[i]) * (high[j] - low[j]));
        }
    }
    sums
}

fn bind_leaves(leaves: &Leaves<'_>, places: &Places, join: EF, shift: EF, challenge: EF) -> Bound {
    let pairs = SIBLINGS / 2;
    let factor = PEF::from(challenge);
    let pieces: Vec<usize> = places.pieces().collect();
    let numerators = (0..pieces.len() * pairs)
        .into_par_iter()
        .map(|index| {
            let pair = pieces[index / pairs] * pairs + index % pairs;
            let at = |index| mix(leaves.leaves(index), join).0;
            between(&at(2 * pair), &at(2 * pair + 1), factor)
        })
        .collect();
    let denominators = (0..leaves.pieces.len() * pairs)
        .into_par_iter()
        .with_min_len(pairs)
        .map(|pair| match leaves.base(pair / pairs) {
            Some(base) => {
                let (low, high) = (leaves.lanes(2 * pair), leaves.lanes(2 * pair + 1));
                let base = PEF::from(base + shift);
                from_fn(|i| base - low[i] - factor * (high[i] - low[i]))
            }
            None => between(&leaves.leaves(2 * pair).1, &leaves.leaves(2 * pair + 1).1, factor),
        })
        .collect();
    Bound { numerators, denominators }
}

/// Numerators and denominators of all pieces, once each is one pair of siblings.
fn spread(bound: Bound, places: &Places, join: EF, shift: EF) -> (Vec<Siblings>, Vec<Siblings>) {
    let (join, shift) = (PEF::from(join), PEF::from(shift));
    places
        .0
        .iter()
        .zip(bound.denominators)
        .map(|(place, denominators)| match place {
            Some(place) => (bound.numerators[*place], denominators),
            // `1 + join d` is `join e`.
            None => (
                from_fn(|i| if i < SLOTS { join * denominators[i] } else { PEF::ONE }),
                denominators.map(|shifted| shifted - shift),
            ),
        })
        .unzip()
}
