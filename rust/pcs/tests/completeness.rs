//! Honest openings verify and carry the multilinear extension's values.

use p3_field::PrimeCharacteristicRing;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_pcs::*;

/// The definition, term by term: coordinate 0 belongs to the most significant bit.
fn multilinear_extension(values: &[F], point: &[EF]) -> EF {
    let n = point.len();
    let mut sum = EF::ZERO;
    for (index, &value) in values.iter().enumerate() {
        let mut weight = EF::ONE;
        for (j, &z) in point.iter().enumerate() {
            let bit = index >> (n - 1 - j) & 1;
            weight *= if bit == 1 { z } else { EF::ONE - z };
        }
        sum += weight * value;
    }
    sum
}

fn polynomial(n: usize, seed: u64) -> Vec<F> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..1 << n).map(|_| rng.random()).collect()
}

fn points(n: usize, count: usize, seed: u64) -> Vec<Vec<EF>> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..count)
        .map(|_| (0..n).map(|_| rng.random()).collect())
        .collect()
}

#[test]
fn opened_values_are_those_of_the_multilinear_extension() {
    for binding in [Binding::Ephemeral, Binding::Lasting] {
        let n = MIN_VARIABLES;
        let parameters = Parameters::new(n, binding).unwrap();
        let values = polynomial(n, 1);
        let points = points(n, 2, 2);
        let (commitment, data) = commit(values.clone(), &parameters, &[7; 32]).unwrap();
        let (opened, proof) = open(data, &points, &mut new_challenger(b"test")).unwrap();
        for (point, opened) in points.iter().zip(&opened) {
            assert_eq!(*opened, multilinear_extension(&values, point));
        }
        let bytes = proof.to_bytes().unwrap();
        let proof = OpeningProof::from_bytes(&bytes, &parameters).unwrap();
        verify(
            &commitment,
            &parameters,
            &points,
            &opened,
            &proof,
            &mut new_challenger(b"test"),
        )
        .unwrap();
    }
}
