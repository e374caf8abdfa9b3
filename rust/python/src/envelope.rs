//! Trained states that are delivered encrypted. Elements have 32 big-endian bytes each.

use numpy::{PyArray1, ToPyArray};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use zkpot_pcs::Whir;
use zkpot_prover::envelope::{self, Sealed};
use zkpot_sponge::{Fr, from_bytes, hash_elements, hash_key as hash_of_key, to_bytes};
use zkpot_verifier::run::hex;

use crate::errors;
use crate::order::{bytes32, level};
use crate::program::Program;

/// A ciphertext and its key.
pub type Parts<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>);

/// The bytes of both.
pub fn parts<'py>(py: Python<'py>, sealed: &Sealed) -> Parts<'py> {
    let ciphertext: Vec<u8> =
        sealed.ciphertext.iter().flat_map(|&element| to_bytes(element)).collect();
    (PyBytes::new(py, &ciphertext), PyBytes::new(py, &to_bytes(sealed.key)))
}

/// A ciphertext's elements.
pub fn elements(py: Python<'_>, ciphertext: &[u8]) -> PyResult<Vec<Fr>> {
    let (chunks, rest) = ciphertext.as_chunks();
    let elements: Option<Vec<Fr>> = chunks.iter().map(from_bytes).collect();
    elements.filter(|_| rest.is_empty()).ok_or_else(|| {
        let reason = "a ciphertext is elements of 32 bytes, each below the order of the field";
        errors::raise(py, "InputError", reason.into())
    })
}

/// The element that a key is.
pub fn element(py: Python<'_>, key: [u8; 32]) -> PyResult<Fr> {
    from_bytes(&key).ok_or_else(|| {
        let reason = "a key is 32 bytes, a number below the order of the field";
        errors::raise(py, "InputError", reason.into())
    })
}

/// The hash that statements call a ciphertext by, in hexadecimal.
#[pyfunction]
pub fn hash_ciphertext(py: Python<'_>, ciphertext: &[u8]) -> PyResult<String> {
    let elements = elements(py, ciphertext)?;
    Ok(hex(&to_bytes(py.detach(|| hash_elements(&elements)))))
}

/// The hash that statements call a key by, in hexadecimal.
#[pyfunction]
pub fn hash_key(py: Python<'_>, key: [u8; 32]) -> PyResult<String> {
    Ok(hex(&to_bytes(hash_of_key(element(py, key)?))))
}

/// Decrypts states and compares them with their commitment; the tensors in the program's order, flat.
#[pyfunction]
pub fn open_envelope<'py>(
    py: Python<'py>,
    program: &Program,
    security: u32,
    commitment: &str,
    ciphertext: &[u8],
    key: [u8; 32],
) -> PyResult<Vec<Bound<'py, PyArray1<i64>>>> {
    let level = level(py, security)?;
    let commitment = bytes32(commitment).ok_or_else(|| {
        errors::raise(py, "InputError", "a commitment is 64 hexadecimal digits".into())
    })?;
    let (ciphertext, key) = (elements(py, ciphertext)?, element(py, key)?);
    let states = py
        .detach(|| envelope::open::<Whir>(&program.0, level, &commitment, &ciphertext, key))
        .map_err(|error| errors::raise(py, "InvalidProof", error.to_string()))?;
    Ok(states.iter().map(|state| state.to_pyarray(py)).collect())
}
