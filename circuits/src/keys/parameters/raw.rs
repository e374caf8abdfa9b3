//! Halo2's raw format.
//!
//! `k` in four little-endian bytes; `2^k` powers of the secret in the first group; as many Lagrange
//! polynomials of the domain at the secret; the generator of the second group and its multiple by the
//! secret.

use std::fs::File;
use std::io;

use halo2_base::halo2_proofs::arithmetic::g_to_lagrange;
use halo2_base::halo2_proofs::halo2curves::bn256::{G1, G1Affine};

use super::{POINT, Points, Reason, read_points, read_second};

/// The largest logarithm that is looked at.
const MOST: u32 = 28;
/// Where the points start.
const START: u64 = 4;

/// Logarithm of the file's powers, which its first four bytes say.
pub fn powers(file: &mut File, k: u32) -> io::Result<Result<u32, Reason>> {
    let length = file.metadata()?.len();
    let expected = |k: u32| START + (2 * POINT as u64) * ((1 << k) + 2);
    Ok(if k > MOST || length != expected(k) {
        Err("neither halo2's raw format nor snarkjs's .ptau".into())
    } else {
        Ok(k)
    })
}

/// Reads `2^k` of the `2^have` powers.
///
/// Lagrange polynomials of a smaller domain are computed, which takes minutes.
pub fn read(file: &mut File, have: u32, k: u32) -> io::Result<Result<Points, Reason>> {
    let part = (POINT as u64) << have;
    let powers = read_points(file, START, 1 << k)?;
    let lagrange = if have == k { Some(read_points(file, START + part, 1 << k)?) } else { None };
    let second = read_second(file, START + 2 * part)?;
    Ok((|| {
        let powers = powers?;
        let lagrange = match lagrange {
            Some(lagrange) => lagrange?,
            None => {
                g_to_lagrange(powers.iter().map(|&point: &G1Affine| G1::from(point)).collect(), k)
            }
        };
        Ok(Points { powers, lagrange, second: second? })
    })())
}
