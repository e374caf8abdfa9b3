//! Files of parameters for a known secret, written from what the formats say.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use halo2_base::halo2_proofs::halo2curves::bn256::{Fq, G1Affine, G2Affine};
use halo2_base::halo2_proofs::halo2curves::ff::{Field, PrimeField};
use halo2_base::halo2_proofs::halo2curves::serde::SerdeObject;
use num_bigint::BigUint;

use super::super::{Error, Parameters};
use crate::Fr;

/// What a file holds, before it is bytes.
#[derive(Clone)]
pub struct Ceremony {
    pub k: u32,
    pub powers: Vec<G1Affine>,
    /// Lagrange polynomials of the domain of each size, the smallest first, in the order of the format.
    pub lagrange: Vec<Vec<G1Affine>>,
    pub second: [G2Affine; 2],
}

fn point(scalar: Fr) -> G1Affine {
    (G1Affine::generator() * scalar).into()
}

/// An element of the order `2^k` that is a power of another.
fn root_of(base: Fr, k: u32) -> Fr {
    let order = BigUint::from_bytes_le((-Fr::ONE).to_repr().as_ref());
    base.pow_vartime((order >> k).to_u64_digits())
}

/// `L_i(s) = w^i (s^n - 1) / (n (s - w^i))` of the domain that an element generates.
fn lagrange(secret: Fr, k: u32, base: Fr) -> Vec<G1Affine> {
    let (count, root) = (1u64 << k, root_of(base, k));
    let vanishing = secret.pow_vartime([count]) - Fr::ONE;
    let value = |index: u64| {
        let power = root.pow_vartime([index]);
        power * vanishing * (Fr::from(count) * (secret - power)).invert().unwrap()
    };
    (0..count).map(|index| point(value(index))).collect()
}

impl Ceremony {
    /// Powers of a secret, with the domains that powers of 5 generate as snarkjs has them, or those of 7 as
    /// halo2 has them.
    pub fn new(secret: Fr, k: u32, generator: u64) -> Self {
        let powers = (0..1u64 << k).map(|index| point(secret.pow_vartime([index]))).collect();
        let domains = 0..=k;
        let lagrange = domains.map(|k| lagrange(secret, k, Fr::from(generator))).collect();
        let second = [G2Affine::generator(), (G2Affine::generator() * secret).into()];
        Self { k, powers, lagrange, second }
    }

    /// Halo2's raw format.
    pub fn raw(&self) -> Vec<u8> {
        let mut bytes = self.k.to_le_bytes().to_vec();
        let points = self.powers.iter().chain(&self.lagrange[self.k as usize]);
        points.for_each(|point| bytes.extend(point.to_raw_bytes()));
        self.second.iter().for_each(|point| bytes.extend(point.to_raw_bytes()));
        bytes
    }

    /// snarkjs's format, prepared; the sections in an order of their own.
    pub fn ptau(&self) -> Vec<u8> {
        let modulus = BigUint::from_bytes_le((-Fq::ONE).to_repr().as_ref()) + 1u8;
        self.ptau_of(&modulus, self.k)
    }

    /// The same with another modulus and another logarithm in its header.
    pub fn ptau_of(&self, modulus: &BigUint, k: u32) -> Vec<u8> {
        let header =
            [&32u32.to_le_bytes()[..], &modulus.to_bytes_le(), &k.to_le_bytes(), &k.to_le_bytes()];
        let first = |points: &mut dyn Iterator<Item = &G1Affine>| -> Vec<u8> {
            points.flat_map(SerdeObject::to_raw_bytes).collect()
        };
        let sections: [(u32, Vec<u8>); 5] = [
            (1, header.concat()),
            (2, first(&mut self.powers.iter())),
            (3, self.second.iter().flat_map(SerdeObject::to_raw_bytes).collect()),
            // Contributions, which nothing here reads.
            (7, vec![0xaa; 13]),
            (12, first(&mut self.lagrange.iter().flatten())),
        ];
        let mut bytes = b"ptau".to_vec();
        bytes.extend(1u32.to_le_bytes());
        bytes.extend((sections.len() as u32).to_le_bytes());
        for (number, section) in sections {
            bytes.extend(number.to_le_bytes());
            bytes.extend((section.len() as u64).to_le_bytes());
            bytes.extend(section);
        }
        bytes
    }
}

/// Reads bytes as a file of parameters; returns its path, too.
pub fn read(bytes: &[u8], k: u32) -> (PathBuf, Result<Parameters, Error>) {
    static FILES: AtomicUsize = AtomicUsize::new(0);
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let name = format!("zkpot-parameters-{}-{number}", std::process::id());
    let path = std::env::temp_dir().join(name);
    fs::write(&path, bytes).unwrap();
    let found = Parameters::read(&path, k);
    fs::remove_file(&path).unwrap();
    (path, found)
}

/// How a file is refused, without its name.
pub fn refused(bytes: &[u8], k: u32) -> String {
    let (path, found) = read(bytes, k);
    let message = found.expect_err("it is read").to_string();
    let start = format!("{}: ", path.display());
    message.strip_prefix(&start).unwrap_or_else(|| panic!("{message}")).to_owned()
}

/// What parameters are as a file.
pub fn bytes(parameters: &Parameters) -> Vec<u8> {
    let mut bytes = Vec::new();
    parameters.write(&mut bytes).unwrap();
    bytes
}
