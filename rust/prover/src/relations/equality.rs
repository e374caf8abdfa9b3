//! `eq(point, .)` over the first groups of a polynomial, which is all that sums over it need.

use core::array::from_fn;
use core::ops::Range;

use p3_field::PrimeCharacteristicRing;
use rayon::prelude::*;
use zkpot_protocol::field::{EF, eq_table};

use crate::packed::{Group, PEF, SLOTS, add};

/// The weights of the first positions, as products of an outer and an inner weight.
#[derive(Debug)]
pub struct Equality {
    outer: Vec<EF>,
    inner: Vec<EF>,
    count: usize,
}

impl Equality {
    /// Weights of the first `count` positions, at a point whose coordinates are in the order of
    /// binding, in blocks of at most `size`, a power of two.
    pub fn new(point: &[EF], count: usize, size: usize) -> Self {
        let (inner, outer) = point.split_at((size.trailing_zeros() as usize).min(point.len()));
        let reversed = |part: &[EF]| part.iter().rev().copied().collect::<Vec<_>>();
        Self {
            outer: eq_table(&reversed(outer), count.div_ceil(1 << inner.len())),
            inner: eq_table(&reversed(inner), 1 << inner.len()),
            count,
        }
    }

    /// The weight of all positions behind the first ones.
    pub fn behind(&self) -> EF {
        let sum = |weights: &[EF]| weights.iter().copied().sum::<EF>();
        let blocks = self.count / self.inner.len();
        let rest = sum(&self.inner[..self.count % self.inner.len()]);
        let last = self.outer.get(blocks).copied().unwrap_or(EF::ZERO);
        EF::ONE - sum(&self.outer[..blocks]) - last * rest
    }

    /// The weighted sums of two functions of a position. `block` is given the positions of one
    /// outer weight and their inner weights.
    pub fn sum<B>(&self, block: B) -> [Group; 2]
    where
        B: Fn(Range<usize>, &[EF]) -> [Group; 2] + Sync,
    {
        let size = self.inner.len();
        self.outer
            .par_iter()
            .enumerate()
            .map(|(index, &weight)| {
                let range = index * size..self.count.min((index + 1) * size);
                let sums = block(range.clone(), &self.inner[..range.len()]);
                let weight = PEF::from(weight);
                sums.map(|sum| sum.map(|value| weight * value))
            })
            .reduce(|| [[PEF::ZERO; SLOTS]; 2], |a, b| from_fn(|i| add(a[i], b[i])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::sum_lanes;

    #[test]
    fn the_prefix_and_what_is_behind_it_weigh_one() {
        let point: Vec<EF> = (0..6).map(|i| EF::from_u64(i * i + 9)).collect();
        let ones = |_: Range<usize>, inner: &[EF]| {
            let sum: EF = inner.iter().copied().sum();
            let mut group = [PEF::ZERO; SLOTS];
            crate::packed::add_at(&mut group, 0, sum);
            [group, [PEF::ZERO; SLOTS]]
        };
        for size in [1, 4, 64, 512] {
            for count in [1, 3, 4, 5, 31, 63, 64] {
                let equality = Equality::new(&point, count, size);
                let [sum, _] = equality.sum(ones);
                assert_eq!(sum.map(sum_lanes).into_iter().sum::<EF>() + equality.behind(), EF::ONE);
            }
        }
    }
}
