//! Proving links.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use zkpot_pcs::{EF, F, Whir};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::CommitmentScheme;
use zkpot_protocol::pending::{Head, steps_behind};
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::statement::Order;
use zkpot_prover::held::Held as Secret;
use zkpot_prover::phases::{Observer, Phases};
use zkpot_prover::session::{self, Session, Steps, schedule_of};
use zkpot_prover::threads::on_threads;
use zkpot_prover::unopened as proof;
use zkpot_prover::unproven::Unproven;
use zkpot_verifier::run::hex;

use crate::envelope::{Parts, parts};
use crate::errors;
use crate::held::Held;
use crate::observed::observed;
use crate::order;
use crate::program::Program;

type Shards = BTreeMap<u32, Py<Held>>;
type Copies = BTreeMap<u32, Option<Held>>;

fn secrets(shards: &Shards) -> session::Shards {
    shards.iter().map(|(&index, held)| (index, Arc::clone(&held.get().0))).collect()
}

fn digest(py: Python<'_>, text: &str) -> PyResult<[u8; 32]> {
    order::bytes32(text)
        .ok_or_else(|| errors::raise(py, "InputError", "a digest is 64 hexadecimal digits".into()))
}

/// A link before its proof: what comes out of it is committed to.
#[pyclass(frozen)]
pub struct Link {
    unproven: Unproven,
    losses: Vec<f64>,
    seconds: f64,
}

impl Link {
    fn new(unproven: Unproven) -> Self {
        Self { unproven, losses: Vec::new(), seconds: 0.0 }
    }
}

#[pymethods]
impl Link {
    /// Reads what `to_bytes` wrote.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, content: &[u8]) -> PyResult<Self> {
        Unproven::from_bytes(content).map(Self::new).map_err(|error| errors::prove(py, &error))
    }

    /// What another process needs to prove it. Secret.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = py.detach(|| self.unproven.to_bytes());
        bytes.map(|bytes| PyBytes::new(py, &bytes)).map_err(|error| errors::prove(py, &error))
    }

    /// Digest of its statement, which the next link's refers to, in hexadecimal.
    #[getter]
    fn digest(&self) -> String {
        hex(&self.unproven.statement.digest())
    }

    /// The states that come out; None where it has none.
    #[getter]
    fn states(&self) -> Option<Held> {
        self.unproven.outputs.states.as_ref().map(|held| Held(Arc::clone(held)))
    }

    /// The copies of the shards by number; None for a shard that is opened for the last time.
    #[getter]
    fn shards(&self) -> Copies {
        let copies = self.unproven.outputs.shards.iter();
        let copies = copies.map(|held| held.as_ref().map(|held| Held(Arc::clone(held))));
        self.indices().zip(copies).collect()
    }

    /// The states that come out, encrypted, and the key; None where it delivers none.
    fn envelope<'py>(&self, py: Python<'py>, program: &Program) -> Option<Parts<'py>> {
        self.unproven.statement.envelope?;
        let sealed = py.detach(|| self.unproven.envelope(&program.0))?;
        Some(parts(py, &sealed))
    }

    /// Loss of each step.
    #[getter]
    fn losses(&self) -> Vec<f64> {
        self.losses.clone()
    }

    /// Seconds of exact training.
    #[getter]
    fn seconds_training(&self) -> f64 {
        self.seconds
    }

    /// Proves everything that needs no other link, on `threads` threads of its own, or on all.
    #[pyo3(signature = (program, threads=None, progress=None))]
    fn prove(
        &self,
        py: Python<'_>,
        program: &Program,
        threads: Option<usize>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Unopened> {
        observed(py, progress, |observer| {
            on_threads(threads, || self.unproven.prove::<Whir>(&program.0, observer))
        })
        .map(Unopened::new)
    }

    /// Takes over what another process proved, and verifies it.
    fn receive(&self, py: Python<'_>, program: &Program, content: &[u8]) -> PyResult<Unopened> {
        let refuse = |reason: String| errors::raise(py, "InvalidProof", reason);
        let link = LinkProof::from_bytes(content).map_err(|error| refuse(error.to_string()))?;
        py.detach(|| proof::Unopened::received::<Whir>(&program.0, &self.unproven, link))
            .map(Unopened::new)
            .map_err(|error| refuse(error.to_string()))
    }

    /// Opens what comes in, which needs the claims that are pending on it, and ends the proof.
    ///
    /// Returns the link's bytes, the states, the copies of the shards, and the seconds of each phase,
    /// the commitment to what comes out among them.
    #[pyo3(signature = (program, unopened, states, shards, progress=None))]
    fn open<'py>(
        &self,
        py: Python<'py>,
        program: &Program,
        unopened: &Unopened,
        states: Option<Py<Held>>,
        shards: Shards,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Bound<'py, PyBytes>, Option<Held>, Copies, Phases)> {
        let unopened = unopened.take(py)?;
        let (states, shards) = (states.as_ref().map(|held| &*held.get().0), secrets(&shards));
        let mut proven = observed(py, progress, |observer| {
            let shards: Vec<&Secret> = shards.values().map(AsRef::as_ref).collect();
            let outputs = &self.unproven.outputs;
            unopened.open::<Whir>(&program.0, states, &shards, outputs, observer)
        })?;
        let mut phases = vec![("commit outputs", self.unproven.seconds_committing)];
        phases.append(&mut proven.phases);
        let copies = core::mem::take(&mut proven.shards);
        let copies = copies.into_iter().map(|held| held.map(Held::new));
        let bytes = PyBytes::new(py, &proven.link.to_bytes());
        let copies = self.indices().zip(copies).collect();
        Ok((bytes, proven.states.take().map(Held::new), copies, phases))
    }
}

