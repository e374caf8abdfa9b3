//! The joined weights of all claims on a polynomial, computed block by block.

use core::array::from_fn;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use p3_field::{PackedValue, PrimeCharacteristicRing};
use zkpot_protocol::claims::{Part, PartWeights, Weight};
use zkpot_protocol::field::{EF, F, eq_table, integer};
use zkpot_protocol::layout::{Layout, RANDOM_ENTRIES, Region};
use zkpot_protocol::order::GROUP;

use super::proportion::proportion;
use crate::packed::{Group, PEF, PF, SLOTS, ZERO, add, add_at, between, group};

/// Groups that are computed at once.
pub const BLOCK: usize = 1 << 7;

/// Vectors are multiplied out only so far that they have this many entries.
const INNER: usize = BLOCK * GROUP;

/// The weights of one polynomial.
#[derive(Debug)]
pub struct Weights {
    /// By position.
    regions: Vec<RegionWeights>,
    /// Entries of the polynomial, the random ones included.
    entries: usize,
}

#[derive(Debug)]
struct RegionWeights {
    start: usize,
    end: usize,
    /// Entries of an inner vector, a power of two.
    inner: usize,
    parts: Vec<PartVectors>,
}

/// A part's weights: the product of three vectors, the last of which varies fastest.
#[derive(Debug)]
struct PartVectors {
    outer: Vec<EF>,
    middle: Vec<EF>,
    inner: Inner,
}

#[derive(Debug)]
enum Inner {
    /// Pairs of groups, so that a variable of the sumcheck is a variable of this vector.
    Pairs(Vec<[Group; 2]>),
    /// The same with that variable bound.
    Bound(Vec<Group>),
    /// Less than that.
    Few(Vec<EF>),
}

/// What parts weigh a region with, those of drawn rows written out.
pub enum Joined<'a> {
    /// One vector an axis.
    Axes(Vec<Weight>),
    /// `eq(point, index)`.
    Eq(&'a [EF]),
}

/// A piece of a region in a block over which no vector but the inner one varies.
struct Run {
    number: usize,
    /// Where it starts in the inner vector.
    within: usize,
    /// Where it starts in the block.
    place: usize,
    count: usize,
}

impl Weights {
    /// Joins the parts of the claims on a polynomial by the claims' powers.
    pub fn new(layout: &Layout, polynomial: usize, parts: &[Part], powers: &[EF]) -> Self {
        let mut regions: Vec<RegionWeights> = layout
            .regions
            .iter()
            .enumerate()
            .filter(|(_, region)| region.polynomial == polynomial)
            .map(|(index, region)| {
                let own = parts.iter().filter(|part| part.region == index);
                let inner = inner_length(region);
                let merged = merge(region, own, powers).into_iter();
                RegionWeights {
                    start: region.offset,
                    end: region.offset + region.size(),
                    inner,
                    parts: merged
                        .map(|(part, scale)| vectors(region, inner, &part, scale))
                        .collect(),
                }
            })
            .collect();
        regions.sort_by_key(|region| region.start);
        Self { regions, entries: layout.random[polynomial] + RANDOM_ENTRIES }
    }

    /// Blocks that hold entries.
    pub fn blocks(&self) -> usize {
        self.entries.div_ceil(BLOCK * GROUP)
    }

    /// Value at zero and leading coefficient of the first round with a polynomial, over a block.
    pub fn first_round(&self, index: usize, values: &[F]) -> [Group; 2] {
        let values = lanes(values, index);
        let mut sums = [ZERO; 2];
        for (run, region) in self.runs(index, |region| region.inner >= 2 * GROUP) {
            let values = &values[run.place / GROUP..][..run.count / GROUP];
            for part in &region.parts {
                let Inner::Pairs(inner) = &part.inner else { continue };
                let inner = &inner[run.within / (2 * GROUP)..];
                let own = sum_pairs(inner, values.as_chunks().0);
                let scale = PEF::from(part.scale(run.number));
                sums = from_fn(|s| from_fn(|i| sums[s][i] + scale * own[s][i]));
            }
        }
        if let Some(weights) = self.few(index) {
            let own = sum_pairs(weights.as_chunks().0, values.as_chunks().0);
            sums = from_fn(|s| add(sums[s], own[s]));
        }
        sums
    }

    /// Binds the first variable of the inner vectors, before [`Weights::bind`].
    pub fn bind_inner(&mut self, challenge: EF) {
        let factor = PEF::from(challenge);
        for part in self.regions.iter_mut().flat_map(|region| &mut region.parts) {
            if let Inner::Pairs(inner) = &part.inner {
                let bound = inner.iter().map(|[low, high]| between(low, high, factor));
                part.inner = Inner::Bound(bound.collect());
            }
        }
    }

