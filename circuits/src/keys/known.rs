//! Parameters whose secret everybody knows, for tests and local chains.
//!
//! With the secret anybody proves anything. So they are recognised by their value
//! ([`is_known`]), wherever they come from.

use std::sync::LazyLock;

use halo2_base::halo2_proofs::arithmetic::parallelize;
use halo2_base::halo2_proofs::halo2curves::bn256::{Bn256, G1, G1Affine, G2Affine};
use halo2_base::halo2_proofs::halo2curves::ff::{BatchInvert, Field, FromUniformBytes, PrimeField};
use halo2_base::halo2_proofs::halo2curves::group::{Curve, Group};
use halo2_base::halo2_proofs::poly::commitment::ParamsProver;
use halo2_base::halo2_proofs::poly::kzg::commitment::ParamsKZG;

use crate::Fr;

/// Bits of a window of scalars.
const WINDOW: usize = 13;
/// Windows of a scalar.
const WINDOWS: usize = Fr::NUM_BITS.div_ceil(WINDOW as u32) as usize;

/// The secret that is none.
fn secret() -> Fr {
    let mut wide = [0; 64];
    let digest = blake3::derive_key("zkpot/v1/known parameters", b"");
    wide[..32].copy_from_slice(&digest);
    Fr::from_uniform_bytes(&wide)
}

static SECRET_G2: LazyLock<G2Affine> = LazyLock::new(|| (G2Affine::generator() * secret()).into());

/// Whether the secret of parameters is the public one.
pub fn is_known(parameters: &ParamsKZG<Bn256>) -> bool {
    parameters.s_g2() == *SECRET_G2
}

/// Parameters of `2^k` powers of the public secret.
pub fn parameters(k: u32) -> ParamsKZG<Bn256> {
    let (count, secret, generator) = (1usize << k, secret(), FixedBase::new(G1::generator()));
    let mut powers = vec![Fr::ONE; count];
    for index in 1..count {
        powers[index] = powers[index - 1] * secret;
    }
    let last = powers[count - 1] * secret;
    let monomials = generator.multiply(&powers);
    let lagrange = generator.multiply(&lagrange_values(k, secret, last));
    let some = ParamsKZG::<Bn256>::new(1);
    some.from_parts(k, monomials, Some(lagrange), G2Affine::generator(), *SECRET_G2)
}

/// The Lagrange polynomials of the domain of `2^k` roots `w^i` at a point `s`:
/// `w^i (s^n - 1) / (n (s - w^i))`.
fn lagrange_values(k: u32, point: Fr, power: Fr) -> Vec<Fr> {
    let count = 1usize << k;
    let root = (k..Fr::S).fold(Fr::ROOT_OF_UNITY, |root, _| root.square());
    let mut roots = vec![Fr::ONE; count];
    for index in 1..count {
        roots[index] = roots[index - 1] * root;
    }
    let size = Fr::from(count as u64);
    let mut values: Vec<Fr> = roots.iter().map(|root| size * (point - root)).collect();
    values.iter_mut().batch_invert();
    let vanishing = power - Fr::ONE;
    values.iter_mut().zip(&roots).for_each(|(value, root)| *value *= *root * vanishing);
    values
}

/// Multiples of a point by all values of each window of a scalar.
struct FixedBase(Vec<Vec<G1Affine>>);

impl FixedBase {
    fn new(point: G1) -> Self {
        let mut base = point;
        Self(
            (0..WINDOWS)
                .map(|_| {
                    let mut multiples = vec![G1::identity(); 1 << WINDOW];
                    for index in 1..multiples.len() {
                        multiples[index] = multiples[index - 1] + base;
                    }
                    base += multiples[multiples.len() - 1];
                    normalised(&multiples)
                })
                .collect(),
        )
    }

    fn multiply(&self, scalars: &[Fr]) -> Vec<G1Affine> {
        let mut points = vec![G1Affine::default(); scalars.len()];
        parallelize(&mut points, |points, start| {
            let scalars = &scalars[start..start + points.len()];
            let products: Vec<G1> = scalars.iter().map(|scalar| self.multiple(scalar)).collect();
            points.copy_from_slice(&normalised(&products));
        });
        points
    }

    fn multiple(&self, scalar: &Fr) -> G1 {
        let bytes = scalar.to_repr();
        let bit = |place: usize| {
            usize::from(bytes.get(place / 8).map_or(0, |byte| byte >> (place % 8) & 1))
        };
        let digit = |window: usize| {
            (0..WINDOW).map(|place| bit(window * WINDOW + place) << place).sum::<usize>()
        };
        let terms = self.0.iter().enumerate().map(|(window, multiples)| multiples[digit(window)]);
        terms.fold(G1::identity(), |sum, term| sum + term)
    }
}

fn normalised(points: &[G1]) -> Vec<G1Affine> {
    let mut affine = vec![G1Affine::default(); points.len()];
    G1::batch_normalize(points, &mut affine);
    affine
}
