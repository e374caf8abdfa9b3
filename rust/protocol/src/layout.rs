//! Where tensors lie inside committed polynomials.
//!
//! A polynomial's `2^n` values hold several regions, one a tensor. A region is a grid of axes;
//! one axis (the one that padding would waste most on) is laid out as it is, the others are
//! padded to powers of two. The padded ones form an aligned block, so that a weight which is a
//! product over axes stays a product over index bits, and its multilinear extension takes the
//! verifier time linear in the axes' lengths, not in their product.

mod ranges;
mod rows;

use crate::field::{Element, eq_table};
use alloc::sync::Arc;
use alloc::vec::Vec;

pub use ranges::eq_range;
use ranges::{eq_product, eq_sum};

/// Uniform entries that every committed polynomial ends with, an aligned block: values revealed at
/// random points then say nothing about the rest. Two points in the cubic extension take six
/// entries; 16 leave a failure below 2^-186 (`docs/spec/zero-knowledge.md`).
pub const RANDOM_ENTRIES: usize = 16;

/// Variables that an axis of this length takes.
pub fn axis_bits(length: usize) -> usize {
    length.next_power_of_two().trailing_zeros() as usize
}

/// The place of one tensor in one polynomial.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Region {
    /// Index of the polynomial.
    pub polynomial: usize,
    /// Lengths of the axes.
    pub lengths: Vec<usize>,
    /// The axis that is not padded.
    pub outer: usize,
    /// Elements in the aligned block of the padded axes, a power of two.
    pub block: usize,
    /// Index of the first element, a multiple of `block`.
    pub offset: usize,
}

impl Region {
    fn new(polynomial: usize, lengths: &[usize]) -> Self {
        // A scalar becomes a single axis of length one.
        let lengths = if lengths.is_empty() { alloc::vec![1] } else { lengths.to_vec() };
        // The largest waste first; among equals the first axis, usually the steps.
        let waste =
            |axis: usize| ((lengths[axis].next_power_of_two() as u64) << 20) / lengths[axis] as u64;
        let outer = (0..lengths.len()).rev().max_by_key(|&axis| waste(axis)).unwrap_or(0);
        let block = lengths
            .iter()
            .enumerate()
            .filter(|(axis, _)| *axis != outer)
            .fold(1usize, |block, (_, length)| block.saturating_mul(length.next_power_of_two()));
        Self { polynomial, lengths, outer, block, offset: 0 }
    }

    /// Elements that the region takes, padding included.
    pub fn size(&self) -> usize {
        self.block.saturating_mul(self.lengths[self.outer])
    }

    /// Elements of the tensor.
    pub fn elements(&self) -> usize {
        self.lengths.iter().fold(1, |count: usize, &length| count.saturating_mul(length))
    }

    /// Step in the index for each axis.
    pub fn strides(&self) -> Vec<usize> {
        let mut strides = alloc::vec![0; self.lengths.len()];
        let mut inner = 1;
        for axis in (0..self.lengths.len()).rev().filter(|axis| *axis != self.outer) {
            strides[axis] = inner;
            inner *= self.lengths[axis].next_power_of_two();
        }
        strides[self.outer] = self.block;
        strides
    }

    /// Calls `visit` with the index of each element, in row-major order.
    pub fn for_each_index(&self, mut visit: impl FnMut(usize)) {
        let strides = self.strides();
        let rank = self.lengths.len();
        let (last, stride) = (self.lengths[rank - 1], strides[rank - 1]);
        let rows = self.elements() / last;
        let mut counter = alloc::vec![0usize; rank];
        let mut start = self.offset;
        for _ in 0..rows {
            (0..last).for_each(|i| visit(start + i * stride));
            for axis in (0..rank - 1).rev() {
                counter[axis] += 1;
                start += strides[axis];
                if counter[axis] < self.lengths[axis] {
                    break;
                }
                start -= counter[axis] * strides[axis];
                counter[axis] = 0;
            }
        }
    }

    /// The multilinear extension, at `point`, of the function that is the product of `weights`
    /// (one vector an axis) on this region and zero elsewhere.
    pub fn weigh<E: Element>(&self, weights: &[impl AsRef<[E]>], point: &[E], blocks: &[E]) -> E {
        let inner_bits = self.block.trailing_zeros() as usize;
        let mut rest = &point[point.len() - inner_bits..];
        let mut value = dot(weights[self.outer].as_ref(), blocks);
        for axis in (0..self.lengths.len()).filter(|axis| *axis != self.outer) {
            let bits = axis_bits(self.lengths[axis]);
            let (mine, others) = rest.split_at(bits);
            rest = others;
            value *= dot(weights[axis].as_ref(), &eq_table(mine, self.lengths[axis]));
        }
        value
    }

