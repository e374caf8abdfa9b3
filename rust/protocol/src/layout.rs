//! Where tensors lie inside committed polynomials.
//!
//! A polynomial's `2^n` values hold several regions, one a tensor. A region is a grid of axes;
//! one axis (the one that padding would waste most on) is laid out as it is, the others are
//! padded to powers of two. The padded ones form an aligned block, so that a weight which is a
//! product over axes stays a product over index bits, and its multilinear extension takes the
//! verifier time linear in the axes' lengths, not in their product.

use crate::field::{Element, eq_table, split};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Uniform entries that every committed polynomial ends with, an aligned block: values revealed at
/// random points then say nothing about the rest. Two points in the cubic extension take six
/// entries; 16 leave a failure below 2^-186 (`docs/spec/zero-knowledge.md`).
pub const RANDOM_ENTRIES: usize = 16;

/// Variables that an axis of this length takes.
pub fn axis_bits(length: usize) -> usize {
    length.next_power_of_two().trailing_zeros() as usize
}

/// Bits of a row's number that [`Region::weigh_rows`] takes together: products of bits are cheaper to a
/// circuit than products in the extension, but with three there are too many.
const WINDOW: usize = 2;

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

    /// [`Region::weigh`] where few indices along the first axis have a weight: pairs of the weight and
    /// the index, with which a circuit computes, too. `axes` are the weights along the other axes.
    pub fn weigh_rows<E: Element>(
        &self,
        rows: &[(E, E)],
        axes: &[impl AsRef<[E]>],
        point: &[E],
    ) -> E {
        let (high, mut rest) = point.split_at(point.len() - self.block.trailing_zeros() as usize);
        let first = self.offset / self.block;
        let (mut value, mut own) = (E::ONE, (high, first));
        for (axis, &length) in self.lengths.iter().enumerate() {
            let table = if axis == self.outer {
                if axis == 0 {
                    continue;
                }
                eq_range(high, first, length)
            } else {
                let (mine, others) = rest.split_at(axis_bits(length));
                rest = others;
                if axis == 0 {
                    own = (mine, 0);
                    continue;
                }
                eq_table(mine, length)
            };
            value *= dot(axes[axis - 1].as_ref(), &table);
        }
        // The bits that all rows have in common are left to a factor.
        let (own, first) = own;
        let last = first + self.lengths[0].max(1) - 1;
        let varying = ((usize::BITS - (first ^ last).leading_zeros()) as usize).min(own.len());
        let (fixed, own) = own.split_at(own.len() - varying);
        let common = first >> varying;
        value *= eq_range(fixed, common, 1)[0];
        let first = first - (common << varying);
        let windows: Vec<Vec<E>> = own.chunks(WINDOW).map(eq_coefficients).collect();
        let chosen = rows.iter().map(|&(weight, row)| {
            let bits = (row + E::from_usize(first)).bits(own.len());
            let windows = windows.iter().zip(bits.chunks(WINDOW));
            weight * windows.map(|(eq, bits)| dot(&monomials(bits), eq)).product::<E>()
        });
        value * chosen.sum::<E>()
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

/// `eq(point, index)` for `count` indices from `first`, all below `2^n`.
///
/// Takes `count + 2 n` multiplications at most, wherever the range lies.
pub fn eq_range<E: Element>(point: &[E], first: usize, count: usize) -> Vec<E> {
    let last = first + count.max(1) - 1;
    let above = |index: usize, bits: usize| index.checked_shr(bits as u32).unwrap_or(0);
    let mut table = alloc::vec![E::ONE];
    for (&z, rest) in point.iter().zip((0..point.len()).rev()) {
        let start = 2 * above(first, rest + 1);
        table = split(&table, z);
        // What has no index of the range under it is left out.
        table.truncate(above(last, rest) + 1 - start);
        table.drain(..above(first, rest) - start);
    }
    table
}

/// `eq(point, bits)` as a polynomial in the bits: its coefficients, in the order of [`monomials`].
fn eq_coefficients<E: Element>(point: &[E]) -> Vec<E> {
    point.iter().fold(alloc::vec![E::ONE], |coefficients, &z| {
        let pairs = coefficients.into_iter().map(|value| (value, value * z));
        pairs.flat_map(|(value, one)| [value - one, one.double() - value]).collect()
    })
}

/// The products of each subset of some bits, the first bit being the most significant of the subset's
/// number.
fn monomials<E: Element>(bits: &[E]) -> Vec<E> {
    bits.iter().fold(alloc::vec![E::ONE], |products, &bit| {
        products.into_iter().flat_map(|product| [product, product * bit]).collect()
    })
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
    /// Number of variables of each polynomial.
    pub variables: Vec<usize>,
    /// First of the [`RANDOM_ENTRIES`] of each polynomial.
    pub random: Vec<usize>,
}

impl Layout {
    /// Adds a region for a tensor of the given shape; its place is decided by [`Layout::place`].
    pub fn add(&mut self, polynomial: usize, lengths: &[usize]) -> usize {
        self.regions.push(Region::new(polynomial, lengths));
        self.regions.len() - 1
    }

    /// Elements that all regions of a polynomial take together.
    pub fn size(&self, polynomial: usize) -> usize {
        self.regions
            .iter()
            .filter(|region| region.polynomial == polynomial)
            .fold(0, |size, region| size.saturating_add(region.size()))
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
        let mut order: Vec<usize> = (0..self.regions.len())
            .filter(|&region| self.regions[region].polynomial == polynomial)
            .collect();
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

    #[test]
    fn a_range_of_eq_is_a_part_of_its_table() {
        let point: Vec<EF> = (0..6).map(|i| element(i + 3)).collect();
        let table = eq_table(&point, 64);
        for first in 0..64 {
            assert_eq!(eq_table(&point, first), table[..first]);
            for count in 1..=64 - first {
                assert_eq!(eq_range(&point, first, count), table[first..first + count]);
            }
        }
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
            assert_eq!(region.weigh(&weights, &point, &region.block_weights(&point)), expected);
            let rows: Vec<(EF, EF)> =
                weights[0].iter().zip(0..).map(|(&w, row)| (w, EF::from_usize(row))).collect();
            // Each row twice, in both halves of its weight.
            let half = Field::inverse(&EF::TWO);
            let rows: Vec<(EF, EF)> =
                rows.iter().chain(&rows).map(|&(w, row)| (w * half, row)).collect();
            assert_eq!(region.weigh_rows(&rows, &weights[1..], &point), expected);
        }
    }
}
