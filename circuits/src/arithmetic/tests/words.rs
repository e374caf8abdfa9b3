//! Intervals and remainders: each relation broken alone.

use std::cell::Cell as Kept;

use halo2_base::halo2_proofs::halo2curves::ff::Field;
use halo2_base::utils::{biguint_to_fe, fe_to_biguint};
use num_bigint::BigUint;

use super::super::Range;
use super::super::words::{Distances, Division};
use super::lies::{invert, limbs, power};
use super::{arithmetic, claimed};
use crate::Fr;
use crate::circuit::ChipCircuit;
use crate::tampering::{
    Family, assert_breaks, assert_every_cell_matters, assert_satisfied, vertical,
};

/// An interval whose width has two limbs.
const ENDS: [u64; 2] = [100, 1_000];

/// A cell with what somebody claims it to be above the least and below the greatest integer.
fn between(value: Fr, ends: [u64; 2], [above, below]: [Fr; 2]) -> impl Fn(&mut ChipCircuit) {
    move |circuit| {
        let (arithmetic, context) = arithmetic(circuit);
        let cell = context.load_witness(value);
        let count = (u64::BITS - (ends[1] - ends[0]).leading_zeros()).max(1).div_ceil(8) as usize;
        let [above, below] = [above, below].map(|distance| {
            let fits = fe_to_biguint(&distance).bits() <= 8 * count as u64;
            if fits { arithmetic.limbs(&distance, 8 * count) } else { limbs(distance, count) }
        });
        arithmetic.constrain_between(context, cell, ends, &Distances { above, below });
    }
}

/// Both distances of a value, whatever it is.
fn distances(value: Fr, [low, high]: [u64; 2]) -> [Fr; 2] {
    [value - Fr::from(low), Fr::from(high) - value]
}

#[test]
fn integers_of_an_interval_are_required() {
    for ends in [ENDS, [0, 0], [7, 7], [0, u64::MAX], [5, 260], [1 << 63, u64::MAX]] {
        let [low, high] = ends;
        for value in [low, low + (high - low) / 3, high] {
            assert_satisfied(|circuit| {
                let (arithmetic, context) = arithmetic(circuit);
                let cell = context.load_witness(Fr::from(value));
                let integer = arithmetic.require_between(context, cell, low, high);
                assert_eq!(*integer.range(), Range::between(low, high));
                assert_eq!(*integer.cell().value(), Fr::from(value));
            });
            let value = Fr::from(value);
            assert_satisfied(between(value, ends, distances(value, ends)));
        }
    }
}

#[test]
fn what_is_outside_of_an_interval_has_no_distances() {
    for ends in [ENDS, [0, 0], [7, 7], [0, u64::MAX], [5, 260]] {
        let [low, high] = ends.map(Fr::from);
        // One below, one above, what is one below zero modulo r, and what has as many limbs as an
        // integer of the interval.
        let full = power(
            8 * (u64::BITS - (ends[1] - ends[0]).leading_zeros()).max(1).div_ceil(8) as usize,
        );
        for value in [low - Fr::ONE, high + Fr::ONE, -Fr::ONE, low + full - Fr::ONE, high - full] {
            if value == high {
                continue;
            }
            // The right distance has a limb outside of the table.
            assert_breaks(Family::Table, between(value, ends, distances(value, ends)));
            // Those of an integer inside do not add up.
            assert_breaks(vertical(), between(value, ends, distances(low, ends)));
            // What honest code makes of it does not either.
            assert_breaks(vertical(), |circuit| {
                let (arithmetic, context) = arithmetic(circuit);
                let cell = context.load_witness(value);
                arithmetic.require_between(context, cell, ends[0], ends[1]);
            });
        }
    }
}

#[test]
fn both_distances_are_those_of_the_cell() {
    let inside = Fr::from(300);
    let [above, below] = distances(inside, ENDS);
    assert_satisfied(between(inside, ENDS, [above, below]));
    assert_breaks(vertical(), between(inside, ENDS, [above + Fr::ONE, below]));
    assert_breaks(vertical(), between(inside, ENDS, [above, below - Fr::ONE]));
    // Each end alone: the other distance is right, and this one is in the table.
    let [under, over] = [Fr::from(99), Fr::from(1_001)];
    let [_, below] = distances(under, ENDS);
    assert_breaks(vertical(), between(under, ENDS, [Fr::ZERO, below]));
    let [above, _] = distances(over, ENDS);
    assert_breaks(vertical(), between(over, ENDS, [above, Fr::ZERO]));
}

#[test]
#[should_panic(expected = "no integer from 2 to 1")]
fn an_empty_interval_is_the_authors_mistake() {
    let mut circuit = crate::tampering::circuit(|_| ());
    let (arithmetic, context) = arithmetic(&mut circuit);
    let cell = context.load_witness(Fr::ONE);
    arithmetic.require_between(context, cell, 2, 1);
}

/// What somebody claims of `1234` by a divisor: remainder, quotient, and what the remainder is below the
/// largest one.
fn division(divisor: u64, [remainder, quotient, below]: [Fr; 3]) -> impl Fn(&mut ChipCircuit) {
    move |circuit| {
        let (arithmetic, context) = arithmetic(circuit);
        let integer = claimed(context, Fr::from(1_234), Range::bits(127));
        let width = (u64::BITS - divisor.leading_zeros()) as usize;
        let of = |part: Fr, bits: usize| {
            let fits = fe_to_biguint(&part).bits() <= bits.next_multiple_of(8) as u64;
            if fits { arithmetic.limbs(&part, bits) } else { limbs(part, bits.div_ceil(8)) }
        };
        let division = Division {
            remainder: of(remainder, width),
            quotient: of(quotient, 129 - width),
            below: of(below, width),
        };
        arithmetic.constrain_remainder(context, &integer, divisor, &division);
    }
}

