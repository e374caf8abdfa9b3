//! Verification of wrapped proofs with a circuit file, without keys.

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use zkpot_verifier::run::hex;
use zkpot_wrapped::{Circuit, Claim, Error, Expectations, WrappedProof};

use crate::errors;

/// The verifier of a circuit's proofs.
#[pyclass(frozen)]
pub struct WrapVerifier(Circuit);

#[pymethods]
impl WrapVerifier {
    /// Reads what `WrapKeys.circuit` wrote.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, content: &[u8]) -> PyResult<Self> {
        let read = Circuit::from_bytes(content);
        read.map(Self).map_err(|error| errors::raise(py, "InputError", error.to_string()))
    }

    /// Digest of the verifying key and the parameters, which proofs name.
    #[getter]
    fn circuit(&self) -> String {
        hex(&self.0.file().circuit)
    }

    /// keccak256 of the file.
    #[getter]
    fn digest(&self) -> String {
        hex(self.0.digest())
    }

    /// Whether everybody can forge proofs.
    #[getter]
    fn known(&self) -> bool {
        self.0.file().test_srs
    }

    /// Verifies a proof in its JSON form; returns its binary form.
    fn verify(&self, py: Python<'_>, text: &[u8]) -> PyResult<Vec<u8>> {
        let refused = |error: Error| errors::raise(py, "InvalidProof", error.to_string());
        let proof = WrappedProof::from_json(text, &self.0).map_err(refused)?;
        self.0.verify(&proof).map_err(refused)?;
        Ok(proof.to_bytes())
    }
}

/// What a node answers to a wrapped proof in its binary form, with a circuit file and expectations (JSON, or empty).
///
/// Returns code (0 where it is valid), message, receipt as JSON (empty where there is none), and units of work.
#[pyfunction]
pub fn answer_wrapped(
    py: Python<'_>,
    circuit: PyBackedBytes,
    proof: PyBackedBytes,
    expectations: &str,
) -> (i32, String, String, u64) {
    let answered = py.detach(|| {
        let circuit = Circuit::from_bytes(&circuit)?;
        let expected = Expectations::from_json(expectations.as_bytes())?;
        Ok(circuit.answer(&Claim { proof: &proof, expected }))
    });
    let told = |error: Error, work| (error.code().number(), error.to_string(), String::new(), work);
    match answered {
        Ok(answer) => match answer.result {
            Ok(receipt) => (0, String::new(), receipt.to_json(), answer.work),
            Err(error) => told(error, answer.work),
        },
        Err(error) => told(error, 0),
    }
}
