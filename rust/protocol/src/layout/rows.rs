//! Weighing few rows of many, by their numbers: those that are known, and those that a circuit computes with.

use alloc::vec::Vec;

use super::{Region, axis_bits, dot, eq_range};
use crate::field::{Element, eq_table};

/// Bits of a row's number that [`Region::weigh_rows`] takes together: products of bits are cheaper to a
/// circuit than products in the extension, but with three there are too many.
const WINDOW: usize = 2;

/// What weighs the rows of a region: a factor of all of them, the coordinates that tell them apart, and the first
/// row's number there.
struct RowAxis<'p, E> {
    factor: E,
    coordinates: &'p [E],
    first: usize,
}

impl Region {
    /// [`Region::weigh`] where few indices along the first axis have a weight: pairs of the weight and
    /// the index, which is below the axis' length and with which a circuit computes, too. `axes` are the
    /// weights along the other axes.
    pub fn weigh_rows<E: Element>(
        &self,
        rows: &[(E, E)],
        axes: &[impl AsRef<[E]>],
        point: &[E],
    ) -> E {
        let RowAxis { factor, coordinates, first } = self.row_axis(axes, point);
        let windows: Vec<Vec<E>> = coordinates.chunks(WINDOW).map(eq_coefficients).collect();
        let chosen = rows.iter().map(|&(weight, row)| {
            let bits = (row + E::from_usize(first)).bits(coordinates.len());
            let windows = windows.iter().zip(bits.chunks(WINDOW));
            weight * windows.map(|(eq, bits)| dot(&monomials(bits), eq)).product::<E>()
        });
        factor * chosen.sum::<E>()
    }

    /// The same with indices that are known, in the time of the square root of the axis' length and of their number.
    pub fn weigh_chosen<E: Element>(
        &self,
        rows: &[(usize, E)],
        axes: &[impl AsRef<[E]>],
        point: &[E],
    ) -> E {
        let RowAxis { factor, coordinates, first } = self.row_axis(axes, point);
        let (high, low) = coordinates.split_at(coordinates.len() / 2);
        let bits = low.len();
        let (high, low) = (eq_table(high, 1 << high.len()), eq_table(low, 1 << bits));
        let chosen = rows.iter().map(|&(row, weight)| {
            let place = first + row;
            weight * high[place >> bits] * low[place & ((1 << bits) - 1)]
        });
        factor * chosen.sum::<E>()
    }

    /// The weights along the other axes, at a point, leave the rows.
    fn row_axis<'p, E: Element>(&self, axes: &[impl AsRef<[E]>], point: &'p [E]) -> RowAxis<'p, E> {
        let (high, mut rest) = point.split_at(point.len() - self.block.trailing_zeros() as usize);
        let first = self.offset / self.block;
        let (mut factor, mut own) = (E::ONE, (high, first));
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
            factor *= dot(axes[axis - 1].as_ref(), &table);
        }
        // The bits that all rows have in common are left to a factor.
        let (own, first) = own;
        let last = first + self.lengths[0].max(1) - 1;
        let varying = ((usize::BITS - (first ^ last).leading_zeros()) as usize).min(own.len());
        let (fixed, coordinates) = own.split_at(own.len() - varying);
        let common = first >> varying;
        factor *= eq_range(fixed, common, 1)[0];
        RowAxis { factor, coordinates, first: first - (common << varying) }
    }
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
