//! Honest circuits compute what the fields do.

use halo2_base::gates::circuit::CircuitBuilderStage;
use halo2_base::utils::{biguint_to_fe, fe_to_biguint};
use num_bigint::BigUint;
use p3_field::{Field, PrimeCharacteristicRing, PrimeField64};
use zkpot_protocol::field::{EF, F};

use super::super::{Extension, Range, Residue};
use super::{EXTREME, arithmetic, base, claimed, element, held, load, samples};
use crate::circuit::ChipCircuit;
use crate::tampering::{assert_every_cell_matters, assert_satisfied, broken, circuit};
use crate::{Context, Fr};

#[test]
fn integers_below_two_to_the_64_are_loaded_as_they_are() {
    assert_satisfied(|circuit| {
        let (arithmetic, context) = arithmetic(circuit);
        for word in EXTREME {
            let loaded = arithmetic.load(context, word);
            assert_eq!(*loaded.cell().value(), Fr::from(word));
            assert_eq!(Residue::from(loaded).value(), base(word));
        }
    });
}

#[test]
fn operations_are_those_of_the_extension() {
    for a in samples() {
        for b in samples() {
            assert_satisfied(|circuit| {
                let (arithmetic, context) = arithmetic(circuit);
                let [x, y] = [a, b].map(|words| load(&arithmetic, context, words));
                let (a, b) = (element(a), element(b));
                let difference = arithmetic.subtract_extension(context, &x, &y);
                let product = arithmetic.multiply_extension(context, &x, &y);
                let terms = [(x.clone(), a.into()), (product.clone(), product.clone())];
                let found = [
                    (arithmetic.add_extension(context, &x, &y), a + b),
                    (arithmetic.multiply_extension(context, &a.into(), &y), a * b),
                    (arithmetic.multiply_extension(context, &x, &b.into()), a * b),
                    (arithmetic.multiply_extension(context, &difference, &y), (a - b) * b),
                    (
                        arithmetic.multiply_add_extension(context, &x, &difference, &difference),
                        a * (a - b) + a - b,
                    ),
                    (arithmetic.extension_sum(context, &terms), a.square() + (a * b).square()),
                    (difference, a - b),
                    (product, a * b),
                ];
                for (found, expected) in found {
                    assert_eq!(found.value(), expected);
                    require_equal(&arithmetic, context, &found, expected);
                }
            });
        }
    }
}

/// Requires that an element is another, reduced and not, and that another is not zero.
fn require_equal(
    arithmetic: &super::Arithmetic,
    context: &mut Context,
    found: &Extension,
    expected: EF,
) {
    let reduced = arithmetic.reduce_extension(context, found);
    assert_eq!(reduced.value(), expected);
    for found in [found, &reduced] {
        let zero = arithmetic.subtract_extension(context, found, &expected.into());
        arithmetic.require_zero_extension(context, &zero);
    }
}

#[test]
fn base_elements_are_extension_elements_that_cost_less() {
    assert_satisfied(|circuit| {
        let arithmetic = circuit.arithmetic();
        let (context, _) = circuit.parts();
        let x: Extension = Residue::from(arithmetic.load(context, 7)).into();
        let y: Extension = Residue::from(arithmetic.load(context, u64::MAX)).into();
        let before = context.advice.len();
        let product = arithmetic.multiply_extension(context, &x, &y);
        assert_eq!(context.advice.len() - before, 4);
        assert_eq!(product.value(), EF::from_u8(7) * EF::from(base(u64::MAX)));
        assert!(product.0[1..].iter().all(|residue| residue.is(F::ZERO)));
    });
}

#[test]
#[should_panic(expected = "tables of 12 bits")]
fn sixty_four_bits_are_whole_limbs() {
    ChipCircuit::new(CircuitBuilderStage::Mock, 13, 12).arithmetic();
}