    /// The weights, one vector an axis, whose product is `eq(point, index)` on this region.
    pub fn eq_weights<E: Element>(&self, point: &[E]) -> Vec<Arc<[E]>> {
        let mut rest = &point[point.len() - self.block.trailing_zeros() as usize..];
        (0..self.lengths.len())
            .map(|axis| {
                if axis == self.outer {
                    return self.block_weights(point).into();
                }
                let bits = axis_bits(self.lengths[axis]);
                let (mine, others) = rest.split_at(bits);
                rest = others;
                eq_table(mine, self.lengths[axis]).into()
            })
            .collect()
    }

    /// The sum of [`Region::eq_weights`] over the region, without the long vectors.
    pub fn eq_total<E: Element>(&self, point: &[E]) -> E {
        let axes = self.axes(point).into_iter().zip(&self.lengths);
        axes.map(|((coordinates, first), &length)| eq_sum(coordinates, first, length)).product()
    }

    /// [`Region::weigh`] with the [`Region::eq_weights`] that a region of the same lengths elsewhere has at
    /// another point, in the time of the lengths' bits.
    pub fn weigh_eq<E: Element>(&self, elsewhere: &Self, at: &[E], point: &[E]) -> E {
        let axes = self.axes(point).into_iter().zip(elsewhere.axes(at)).zip(&self.lengths);
        axes.map(|((own, other), &length)| eq_product(own, other, length)).product()
    }

    /// For each axis the coordinates of a point that tell its places apart, and the first place there.
    fn axes<'p, E: Element>(&self, point: &'p [E]) -> Vec<(&'p [E], usize)> {
        let (high, mut rest) = point.split_at(point.len() - self.block.trailing_zeros() as usize);
        let axes = self.lengths.iter().enumerate().map(|(axis, &length)| {
            if axis == self.outer {
                return (high, self.offset / self.block);
            }
            let (mine, others) = rest.split_at(axis_bits(length));
            rest = others;
            (mine, 0)
        });
        axes.collect()
    }

    /// The point and the factor that are left of `point` inside an aligned region of one block.
    pub fn within_block<'p, E: Element>(&self, point: &'p [E]) -> (E, &'p [E]) {
        let (high, low) = point.split_at(point.len() - self.block.trailing_zeros() as usize);
        (eq_range(high, self.offset / self.block, 1)[0], low)
    }

    /// `eq` of `point` with each block of this region: what [`Region::weigh`] needs, the same for
    /// every weight.
    pub fn block_weights<E: Element>(&self, point: &[E]) -> Vec<E> {
        let high = &point[..point.len() - self.block.trailing_zeros() as usize];
        let first = self.offset / self.block;
        eq_range(high, first, self.lengths[self.outer])
    }
}

/// The inner product of two vectors, over the shorter one.
pub fn dot<E: Element>(left: &[E], right: &[E]) -> E {
    left.iter().zip(right).map(|(&a, &b)| a * b).sum()
}

/// Places regions in polynomials.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Every region, of every polynomial.
    pub regions: Vec<Region>,
    /// Those of each polynomial.
    own: Vec<Vec<usize>>,
    /// Number of variables of each polynomial.
    pub variables: Vec<usize>,
    /// First of the [`RANDOM_ENTRIES`] of each polynomial.
    pub random: Vec<usize>,
}

impl Layout {
    /// Adds a region for a tensor of the given shape; its place is decided by [`Layout::place`].
    pub fn add(&mut self, polynomial: usize, lengths: &[usize]) -> usize {
        let region = self.regions.len();
        self.regions.push(Region::new(polynomial, lengths));
        self.own.resize(self.own.len().max(polynomial + 1), Vec::new());
        self.own[polynomial].push(region);
        region
    }

    /// Elements that all regions of a polynomial take together.
    pub fn size(&self, polynomial: usize) -> usize {
        let own = self.own.get(polynomial).into_iter().flatten();
        own.fold(0, |size, &region| size.saturating_add(self.regions[region].size()))
    }

