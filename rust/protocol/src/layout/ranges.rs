//! Sums of `eq` over ranges of indices: in the time of the range, or, where it is summed over, in the time
//! of its bits.

use alloc::vec::Vec;

use crate::field::{Element, split};

/// `eq(point, index)` for `count` indices from `first`, all below `2^n`.
///
/// Takes `count + 2 n` multiplications at most, wherever the range lies.
pub fn eq_range<E: Element>(point: &[E], first: usize, count: usize) -> Vec<E> {
    let last = first + count.max(1) - 1;
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

/// The sum of `eq(point, index)` over `count` indices from `first`, all below `2^n`.
pub fn eq_sum<E: Element>(point: &[E], first: usize, count: usize) -> E {
    eq_below(point, first + count) - eq_below(point, first)
}

/// The sum over all indices below `end`: bit by bit those that leave `end` there.
fn eq_below<E: Element>(point: &[E], end: usize) -> E {
    if above(end, point.len()) > 0 {
        return E::ONE;
    }
    let (mut sum, mut prefix) = (E::ZERO, E::ONE);
    for (&z, rest) in point.iter().zip((0..point.len()).rev()) {
        if above(end, rest) & 1 == 1 {
            sum += prefix * (E::ONE - z);
            prefix *= z;
        } else {
            prefix *= E::ONE - z;
        }
    }
    sum
}

/// A point, and the first index of a range in its cube.
pub type Start<'a, E> = (&'a [E], usize);

/// The sum over `i < count` of `eq(left, first + i) eq(right, first + i)`, each with its own first index.
///
/// Bits of `i` are summed over from the least significant on. What the others have to know of those
/// below is whether both indices carry, and whether `i` may be as large there as the last.
pub fn eq_product<E: Element>(left: Start<'_, E>, right: Start<'_, E>, count: usize) -> E {
    let Some(last) = count.checked_sub(1) else { return E::ZERO };
    let bits = (usize::BITS - last.leading_zeros()) as usize;
    // By both carries, and whether the bits of `i` so far are more than those of the last.
    let mut sums: [Option<E>; 8] = [None; 8];
    sums[0] = Some(E::ONE);
    for bit in 0..bits {
        let factors = both(coordinate(left.0, bit), coordinate(right.0, bit));
        let mut next = [None; 8];
        for (state, sum) in sums.iter().enumerate() {
            let Some(sum) = *sum else { continue };
            let mut targets: [Option<E>; 8] = [None; 8];
            for i in 0..2 {
                let (x, carry) = add(above(left.1, bit) & 1, state >> 2, i);
                let (y, other) = add(above(right.1, bit) & 1, state >> 1 & 1, i);
                let more = match i.cmp(&(above(last, bit) & 1)) {
                    core::cmp::Ordering::Less => 0,
                    core::cmp::Ordering::Equal => state & 1,
                    core::cmp::Ordering::Greater => 1,
                };
                let factor = factors[2 * x + y];
                let target = &mut targets[carry << 2 | other << 1 | more];
                *target = Some(target.map_or(factor, |sum| sum + factor));
            }
            for (next, factor) in next.iter_mut().zip(targets) {
                let Some(factor) = factor else { continue };
                *next = Some(next.unwrap_or(E::ZERO) + sum * factor);
            }
        }
        sums = next;
    }
    let rest = |(point, first): Start<'_, E>, carry: usize| {
        let high = &point[..point.len().saturating_sub(bits)];
        eq_sum(high, above(first, bits) + carry, 1)
    };
    let ends = sums.into_iter().enumerate().filter(|(state, _)| state & 1 == 0);
    let ends = ends.filter_map(|(state, sum)| Some((state, sum?)));
    ends.map(|(state, sum)| sum * (rest(left, state >> 2) * rest(right, state >> 1 & 1))).sum()
}

/// The coordinate of a bit, counted from the least significant; a bit that an index does not have is zero.
fn coordinate<E: Element>(point: &[E], bit: usize) -> E {
    let place = point.len().checked_sub(bit + 1);
    place.and_then(|place| point.get(place)).copied().unwrap_or(E::ZERO)
}

/// `eq` of two coordinates with two bits each: 00, 01, 10, 11.
fn both<E: Element>(left: E, right: E) -> [E; 4] {
    let product = left * right;
    [E::ONE - left - right + product, right - product, left - product, product]
}

/// Sum and carry of three bits.
const fn add(a: usize, b: usize, c: usize) -> (usize, usize) {
    let sum = a + b + c;
    (sum & 1, sum >> 1)
}

/// The bits of an index above the lowest ones.
fn above(index: usize, bits: usize) -> usize {
    index.checked_shr(bits as u32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{EF, eq_table};
    use crate::layout::dot;
    use p3_field::PrimeCharacteristicRing;

    fn point(seed: u64, variables: usize) -> Vec<EF> {
        (0..variables as u64).map(|i| EF::from_u64((seed + i).pow(3) + 7)).collect()
    }

    #[test]
    fn a_range_of_eq_is_a_part_of_its_table() {
        let point = point(3, 6);
        let table = eq_table(&point, 64);
        for first in 0..64 {
            assert_eq!(eq_table(&point, first), table[..first]);
            for count in 1..=64 - first {
                let range = &table[first..first + count];
                assert_eq!(eq_range(&point, first, count), range);
                assert_eq!(eq_sum(&point, first, count), range.iter().copied().sum());
            }
        }
    }

    #[test]
    fn two_ranges_of_eq_are_multiplied_bit_by_bit() {
        let (left, right) = (point(5, 4), point(9, 5));
        let tables = (eq_table(&left, 16), eq_table(&right, 32));
        for first in 0..16 {
            for other in 0..32 {
                for count in 0..=(16 - first).min(32 - other) {
                    let expected = dot(&tables.0[first..][..count], &tables.1[other..][..count]);
                    let found = eq_product((&left, first), (&right, other), count);
                    assert_eq!(found, expected, "{count} from {first} and {other}");
                }
            }
        }
    }
}
