//! Dishonest circuits break the relation that they lie about, and no other.

use halo2_base::halo2_proofs::halo2curves::ff::Field;
use halo2_base::halo2_proofs::plonk::Assigned;
use halo2_base::utils::{biguint_to_fe, fe_to_biguint};
use num_bigint::BigUint;
use p3_field::{PrimeCharacteristicRing, PrimeField64};
use zkpot_protocol::field::{EF, F};

use super::super::halves::Split;
use super::super::{Arithmetic, Extension, Integer, Range, Residue};
use super::{arithmetic, claimed, load};
use crate::circuit::ChipCircuit;
use crate::tampering::{Family, assert_breaks, assert_satisfied, vertical};
use crate::{Context, Fr};

/// `2^bits`.
pub(super) fn power(bits: usize) -> Fr {
    biguint_to_fe(&(BigUint::from(1u8) << bits))
}

fn order() -> Fr {
    Fr::from(F::ORDER_U64)
}

pub(super) fn invert(value: Fr) -> Fr {
    value.invert().unwrap()
}

/// So many limbs whose sum is a value, whatever it is: the last one takes what the others leave.
pub(super) fn limbs(value: Fr, count: usize) -> Vec<Fr> {
    let mut limbs = vec![Fr::ZERO; count];
    let low = Fr::from(fe_to_biguint(&value).iter_u64_digits().next().unwrap_or(0) & 255);
    limbs[0] = low;
    limbs[count - 1] += (value - low) * invert(power(8 * (count - 1)));
    limbs
}

/// Lays down an integer of 128 bits, then what `lie` makes of it.
fn lie(value: Fr, lie: impl Fn(&Arithmetic, &mut Context, &Integer)) -> impl Fn(&mut ChipCircuit) {
    move |circuit| {
        let (arithmetic, context) = arithmetic(circuit);
        let integer = claimed(context, value, Range::bits(128));
        lie(&arithmetic, context, &integer);
    }
}

/// A reduction of `5 p + 7` with these limbs of remainder and quotient.
fn reduction(remainder: Vec<Fr>, quotient: Vec<Fr>) -> impl Fn(&mut ChipCircuit) {
    lie(order() * Fr::from(5) + Fr::from(7), move |arithmetic, context, integer| {
        arithmetic.constrain_reduction(context, integer, &remainder, &quotient);
    })
}

#[test]
fn a_limb_outside_of_the_table_is_refused() {
    let load = |limbs: Vec<Fr>| {
        move |circuit: &mut ChipCircuit| {
            let (arithmetic, context) = arithmetic(circuit);
            arithmetic.load_limbs(context, &limbs);
        }
    };
    assert_satisfied(load(vec![Fr::from(255); 8]));
    for place in 0..8 {
        for wrong in [Fr::from(256), -Fr::ONE] {
            let mut limbs = vec![Fr::ONE; 8];
            limbs[place] = wrong;
            assert_breaks(Family::Table, load(limbs));
        }
    }
}

#[test]
fn a_remainder_has_64_bits() {
    // The second representation is allowed, a third one is not.
    assert_satisfied(reduction(limbs(Fr::from(7), 8), limbs(Fr::from(5), 9)));
    let second = (Fr::from(7) + order(), Fr::from(4));
    let words = |value: Fr| -> Vec<Fr> {
        let bytes = fe_to_biguint(&value).to_bytes_le();
        (0..8).map(|place| Fr::from(u64::from(*bytes.get(place).unwrap_or(&0)))).collect()
    };
    assert_satisfied(reduction(words(second.0), limbs(second.1, 9)));
    let third = (Fr::from(7) + order().double(), Fr::from(3));
    assert_breaks(Family::Table, reduction(limbs(third.0, 8), limbs(third.1, 9)));
}

#[test]
fn a_quotient_does_not_wrap() {
    // Any remainder has some quotient modulo r.
    let wrong = Fr::from(8);
    let quotient = (order() * Fr::from(5) + Fr::from(7) - wrong) * invert(order());
    assert_breaks(Family::Table, reduction(limbs(wrong, 8), limbs(quotient, 9)));
}

#[test]
fn a_reduction_adds_up() {
    assert_breaks(vertical(), reduction(limbs(Fr::from(8), 8), limbs(Fr::from(5), 9)));
    assert_breaks(vertical(), reduction(limbs(Fr::from(7), 8), limbs(Fr::from(6), 9)));
}

