//! What is hashed side by side is what is hashed alone.

use p3_field::{PrimeCharacteristicRing, PrimeField64};
use p3_symmetric::{CryptographicHasher, PseudoCompressionFunction};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_sponge::{Digest, F, Fr, LeafHash, NodeHash, to_words};

/// More than there are lanes, of which a last one is left over.
const MOST: usize = 33;

/// Base elements at both ends of their range, among uniform ones.
fn value(rng: &mut StdRng) -> F {
    match rng.random_range(0..4) {
        0 => F::ZERO,
        1 => F::NEG_ONE,
        // Written as an integer that is not reduced.
        2 => F::NEG_ONE + F::from_u64(u64::from(u32::MAX)),
        _ => rng.random(),
    }
}

/// Elements at both ends of the range, with limbs of ones and zeros, among uniform ones.
fn digest(rng: &mut StdRng) -> Digest {
    [match rng.random_range(0..6) {
        0 => Fr::ZERO,
        1 => Fr::ONE,
        2 => Fr::NEG_ONE,
        3 => Fr::TWO.exp_u64(rng.random_range(0..254)) - Fr::ONE,
        4 => -Fr::TWO.exp_u64(rng.random_range(0..254)),
        _ => rng.random(),
    }]
}

#[test]
fn leaves_are_hashed_as_alone() {
    let mut rng = StdRng::seed_from_u64(11);
    for width in (0..=14).chain([48, 192]) {
        for count in [0, 1, 2, 8, 15, 16, 17, MOST] {
            let rows: Vec<F> = (0..width * count).map(|_| value(&mut rng)).collect();
            let mut digests = vec![[Fr::ZERO]; count];
            LeafHash.hash_many(&rows, &mut digests);
            for (place, digest) in digests.iter().enumerate() {
                let alone = LeafHash.hash_slice(&rows[place * width..][..width]);
                assert_eq!(*digest, alone, "row {place} of {count}, of {width} elements");
            }
        }
    }
}

#[test]
fn nodes_are_hashed_as_alone() {
    let mut rng = StdRng::seed_from_u64(12);
    for count in (0..=MOST).chain([1000]) {
        let pairs: Vec<[Digest; 2]> =
            (0..count).map(|_| [digest(&mut rng), digest(&mut rng)]).collect();
        let mut digests = vec![[Fr::ZERO]; count];
        NodeHash.compress_many(&pairs, &mut digests);
        for (pair, digest) in pairs.iter().zip(digests) {
            assert_eq!(digest, NodeHash.compress(*pair), "{pair:?}");
            assert_eq!(Fr::new(to_words(digest[0])), digest[0]);
        }
    }
}

#[test]
#[should_panic(expected = "rows of different lengths")]
fn rows_of_different_lengths_are_refused() {
    LeafHash.hash_many(&[F::ONE; 5], &mut [[Fr::ZERO]; 2]);
}

#[test]
fn base_elements_have_one_integer() {
    let most = F::from_u64(F::ORDER_U64 - 1);
    assert_eq!(LeafHash.hash_slice(&[F::NEG_ONE]), LeafHash.hash_slice(&[most]));
}
