//! The sumcheck from one layer of the tree to the layer below.

use core::array::from_fn;
use core::ops::Range;

use p3_field::PrimeCharacteristicRing;
use rayon::prelude::*;
use zkpot_protocol::channel::ProverChannel;
use zkpot_protocol::field::{EF, eq_table};
use zkpot_protocol::labels;
use zkpot_protocol::order::{GROUP, GROUP_BITS};

use super::layer::{Fractions, Layer, Siblings};
use super::leaf_rounds::prove_leaves;
use super::leaves::{Leaves, SIBLINGS};
use crate::packed::{Group, PEF, SLOTS, TASK, between, dot_group, fold, group, halve, unpack};
use crate::relations::equality::Equality;

/// A task works on so many pairs of siblings.
const INNER: usize = 1 << 7;

/// The layer below.
#[derive(Debug)]
pub enum Below<'a> {
    /// A layer that is stored.
    Stored(Layer),
    /// The one above the leaves, computed from the witness where it is needed, which is twice.
    AboveLeaves(&'a Leaves<'a>),
    /// The leaves.
    Leaves(&'a Leaves<'a>),
}

/// A layer's sumcheck at `point`; returns the children `n0, d0, n1, d1` and their point. Points
/// are in the order of binding.
pub fn prove_layer<C: ProverChannel>(
    channel: &mut C,
    below: Below<'_>,
    point: &[EF],
    join: EF,
) -> ([EF; 4], Vec<EF>) {
    let mut rounds = Rounds { channel, point, join, challenges: Vec::with_capacity(point.len()) };
    let tables = match below {
        Below::Stored(Layer::Narrow { numerators, denominators }) => {
            Tables::split(numerators, denominators, join)
        }
        Below::Stored(Layer::Wide { mut numerators, denominators, .. }) => {
            let factor = PEF::from(join);
            numerators.par_iter_mut().zip(&denominators).with_min_len(TASK).for_each(|(n, d)| {
                (0..SLOTS).for_each(|i| n[i] += factor * d[i]);
            });
            rounds.wide(numerators, denominators)
        }
        Below::AboveLeaves(leaves) => {
            let (numerators, denominators) = rounds.above_leaves(leaves);
            rounds.wide(numerators, denominators)
        }
        Below::Leaves(leaves) => {
            let (numerators, denominators) = prove_leaves(&mut rounds, leaves);
            rounds.wide(numerators, denominators)
        }
    };
    let children = rounds.narrow(tables);
    (children, rounds.challenges)
}

/// The two children of each place, in plain vectors. `mixed` is `n0 + join * d0`, so that the gate
/// `n0 d1 + n1 d0 + join d0 d1` is `mixed d1 + n1 d0`: two products. Numerators in lanes hold
/// `mixed` in their first half too.
#[derive(Debug)]
struct Tables {
    mixed: Vec<EF>,
    n1: Vec<EF>,
    d0: Vec<EF>,
    d1: Vec<EF>,
}

impl Tables {
    fn split(mut numerators: Vec<EF>, mut denominators: Vec<EF>, join: EF) -> Self {
        let half = numerators.len() / 2;
        let (n1, d1) = (numerators.split_off(half), denominators.split_off(half));
        numerators.iter_mut().zip(&denominators).for_each(|(n, &d)| *n += join * d);
        Self { mixed: numerators, n1, d0: denominators, d1 }
    }
}

/// A layer's sumcheck.
pub struct Rounds<'a, C> {
    channel: &'a mut C,
    point: &'a [EF],
    /// Joins numerators and denominators.
    pub join: EF,
    challenges: Vec<EF>,
}