#[test]
fn a_reduction_is_of_its_integer() {
    assert_breaks(Family::Copy, |circuit| {
        reduction(limbs(Fr::from(7), 8), limbs(Fr::from(5), 9))(circuit);
        let (context, _) = circuit.parts();
        context.advice[0] = Assigned::Trivial(Fr::from(7));
    });
}

#[test]
fn negative_integers_are_shifted_before_they_are_divided() {
    // Without the shift minus one would be r - 1 = q p + m for some m that is not p - 1.
    let value = fe_to_biguint(&-Fr::ONE) % F::ORDER_U64;
    assert_satisfied(|circuit| {
        let (arithmetic, context) = arithmetic(circuit);
        let range = Range::exactly(-1).or(&Range::exactly(1));
        let residue = claimed(context, -Fr::ONE, range).into();
        let reduced = arithmetic.reduce(context, &residue);
        assert_eq!(reduced.value(), F::NEG_ONE);
        assert_ne!(reduced.value().as_canonical_u64(), u64::try_from(&value).unwrap());
    });
}

#[test]
fn what_is_not_zero_is_refused() {
    let zero = |value: u64, quotient: Vec<Fr>| {
        lie(order() * Fr::from(5) + Fr::from(value), move |arithmetic, context, integer| {
            arithmetic.constrain_zero(context, integer, &quotient);
        })
    };
    assert_satisfied(zero(0, limbs(Fr::from(5), 9)));
    assert_breaks(vertical(), zero(1, limbs(Fr::from(5), 9)));
    assert_breaks(vertical(), zero(0, limbs(Fr::from(4), 9)));
    let quotient = (order() * Fr::from(5) + Fr::ONE) * invert(order());
    assert_breaks(Family::Table, zero(1, limbs(quotient, 9)));
    // An honest quotient of what is not zero.
    assert_breaks(
        vertical(),
        lie(Fr::from(3), |arithmetic, context, integer| {
            arithmetic.require_zero(context, &integer.clone().into());
        }),
    );
    // A small integer has no quotient at all.
    assert_breaks(Family::Copy, |circuit| {
        let (arithmetic, context) = arithmetic(circuit);
        let integer = claimed(context, Fr::ONE, Range::bits(1));
        arithmetic.require_zero(context, &integer.into());
    });
    assert_breaks(Family::Copy, |circuit| {
        let (arithmetic, context) = arithmetic(circuit);
        arithmetic.require_zero(context, &Residue::ONE);
    });
}

#[test]
fn an_inverse_inverts() {
    let inverse = |words: [u64; 3], claimed: [u64; 3]| {
        move |circuit: &mut ChipCircuit| {
            let (arithmetic, context) = arithmetic(circuit);
            let [x, y] = [words, claimed].map(|words| load(&arithmetic, context, words));
            arithmetic.constrain_inverse(context, &x, &y);
        }
    };
    // The inverse of X is X^2 - 1.
    let minus_one = F::ORDER_U64 - 1;
    assert_satisfied(inverse([0, 1, 0], [minus_one, 0, 1]));
    assert_breaks(vertical(), inverse([0, 1, 0], [minus_one, 0, 2]));
    assert_breaks(vertical(), inverse([0, 0, 0], [minus_one, 0, 1]));
    assert_breaks(vertical(), inverse([0, 0, 0], [0, 0, 0]));
    assert_breaks(Family::Copy, |circuit: &mut ChipCircuit| {
        let (arithmetic, context) = arithmetic(circuit);
        arithmetic.invert_extension(context, &Extension::from(EF::ZERO));
    });
}

#[test]
fn a_bit_is_zero_or_one() {
    for wrong in [Fr::from(2), -Fr::ONE, invert(Fr::from(2))] {
        assert_breaks(vertical(), |circuit| {
            let (arithmetic, context) = arithmetic(circuit);
            arithmetic.load_claimed_bit(context, wrong);
        });
    }
}

