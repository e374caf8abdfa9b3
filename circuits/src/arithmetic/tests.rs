//! Every operation against native arithmetic, and every relation broken.

mod cost;
mod lies;
mod values;
mod words;

use p3_field::{BasedVectorSpace, PrimeField64};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_protocol::field::{EF, F};

use super::{Arithmetic, Extension, Integer, Residue};
use crate::Context;
use crate::circuit::ChipCircuit;

/// Integers that are special to the field or to its representation.
const EXTREME: [u64; 6] = [0, 1, F::ORDER_U64 - 1, F::ORDER_U64, F::ORDER_U64 + 1, u64::MAX];

/// A circuit's arithmetic and where it lays cells down.
fn arithmetic(circuit: &mut ChipCircuit) -> (Arithmetic, &mut Context) {
    let arithmetic = circuit.arithmetic();
    let (context, _) = circuit.parts();
    (arithmetic, context)
}

/// An element of any representation.
fn load(arithmetic: &Arithmetic, context: &mut Context, words: [u64; 3]) -> Extension {
    Extension(words.map(|word| arithmetic.load(context, word).into()))
}

fn element(words: [u64; 3]) -> EF {
    EF::from_basis_coefficients_fn(|place| base(words[place]))
}

fn base(word: u64) -> F {
    p3_field::PrimeCharacteristicRing::from_u64(word)
}

/// Extreme and random elements by the integers of their coordinates.
fn samples() -> Vec<[u64; 3]> {
    let mut rng = StdRng::seed_from_u64(4);
    let mut samples: Vec<[u64; 3]> = EXTREME.map(|word| [word; 3]).into();
    samples.extend([[0, 0, 1], [5, 0, 0], [0, u64::MAX, 0]]);
    samples.extend((0..4).map(|_| rng.random::<[u64; 3]>()));
    samples
}

/// An integer by a cell that claims nothing of it but its range.
fn claimed(context: &mut Context, value: crate::Fr, range: super::Range) -> Integer {
    Integer::new(context.load_witness(value), range)
}

fn held(residue: &Residue) -> Integer {
    match residue {
        Residue::Held(integer) => integer.clone(),
        Residue::Known(value) => panic!("{value} is known"),
    }
}
