//! Powers of a secret that nobody knows, as a ceremony published them.
//!
//! Two formats are read: halo2's own ([`raw`]), and snarkjs's after its second phase was prepared
//! ([`ptau`]). Points are uncompressed, their coordinates little-endian and multiplied by `2^256`.
//!
//! # Soundness
//! Whoever made a file might have put points into it that are no powers of one secret, and know what to do
//! with them. A random combination of all powers and two pairings show that each is the secret times
//! the one before; a random polynomial has one commitment in both bases. What is not so passes with a
//! probability of `2^-120`. That nobody knows the secret no check shows.

mod ptau;
mod raw;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use halo2_base::halo2_proofs::arithmetic::{best_multiexp, parallelize};
use halo2_base::halo2_proofs::halo2curves::bn256::{Bn256, G1Affine, G2, G2Affine, pairing};
use halo2_base::halo2_proofs::halo2curves::ff::FromUniformBytes;
use halo2_base::halo2_proofs::halo2curves::group::cofactor::CofactorGroup;
use halo2_base::halo2_proofs::halo2curves::serde::SerdeObject;
use halo2_base::halo2_proofs::poly::EvaluationDomain;
use halo2_base::halo2_proofs::poly::commitment::{Params, ParamsProver};
use halo2_base::halo2_proofs::poly::kzg::commitment::ParamsKZG;
use rand_core::{OsRng, RngCore};

use super::{Error, known};
use crate::Fr;

/// Bytes of a point of the first group.
const POINT: usize = 64;

/// Checked parameters for circuits of `2^k` rows.
#[derive(Clone, Debug)]
pub struct Parameters(ParamsKZG<Bn256>);

/// What a file holds.
struct Points {
    /// Powers of the secret in the first group, from the generator on.
    powers: Vec<G1Affine>,
    /// Lagrange polynomials of the domain at the secret.
    lagrange: Vec<G1Affine>,
    /// The generator of the second group and the secret.
    second: [G2Affine; 2],
}

/// A file that is none.
type Reason = String;

impl Parameters {
    /// Parameters whose secret is public, for tests and local chains.
    pub fn known(k: u32) -> Self {
        Self(known::parameters(k))
    }

    /// Whether anybody can prove anything with them.
    pub fn is_known(&self) -> bool {
        known::is_known(&self.0)
    }

    /// Reads those of `2^k` powers from a file.
    ///
    /// # Errors
    /// [`Error::File`]; [`Error::Parameters`] for a file that is none, [`Error::TooSmall`] for one of
    /// too few powers.
    pub fn read(path: &Path, k: u32) -> Result<Self, Error> {
        let failed = |source| Error::File { path: path.into(), source };
        let wrong = |reason| Error::Parameters { path: path.into(), reason };
        let mut file = File::open(path).map_err(failed)?;
        let mut magic = [0; 4];
        file.read_exact(&mut magic).map_err(failed)?;
        let have = match &magic {
            b"ptau" => ptau::powers(&mut file),
            _ => raw::powers(&mut file, u32::from_le_bytes(magic)),
        };
        let have = have.map_err(failed)?.map_err(wrong)?;
        if have < k {
            return Err(Error::TooSmall { path: path.into(), have, need: k });
        }
        let points = match &magic {
            b"ptau" => ptau::read(&mut file, k),
            _ => raw::read(&mut file, have, k),
        };
        let points = points.map_err(failed)?.map_err(wrong)?;
        let parameters = points.into_parameters(k);
        if known::is_known(&parameters) {
            return Err(wrong("its secret is the test parameters', which everybody knows".into()));
        }
        check(&parameters).map_err(|reason| wrong(reason.into()))?;
        Ok(Self(parameters))
    }

    /// The library's.
    pub(crate) const fn inner(&self) -> &ParamsKZG<Bn256> {
        &self.0
    }

    /// Logarithm of the number of powers.
    pub fn k(&self) -> u32 {
        self.0.k()
    }

