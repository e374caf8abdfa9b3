//! Exponentials and logarithms as integers, by integer arithmetic: the same on every machine.
//!
//! Fixed point with 62 binary places. What it adds to an entry's error is below 2^-40 of one for
//! tables of 2^20 exponentials and of 2^22 logarithms.

use alloc::vec::Vec;

use crate::Scale;

/// Binary places of intermediate values.
const PLACES: u32 = 62;
/// One.
const ONE: u128 = 1 << PLACES;
/// Numerators and denominators of scales are below this, so that products fit in 128 bits.
pub(super) const FACTOR: u64 = 1 << 32;

/// `round(2^places exp(-d unit))` for `d = 0 .. rows - 1`.
pub(super) fn exponentials(unit: Scale, places: u32, rows: usize) -> Vec<i64> {
    let ratio = exponential(unit);
    let mut power = ONE;
    let mut values = Vec::with_capacity(rows);
    for _ in 0..rows {
        values.push(rounded(power, PLACES - places));
        power = product(power, ratio);
    }
    values
}

/// `round(2 ln(y / first) / unit)` for `y = first .. first + rows - 1`.
///
/// # Contract
/// `first` is at least 2^12, `unit` is less than 1 with at most [`PLACES`] binary places.
pub(super) fn logarithms(first: u64, unit: Scale, rows: usize) -> Vec<i64> {
    let shift = (PLACES as i32 - unit.fraction_bits) as u32;
    let mut logarithm: u128 = 0;
    let mut values = Vec::with_capacity(rows);
    for y in (u128::from(first)..).take(rows) {
        let scaled = 2 * logarithm * u128::from(unit.denominator) / u128::from(unit.numerator);
        values.push(rounded(scaled, shift));
        // ln((y + 1) / y) = 2 atanh(1 / (2 y + 1)), whose terms shrink by 2^-26 each.
        let first = (ONE + y) / (2 * y + 1);
        let square = product(first, first);
        let third = product(first, square);
        logarithm += 2 * (first + third / 3 + product(third, square) / 5);
    }
    values
}

/// `exp(-unit)` of a positive unit.
fn exponential(unit: Scale) -> u128 {
    let exponent = (u128::from(unit.numerator) << PLACES) / u128::from(unit.denominator);
    let exponent = match u32::try_from(unit.fraction_bits) {
        Ok(places) => exponent.checked_shr(places).unwrap_or(0),
        Err(_) => exponent.saturating_mul(1 << unit.fraction_bits.unsigned_abs().min(40)),
    };
    // Far below the last place of any entry.
    if exponent >= ONE << 6 {
        return 0;
    }
    let halvings = (0..).find(|&count| exponent >> count < ONE).unwrap_or(0);
    let exponent = exponent >> halvings;
    let (mut sum, mut term, mut positive) = (ONE, ONE, false);
    for number in 1.. {
        term = product(term, exponent) / number;
        if term == 0 {
            break;
        }
        sum = if positive { sum + term } else { sum - term };
        positive = !positive;
    }
    (0..halvings).fold(sum, |value, _: u32| product(value, value))
}

fn product(a: u128, b: u128) -> u128 {
    (a * b + (ONE >> 1)) >> PLACES
}

/// Division by a power of two, halves up.
fn rounded(value: u128, shift: u32) -> i64 {
    ((value + (1 << (shift - 1))) >> shift) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(numerator: u64, denominator: u64, fraction_bits: i32) -> Scale {
        Scale { numerator, denominator, fraction_bits }
    }

    fn real(unit: Scale) -> f64 {
        unit.numerator as f64 / unit.denominator as f64 * 2f64.powi(-unit.fraction_bits)
    }

    #[test]
    fn exponentials_are_rounded() {
        for unit in [scale(1, 1, 11), scale(3, 25, 6), scale(1, 1, 0), scale(5, 1, -3)] {
            let found = exponentials(unit, 24, 1 << 16);
            for (d, &value) in found.iter().enumerate() {
                let exact = (-(d as f64) * real(unit)).exp() * 2f64.powi(24);
                assert!((value as f64 - exact).abs() <= 0.5 + 1e-6, "{unit:?} {d}: {value}");
            }
        }
        assert_eq!(exponentials(scale(1, 1, 11), 24, 2)[0], 1 << 24);
    }

    #[test]
    fn logarithms_are_rounded() {
        for (first, unit) in [(1 << 16, scale(1, 1, 20)), (1 << 12, scale(7, 25, 22))] {
            let found = logarithms(first, unit, 1 << 18);
            for (row, &value) in found.iter().enumerate() {
                let ratio = (first + row as u64) as f64 / first as f64;
                let exact = 2.0 * ratio.ln() / real(unit);
                assert!((value as f64 - exact).abs() <= 0.5 + 1e-6, "{unit:?} {row}: {value}");
            }
        }
    }
}
