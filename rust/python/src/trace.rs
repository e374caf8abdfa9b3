//! Exact training and evaluation, without proofs.

use std::borrow::Cow;
use std::sync::Mutex;

use numpy::{PyArray1, PyReadonlyArrayDyn, PyUntypedArrayMethods, ToPyArray};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use zkpot_ir::Reading;
use zkpot_protocol::bernoulli::Bernoulli;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::schedule::Schedule;
use zkpot_prover::error::ProveError;
use zkpot_prover::trace::{self, Fault, TraceError, Training};

use crate::errors;
use crate::observed::observed;
use crate::order::{self, bytes32};
use crate::program::Program;

type Arrays<'py> = Vec<PyReadonlyArrayDyn<'py, i64>>;
type Trained<'py> = (Vec<Bound<'py, PyArray1<i64>>>, Vec<f64>);

/// The values in row-major order; copied only where they lie in memory otherwise.
fn flat<'a>(arrays: &'a Arrays<'_>) -> Vec<Cow<'a, [i64]>> {
    let values = |array: &'a PyReadonlyArrayDyn<'_, i64>| match array.as_slice() {
        Ok(values) if array.is_c_contiguous() => Cow::Borrowed(values),
        _ => Cow::Owned(array.as_array().iter().copied().collect()),
    };
    arrays.iter().map(values).collect()
}

fn owned(arrays: &Arrays<'_>) -> Vec<Vec<i64>> {
    flat(arrays).into_iter().map(Cow::into_owned).collect()
}

fn rows(fields: &Arrays<'_>) -> usize {
    fields.first().and_then(|field| field.shape().first().copied()).unwrap_or(0)
}

/// The exception for an execution that stopped.
fn raise(py: Python<'_>, fault: &Fault) -> PyErr {
    let class = match fault {
        Fault::OutOfRange { .. }
        | Fault::Scalar { .. }
        | Fault::OutsideTable { .. }
        | Fault::Class { .. }
        | Fault::Divisor { .. }
        | Fault::Overflow { .. } => "ValueOutOfRange",
        _ => "InputError",
    };
    errors::raise(py, class, fault.to_string())
}

/// As [`raise`], with the last good states as the exception's attributes `states` and
/// `completed`, the number of steps that led to them.
fn raise_with_states(py: Python<'_>, error: &TraceError) -> PyErr {
    let raised = raise(py, &error.fault);
    let states: Vec<_> = error.states.iter().map(|state| state.to_pyarray(py)).collect();
    let value = raised.value(py);
    let told =
        value.setattr("completed", error.completed).and_then(|()| value.setattr("states", states));
    told.err().unwrap_or(raised)
}

/// Trains on the dataset `fields`, `[rows, ...]` each, in the order that the nonce fixes.
///
/// The shards are `shard_rows` successive rows each; by default all rows are one shard. There
/// are `steps` steps from number `first_step`; by default as many as there are scalars.
#[pyfunction]
#[pyo3(signature = (
    program, states, fields, scalars, nonce, progress=None, *,
    shard_rows=None, first_step=0, steps=None
))]
#[expect(clippy::too_many_arguments, reason = "named arguments on the Python side")]
pub fn train<'py>(
    py: Python<'py>,
    program: &Program,
    states: Arrays<'py>,
    fields: Arrays<'py>,
    scalars: Vec<Vec<i64>>,
    nonce: &str,
    progress: Option<Py<PyAny>>,
    shard_rows: Option<Vec<u32>>,
    first_step: u64,
    steps: Option<u32>,
) -> PyResult<Trained<'py>> {
    let refuse = |reason: &str| errors::raise(py, "InputError", reason.to_owned());
    let seed = bytes32(nonce).ok_or_else(|| refuse("a nonce is 64 hexadecimal digits"))?;
    let given = steps.or_else(|| scalars.first().and_then(|s| u32::try_from(s.len()).ok()));
    let steps = given.ok_or_else(|| refuse("the program has no scalars: say how many steps"))?;
    // A number that does not fit is refused as the length of a shard.
    let all = u32::try_from(rows(&fields)).unwrap_or(u32::MAX);
    let reading = program.0.reading;
    let shard_rows = shard_rows.unwrap_or_else(|| vec![all]);
    let channel = ChannelKind::Hiding;
    let schedule = Schedule { seed, shard_rows, reading, channel };
    let states = owned(&states);
    let values = flat(&fields);
    let fields: Vec<&[i64]> = values.iter().map(AsRef::as_ref).collect();
    let stopped: Mutex<Option<TraceError>> = Mutex::new(None);
    let outcome = observed(py, progress, |observer| {
        let training = Training {
            states: &states,
            fields: &fields,
            schedule: &schedule,
            scalars: &scalars,
            first_step,
            steps,
        };
        let heard = |done| observer("train", done, steps);
        trace::train(&program.0, &training, &heard).map_err(|error| {
            if let Ok(mut slot) = stopped.lock() {
                *slot = Some(error);
            }
            ProveError::Stopped
        })
    });
    if let Some(error) = stopped.lock().ok().and_then(|mut slot| slot.take()) {
        return Err(raise_with_states(py, &error));
    }
    let trained = outcome?;
    Ok((trained.states.iter().map(|state| state.to_pyarray(py)).collect(), trained.losses))
}