#[test]
fn what_is_known_takes_no_cells() {
    let mut circuit = circuit(|_| ());
    let (arithmetic, context) = arithmetic(&mut circuit);
    let [a, b] = [[1, 2, 3], [4, 5, 6]].map(element);
    let product = arithmetic.multiply_extension(context, &a.into(), &b.into());
    assert_eq!(product.value(), a * b);
    let inverse = arithmetic.invert_extension(context, &a.into());
    assert_eq!(inverse.value(), a.inverse());
    let nothing = arithmetic.multiply_extension(context, &a.into(), &EF::ZERO.into());
    arithmetic.require_zero_extension(context, &nothing);
    assert_eq!(context.advice.len(), 0);
}

#[test]
fn inverses_are_those_of_the_extension() {
    for words in samples() {
        let expected = element(words).try_inverse();
        let lay = |circuit: &mut ChipCircuit| {
            let (arithmetic, context) = arithmetic(circuit);
            let x = load(&arithmetic, context, words);
            let inverse = arithmetic.invert_extension(context, &x);
            if let Some(expected) = expected {
                assert_eq!(inverse.value(), expected);
            }
        };
        assert_eq!(broken(&circuit(lay)).is_empty(), expected.is_some(), "{words:?}");
    }
}

#[test]
fn integers_at_the_ends_of_their_ranges_are_reduced() {
    let order = BigUint::from(F::ORDER_U64);
    for bits in [65, 127, 128, 130, 200, 247] {
        let largest: BigUint = (BigUint::from(1u8) << bits) - 1u8;
        let ends =
            [BigUint::ZERO, order.clone() - 1u8, order.clone(), largest.clone() - 1u8, largest];
        for value in ends {
            for negative in [false, true] {
                let expected = base((&value % &order).try_into().unwrap());
                let expected = if negative { -expected } else { expected };
                assert_satisfied(|circuit| {
                    let (arithmetic, context) = arithmetic(circuit);
                    let cell = biguint_to_fe::<Fr>(&value);
                    let (cell, sign) = if negative { (-cell, -1) } else { (cell, 1) };
                    // From zero to the largest integer of so many bits, or from its opposite to zero.
                    let range = Range::bits(bits - 1).plus(&Range::bits(bits - 1));
                    let range = range.plus(&Range::exactly(1)).times(&Range::exactly(sign));
                    let range = range.or(&Range::exactly(0));
                    let residue: Residue = claimed(context, cell, range).into();
                    assert_eq!(residue.value(), expected);
                    let reduced = arithmetic.reduce(context, &residue);
                    let remainder = fe_to_biguint(held(&reduced).cell().value());
                    assert!(remainder < order);
                    assert_eq!(reduced.value(), expected);
                    let zero = arithmetic.subtract(context, &residue, &expected.into());
                    arithmetic.require_zero(context, &zero);
                });
            }
        }
    }
}

#[test]
fn factors_are_reduced_once_and_only_where_a_product_would_wrap() {
    assert_satisfied(|circuit| {
        let (arithmetic, context) = arithmetic(circuit);
        let x = Residue::from(arithmetic.load(context, u64::MAX));
        let square = arithmetic.multiply(context, &x, &x);
        let cube = arithmetic.multiply(context, &square, &x);
        assert_eq!(held(&cube).range().magnitude(), 192);
        // A product of four factors is too wide: one factor is reduced.
        let fourth = arithmetic.multiply(context, &square, &square);
        assert_eq!(held(&fourth).range().magnitude(), 192);
        assert_eq!(fourth.value(), base(u64::MAX).exp_u64(4));
        // Again, and nothing is laid down but the product.
        let before = context.advice.len();
        let again = arithmetic.multiply(context, &square, &square);
        assert_eq!((context.advice.len() - before, again.value()), (4, fourth.value()));
    });
}

#[test]
fn long_sums_keep_one_meaning() {
    assert_satisfied(|circuit| {
        let (arithmetic, context) = arithmetic(circuit);
        let x = Residue::from(arithmetic.load(context, u64::MAX));
        let wide = arithmetic.multiply(context, &x, &x);
        let wide = arithmetic.multiply(context, &wide, &x);
        let terms: Vec<_> = (0..20).map(|_| (wide.clone(), x.clone())).collect();
        let sum = arithmetic.sum_of_products(context, &terms);
        assert_eq!(sum.value(), base(u64::MAX).exp_u64(4) * F::from_u8(20));
        arithmetic.reduce(context, &sum);
    });
}

