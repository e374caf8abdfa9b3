//! The transcript and its hashes against the sponge's crate.

use halo2_base::halo2_proofs::halo2curves::ff::Field;
use halo2_base::halo2_proofs::plonk::Assigned;
use p3_challenger::{CanObserve, CanSample, CanSampleBits, GrindingChallenger};
use p3_field::{PrimeCharacteristicRing, PrimeField64};
use p3_symmetric::{CryptographicHasher, PseudoCompressionFunction};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_protocol::field::F;
use zkpot_sponge::{LeafHash, NodeHash, Sponge as Native};

use super::{Hasher, Sponge, Word};
use crate::Fr;
use crate::arithmetic::Residue;
use crate::circuit::ChipCircuit;
use crate::poseidon2::{from_sponge, to_sponge};
use crate::tampering::{
    Family, assert_breaks, assert_every_cell_matters, assert_satisfied, broken, circuit,
};

/// Lays down what needs a hasher.
fn hash(circuit: &mut ChipCircuit, lay: impl FnOnce(&mut Hasher<'_>)) {
    let arithmetic = circuit.arithmetic();
    let (context, permutations) = circuit.parts();
    lay(&mut Hasher { arithmetic: &arithmetic, context, permutations });
}

fn load(hasher: &mut Hasher<'_>, value: F) -> Residue {
    hasher.arithmetic.load_element(hasher.context, value)
}

#[test]
fn leaves_and_nodes_are_those_of_the_sponge() {
    let mut rng = StdRng::seed_from_u64(5);
    for length in 1..=13 {
        let row: Vec<F> = (0..length).map(|_| rng.random()).collect();
        let [expected] = LeafHash.hash_slice(&row);
        let [above] = NodeHash.compress([[expected], [zkpot_sponge::Fr::TWO]]);
        assert_satisfied(|circuit| {
            hash(circuit, |hasher| {
                // Some elements are known, which is no other hash.
                let row: Vec<Residue> = row
                    .iter()
                    .enumerate()
                    .map(|(place, &value)| match place % 4 {
                        3 => value.into(),
                        _ => load(hasher, value),
                    })
                    .collect();
                let leaf = hasher.leaf(&row);
                assert_eq!(to_sponge(leaf.value()), expected);
                let node = hasher.node(leaf, Word::Known(Fr::from(2)));
                assert_eq!(to_sponge(node.value()), above);
            });
        });
    }
}

#[test]
fn a_second_representation_is_another_message() {
    let digest = |word: u64| {
        let mut digest = Fr::ZERO;
        let mut circuit = circuit(|_| ());
        hash(&mut circuit, |hasher| {
            let element = hasher.arithmetic.load(hasher.context, word);
            digest = hasher.leaf(&[element.into()]).value();
        });
        digest
    };
    let [expected] = LeafHash.hash_slice(&[F::TWO]);
    assert_eq!(to_sponge(digest(2)), expected);
    assert_ne!(digest(F::ORDER_U64 + 2), digest(2));
}

/// What a transcript does, one after the other.
#[derive(Clone, Debug)]
enum Event {
    Absorb(F),
    Digest(Fr),
    Squeeze,
    Bits(usize),
    Work(usize),
}

fn random_events(rng: &mut StdRng) -> Vec<Event> {
    (0..14)
        .map(|_| match rng.random_range(0..10) {
            0..4 => Event::Absorb(rng.random()),
            4 => Event::Digest(from_sponge(rng.random())),
            5..8 => Event::Squeeze,
            8 => Event::Bits(rng.random_range(0..=64)),
            _ => Event::Work(rng.random_range(0..6)),
        })
        .collect()
}

/// Runs events in the circuit and natively; every third absorbed element is known.
fn run(hasher: &mut Hasher<'_>, events: &[Event]) {
    let (mut sponge, mut native) = (Sponge::default(), Native::new());
    for (place, event) in events.iter().enumerate() {
        match *event {
            Event::Absorb(value) => {
                let element = if place % 3 == 0 { value.into() } else { load(hasher, value) };
                sponge.absorb_element(hasher, &element);
                native.observe(value);
            }
            Event::Digest(digest) => {
                let word = match place % 2 {
                    0 => Word::Known(digest),
                    _ => Word::Held(hasher.context.load_witness(digest)),
                };
                sponge.absorb_digest(word);
                native.observe([to_sponge(digest)]);
            }
            Event::Squeeze => {
                let expected: F = native.sample();
                assert_eq!(sponge.squeeze_element(hasher).value(), expected);
            }
            Event::Bits(count) => {
                let expected = native.sample_bits(count);
                let bits = sponge.squeeze_bits(hasher, count);
                assert_eq!(bits.len(), count);
                for (place, bit) in bits.iter().enumerate() {
                    assert_eq!(bit.is_set(), expected >> place & 1 == 1);
                }
            }
            Event::Work(bits) => {
                let witness = native.grind(bits);
                let witness = load(hasher, witness);
                sponge.check_work(hasher, bits, &witness);
            }
        }
    }
}

#[test]
fn transcripts_are_those_of_the_sponge() {
    let mut rng = StdRng::seed_from_u64(6);
    for _ in 0..30 {
        let events = random_events(&mut rng);
        let circuit = circuit(|circuit| hash(circuit, |hasher| run(hasher, &events)));
        assert!(broken(&circuit).is_empty(), "{events:?}");
    }
}

#[test]
fn work_that_was_not_done_is_refused() {
    let mut native = Native::new();
    native.observe(F::ONE);
    let witness = (0..).map(F::from_u64).find(|&witness| {
        !native.clone().check_witness(1, witness) && !native.clone().check_witness(2, witness)
    });
    let lay = |bits: usize| {
        move |circuit: &mut ChipCircuit| {
            hash(circuit, |hasher| {
                let mut sponge = Sponge::default();
                sponge.absorb_element(hasher, &F::ONE.into());
                let witness = load(hasher, witness.unwrap());
                sponge.check_work(hasher, bits, &witness);
            });
        }
    };
    assert_satisfied(lay(0));
    assert_breaks(crate::tampering::vertical(), lay(1));
    assert_breaks(crate::tampering::vertical(), lay(2));
}

#[test]
fn a_capacity_counts_what_is_absorbed() {
    // An odd number of blocks differs from the next even one whose last block is zero.
    let squeezed = |digests: &[u64]| {
        let mut half = Fr::ZERO;
        let mut circuit = circuit(|_| ());
        hash(&mut circuit, |hasher| {
            let mut sponge = Sponge::default();
            digests.iter().for_each(|&digest| sponge.absorb_digest(Word::Known(digest.into())));
            half = *sponge.squeeze_half(hasher).cell().value();
        });
        half
    };
    assert_ne!(squeezed(&[1]), squeezed(&[1, 0]));
}

#[test]
fn every_cell_of_a_transcript_matters() {
    assert_every_cell_matters(|circuit| {
        hash(circuit, |hasher| {
            let mut sponge = Sponge::default();
            let element = load(hasher, F::NEG_ONE);
            sponge.absorb_element(hasher, &element);
            sponge.absorb_element(hasher, &F::TWO.into());
            let zero = hasher.context.load_zero();
            sponge.absorb_digest(Word::Held(zero));
            sponge.squeeze_bits(hasher, 2);
            sponge.absorb_element(hasher, &element);
            sponge.squeeze_element(hasher);
        });
    });
}

#[test]
fn the_permuted_state_is_the_transcripts() {
    // A cell of a state that is not what a permutation came to.
    assert_breaks(Family::Copy, |circuit| {
        hash(circuit, |hasher| {
            let mut sponge = Sponge::default();
            sponge.absorb_digest(Word::Known(Fr::ONE));
            sponge.squeeze_half(hasher);
            // The capacity, which nothing looks at before the next permutation.
            let Word::Held(capacity) = sponge.state[2] else { panic!("a permuted state is held") };
            let offset = capacity.cell.unwrap().offset;
            hasher.context.advice[offset] = Assigned::Trivial(Fr::from(5));
        });
    });
}