    /// Reads what [`write`](Self::write) wrote, which the caller knows not to have changed.
    pub(super) fn read_unchecked(reader: &mut impl Read) -> io::Result<Self> {
        Ok(Self(Params::read(reader)?))
    }

    /// Writes halo2's raw format.
    pub(super) fn write(&self, writer: &mut impl io::Write) -> io::Result<()> {
        self.0.write(writer)
    }
}

impl Points {
    fn into_parameters(self, k: u32) -> ParamsKZG<Bn256> {
        let [generator, secret] = self.second;
        let some = ParamsKZG::<Bn256>::new(1);
        some.from_parts(k, self.powers, Some(self.lagrange), generator, secret)
    }
}

/// Checks that parameters are of one secret.
fn check(parameters: &ParamsKZG<Bn256>) -> Result<(), &'static str> {
    let (powers, [generator, secret]) = (parameters.get_g(), [parameters.g2(), parameters.s_g2()]);
    if powers[0] != G1Affine::generator() || generator != G2Affine::generator() {
        return Err("it does not start with the generators");
    }
    if !bool::from(G2::from(secret).is_torsion_free()) || secret == G2Affine::default() {
        return Err("its secret is none");
    }
    let count = powers.len();
    let scalars: Vec<Fr> = (1..count).map(|_| short_scalar()).collect();
    let [lower, upper] = [&powers[..count - 1], &powers[1..]]
        .map(|powers| G1Affine::from(best_multiexp(&scalars, powers)));
    if pairing(&lower, &secret) != pairing(&upper, &generator) {
        return Err("its points are no powers of one secret");
    }
    let domain = EvaluationDomain::new(1, parameters.k());
    let values = (0..count).map(|_| short_scalar()).collect();
    let values = domain.lagrange_from_vec(values);
    let in_values = parameters.commit_lagrange(&values, Default::default());
    let coefficients = domain.lagrange_to_coeff(values);
    if in_values != parameters.commit(&coefficients, Default::default()) {
        return Err("its Lagrange polynomials are not those of its powers");
    }
    Ok(())
}

/// A uniform scalar of 120 bits: half the work of a full one.
fn short_scalar() -> Fr {
    let mut bytes = [0; 64];
    OsRng.fill_bytes(&mut bytes[..15]);
    Fr::from_uniform_bytes(&bytes)
}

/// Reads points of the first group from a place of a file on.
fn read_points(
    file: &mut File,
    place: u64,
    count: usize,
) -> io::Result<Result<Vec<G1Affine>, Reason>> {
    let mut bytes = vec![0; POINT * count];
    file.seek(SeekFrom::Start(place))?;
    file.read_exact(&mut bytes)?;
    let mut points = vec![None; count];
    parallelize(&mut points, |points, start| {
        for (point, bytes) in points.iter_mut().zip(bytes[POINT * start..].chunks(POINT)) {
            *point = G1Affine::from_raw_bytes(bytes);
        }
    });
    let bad = points.iter().position(Option::is_none);
    Ok(match bad {
        Some(bad) => {
            let byte = place + (POINT * bad) as u64;
            Err(format!("the point at byte {byte} is not on the curve"))
        }
        None => Ok(points.into_iter().flatten().collect()),
    })
}

/// Reads two points of the second group, which may lie outside its subgroup.
fn read_second(file: &mut File, place: u64) -> io::Result<Result<[G2Affine; 2], Reason>> {
    let mut bytes = [0; 4 * POINT];
    file.seek(SeekFrom::Start(place))?;
    file.read_exact(&mut bytes)?;
    let [first, second] = [&bytes[..2 * POINT], &bytes[2 * POINT..]].map(G2Affine::from_raw_bytes);
    Ok(first
        .zip(second)
        .map(Into::into)
        .ok_or_else(|| "a point of the second group is not on the curve".into()))
}