#[test]
fn remainders_are_those_of_the_integers() {
    let large: BigUint = (BigUint::from(1u8) << 127) - 1u8;
    for value in
        [BigUint::ZERO, 9u8.into(), 10u8.into(), 1_234u16.into(), large.clone() - 5u8, large]
    {
        for divisor in [1, 2, 7, 10, 255, 256, 257, 1 << 32, u64::MAX] {
            assert_satisfied(|circuit| {
                let (arithmetic, context) = arithmetic(circuit);
                let integer = claimed(context, biguint_to_fe(&value), Range::bits(127));
                let remainder = arithmetic.remainder(context, &integer, divisor);
                assert_eq!(fe_to_biguint(remainder.cell().value()), &value % divisor);
                assert_eq!(*remainder.range(), Range::below(divisor));
            });
        }
    }
}

#[test]
fn a_division_adds_up() {
    let claim = |parts: [u64; 3]| division(10, parts.map(Fr::from));
    assert_satisfied(claim([4, 123, 5]));
    for wrong in [[4, 122, 5], [4, 124, 5], [5, 123, 4], [4, 123, 6], [4, 123, 4]] {
        assert_breaks(vertical(), claim(wrong));
    }
}

#[test]
fn a_remainder_is_below_its_divisor() {
    // 1234 = 14 + 10 * 122, and so on: no other remainder is the first one.
    let [ten, four] = [10, 4].map(Fr::from);
    for (quotient, more) in [(122, 1u64), (121, 2), (100, 23)] {
        let remainder = four + ten * Fr::from(more);
        let below = Fr::from(9) - remainder;
        assert_breaks(Family::Table, division(10, [remainder, Fr::from(quotient), below]));
        assert_breaks(vertical(), division(10, [remainder, Fr::from(quotient), Fr::ZERO]));
    }
    // The divisor itself.
    let claim = |parts: [Fr; 3]| division(617, parts);
    assert_satisfied(claim([0, 2, 616].map(Fr::from)));
    assert_breaks(Family::Table, claim([Fr::from(617), Fr::ONE, -Fr::ONE]));
}

#[test]
fn a_remainder_is_not_negative() {
    let negative = [-Fr::from(6), Fr::from(124), Fr::from(15)];
    assert_breaks(Family::Table, division(10, negative));
}

#[test]
fn a_quotient_of_a_remainder_does_not_wrap() {
    // Any remainder has some quotient modulo r.
    for remainder in [0, 5, 9].map(Fr::from) {
        let quotient = (Fr::from(1_234) - remainder) * invert(Fr::from(10));
        assert_breaks(Family::Table, division(10, [remainder, quotient, Fr::from(9) - remainder]));
    }
}

#[test]
#[should_panic(expected = "a remainder by 0")]
fn a_divisor_of_zero_is_the_authors_mistake() {
    division_of(Range::bits(8), 0);
}

#[test]
#[should_panic(expected = "a remainder of a large integer")]
fn an_integer_too_large_is_the_authors_mistake() {
    division_of(Range::bits(128), 3);
}

#[test]
#[should_panic(expected = "a remainder by 3")]
fn an_integer_that_may_be_negative_is_the_authors_mistake() {
    division_of(Range::exactly(-1).or(&Range::bits(8)), 3);
}

fn division_of(range: Range, divisor: u64) {
    let mut circuit = crate::tampering::circuit(|_| ());
    let (arithmetic, context) = arithmetic(&mut circuit);
    let integer = claimed(context, Fr::ONE, range);
    arithmetic.remainder(context, &integer, divisor);
}

#[test]
fn every_cell_of_an_interval_matters() {
    for (value, [low, high]) in [(300, ENDS), (7, [7, 7]), (1 << 40, [0, u64::MAX])] {
        assert_every_cell_matters(|circuit| {
            let (arithmetic, context) = arithmetic(circuit);
            let cell = context.load_constant(Fr::from(value));
            arithmetic.require_between(context, cell, low, high);
        });
    }
}

#[test]
fn every_cell_of_a_remainder_matters() {
    for divisor in [10, 1_000] {
        assert_every_cell_matters(|circuit| {
            let (arithmetic, context) = arithmetic(circuit);
            let cell = context.load_constant(Fr::from(1 << 40));
            let integer = super::Integer::new(cell, Range::bits(127));
            arithmetic.remainder(context, &integer, divisor);
        });
    }
}

#[test]
fn a_known_bit_is_no_other() {
    for bit in [false, true] {
        let place = Kept::new(0);
        let lay = |circuit: &mut ChipCircuit| {
            let (arithmetic, context) = arithmetic(circuit);
            let known = arithmetic.known_bit(context, bit);
            assert_eq!(known.is_set(), bit);
            let [x, y] = [3, 9].map(|value| context.load_constant(Fr::from(value)));
            let swapped = arithmetic.swap(context, known, x, y);
            let expected = if bit { [9, 3] } else { [3, 9] };
            assert_eq!(swapped.map(|cell| *cell.value()), expected.map(Fr::from));
            place.set(known.cell().cell.map_or(0, |cell| cell.offset));
        };
        assert_every_cell_matters(lay);
        assert_breaks(Family::Copy, |circuit: &mut ChipCircuit| {
            lay(circuit);
            let other = Fr::from(u64::from(!bit));
            let (context, _) = circuit.parts();
            context.advice[place.get()] = halo2_base::halo2_proofs::plonk::Assigned::Trivial(other);
        });
    }
}