    /// Drops the first polynomial, which has no regions.
    pub fn drop_first(&mut self) {
        if !self.own.is_empty() {
            self.own.remove(0);
        }
        self.regions.iter_mut().for_each(|region| region.polynomial -= 1);
    }

    /// Gives every region of `polynomial` its offset and fixes the polynomial's size, at least
    /// `minimum` variables.
    pub fn place(&mut self, polynomial: usize, minimum: usize) {
        let end = self.arrange(polynomial, 0);
        let random = end.next_multiple_of(RANDOM_ENTRIES);
        let variables = (random + RANDOM_ENTRIES).next_power_of_two().trailing_zeros() as usize;
        self.variables.resize(self.variables.len().max(polynomial + 1), 0);
        self.random.resize(self.variables.len(), 0);
        self.variables[polynomial] = variables.max(minimum);
        self.random[polynomial] = random;
    }

    /// Gives every region of `polynomial` its offset, none before `start`. Large blocks first, so that
    /// hardly anything is lost to alignment. Returns where they end.
    pub fn arrange(&mut self, polynomial: usize, start: usize) -> usize {
        let mut order = self.own.get(polynomial).cloned().unwrap_or_default();
        order.sort_by_key(|&region| (core::cmp::Reverse(self.regions[region].block), region));
        let mut end = start;
        for region in order {
            let region = &mut self.regions[region];
            region.offset = end.next_multiple_of(region.block);
            end = region.offset + region.size();
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::EF;
    use alloc::vec;
    use p3_field::{Field, PrimeCharacteristicRing};

    fn element(seed: u64) -> EF {
        EF::from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 1) + EF::from_u64(seed)
    }

    /// Every weight's extension agrees with the sum over the cube, for shapes that pad and shapes
    /// that do not.
    #[test]
    fn weighing_a_region_is_its_multilinear_extension() {
        let mut layout = Layout::default();
        for shape in [vec![4, 3, 8], vec![7], vec![2, 5], vec![], vec![3, 3, 2]] {
            layout.add(0, &shape);
        }
        layout.place(0, 0);
        let n = layout.variables[0];
        let point: Vec<EF> = (0..n as u64).map(|i| element(i + 11)).collect();
        let eq = eq_table(&point, 1 << n);
        for region in &layout.regions {
            let weights: Vec<Vec<EF>> = region
                .lengths
                .iter()
                .enumerate()
                .map(|(axis, &length)| {
                    (0..length as u64).map(|i| element(1000 * axis as u64 + i)).collect()
                })
                .collect();
            let strides = region.strides();
            let mut expected = EF::ZERO;
            for flat in 0..region.elements() {
                let (mut rest, mut index, mut weight) = (flat, region.offset, EF::ONE);
                for axis in (0..region.lengths.len()).rev() {
                    let coordinate = rest % region.lengths[axis];
                    rest /= region.lengths[axis];
                    index += coordinate * strides[axis];
                    weight *= weights[axis][coordinate];
                }
                expected += weight * eq[index];
            }
            let blocks = region.block_weights(&point);
            assert_eq!(region.weigh(&weights, &point, &blocks), expected);
            // The weights that the region has elsewhere, in a larger polynomial.
            let elsewhere = Region { offset: region.offset + 3 * region.block, ..region.clone() };
            let at: Vec<EF> = (0..n as u64 + 2).map(|i| element(i + 70)).collect();
            let eq_weights = elsewhere.eq_weights(&at);
            let total = eq_weights.iter().map(|w| w.iter().copied().sum::<EF>()).product();
            assert_eq!(elsewhere.eq_total(&at), total);
            let weighed = region.weigh(&eq_weights, &point, &blocks);
            assert_eq!(region.weigh_eq(&elsewhere, &at, &point), weighed);
            let rows: Vec<(EF, EF)> =
                weights[0].iter().zip(0..).map(|(&w, row)| (w, EF::from_usize(row))).collect();
            // Each row twice, in both halves of its weight.
            let half = Field::inverse(&EF::TWO);
            let rows: Vec<(EF, EF)> =
                rows.iter().chain(&rows).map(|&(w, row)| (w * half, row)).collect();
            assert_eq!(region.weigh_rows(&rows, &weights[1..], &point), expected);
            let rows: Vec<(usize, EF)> =
                weights[0].iter().enumerate().map(|(row, &w)| (row, w)).collect();
            assert_eq!(region.weigh_chosen(&rows, &weights[1..], &point), expected);
        }
    }
}