    /// Weights and values of a block with the first variable bound.
    pub fn bind(&self, index: usize, values: &[F], challenge: EF) -> [[Group; BLOCK / 2]; 2] {
        let factor = PEF::from(challenge);
        let mut weights = [ZERO; BLOCK / 2];
        for (run, region) in self.runs(index, |region| region.inner >= 2 * GROUP) {
            let weights = &mut weights[run.place / (2 * GROUP)..][..run.count / (2 * GROUP)];
            for part in &region.parts {
                let Inner::Bound(inner) = &part.inner else { continue };
                let scale = PEF::from(part.scale(run.number));
                for (weight, inner) in weights.iter_mut().zip(&inner[run.within / (2 * GROUP)..]) {
                    *weight = from_fn(|i| weight[i] + scale * inner[i]);
                }
            }
        }
        if let Some(few) = self.few(index) {
            for (weight, [low, high]) in weights.iter_mut().zip(few.as_chunks().0) {
                *weight = add(*weight, between(low, high, factor));
            }
        }
        let values = lanes(values, index).as_chunks::<2>().0;
        let bound = from_fn(|i| {
            let [low, high] = &values[i];
            from_fn(|i| factor * (high[i] - low[i]) + low[i])
        });
        [weights, bound]
    }

    /// The runs of a block in some of the regions.
    fn runs(
        &self,
        index: usize,
        which: impl Fn(&RegionWeights) -> bool,
    ) -> impl Iterator<Item = (Run, &RegionWeights)> {
        let (start, end) = (index * BLOCK * GROUP, (index + 1) * BLOCK * GROUP);
        let first = self.regions.partition_point(|region| region.end <= start);
        self.regions[first..]
            .iter()
            .take_while(move |region| region.start < end)
            .filter(move |region| which(region))
            .flat_map(move |region| {
                let (from, to) = (region.start.max(start), region.end.min(end));
                let numbers = (from - region.start) / region.inner
                    ..(to - region.start).div_ceil(region.inner);
                numbers.map(move |number| {
                    let run = region.start + number * region.inner;
                    let (first, last) = (run.max(from), (run + region.inner).min(to));
                    let (within, place, count) = (first - run, first - start, last - first);
                    (Run { number, within, place, count }, region)
                })
            })
    }

    /// A block's weights in the regions with short inner vectors, if there are any.
    fn few(&self, index: usize) -> Option<[Group; BLOCK]> {
        let mut weights = None;
        for (run, region) in self.runs(index, |region| region.inner < 2 * GROUP) {
            let weights = weights.get_or_insert([ZERO; BLOCK]).as_flattened_mut();
            for part in &region.parts {
                let Inner::Few(inner) = &part.inner else { continue };
                let scale = part.scale(run.number);
                for (i, &inner) in inner[run.within..][..run.count].iter().enumerate() {
                    add_at(weights, run.place + i, scale * inner);
                }
            }
        }
        weights
    }
}

impl PartVectors {
    /// The factor of a run.
    fn scale(&self, run: usize) -> EF {
        let middle = self.middle.len();
        self.outer[run / middle] * self.middle[run % middle]
    }
}

/// The groups of a block of a committed polynomial.
fn lanes(values: &[F], index: usize) -> &[[PF; SLOTS]] {
    PF::pack_slice(&values[index * BLOCK * GROUP..][..BLOCK * GROUP]).as_chunks().0
}

/// A sum of products at zero and its leading coefficient, over pairs of groups.
fn sum_pairs(weights: &[[Group; 2]], values: &[[[PF; SLOTS]; 2]]) -> [Group; 2] {
    let mut sums = [ZERO; 2];
    for ([a0, a1], [b0, b1]) in weights.iter().zip(values) {
        for i in 0..SLOTS {
            sums[0][i] += a0[i] * b0[i];
            sums[1][i] += (a1[i] - a0[i]) * (b1[i] - b0[i]);
        }
    }
    sums
}

/// Entries of the inner vectors: of the last padded axes, as many as are enough.
pub fn inner_length(region: &Region) -> usize {
    padded_axes(region)
        .rev()
        .map(|axis| region.lengths[axis].next_power_of_two())
        .fold(1, |length, padded| if length < INNER { length * padded } else { length })
}

fn padded_axes(region: &Region) -> impl DoubleEndedIterator<Item = usize> {
    (0..region.lengths.len()).filter(|&axis| axis != region.outer)
}

