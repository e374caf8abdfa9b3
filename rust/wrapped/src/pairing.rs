//! The last step of all proofs: two sums of points and one pairing.
//!
//! # Soundness
//! A proof is valid where `e(left, g2) e(right, -s g2) = 1`. Several are valid where that holds for each. With
//! factors `1, f_1, f_2, ..` it is checked for the sums `left_0 + f_1 left_1 + ..`, and the same of the right
//! sides: where one of the equations does not hold, the sums' does with a probability of at most `2^-128` over
//! the factors (they have 128 bits, and the group has prime order). The factors are a hash of all proofs with
//! their inputs, so a prover has to try `2^128` of them (Bellare, Garay, Rabin, 'Fast batch verification for
//! modular exponentiation and digital signatures', EUROCRYPT 1998, section 3, with a random oracle).

use alloc::vec::Vec;

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::VariableBaseMSM;
use ark_ec::pairing::Pairing;
use ark_ff::{One, PrimeField};
use zkpot_protocol::statement::keccak;

use crate::accumulation::Accumulator;

/// What the hash of factors starts with.
const TAG: &[u8] = b"zkpot/v1/wrap/batch";
/// Bytes of a factor.
const FACTOR: usize = 16;

/// Both points of the second group, prepared.
#[derive(Clone, Debug)]
pub struct PairingKey(Vec<<Bn254 as Pairing>::G2Prepared>);

impl PairingKey {
    /// Prepares them.
    pub fn new(points: &[G2Affine]) -> Self {
        Self(points.iter().map(|&point| point.into()).collect())
    }

    /// Whether all proofs' equations hold. None are no proofs, and hold.
    pub fn accepts(&self, proofs: &[Accumulator]) -> bool {
        let factors = factors(proofs);
        let side = |of: fn(&Accumulator) -> &[(Fr, G1Affine)]| {
            let scaled = proofs.iter().zip(&factors);
            sum(scaled.flat_map(|(proof, factor)| {
                of(proof).iter().map(move |&(scalar, point)| (scalar * factor, point))
            }))
        };
        let sums = [side(|proof| &proof.left), side(|proof| &proof.right)];
        Bn254::multi_pairing(sums, self.0.iter().cloned()).0.is_one()
    }
}

/// One for the first proof, and a hash of all for each that follows.
fn factors(proofs: &[Accumulator]) -> Vec<Fr> {
    let digests: Vec<[u8; 32]> = proofs.iter().map(|proof| proof.digest).collect();
    let seed = keccak(&[TAG, digests.as_flattened()]);
    let draw = |number: u64| {
        let hash = keccak(&[&seed, &number.to_be_bytes()]);
        Fr::from_be_bytes_mod_order(hash.first_chunk::<FACTOR>().unwrap_or(&[0; FACTOR]))
    };
    (0..)
        .zip(proofs)
        .map(|(number, _)| if number == 0 { Fr::one() } else { draw(number) })
        .collect()
}

/// A sum of multiples; points that come in several times are taken once.
fn sum(terms: impl Iterator<Item = (Fr, G1Affine)>) -> G1Affine {
    let mut terms: Vec<_> = terms.collect();
    terms.sort_unstable_by_key(|(_, point)| (point.x, point.y));
    let (mut scalars, mut points): (Vec<Fr>, Vec<G1Affine>) = (Vec::new(), Vec::new());
    for (scalar, point) in terms {
        match scalars.last_mut() {
            Some(last) if points.last() == Some(&point) => *last += scalar,
            _ => {
                scalars.push(scalar);
                points.push(point);
            }
        }
    }
    G1Projective::msm_unchecked(&points, &scalars).into()
}
