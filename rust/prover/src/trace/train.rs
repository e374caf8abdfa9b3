//! Training without a proof: the steps that a prover would prove, on a whole dataset.

use std::fmt;
use std::ops::ControlFlow;

use zkpot_ir::Program;
use zkpot_protocol::schedule::{Row, Schedule};

use super::{Fault, Keep, LinkInput, TraceError, elements, input, run};

/// What training reads.
#[derive(Clone, Copy)]
pub struct Training<'a> {
    /// The states before the first step, in the order of `Program::states`, row-major.
    pub states: &'a [Vec<i64>],
    /// One array per field of `Program::data`, `[rows, ...row]`: all shards, one after another.
    pub fields: &'a [&'a [i64]],
    /// Which rows a step reads, and the lengths of the shards.
    pub schedule: &'a Schedule,
    /// The public scalars, `[scalar][step]`.
    pub scalars: &'a [Vec<i64>],
    /// Number of the first step, counted from the start of the run.
    pub first_step: u64,
    /// Number of steps.
    pub steps: u32,
}

/// The result of training. The states are secret, and the debug form does not show them.
#[derive(Clone, Default, PartialEq)]
pub struct Trained {
    /// The states after the last step, in the program's order.
    pub states: Vec<Vec<i64>>,
    /// The monitor's loss of each training step; empty without a monitor.
    pub losses: Vec<f64>,
}

impl fmt::Debug for Trained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trained").field("losses", &self.losses).finish_non_exhaustive()
    }
}

/// Selected values that are held in memory at a time.
const HELD: usize = 1 << 23;

/// Executes steps on the rows that the schedule selects.
///
/// # Arguments
/// `progress` is called after each step with the number of steps done; where it breaks, the
/// states after those steps are returned.
///
/// # Errors
/// As [`run`], with [`Fault::Schedule`] besides; there is no limit on the number of steps.
pub fn train(
    program: &Program,
    training: &Training<'_>,
    progress: &dyn Fn(u32) -> ControlFlow<()>,
) -> Result<Trained, TraceError> {
    program.check().map_err(Fault::from)?;
    input::check_states(program, training.states)?;
    input::check_scalars(program, training.scalars, training.first_step, training.steps)?;
    let starts = starts(&training.schedule.shard_rows);
    let widths = widths(program, training, starts.last().copied().unwrap_or(0))?;

    let batch = widths.iter().sum::<usize>().saturating_mul(program.batch as usize);
    let portion = u32::try_from(HELD / batch.max(1)).unwrap_or(u32::MAX).clamp(1, 1 << 10);
    let mut trained = Trained { states: training.states.to_vec(), losses: Vec::new() };
    let mut done = 0;
    while done < training.steps {
        let steps = portion.min(training.steps - done);
        let first_step = training.first_step + u64::from(done);
        let stop = |fault: Fault| TraceError {
            fault: Box::new(fault),
            completed: done,
            states: trained.states.clone(),
        };
        let rows = training.schedule.rows(first_step, steps, program.batch);
        let rows = rows.map_err(|error| stop(error.into()))?;
        let data: Vec<Vec<i64>> = training
            .fields
            .iter()
            .zip(&widths)
            .map(|(values, width)| select(values, *width, &starts, &rows))
            .collect();
        let span = done as usize..(done + steps) as usize;
        let scalars: Vec<Vec<i64>> =
            training.scalars.iter().map(|s| s[span.clone()].to_vec()).collect();
        let part = LinkInput {
            states: &trained.states,
            data: &data,
            scalars: &scalars,
            seed: &training.schedule.seed,
            first_step,
            steps,
        };
        let trace =
            run(program, &part, Keep::Nothing, &|t| progress(done + t)).map_err(|error| {
                let states =
                    if error.states.is_empty() { trained.states.clone() } else { error.states };
                TraceError { completed: done + error.completed, states, ..error }
            })?;
        trained.states = trace.final_states;
        trained.losses.extend(trace.losses);
        if trace.steps < steps as usize {
            break;
        }
        done += steps;
    }
    Ok(trained)
}

/// Number of rows before each shard, and of all rows.
fn starts(shard_rows: &[u32]) -> Vec<usize> {
    let mut starts = vec![0];
    for &rows in shard_rows {
        starts.push(starts.last().map_or(0, |s: &usize| s.saturating_add(rows as usize)));
    }
    starts
}

/// Values in one row of each field.
fn widths(program: &Program, training: &Training<'_>, rows: usize) -> Result<Vec<usize>, Fault> {
    let (expected, found) = (program.data.len(), training.fields.len());
    if expected != found {
        return Err(Fault::Size { what: "data fields".to_owned(), expected, found });
    }
    let fields = program.data.iter().zip(training.fields);
    fields
        .map(|(field, values)| {
            let width = elements(program, field.tensor) / program.batch as usize;
            let (expected, found) = (width.saturating_mul(rows), values.len());
            if expected == found {
                Ok(width)
            } else {
                Err(Fault::Size { what: format!("data field '{}'", field.name), expected, found })
            }
        })
        .collect()
}

fn select(values: &[i64], width: usize, starts: &[usize], rows: &[Row]) -> Vec<i64> {
    let mut selected = Vec::with_capacity(rows.len() * width);
    for row in rows {
        let start = (starts[row.shard as usize] + row.row as usize) * width;
        selected.extend_from_slice(&values[start..start + width]);
    }
    selected
}
