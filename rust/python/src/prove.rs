//! Proving links.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use zkpot_pcs::Whir;
use zkpot_protocol::pending::{Head, steps_behind};
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::statement::Order;
use zkpot_prover::held::Held as Secret;
use zkpot_prover::link::ProvenLink;
use zkpot_prover::session::{Session, Steps, schedule_of};
use zkpot_verifier::run::hex;

use crate::errors;
use crate::held::Held;
use crate::observed::observed;
use crate::order::{self, channel};
use crate::program::Program;

type Shards = BTreeMap<u32, Py<Held>>;
/// A link, the states and shards that come out, and what is worth knowing of its making.
type Made<'py> = (Bound<'py, PyBytes>, Option<Held>, Copies, Bound<'py, PyDict>);
type Copies = BTreeMap<u32, Option<Held>>;

/// Digest of the newest link's statement; zero before the first.
fn previous(py: Python<'_>, link: &[u8]) -> PyResult<[u8; 32]> {
    if link.is_empty() {
        return Ok([0; 32]);
    }
    let link = LinkProof::from_bytes(link)
        .map_err(|error| errors::raise(py, "InputError", format!("the last link: {error}")))?;
    Ok(link.statement.digest())
}

fn secrets(shards: &Shards) -> BTreeMap<u32, &Secret> {
    shards.iter().map(|(&index, held)| (index, &held.get().0)).collect()
}

fn copies(proven: &mut ProvenLink) -> Copies {
    let shards = core::mem::take(&mut proven.shards);
    proven
        .link
        .statement
        .shards
        .iter()
        .map(|s| s.index)
        .zip(shards.into_iter().map(|s| s.map(Held)))
        .collect()
}

fn link<'py>(py: Python<'py>, proven: &ProvenLink) -> Bound<'py, PyBytes> {
    PyBytes::new(py, &proven.link.to_bytes())
}

/// Brings owners' commitments into a run and proves their ranges.
#[pyfunction]
#[pyo3(signature = (program, order, last_link, first_step, states, shards, clear=false, progress=None))]
#[expect(clippy::too_many_arguments, reason = "named arguments on the Python side")]
pub fn prove_import<'py>(
    py: Python<'py>,
    program: &Program,
    order: &str,
    last_link: &[u8],
    first_step: u64,
    states: Option<Py<Held>>,
    shards: Shards,
    clear: bool,
    progress: Option<Py<PyAny>>,
) -> PyResult<Made<'py>> {
    let order = order::read(py, order, "InputError")?;
    let previous = previous(py, last_link)?;
    let (given, shards) = (states.as_ref().map(|held| &held.get().0), secrets(&shards));
    let mut proven = observed(py, progress, |observer| {
        let program = &program.0;
        let channel = channel(clear);
        let session = Session { program, order: &order, previous, first_step, channel, observer };
        session.import::<Whir>(given, &shards)
    })?;
    let report = PyDict::new(py);
    report.set_item("phases", &proven.phases)?;
    let copies = copies(&mut proven);
    Ok((link(py, &proven), proven.states.take().map(Held), copies, report))
}

/// Trains and proves one link.
#[pyfunction]
#[pyo3(signature = (program, order, last_link, first_step, states, shards, scalars, steps, keep, clear=false, progress=None))]
#[expect(clippy::too_many_arguments, reason = "named arguments on the Python side")]
pub fn prove_training<'py>(
    py: Python<'py>,
    program: &Program,
    order: &str,
    last_link: &[u8],
    first_step: u64,
    states: Py<Held>,
    shards: Shards,
    scalars: Vec<Vec<i64>>,
    steps: u32,
    keep: Vec<u32>,
    clear: bool,
    progress: Option<Py<PyAny>>,
) -> PyResult<Made<'py>> {
    let order = order::read(py, order, "InputError")?;
    let previous = previous(py, last_link)?;
    let (given, shards) = (&states.get().0, secrets(&shards));
    let steps = Steps { count: steps, scalars, copies: keep.into_iter().collect() };
    let mut done = observed(py, progress, |observer| {
        let program = &program.0;
        let channel = channel(clear);
        let session = Session { program, order: &order, previous, first_step, channel, observer };
        session.train::<Whir>(given, &shards, &steps)
    })?;
    let report = PyDict::new(py);
    report.set_item("losses", &done.losses)?;
    report.set_item("seconds_training", done.seconds_training)?;
    report.set_item("seconds_proving", done.seconds_proving)?;
    report.set_item("phases", &done.proven.phases)?;
    let copies = copies(&mut done.proven);
    Ok((link(py, &done.proven), done.proven.states.take().map(Held), copies, report))
}