#[test]
fn bits_are_bits_of_the_integer() {
    let bits = |bits: [u64; 3], rest: Vec<Fr>| {
        lie(Fr::from(0b10_110), move |arithmetic, context, integer| {
            arithmetic.constrain_bits(context, integer, &bits.map(Fr::from), &rest);
        })
    };
    assert_satisfied(bits([0, 1, 1], limbs(Fr::from(2), 16)));
    assert_breaks(vertical(), bits([1, 1, 1], limbs(Fr::from(2), 16)));
    assert_breaks(vertical(), bits([0, 1, 1], limbs(Fr::from(3), 16)));
    // Two is no bit, though it adds up.
    assert_breaks(vertical(), bits([2, 0, 1], limbs(Fr::from(2), 16)));
    // Other bits have some rest modulo r.
    let rest = (Fr::from(0b10_110) - Fr::from(0b111)) * invert(Fr::from(8));
    assert_breaks(Family::Table, bits([1, 1, 1], limbs(rest, 16)));
}

#[test]
fn low_zeros_are_zeros() {
    let zeros = |value: u64, rest: Vec<Fr>| {
        lie(Fr::from(value), move |arithmetic, context, integer| {
            arithmetic.constrain_low_zeros(context, integer, 3, &rest);
        })
    };
    assert_satisfied(zeros(24, limbs(Fr::from(3), 16)));
    assert_breaks(vertical(), zeros(25, limbs(Fr::from(3), 16)));
    assert_breaks(Family::Table, zeros(25, limbs(Fr::from(25) * invert(Fr::from(8)), 16)));
}

#[test]
fn a_choice_is_one_of_two() {
    let honest = |circuit: &mut ChipCircuit| {
        let (arithmetic, context) = arithmetic(circuit);
        let [x, y] = [3, 9].map(|word| claimed(context, Fr::from(word), Range::bits(8)).into());
        let bit = arithmetic.load_bit(context, true);
        arithmetic.select(context, bit, &x, &y);
    };
    assert_satisfied(honest);
    assert_breaks(vertical(), |circuit| {
        honest(circuit);
        let (context, _) = circuit.parts();
        *context.advice.last_mut().unwrap() = Assigned::Trivial(Fr::from(9));
    });
}

/// The lie of a split of `5 + 2^127 9`.
fn split(change: impl Fn(&mut [Fr; 3])) -> impl Fn(&mut ChipCircuit) {
    move |circuit| {
        let (arithmetic, context) = arithmetic(circuit);
        let largest = biguint_to_fe::<Fr>(&(fe_to_biguint(&-Fr::ONE) >> 127)) - Fr::ONE;
        let mut parts = [Fr::from(5), Fr::from(9), largest - Fr::from(9)];
        let value = parts[0] + parts[1] * power(127);
        change(&mut parts);
        let cell = context.load_constant(value);
        let limbs = parts.map(|part| {
            // Limbs of what has 128 bits; of anything else the last one takes too much.
            let honest = arithmetic.limbs(&part, 128);
            let fits = fe_to_biguint(&part).bits() <= 128;
            if fits { honest } else { limbs(part, 16) }
        });
        let [low, high, below] = limbs;
        arithmetic.constrain_split(context, cell, &Split { low, high, below });
    }
}

#[test]
fn halves_are_unique() {
    assert_satisfied(split(|_| ()));
    // The low half has 127 bits, not 128.
    assert_breaks(
        Family::Table,
        split(|[low, high, below]| {
            *low += power(127);
            *high -= Fr::ONE;
            *below += Fr::ONE;
        }),
    );
    // The integer r more has halves as well, the high one too large.
    let other = (BigUint::from(9u8) << 127) + 5u8 + fe_to_biguint(&-Fr::ONE) + 1u8;
    let high = biguint_to_fe::<Fr>(&(&other >> 127));
    let low = biguint_to_fe::<Fr>(&(&other % (BigUint::from(1u8) << 127)));
    assert_breaks(
        Family::Table,
        split(|parts| {
            let [_, honest, below] = *parts;
            *parts = [low, high, below + honest - high];
        }),
    );
    // A high half of more than 128 bits.
    assert_breaks(
        Family::Table,
        split(|[low, high, below]| {
            *low += Fr::ONE;
            *high -= invert(power(127));
            *below += invert(power(127));
        }),
    );
    assert_breaks(vertical(), split(|[low, ..]| *low += Fr::ONE));
    assert_breaks(vertical(), split(|[.., below]| *below += Fr::ONE));
}