impl<C: ProverChannel> Rounds<'_, C> {
    fn exchange(&mut self, zero: EF, leading: EF) -> EF {
        self.channel.send(labels::LOOKUP_ROUND, &[zero, leading]);
        let challenge = self.channel.challenge(labels::LOOKUP_ROUND);
        self.challenges.push(challenge);
        challenge
    }

    /// One round over `count` pairs of siblings; returns its challenge. `block` sums the gate at
    /// zero and its leading coefficient over ranges of `size` pairs, a power of two.
    pub fn round<B>(&mut self, count: usize, size: usize, block: B) -> EF
    where
        B: Fn(Range<usize>, &[EF]) -> [Group; 2] + Sync,
    {
        let (high, low) = self.point.split_at(self.point.len() - GROUP_BITS);
        let equality = Equality::new(&high[self.challenges.len() + 1..], count, size);
        let lanes = group(&eq_table(low, GROUP));
        let [zero, leading] = equality.sum(block).map(|sum| dot_group(&sum, &lanes));
        // Behind the stored fractions the gate of 0 / 1 and 0 / 1 is `join`, a constant.
        self.exchange(zero + self.join * equality.behind(), leading)
    }

    /// The first round over the layer above the leaves; stores it with that variable bound.
    fn above_leaves(&mut self, leaves: &Leaves<'_>) -> (Vec<Siblings>, Vec<Siblings>) {
        let join = self.join;
        let at = |index: usize| mix(leaves.above(index), join);
        let pairs = leaves.pieces.len() * SIBLINGS / 4;
        let challenge =
            PEF::from(self.round(pairs, INNER, |range, weights| sum_gates(range, weights, at)));
        (0..pairs)
            .into_par_iter()
            .with_min_len(1 << 6)
            .map(|pair| {
                let (low, high) = (at(2 * pair), at(2 * pair + 1));
                (between(&low.0, &high.0, challenge), between(&low.1, &high.1, challenge))
            })
            .unzip()
    }

    /// The rounds over groups.
    fn wide(&mut self, mut numerators: Vec<Siblings>, mut denominators: Vec<Siblings>) -> Tables {
        let nothing = from_fn(|i| if i < SLOTS { PEF::from(self.join) } else { PEF::ZERO });
        while self.challenges.len() < self.point.len() - GROUP_BITS {
            if !numerators.len().is_multiple_of(2) {
                numerators.push(nothing);
                denominators.push([PEF::ONE; 2 * SLOTS]);
            }
            let at = |i: usize| (numerators[i], denominators[i]);
            let challenge = self
                .round(numerators.len() / 2, INNER, |range, weights| sum_gates(range, weights, at));
            fold(&mut numerators, nothing, challenge);
            fold(&mut denominators, [PEF::ONE; 2 * SLOTS], challenge);
        }
        let halves = |siblings: &Siblings| {
            let (first, second) = siblings.split_at(SLOTS);
            (unpack(first), unpack(second))
        };
        let ((mixed, n1), (d0, d1)) = (halves(&numerators[0]), halves(&denominators[0]));
        Tables { mixed, n1, d0, d1 }
    }

    /// The rounds within a group; returns the children.
    fn narrow(&mut self, mut tables: Tables) -> [EF; 4] {
        while tables.d0.len() > 1 {
            let half = tables.d0.len() / 2;
            let weights = eq_table(&self.point[self.challenges.len() + 1..], half);
            let Tables { mixed, n1, d0, d1 } = &tables;
            let (mut zero, mut leading) = (EF::ZERO, EF::ZERO);
            for (low, &weight) in weights.iter().enumerate() {
                let high = half + low;
                zero += weight * (mixed[low] * d1[low] + n1[low] * d0[low]);
                leading += weight
                    * ((mixed[high] - mixed[low]) * (d1[high] - d1[low])
                        + (n1[high] - n1[low]) * (d0[high] - d0[low]));
            }
            let challenge = self.exchange(zero, leading);
            let Tables { mixed, n1, d0, d1 } = &mut tables;
            [mixed, n1, d0, d1].into_iter().for_each(|table| halve(table, challenge));
        }
        let Tables { mixed, n1, d0, d1 } = tables;
        [mixed[0] - self.join * d0[0], d0[0], n1[0], d1[0]]
    }
}

/// Numerators in whose first half stands `mixed`.
#[inline]
pub fn mix((mut numerators, denominators): Fractions, join: EF) -> Fractions {
    let join = PEF::from(join);
    (0..SLOTS).for_each(|i| numerators[i] += join * denominators[i]);
    (numerators, denominators)
}

/// The gate at zero and its leading coefficient, weighted and summed over pairs of siblings.
#[inline]
pub fn sum_gates<A>(range: Range<usize>, weights: &[EF], at: A) -> [Group; 2]
where
    A: Fn(usize) -> Fractions,
{
    let mut sums = [[PEF::ZERO; SLOTS]; 2];
    for (index, &weight) in range.zip(weights) {
        let ((n_low, d_low), (n_high, d_high)) = (at(2 * index), at(2 * index + 1));
        let weight = PEF::from(weight);
        for i in 0..SLOTS {
            let j = SLOTS + i;
            let zero = n_low[i] * d_low[j] + n_low[j] * d_low[i];
            let leading = (n_high[i] - n_low[i]) * (d_high[j] - d_low[j])
                + (n_high[j] - n_low[j]) * (d_high[i] - d_low[i]);
            sums[0][i] += weight * zero;
            sums[1][i] += weight * leading;
        }
    }
    sums
}
