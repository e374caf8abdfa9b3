//! Long work with progress and interruption.

use std::ops::ControlFlow;
use std::sync::Mutex;

use pyo3::prelude::*;
use zkpot_prover::error::ProveError;

use crate::errors;

/// Hears what is done, of how much.
pub type Heard<'a> = dyn Fn(&'static str, u32, u32) -> ControlFlow<()> + Sync + 'a;

/// Runs `work` without the interpreter lock, with an observer that calls Python.
pub fn observed<T: Send>(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    work: impl FnOnce(&Heard<'_>) -> Result<T, ProveError> + Send,
) -> PyResult<T> {
    let raised: Mutex<Option<PyErr>> = Mutex::new(None);
    let observer = |phase: &'static str, done: u32, total: u32| {
        let outcome = Python::attach(|py| {
            // Hears Ctrl-C even without a callback.
            py.check_signals()?;
            match &progress {
                Some(call) => call.call1(py, (phase, done, total)).map(|_| ()),
                None => Ok(()),
            }
        });
        match outcome {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                if let Ok(mut slot) = raised.lock() {
                    *slot = Some(error);
                }
                ControlFlow::Break(())
            }
        }
    };
    let result = py.detach(|| work(&observer));
    let raised = raised.lock().ok().and_then(|mut slot| slot.take());
    match (raised, result) {
        (Some(error), _) => Err(error),
        (None, result) => result.map_err(|error| errors::prove(py, &error)),
    }
}
