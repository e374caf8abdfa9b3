//! The field against arkworks', at its ends and at random places.

use ark_bn254::Fr as Known;
use ark_ff::{BigInt, Field, PrimeField};

use super::{Fr, Words};
use crate::circuit::MODULUS_WORDS;

/// Numbers of 256 bits: ends, and what a multiplicative generator draws.
fn numbers() -> Vec<Words> {
    let [a, b, c, d] = MODULUS_WORDS;
    let ends = [
        [0; 4],
        [1, 0, 0, 0],
        [2, 0, 0, 0],
        [a - 1, b, c, d],
        [a, b, c, d],
        [a + 1, b, c, d],
        [u64::MAX; 4],
        [0, 0, 0, 1 << 63],
        [u64::MAX, 0, u64::MAX, 0],
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut draw = || {
        state = state.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(1);
        state ^ state >> 29
    };
    let drawn = (0..60).map(|_| [draw(), draw(), draw(), draw()]);
    ends.into_iter().chain(drawn.collect::<Vec<_>>()).collect()
}

fn known(words: &Words) -> Known {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    Known::from_le_bytes_mod_order(&bytes)
}

fn words(known: Known) -> Words {
    let BigInt(words) = known.into_bigint();
    words
}

#[test]
fn numbers_come_and_go() {
    for number in numbers() {
        assert_eq!(Fr::of(&number).words(), words(known(&number)), "{number:x?}");
    }
}

#[test]
fn sums_differences_and_products() {
    for left in numbers() {
        for right in numbers() {
            let (a, b) = (Fr::of(&left), Fr::of(&right));
            let (x, y) = (known(&left), known(&right));
            assert_eq!(a.add(&b).words(), words(x + y), "{left:x?} + {right:x?}");
            assert_eq!(a.subtract(&b).words(), words(x - y), "{left:x?} - {right:x?}");
            assert_eq!(a.multiply(&b).words(), words(x * y), "{left:x?} * {right:x?}");
        }
    }
}

/// Results stay small enough to go on with, however long.
#[test]
fn long_computations() {
    for number in numbers() {
        let (mut a, mut x) = (Fr::of(&number), known(&number));
        for _ in 0..50 {
            a = a.add(&a).subtract(&Fr::ZERO).multiply(&a).add(&Fr::of(&number));
            x = (x + x) * x + known(&number);
            assert_eq!(Fr::ZERO.subtract(&a).words(), words(-x));
        }
        assert_eq!(a.words(), words(x));
    }
}

#[test]
fn inverses() {
    for number in numbers() {
        let found = Fr::of(&number).invert().map(|inverse| inverse.words());
        assert_eq!(found, known(&number).inverse().map(words), "{number:x?}");
    }
    // The numbers that take the fewest halvings, and the most.
    for exponent in 0..254 {
        let power = Known::from(2u64).pow([exponent]);
        for x in [power, -power, power + Known::from(1u64)] {
            let a = Fr::of(&words(x));
            assert_eq!(a.invert().map(|inverse| inverse.words()), x.inverse().map(words));
        }
    }
}
