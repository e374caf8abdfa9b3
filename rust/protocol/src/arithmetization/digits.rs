//! How a range is split into table lookups.
//!
//! An integer in `[0, 2^b)` is proven by one lookup in the table of all `b`-bit integers, or by
//! several digits that are looked up in smaller tables. One lookup costs a table of `2^b` rows
//! once; more digits cost one committed element and one lookup each time. The choice depends on
//! how often a width occurs in the link, and is the same on both sides.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Widths up to this are never split.
const SMALLEST: u32 = 4;
/// Widths above this are always split.
const LARGEST: u32 = 22;

/// Widths of the digits of a range of `bits` bits, least significant first.
pub(super) type Digits = BTreeMap<u32, Vec<u32>>;

/// Decides, for each width that occurs, how it is split.
///
/// `counts` says how many integers of each width the link range-proves.
pub(super) fn choose_digits(counts: &BTreeMap<u32, u64>) -> Digits {
    let mut pending = counts.clone();
    let mut halves: BTreeMap<u32, Option<(u32, u32)>> = BTreeMap::new();
    // Wide ranges first: splitting them adds to the counts of narrower ones.
    while let Some((bits, count)) = pending.pop_last() {
        let low = bits.div_ceil(2);
        let whole = count.saturating_add(1 << bits.min(LARGEST + 1));
        let split = count.saturating_mul(2).saturating_add(1 << low.min(LARGEST + 1));
        if bits <= SMALLEST || (bits <= LARGEST && whole <= split) {
            halves.insert(bits, None);
        } else {
            halves.insert(bits, Some((low, bits - low)));
            let merged = pending.entry(low).or_default();
            *merged = merged.saturating_add(count);
            let merged = pending.entry(bits - low).or_default();
            *merged = merged.saturating_add(count);
        }
    }
    let mut digits = Digits::new();
    // Narrow ranges first, so that the digits of the halves are known.
    for (&bits, &split) in &halves {
        let widths = match split {
            None => alloc::vec![bits],
            Some((low, high)) => [digits[&low].as_slice(), &digits[&high]].concat(),
        };
        digits.insert(bits, widths);
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_cover_the_width_and_tables_pay_for_themselves() {
        let counts = BTreeMap::from([(16, 6_000_000), (24, 100_000), (32, 64), (1, 10)]);
        let digits = choose_digits(&counts);
        for (bits, widths) in &digits {
            assert_eq!(widths.iter().sum::<u32>(), *bits);
            assert!(widths.iter().all(|width| *width <= LARGEST));
        }
        assert_eq!(digits[&16], [16]);
        assert!(digits[&24].len() > 1);
    }
}
