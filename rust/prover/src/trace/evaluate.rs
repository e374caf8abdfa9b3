//! Predictions of a trained model on rows that it was not trained on.

use zkpot_ir::{Loss, Node, Program};

use super::machine::{Machine, elements};
use super::{Fault, input, monitor};

/// How well a model predicts some rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The prediction of every row, `[rows, ...]`, in the prediction's units.
    pub predictions: Vec<i64>,
    /// Mean loss.
    pub loss: f64,
    /// Share of right answers, where the loss is about classes.
    pub accuracy: Option<f64>,
}

/// Runs the nodes that the monitor's prediction needs on `rows` rows, in batches of the
/// program's training steps; the last batch is filled up with repetitions of the last row. Random
/// tensors stand at their means.
///
/// # Arguments
/// `states` in the program's order; `fields` holds one array `[rows, ...row]` per data field.
/// A field that neither the prediction nor the target needs may be empty.
///
/// # Errors
/// A [`Fault`] as in training, where "step" counts batches; [`Fault::Monitor`] where the
/// program has no monitor, or its prediction is not made of rows or depends on a public scalar.
pub fn evaluate(
    program: &Program,
    states: &[Vec<i64>],
    fields: &[Vec<i64>],
    rows: usize,
) -> Result<Evaluation, Fault> {
    let predicting;
    let program = if program.is_random() || program.window > 1 {
        predicting = program.prediction()?;
        &predicting
    } else {
        program
    };
    program.check()?;
    let Some(shown) = &program.monitor else {
        return Err(Fault::Monitor { reason: "the program has none" });
    };
    monitor::check(program, shown)?;
    input::check_states(program, states)?;
    let batch = program.batch as usize;
    let first = shown.predictions.first().copied();
    let Some(prediction) =
        first.filter(|&id| program.tensors[id as usize].shape.first() == Some(&program.batch))
    else {
        return Err(Fault::Monitor { reason: "the first axis of a prediction is the batch" });
    };
    let (active, mut read) = needed(program, prediction);
    let scalars = program.nodes.iter().zip(&active).any(|(node, active)| {
        matches!(node, Node::Sum { terms, .. } if *active && terms.iter().any(|t| t.scalar.is_some()))
    });
    if scalars {
        return Err(Fault::Monitor { reason: "the prediction depends on a public scalar" });
    }
    read[program.data[shown.target as usize].tensor as usize] = true;

    let expected = program.data.len();
    if fields.len() != expected {
        return Err(Fault::Size { what: "data fields".to_owned(), expected, found: fields.len() });
    }
    // Each field that is read, and the values of one of its rows.
    let mut sources = Vec::new();
    for (field, values) in program.data.iter().zip(fields) {
        if !read[field.tensor as usize] {
            continue;
        }
        let row = elements(program, field.tensor) / batch;
        let expected = row.saturating_mul(rows);
        if values.len() != expected {
            let what = format!("data field '{}'", field.name);
            return Err(Fault::Size { what, expected, found: values.len() });
        }
        sources.push((field.tensor, values, row));
    }

    let mut machine = Machine::new(program, &[0; 32], active, false);
    for (state, values) in program.states.iter().zip(states) {
        machine.load(state.tensor, values, 0)?;
    }
    let width = elements(program, prediction) / batch;
    let mut predictions = Vec::with_capacity(rows * width);
    let mut tally = monitor::Tally::default();
    let mut padded = Vec::new();
    for (number, start) in (0..rows).step_by(batch).enumerate() {
        let present = batch.min(rows - start);
        for &(tensor, values, row) in &sources {
            padded.clear();
            padded.extend_from_slice(&values[start * row..(start + present) * row]);
            for _ in present..batch {
                padded.extend_from_slice(&values[(rows - 1) * row..]);
            }
            machine.load(tensor, &padded, number as u64)?;
        }
        machine.execute(&[], number as u64)?;
        predictions.extend_from_slice(&machine.values(prediction)[..present * width]);
        for part in machine.tally(present, number as u64)? {
            tally.add(part);
        }
    }
    let accuracy = tally.correct as f64 / tally.count as f64;
    let accuracy = (shown.loss == Loss::CrossEntropy).then_some(accuracy);
    Ok(Evaluation { predictions, loss: tally.mean(), accuracy })
}

/// The nodes that a tensor depends on, and all tensors that they read or compute.
fn needed(program: &Program, tensor: u32) -> (Vec<bool>, Vec<bool>) {
    let mut active = vec![false; program.nodes.len()];
    let mut read = vec![false; program.tensors.len()];
    read[tensor as usize] = true;
    for (index, node) in program.nodes.iter().enumerate().rev() {
        if node.outputs().iter().any(|out| read[*out as usize]) {
            active[index] = true;
            for input in node.inputs() {
                read[input as usize] = true;
            }
        }
    }
    (active, read)
}
