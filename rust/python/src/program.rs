//! Programs.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use zkpot_pcs::Whir;
use zkpot_protocol::arithmetization::{LinkKind, LinkShape, ShardShape, Source};
use zkpot_protocol::channel::ChannelKind;
use zkpot_prover::forecast::Forecast;
use zkpot_prover::work::LinkWork;

use crate::errors;
use crate::order::{self, level};

/// A checked fixed-point program.
#[pyclass(frozen)]
pub struct Program(pub zkpot_ir::Program);

#[pymethods]
impl Program {
    /// Reads and checks a program written as JSON.
    #[staticmethod]
    fn from_json(py: Python<'_>, text: &str) -> PyResult<Self> {
        zkpot_ir::Program::from_json(text).map(Self).map_err(|error| errors::program(py, &error))
    }

    /// Decodes and checks a program.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, content: &[u8]) -> PyResult<Self> {
        zkpot_ir::Program::from_bytes(content)
            .map(Self)
            .map_err(|error| errors::program(py, &error))
    }

    /// The program as JSON.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        self.0.to_json().map_err(|error| errors::program(py, &error))
    }

    /// The canonical bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// The digest that statements name, in hexadecimal.
    #[getter]
    fn digest(&self) -> String {
        self.0.digest().to_string()
    }

    /// The program that evaluates this one's model, which follows from it.
    fn evaluation(&self, py: Python<'_>) -> PyResult<Self> {
        self.0.evaluation().map(Self).map_err(|error| errors::program(py, &error))
    }

    /// Least and greatest value of each tensor, as the check bounds them.
    fn bounds(&self, py: Python<'_>) -> PyResult<Vec<(i64, i64)>> {
        let bounds = self.0.check().map_err(|error| errors::program(py, &error))?;
        Ok(bounds.0.iter().map(|interval| (interval.lo, interval.hi)).collect())
    }

    /// The error terms of runs of this program whose training links have `steps` steps, as JSON.
    #[pyo3(signature = (steps, security=100, channel="hiding"))]
    fn security(
        &self,
        py: Python<'_>,
        steps: u32,
        security: u32,
        channel: &str,
    ) -> PyResult<String> {
        let (level, channel) = (level(py, security)?, order::channel(py, channel)?);
        let forecast = py
            .detach(|| Forecast::new::<Whir>(&self.0, steps, level, channel))
            .map_err(|error| errors::prove(py, &error))?;
        serde_json::to_string(&forecast)
            .map_err(|error| errors::raise(py, "InputError", error.to_string()))
    }

    /// What the prover of a link has to do, as JSON: `kind` is "import", "training" or "seal";
    /// `states` says whether those that come in are their owner's, where any do; each shard is its rows,
    /// whether it is its owner's, and whether the link copies it.
    #[pyo3(signature = (kind, steps, states, shards, channel="hiding"))]
    fn work(
        &self,
        py: Python<'_>,
        kind: &str,
        steps: u32,
        states: Option<bool>,
        shards: Vec<(u32, bool, bool)>,
        channel: &str,
    ) -> PyResult<String> {
        let channel = order::channel(py, channel)?;
        let kind = match kind {
            "import" => LinkKind::Import,
            "training" => LinkKind::Training,
            "seal" => LinkKind::Seal,
            _ => return Err(errors::raise(py, "InputError", format!("no link is a '{kind}'"))),
        };
        let shards = (0..).zip(shards);
        let source = |owned| if owned { Source::Owner } else { Source::Run };
        let shard =
            |(index, (rows, owned, copy))| ShardShape { index, rows, source: source(owned), copy };
        let (states, shards) = (states.map(source), shards.map(shard).collect());
        let closed = channel == ChannelKind::Wrapped;
        let shape = LinkShape { kind, states, steps, shards, masks: None, closed };
        let work = py
            .detach(|| LinkWork::new(&self.0, shape, channel))
            .map_err(|error| errors::prove(py, &error))?;
        serde_json::to_string(&work)
            .map_err(|error| errors::raise(py, "InputError", error.to_string()))
    }

    /// What the author calls it.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Rows of data that a step reads.
    #[getter]
    fn batch(&self) -> u32 {
        self.0.batch
    }

    /// The longest link, in steps.
    #[getter]
    fn max_steps(&self) -> u32 {
        self.0.max_steps
    }

    fn __repr__(&self) -> String {
        format!("Program({:?}, digest={})", self.0.name, self.digest())
    }
}
