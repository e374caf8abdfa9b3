//! Weighing rows that are known by their numbers alone, as a circuit computes with them.

use alloc::vec::Vec;

use super::{Region, axis_bits, dot, eq_range};
use crate::field::{Element, eq_table};

/// Bits of a row's number that [`Region::weigh_rows`] takes together: products of bits are cheaper to a
/// circuit than products in the extension, but with three there are too many.
const WINDOW: usize = 2;

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
