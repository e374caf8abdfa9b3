//! Commitments with their secret openings.

use std::sync::Arc;

use numpy::{PyArray1, PyReadonlyArrayDyn, PyUntypedArrayMethods, ToPyArray};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use zkpot_pcs::Whir;
use zkpot_prover::held::{Held as Secret, HeldKind};
use zkpot_verifier::run::hex;

use crate::errors;
use crate::order::{self, bytes32, channel_name, level};
use crate::program::Program;

/// A commitment with its secret opening.
#[pyclass(frozen)]
pub struct Held(pub Arc<Secret>);

impl Held {
    /// Takes a commitment.
    pub fn new(secret: Secret) -> Self {
        Self(Arc::new(secret))
    }
}

#[pymethods]
impl Held {
    /// Reads what `to_bytes` wrote.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, content: &[u8]) -> PyResult<Self> {
        Secret::from_bytes(content).map(Self::new).map_err(|error| errors::prove(py, &error))
    }

    /// The secrets, for a file that only its owner may read.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self.0.to_bytes().map_err(|error| errors::prove(py, &error))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The commitment, in hexadecimal.
    #[getter]
    fn root(&self) -> String {
        hex(&self.0.root)
    }

    /// The security level in bits that it was made for.
    #[getter]
    fn security(&self) -> u32 {
        self.0.level.bits()
    }

    /// The channel that it was made for; "clear" and "wrapped" commitments hide nothing when opened.
    #[getter]
    fn channel(&self) -> &'static str {
        channel_name(self.0.channel)
    }

    /// The committed tensors, flat, in the program's order.
    fn states<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyArray1<i64>>> {
        self.0.integers.iter().map(|integers| integers.to_pyarray(py)).collect()
    }

    fn __repr__(&self) -> String {
        format!("Held(root={}, secrets not shown)", self.root())
    }
}

fn integers(arrays: &[PyReadonlyArrayDyn<'_, i64>]) -> Vec<Vec<i64>> {
    arrays.iter().map(|array| array.as_array().iter().copied().collect()).collect()
}

/// The states that a public seed gives, in the program's order, flat.
#[pyfunction]
pub fn initial_states<'py>(
    py: Python<'py>,
    program: &Program,
    seed: &str,
) -> PyResult<Vec<Bound<'py, PyArray1<i64>>>> {
    let seed = bytes32(seed)
        .ok_or_else(|| errors::raise(py, "InputError", "a seed is 64 hexadecimal digits".into()))?;
    let states = py.detach(|| zkpot_protocol::initial::initial_states(&program.0, &seed));
    Ok(states.iter().map(|state| state.to_pyarray(py)).collect())
}

/// Commits to weights and optimizer state, in the program's order, for a run on a channel.
#[pyfunction]
#[pyo3(signature = (program, states, security=100, channel="hiding"))]
pub fn commit_states(
    py: Python<'_>,
    program: &Program,
    states: Vec<PyReadonlyArrayDyn<'_, i64>>,
    security: u32,
    channel: &str,
) -> PyResult<Held> {
    commit(py, program, HeldKind::States, security, channel, integers(&states))
}

/// Commits to rows of data, in the program's order of fields. With `public` the commitment follows
/// from the data, so that whoever has them can check it; it then hides nothing.
#[pyfunction]
#[pyo3(signature = (program, fields, public=false, security=100, channel="hiding"))]
pub fn commit_shard(
    py: Python<'_>,
    program: &Program,
    fields: Vec<PyReadonlyArrayDyn<'_, i64>>,
    public: bool,
    security: u32,
    channel: &str,
) -> PyResult<Held> {
    let rows = fields.first().and_then(|field| field.shape().first().copied()).unwrap_or(0);
    let kind = HeldKind::Shard { rows: u32::try_from(rows).unwrap_or(u32::MAX) };
    let integers = integers(&fields);
    if public {
        let (level, channel) = (level(py, security)?, order::channel(py, channel)?);
        return py
            .detach(|| Secret::commit_public::<Whir>(&program.0, kind, level, channel, integers))
            .map(Held::new)
            .map_err(|error| errors::prove(py, &error));
    }
    commit(py, program, kind, security, channel, integers)
}

fn commit(
    py: Python<'_>,
    program: &Program,
    kind: HeldKind,
    security: u32,
    channel: &str,
    integers: Vec<Vec<i64>>,
) -> PyResult<Held> {
    let (level, channel) = (level(py, security)?, order::channel(py, channel)?);
    py.detach(|| Secret::commit::<Whir>(&program.0, kind, level, channel, integers))
        .map(Held::new)
        .map_err(|error| errors::prove(py, &error))
}