/// Closes a run.
#[pyfunction]
#[pyo3(signature = (program, order, last_link, first_step, states, shards, keep, clear=false, progress=None))]
#[expect(clippy::too_many_arguments, reason = "named arguments on the Python side")]
pub fn prove_seal<'py>(
    py: Python<'py>,
    program: &Program,
    order: &str,
    last_link: &[u8],
    first_step: u64,
    states: Py<Held>,
    shards: Shards,
    keep: Vec<u32>,
    clear: bool,
    progress: Option<Py<PyAny>>,
) -> PyResult<Made<'py>> {
    let order = order::read(py, order, "InputError")?;
    let previous = previous(py, last_link)?;
    let (given, shards) = (&states.get().0, secrets(&shards));
    let keep = keep.into_iter().collect();
    let mut proven = observed(py, progress, |observer| {
        let program = &program.0;
        let channel = channel(clear);
        let session = Session { program, order: &order, previous, first_step, channel, observer };
        session.seal::<Whir>(given, &shards, &keep)
    })?;
    let report = PyDict::new(py);
    report.set_item("phases", &proven.phases)?;
    let copies = copies(&mut proven);
    Ok((link(py, &proven), proven.states.take().map(Held), copies, report))
}

/// Which shards the batches of some steps come from, ascending.
#[pyfunction]
pub fn scheduled_shards(
    py: Python<'_>,
    program: &Program,
    order: &str,
    first_step: u64,
    steps: u32,
) -> PyResult<Vec<u32>> {
    let order: Order = order::read(py, order, "InputError")?;
    let rows = schedule_of(&program.0, &order)
        .rows(first_step, steps, program.0.batch)
        .map_err(|error| errors::raise(py, "InputError", error.to_string()))?;
    let mut shards: Vec<u32> = rows.iter().map(|row| row.shard).collect();
    shards.sort_unstable();
    shards.dedup();
    Ok(shards)
}

/// The root that names a dataset: over the commitments to its shards, in order.
#[pyfunction]
pub fn data_root(py: Python<'_>, shards: Vec<String>, shard_rows: Vec<u32>) -> PyResult<String> {
    let roots: Option<Vec<[u8; 32]>> = shards.iter().map(|root| order::bytes32(root)).collect();
    let roots = roots.filter(|roots| roots.len() == shard_rows.len()).ok_or_else(|| {
        errors::raise(
            py,
            "InputError",
            "each shard needs a commitment of 64 hexadecimal digits and a number of rows".into(),
        )
    })?;
    let shards: Vec<_> = shard_rows.into_iter().zip(roots).collect();
    Ok(hex(&zkpot_protocol::statement::data_root(&shards)))
}

/// Digest of what a link states, in hexadecimal.
#[pyfunction]
pub fn statement_digest(py: Python<'_>, link: &[u8]) -> PyResult<String> {
    previous(py, link).map(|digest| hex(&digest))
}

/// What a link states, as JSON.
#[pyfunction]
pub fn link_statement(py: Python<'_>, link: &[u8]) -> PyResult<String> {
    let link = LinkProof::from_bytes(link)
        .map_err(|error| errors::raise(py, "InvalidProof", error.to_string()))?;
    serde_json::to_string(&link.statement)
        .map_err(|error| errors::raise(py, "InvalidProof", error.to_string()))
}

/// What a verifier of a continuation needs of a sealed run: see `Head` of the protocol.
///
/// `data_root` is the root of the shards as their owner committed them.
#[pyfunction]
pub fn continuation(
    py: Python<'_>,
    program: &Program,
    last_link: &[u8],
    states: Py<Held>,
    shards: Shards,
    data_root: &str,
) -> PyResult<String> {
    let refuse = |reason: &str| errors::raise(py, "InputError", reason.to_owned());
    let pending = |held: &Secret| {
        held.pending.clone().ok_or_else(|| refuse("the run is not sealed, so nothing follows it"))
    };
    let shards = secrets(&shards)
        .into_iter()
        .map(|(index, held)| Ok((index, pending(held)?)))
        .collect::<PyResult<_>>()?;
    let last = LinkProof::from_bytes(last_link)
        .map_err(|error| errors::raise(py, "InvalidProof", error.to_string()))?
        .statement;
    let own = last.first_step.saturating_add(u64::from(last.steps));
    let head = Head {
        statement: last.digest(),
        steps: steps_behind(&program.0, last.earlier_steps, own),
        states: pending(&states.get().0)?,
        data_root: order::bytes32(data_root)
            .ok_or_else(|| refuse("a data root is 64 hexadecimal digits"))?,
        shards,
    };
    Ok(hex(&head.to_bytes()))
}
