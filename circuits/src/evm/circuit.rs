//! The file that a verifier without an EVM reads.

use zkpot_wrapped::{Circuit, CircuitFile, Shape};

use super::program::program;
use crate::keys::{Error, Keys};

/// The circuit file of a key, for the front of this shape; the number of a proof's bytes is the key's.
///
/// # Errors
/// [`Error::Library`]: no verifier reads it, since the shape is none of a circuit.
pub fn circuit(keys: &Keys, shape: Shape) -> Result<Vec<u8>, Error> {
    let program = program(keys)?;
    let library = |error: String| Error::Library(error);
    let bytes = u32::try_from(program.proof_bytes());
    let proof_bytes = bytes.map_err(|error| library(error.to_string()))?;
    let shape = Shape { proof_bytes, ..shape };
    let file = CircuitFile::new(keys.digest(), keys.is_known(), shape, program).to_bytes();
    // Nothing is handed out that a verifier would refuse.
    Circuit::from_bytes(&file).map_err(|error| library(error.to_string()))?;
    Ok(file)
}