/// Predictions, loss and accuracy on rows that were not trained on.
#[pyfunction]
pub fn evaluate<'py>(
    py: Python<'py>,
    program: &Program,
    states: Arrays<'py>,
    fields: Arrays<'py>,
) -> PyResult<Bound<'py, PyDict>> {
    let rows = rows(&fields);
    let (states, fields) = (owned(&states), owned(&fields));
    let evaluation = py
        .detach(|| trace::evaluate(&program.0, &states, &fields, rows))
        .map_err(|fault| raise(py, &fault))?;
    let result = PyDict::new(py);
    result.set_item("loss", evaluation.loss)?;
    result.set_item("accuracy", evaluation.accuracy)?;
    result.set_item("predictions", evaluation.predictions.to_pyarray(py))?;
    Ok(result)
}

/// The rows that steps of a run on a channel read: shard and row within it, `[steps * batch, 2]`, flat.
#[pyfunction]
#[pyo3(signature = (seed, shard_rows, first_step, steps, batch, channel="hiding"))]
pub fn scheduled_rows<'py>(
    py: Python<'py>,
    seed: &str,
    shard_rows: Vec<u32>,
    first_step: u64,
    steps: u32,
    batch: u32,
    channel: &str,
) -> PyResult<Bound<'py, PyArray1<u32>>> {
    let refuse = |reason: String| errors::raise(py, "InputError", reason);
    let seed = bytes32(seed).ok_or_else(|| refuse("a seed is 64 hexadecimal digits".into()))?;
    let reading = Reading::Shuffled;
    let channel = order::channel(py, channel)?;
    let rows = Schedule { seed, shard_rows, reading, channel }.rows(first_step, steps, batch);
    let rows = rows.map_err(|error| refuse(error.to_string()))?;
    let flat: Vec<u32> = rows.iter().flat_map(|row| [row.shard, row.row]).collect();
    Ok(flat.to_pyarray(py))
}

/// A random tensor of a step, zeros and ones, row-major.
#[pyfunction]
pub fn random_tensor<'py>(
    py: Python<'py>,
    seed: &str,
    step: u64,
    ordinal: u32,
    numerator: u32,
    bits: u32,
    elements: usize,
) -> PyResult<Bound<'py, PyArray1<i64>>> {
    let refuse = |reason: &str| errors::raise(py, "InputError", reason.to_owned());
    let seed = bytes32(seed).ok_or_else(|| refuse("a seed is 64 hexadecimal digits"))?;
    if !(1..=16).contains(&bits) {
        return Err(refuse("a probability has 1 to 16 bits"));
    }
    let mut values = vec![0; elements];
    Bernoulli { ordinal, numerator, bits, elements }.fill(&seed, step, &mut values);
    Ok(values.to_pyarray(py))
}

/// Executes one link and keeps its trace: tensors by name, remainders by node, final states.
///
/// `data` holds one array a field, `[steps, batch, ...]`, rows already selected; `seed` is the
/// schedule's, zeros by default.
#[pyfunction]
#[pyo3(signature = (program, states, data, scalars, first_step, steps, seed=None))]
#[expect(clippy::too_many_arguments, reason = "named arguments on the Python side")]
pub fn trace_link<'py>(
    py: Python<'py>,
    program: &Program,
    states: Arrays<'py>,
    data: Arrays<'py>,
    scalars: Vec<Vec<i64>>,
    first_step: u64,
    steps: u32,
    seed: Option<&str>,
) -> PyResult<Bound<'py, PyDict>> {
    use std::ops::ControlFlow::Continue;
    let seed = seed.map_or(Some([0; 32]), bytes32);
    let seed = seed
        .ok_or_else(|| errors::raise(py, "InputError", "a seed is 64 hexadecimal digits".into()))?;
    let (states, data) = (owned(&states), owned(&data));
    let traced = py.detach(|| {
        let input = trace::LinkInput {
            states: &states,
            data: &data,
            scalars: &scalars,
            seed: &seed,
            first_step,
            steps,
        };
        trace::run(&program.0, &input, trace::Keep::Witness, &|_| Continue(()))
    });
    let traced = traced.map_err(|error| raise_with_states(py, &error))?;
    let (result, tensors, remainders) = (PyDict::new(py), PyDict::new(py), PyDict::new(py));
    for (tensor, values) in program.0.tensors.iter().zip(&traced.tensors) {
        if let Some(values) = values {
            tensors.set_item(&tensor.name, values.to_pyarray(py))?;
        }
    }
    for (node, values) in &traced.remainders {
        remainders.set_item(node, values.to_pyarray(py))?;
    }
    let states: Vec<_> = traced.final_states.iter().map(|s| s.to_pyarray(py)).collect();
    result.set_item("tensors", tensors)?;
    result.set_item("remainders", remainders)?;
    result.set_item("states", states)?;
    result.set_item("losses", traced.losses)?;
    Ok(result)
}
