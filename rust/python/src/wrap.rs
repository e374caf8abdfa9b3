//! Proofs of wrapped runs for a contract.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use zkpot_circuits::Fr;
use zkpot_circuits::evm;
use zkpot_circuits::keys::{self, Error, Parameters};
use zkpot_circuits::wrap::public::{from_big_endian, to_big_endian};
use zkpot_circuits::wrap::{RunCircuit, RunShape};
use zkpot_protocol::proof::LinkProof;
use zkpot_verifier::run::hex;
use zkpot_wrapped::Shape;

use crate::order::{bytes32, level};
use crate::program::Program;
use crate::{envelope, errors};

/// The circuit of wrapped runs of one shape.
#[pyclass(frozen)]
pub struct WrapCircuit {
    run: RunCircuit,
    k: u32,
    columns: usize,
}

/// What the front of a circuit is made with, of Python's class `Shape`.
#[derive(FromPyObject)]
struct FrontShape {
    program: String,
    security: u32,
    rows: u32,
    steps: u32,
    scalars: u32,
    outputs: u32,
    links: u32,
    #[pyo3(attribute("mostSteps"))]
    most_steps: u64,
    #[pyo3(attribute("proofBytes"))]
    proof_bytes: u32,
    envelopes: bool,
}

impl FrontShape {
    fn shape(self, py: Python<'_>) -> PyResult<Shape> {
        let refused =
            || errors::raise(py, "InputError", "a digest is 64 hexadecimal digits".into());
        Ok(Shape {
            program: bytes32(&self.program).ok_or_else(refused)?,
            security: level(py, self.security)?,
            rows: self.rows,
            steps: self.steps,
            scalars: self.scalars,
            outputs: self.outputs,
            links: self.links,
            most_steps: self.most_steps,
            proof_bytes: self.proof_bytes,
            envelopes: self.envelopes,
        })
    }
}

/// Keys of a circuit.
#[pyclass(frozen)]
pub struct WrapKeys(keys::Keys);

#[pymethods]
impl WrapCircuit {
    #[new]
    fn new(
        py: Python<'_>,
        program: &Program,
        steps: Vec<u32>,
        rows: u32,
        security: u32,
        envelopes: bool,
    ) -> PyResult<Self> {
        let level = level(py, security)?;
        let made = py.detach(|| -> Result<_, Error> {
            let run = RunCircuit::new(&program.0, &RunShape { steps, rows, level, envelopes })?;
            // It is laid down again for its keys: it is large, and few of those who ask need them.
            let key = run.key_circuit()?;
            Ok((run, key.k(), key.shape().columns()))
        });
        let (run, k, columns) = made.map_err(|error| refused(py, &error))?;
        Ok(Self { run, k, columns })
    }

    /// Logarithm of the number of rows.
    #[getter]
    fn k(&self) -> u32 {
        self.k
    }

    /// Columns that a proof commits to.
    #[getter]
    fn columns(&self) -> usize {
        self.columns
    }

    /// Makes its keys, and writes them into a folder under a name. Without a file, of parameters whose
    /// secret everybody knows.
    fn set_up(
        &self,
        py: Python<'_>,
        folder: PathBuf,
        name: &str,
        parameters: Option<PathBuf>,
    ) -> PyResult<WrapKeys> {
        let made = py.detach(|| -> Result<_, Error> {
            let parameters = match parameters {
                Some(path) => Parameters::read(&path, self.k)?,
                None => Parameters::known(self.k),
            };
            let keys = self.run.key_circuit()?.keys(parameters)?;
            keys.write(&folder, name)?;
            Ok(keys)
        });
        made.map(WrapKeys).map_err(|error| refused(py, &error))
    }

    /// Proves that a run's links verify, and that ciphertexts under these keys hold their states, if there are
    /// any; returns the public hash and the proof.
    fn prove(
        &self,
        py: Python<'_>,
        keys: &WrapKeys,
        links: Vec<PyBackedBytes>,
        envelopes: Vec<(PyBackedBytes, [u8; 32])>,
    ) -> PyResult<(String, Vec<u8>)> {
        let envelopes = envelopes.iter();
        let envelopes: Vec<_> = envelopes
            .map(|(ciphertext, key)| {
                Ok((envelope::elements(py, ciphertext)?, envelope::element(py, *key)?))
            })
            .collect::<PyResult<_>>()?;
        let proven = py.detach(|| -> Result<_, Error> {
            let links: Result<Vec<_>, _> =
                links.iter().map(|link| LinkProof::from_bytes(link)).collect();
            self.run.prove(&keys.0, &links?, &envelopes)
        });
        let (inputs, proof) = proven.map_err(|error| refused(py, &error))?;
        Ok((hex(&to_big_endian(inputs.hash)), proof))
    }
}

#[pymethods]
impl WrapKeys {
    /// Those of a name in a folder; `None` where it has none, or others.
    #[staticmethod]
    fn read(py: Python<'_>, folder: PathBuf, name: &str) -> PyResult<Option<Self>> {
        let read = py.detach(|| keys::Keys::read(&folder, name));
        Ok(read.map_err(|error| refused(py, &error))?.map(Self))
    }

    /// Digest of the verifying key and the parameters.
    #[getter]
    fn digest(&self) -> String {
        hex(&self.0.digest())
    }

    /// Whether everybody can forge proofs.
    #[getter]
    fn known(&self) -> bool {
        self.0.is_known()
    }

    /// Bytes of a proof.
    #[getter]
    fn proof_bytes(&self) -> usize {
        evm::proof_bytes(&self.0)
    }

    /// The Solidity text of the contract that verifies proofs.
    fn contract(&self, py: Python<'_>) -> PyResult<String> {
        evm::contract(&self.0).map_err(|error| refused(py, &error))
    }

    /// The file that a verifier without an EVM reads, for the front of this shape.
    fn circuit(&self, py: Python<'_>, shape: FrontShape) -> PyResult<Vec<u8>> {
        let shape = shape.shape(py)?;
        evm::circuit(&self.0, shape).map_err(|error| refused(py, &error))
    }

    /// Verifies a proof for public inputs of 32 big-endian bytes each, as the contract does.
    fn verify(&self, py: Python<'_>, inputs: Vec<[u8; 32]>, proof: PyBackedBytes) -> PyResult<()> {
        let inputs: Option<Vec<Fr>> = inputs.iter().map(from_big_endian).collect();
        let verified =
            inputs.ok_or(Error::Invalid).and_then(|inputs| evm::verify(&self.0, &inputs, &proof));
        verified.map_err(|error| refused(py, &error))
    }
}

fn refused(py: Python<'_>, error: &Error) -> PyErr {
    match error {
        Error::Refused(rejection) => errors::refusal(py, &rejection.clone().into()),
        Error::Invalid => errors::raise(py, "InvalidProof", error.to_string()),
        Error::TooLarge { .. } => errors::raise(py, "NotEnoughResources", error.to_string()),
        _ => errors::raise(py, "InputError", error.to_string()),
    }
}