/// The parts of a region, with their claims' powers; those whose weights are the same up to a factor
/// are one. Steps of a window that read one tensor make many such.
pub fn merge<'a>(
    region: &Region,
    parts: impl Iterator<Item = &'a Part>,
    powers: &[EF],
) -> Vec<(Joined<'a>, EF)> {
    let mut merged: Vec<(Joined<'a>, EF)> = Vec::new();
    let mut known: HashMap<Vec<Vec<EF>>, usize> = HashMap::new();
    for part in parts {
        let mut scale = part.coefficient * powers[part.claim];
        let expanded;
        let axes = match &part.weights {
            PartWeights::Axes(axes) => axes,
            PartWeights::Elsewhere(elsewhere, at) => {
                expanded = elsewhere.eq_weights(at);
                &expanded
            }
            PartWeights::Chosen(rows, axes) => {
                expanded = expand(rows.iter().copied(), axes, region.lengths[0]);
                &expanded
            }
            PartWeights::Rows(rows, axes) => {
                let rows = rows.iter().map(|&(weight, row)| (integer(row) as usize, weight));
                expanded = expand(rows, axes, region.lengths[0]);
                &expanded
            }
            PartWeights::Eq(point) => {
                merged.push((Joined::Eq(point), scale));
                continue;
            }
        };
        let units: Vec<Vec<EF>> = axes
            .iter()
            .map(|axis| {
                let (factor, unit) = proportion(axis);
                scale *= factor;
                unit
            })
            .collect();
        match known.entry(units) {
            Entry::Occupied(place) => merged[*place.get()].1 += scale,
            Entry::Vacant(place) => {
                let weights = place.key().iter().map(|unit| unit.as_slice().into()).collect();
                merged.push((Joined::Axes(weights), scale));
                place.insert(merged.len() - 1);
            }
        }
    }
    merged
}

/// The weights of rows as a vector, before those of the other axes.
fn expand(rows: impl Iterator<Item = (usize, EF)>, axes: &[Weight], length: usize) -> Vec<Weight> {
    let mut vector = vec![EF::ZERO; length];
    for (row, weight) in rows {
        vector[row] += weight;
    }
    core::iter::once(vector.into()).chain(axes.iter().cloned()).collect()
}

fn vectors(region: &Region, inner: usize, weights: &Joined<'_>, scale: EF) -> PartVectors {
    let (outer, middle, inner) = match weights {
        Joined::Eq(point) => {
            let (high, low) = point.split_at(point.len() - inner.trailing_zeros() as usize);
            (vec![scale], eq_table(high, region.block / inner), eq_table(low, inner))
        }
        Joined::Axes(axes) => {
            let outer = axes[region.outer].iter().map(|&w| w * scale).collect();
            let (mut middle, mut last) = (vec![EF::ONE], vec![EF::ONE]);
            for axis in padded_axes(region).rev() {
                let padded = region.lengths[axis].next_power_of_two();
                let vector = if last.len() < inner { &mut last } else { &mut middle };
                *vector = multiply_out(&axes[axis], padded, vector);
            }
            (outer, middle, last)
        }
    };
    let inner = if inner.len() < 2 * GROUP {
        Inner::Few(inner)
    } else {
        let pair = |pair: &[EF]| [group(&pair[..GROUP]), group(&pair[GROUP..])];
        Inner::Pairs(inner.chunks_exact(2 * GROUP).map(pair).collect())
    };
    PartVectors { outer, middle, inner }
}

/// The product of an axis's weights, padded with zeros, and those of the axes after it.
fn multiply_out(weights: &[EF], padded: usize, after: &[EF]) -> Vec<EF> {
    let padding = core::iter::repeat_n(&EF::ZERO, padded - weights.len());
    weights.iter().chain(padding).flat_map(|&w| after.iter().map(move |&a| w * a)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::packed::{sum_lanes, unpack};

    fn element(seed: usize) -> EF {
        EF::from_u64((seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 3) + EF::from_usize(seed)
    }

    fn vector(seed: usize, length: usize) -> Vec<EF> {
        (0..length).map(|i| element(seed * 1000 + i)).collect()
    }

    /// All parts, added up entry by entry.
    fn every_weight(layout: &Layout, parts: &[Part], powers: &[EF]) -> Vec<EF> {
        let mut all = vec![EF::ZERO; 1 << layout.variables[0]];
        for part in parts {
            let region = &layout.regions[part.region];
            let scale = part.coefficient * powers[part.claim];
            match &part.weights {
                PartWeights::Eq(point) => {
                    for (i, weight) in eq_table(point, region.block).into_iter().enumerate() {
                        all[region.offset + i] += scale * weight;
                    }
                }
                PartWeights::Elsewhere(elsewhere, at) => {
                    let axes = elsewhere.eq_weights(at);
                    let part = Part { weights: PartWeights::Axes(axes), ..part.clone() };
                    let own = every_weight(layout, &[part], powers);
                    all.iter_mut().zip(own).for_each(|(all, own)| *all += own);
                }
                PartWeights::Chosen(rows, axes) => {
                    for &(row, weight) in rows {
                        let mut chosen = vec![EF::ZERO; region.lengths[0]];
                        chosen[row] = weight;
                        let axes: Vec<Weight> =
                            core::iter::once(chosen.into()).chain(axes.clone()).collect();
                        let part = Part { weights: PartWeights::Axes(axes), ..part.clone() };
                        let own = every_weight(layout, &[part], powers);
                        all.iter_mut().zip(own).for_each(|(all, own)| *all += own);
                    }
                }
                PartWeights::Rows(rows, axes) => {
                    let known = |&(weight, row): &(EF, EF)| (integer(row) as usize, weight);
                    let rows = rows.iter().map(known).collect();
                    let weights = PartWeights::Chosen(rows, axes.clone());
                    let part = Part { weights, ..part.clone() };
                    let own = every_weight(layout, &[part], powers);
                    all.iter_mut().zip(own).for_each(|(all, own)| *all += own);
                }
                PartWeights::Axes(axes) => {
                    let strides = region.strides();
                    for flat in 0..region.elements() {
                        let (mut rest, mut index, mut weight) = (flat, region.offset, scale);
                        for axis in (0..region.lengths.len()).rev() {
                            let coordinate = rest % region.lengths[axis];
                            rest /= region.lengths[axis];
                            index += coordinate * strides[axis];
                            weight *= axes[axis][coordinate];
                        }
                        all[index] += weight;
                    }
                }
            }
        }
        all
    }

    /// Regions with long blocks, padded ones, short ones and none, within and across the pieces
    /// that are computed at once.
    #[test]
    fn blocks_agree_with_the_weights_entry_by_entry() {
        let shapes: [&[usize]; 9] = [
            &[3, 100, 30],
            &[1, 1 << 12],
            &[5, 64, 64],
            &[1, 1 << 5],
            &[700, 3],
            &[7],
            &[],
            &[2, 9, 3],
            &[33],
        ];
        let mut layout = Layout::default();
        shapes.iter().for_each(|shape| {
            layout.add(0, shape);
        });
        layout.place(0, 14);
        let mut parts = Vec::new();
        for (index, region) in layout.regions.iter().enumerate() {
            for claim in 0..3 {
                let axes = region.lengths.iter().enumerate();
                let axes: Vec<Arc<[EF]>> = axes
                    .map(|(a, &length)| vector(10 * index + 3 * claim + a, length).into())
                    .collect();
                let whole = region.lengths[region.outer] == 1 && claim == 1;
                let last = EF::from_usize(region.lengths[0] - 1);
                let weights = if whole {
                    PartWeights::Eq(vector(index, region.block.trailing_zeros() as usize))
                } else if claim == 1 {
                    let rows = [(element(1), EF::ZERO), (element(2), last), (element(3), EF::ZERO)];
                    PartWeights::Rows(rows.to_vec(), axes[1..].to_vec())
                } else if claim == 2 {
                    let offset = region.offset + region.block;
                    let elsewhere = Region { offset, ..region.clone() };
                    PartWeights::Elsewhere(elsewhere, vector(7, layout.variables[0] + 1))
                } else {
                    PartWeights::Axes(axes)
                };
                parts.push(Part { claim, region: index, coefficient: element(index), weights });
            }
        }
        let powers = vector(99, 3);
        let expected = every_weight(&layout, &parts, &powers);
        let values: Vec<F> =
            (0..expected.len()).map(|i| F::from_u64((i * i + 3 * i) as u64 + 17)).collect();
        let mut weights = Weights::new(&layout, 0, &parts, &powers);

        let pairs = (0..expected.len()).filter(|i| i & GROUP == 0).map(|i| (i, i + GROUP));
        let zero: EF = pairs.clone().map(|(low, _)| expected[low] * values[low]).sum();
        let leading: EF = pairs
            .clone()
            .map(|(low, high)| (expected[high] - expected[low]) * (values[high] - values[low]))
            .sum();
        let mut sums = [EF::ZERO; 2];
        for block in 0..weights.blocks() {
            let own = weights.first_round(block, &values);
            (0..2).for_each(|s| sums[s] += own[s].map(sum_lanes).into_iter().sum::<EF>());
        }
        assert_eq!(sums, [zero, leading]);

        let challenge = element(5);
        weights.bind_inner(challenge);
        let mut bound = [Vec::new(), Vec::new()];
        for block in 0..weights.blocks() {
            let own = weights.bind(block, &values, challenge);
            (0..2).for_each(|f| bound[f].extend(unpack(own[f].as_flattened())));
        }
        for (index, (low, high)) in pairs.enumerate().take(bound[0].len()) {
            let weight = expected[low] + challenge * (expected[high] - expected[low]);
            let value = challenge * (values[high] - values[low]) + values[low];
            assert_eq!((bound[0][index], bound[1][index]), (weight, value));
        }
        assert!(expected[bound[0].len() * 2..].iter().all(|&weight| weight == EF::ZERO));
    }
}