impl Link {
    fn indices(&self) -> impl Iterator<Item = u32> {
        self.unproven.statement.shards.iter().map(|shard| shard.index)
    }
}

type Waiting = proof::Unopened<<Whir as CommitmentScheme<F, EF>>::Challenger>;

/// A link that waits for the claims of other links.
#[pyclass(frozen)]
pub struct Unopened(Mutex<Option<Waiting>>);

impl Unopened {
    fn new(unopened: Waiting) -> Self {
        Self(Mutex::new(Some(unopened)))
    }

    fn take(&self, py: Python<'_>) -> PyResult<Waiting> {
        let taken = self.0.lock().ok().and_then(|mut unopened| unopened.take());
        taken.ok_or_else(|| errors::raise(py, "InputError", "the link was opened already".into()))
    }
}

#[pymethods]
impl Unopened {
    /// Seconds of each phase of its proof here.
    #[getter]
    fn phases(&self) -> Phases {
        let unopened = self.0.lock().ok();
        unopened.and_then(|held| held.as_ref().map(|held| held.phases.clone())).unwrap_or_default()
    }

    /// The link without the openings of what comes in, for `Link.receive`.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let unopened = self.take(py)?;
        Ok(PyBytes::new(py, &unopened.link.to_bytes()))
    }
}

/// Digest of the previous statement, number of the first step, the run's channel.
type At = (String, u64, String);

/// Where a link stands in its run.
struct Place<'a> {
    program: &'a zkpot_ir::Program,
    order: Order,
    previous: [u8; 32],
    first_step: u64,
    channel: ChannelKind,
}

impl Place<'_> {
    fn session<'a>(&'a self, observer: Observer<'a>) -> Session<'a> {
        Session {
            program: self.program,
            order: &self.order,
            previous: self.previous,
            first_step: self.first_step,
            channel: self.channel,
            observer,
        }
    }
}

fn place<'a>(
    py: Python<'_>,
    program: &'a Program,
    order: &str,
    (previous, first_step, channel): &At,
) -> PyResult<Place<'a>> {
    let order = order::read(py, order, "InputError")?;
    let previous = digest(py, previous)?;
    let channel = order::channel(py, channel)?;
    Ok(Place { program: &program.0, order, previous, first_step: *first_step, channel })
}

/// Makes the link ready that brings owners' commitments into a run.
///
/// All randomness of the link derives from `seed`.
#[pyfunction]
pub fn import_link(
    py: Python<'_>,
    program: &Program,
    order: &str,
    at: At,
    states: Option<Py<Held>>,
    shards: Shards,
    seed: [u8; 32],
) -> PyResult<Link> {
    let place = place(py, program, order, &at)?;
    let states = states.as_ref().map(|held| Arc::clone(&held.get().0));
    let shards = secrets(&shards);
    observed(py, None, |observer| place.session(observer).import::<Whir>(states, &shards, seed))
        .map(Link::new)
}

/// Trains a link's steps and makes the link ready; `witness` keeps what its proof needs, `envelope` delivers
/// the states encrypted.
#[pyfunction]
#[pyo3(signature = (program, order, at, states, shards, scalars, steps, keep, witness, envelope, seed, progress=None))]
#[expect(clippy::too_many_arguments, reason = "named arguments on the Python side")]
pub fn train_link(
    py: Python<'_>,
    program: &Program,
    order: &str,
    at: At,
    states: Py<Held>,
    shards: Shards,
    scalars: Vec<Vec<i64>>,
    steps: u32,
    keep: Vec<u32>,
    witness: bool,
    envelope: bool,
    seed: [u8; 32],
    progress: Option<Py<PyAny>>,
) -> PyResult<Link> {
    let place = place(py, program, order, &at)?;
    let (states, shards) = (Arc::clone(&states.get().0), secrets(&shards));
    let steps =
        Steps { count: steps, scalars, copies: keep.into_iter().collect(), witness, envelope };
    let trained = observed(py, progress, |observer| {
        place.session(observer).train::<Whir>(states, &shards, &steps, seed)
    })?;
    let session::TrainedSteps { unproven, losses, seconds } = trained;
    Ok(Link { unproven, losses, seconds })
}

/// Makes the link ready that closes a run.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "named arguments on the Python side")]
pub fn seal_link(
    py: Python<'_>,
    program: &Program,
    order: &str,
    at: At,
    states: Py<Held>,
    shards: Shards,
    keep: Vec<u32>,
    seed: [u8; 32],
) -> PyResult<Link> {
    let place = place(py, program, order, &at)?;
    let (states, shards) = (Arc::clone(&states.get().0), secrets(&shards));
    let keep = keep.into_iter().collect();
    observed(py, None, |observer| {
        place.session(observer).seal::<Whir>(states, &shards, &keep, seed)
    })
    .map(Link::new)
}

/// Which shards the batches of some steps come from, ascending.
#[pyfunction]
#[pyo3(signature = (program, order, first_step, steps, channel="hiding"))]
pub fn scheduled_shards(
    py: Python<'_>,
    program: &Program,
    order: &str,
    first_step: u64,
    steps: u32,
    channel: &str,
) -> PyResult<Vec<u32>> {
    let order: Order = order::read(py, order, "InputError")?;
    let channel = order::channel(py, channel)?;
    let rows = schedule_of(&program.0, &order, channel)
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
    let link = LinkProof::from_bytes(link)
        .map_err(|error| errors::raise(py, "InputError", format!("the last link: {error}")))?;
    Ok(hex(&link.statement.digest()))
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
        .map(|(index, held)| Ok((index, pending(&held)?)))
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