#[test]
fn bits_are_those_of_the_integer() {
    for (word, count) in [(0, 5), (21, 5), (22, 64), (u64::MAX, 64), (u64::MAX, 13), (9, 0)] {
        assert_satisfied(|circuit| {
            let (arithmetic, context) = arithmetic(circuit);
            let integer = arithmetic.load(context, word);
            let bits = arithmetic.low_bits(context, &integer, count);
            assert_eq!(bits.len(), count);
            for (place, bit) in bits.iter().enumerate() {
                assert_eq!(bit.is_set(), word >> place & 1 == 1);
            }
            let zeros = word.trailing_zeros().min(64) as usize;
            arithmetic.require_low_zeros(context, &integer, zeros);
        });
    }
}

#[test]
fn a_bit_selects_and_swaps() {
    for bit in [false, true] {
        assert_satisfied(|circuit| {
            let (arithmetic, context) = arithmetic(circuit);
            let x = load(&arithmetic, context, [1, u64::MAX, 3]);
            let y = Extension::from(element([0, 5, 3]));
            let bit_cell = arithmetic.load_bit(context, bit);
            let selected = arithmetic.select_extension(context, bit_cell, &x, &y);
            assert_eq!(selected.value(), if bit { x.value() } else { y.value() });
            let [left, right] = [3, 4].map(|value| context.load_witness(Fr::from(value)));
            let swapped = arithmetic.swap(context, bit_cell, left, right);
            let expected = if bit { [4, 3] } else { [3, 4] };
            assert_eq!(swapped.map(|cell| *cell.value()), expected.map(Fr::from));
        });
    }
}

#[test]
fn halves_are_those_of_the_sponge() {
    let top = -Fr::one();
    let bound = fe_to_biguint(&top) >> 127;
    let largest = biguint_to_fe::<Fr>(&((&bound << 127) - 1u8));
    for value in [Fr::zero(), Fr::one(), largest, biguint_to_fe(&(BigUint::from(1u8) << 127))] {
        assert_satisfied(|circuit| {
            let (arithmetic, context) = arithmetic(circuit);
            let cell = context.load_witness(value);
            let halves = arithmetic.split(context, cell);
            let [low, high] = halves.map(|half| fe_to_biguint(half.cell().value()));
            assert_eq!(fe_to_biguint(&value), low + (high << 127));
        });
    }
    // The largest high half has no split.
    for value in [top, biguint_to_fe(&(bound << 127))] {
        let lay = |circuit: &mut ChipCircuit| {
            let (arithmetic, context) = arithmetic(circuit);
            let cell = context.load_witness(value);
            arithmetic.split(context, cell);
        };
        assert!(!broken(&circuit(lay)).is_empty());
    }
}

#[test]
fn every_cell_of_the_arithmetic_matters() {
    assert_every_cell_matters(|circuit| {
        let (arithmetic, context) = arithmetic(circuit);
        let x = load(&arithmetic, context, [1, 2, 3]);
        let y = load(&arithmetic, context, [4, 5, u64::MAX]);
        let difference = arithmetic.subtract_extension(context, &x, &y);
        let inverse = arithmetic.invert_extension(context, &difference);
        arithmetic.reduce_extension(context, &inverse);
    });
}

#[test]
fn every_cell_of_bits_and_choices_matters() {
    assert_every_cell_matters(|circuit| {
        let (arithmetic, context) = arithmetic(circuit);
        let x = arithmetic.load(context, 0b1011_0000);
        let bits = arithmetic.low_bits(context, &x, 5);
        arithmetic.require_low_zeros(context, &x, 4);
        let y = arithmetic.load(context, 9);
        arithmetic.select(context, bits[4], &x.clone().into(), &y.clone().into());
        arithmetic.swap(context, bits[0], x.cell(), y.cell());
    });
}

#[test]
fn every_cell_of_a_split_matters() {
    assert_every_cell_matters(|circuit| {
        let (arithmetic, context) = arithmetic(circuit);
        let cell = context.load_constant(biguint_to_fe(&((BigUint::from(77u8) << 140) + 5u8)));
        arithmetic.split(context, cell);
    });
}
