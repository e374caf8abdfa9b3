//! What training shows: losses and correct answers, in floating point and not proven.

use zkpot_ir::{Loss, Monitor, Program, Scale, TensorId};

use super::Fault;

/// Sums over some rows of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tally {
    /// Sum of the losses.
    pub(super) loss: f64,
    /// Predictions whose entry of the target's class is greater than every other.
    pub(super) correct: u64,
    /// Number of losses in the sum.
    pub(super) count: u64,
}

impl Tally {
    pub(super) fn mean(&self) -> f64 {
        self.loss / self.count as f64
    }

    pub(super) fn add(&mut self, other: Self) {
        self.loss += other.loss;
        self.correct += other.correct;
        self.count += other.count;
    }
}

/// Real value of one unit.
fn unit(scale: Scale) -> f64 {
    scale.numerator as f64 / scale.denominator as f64 * 2f64.powi(-scale.fraction_bits)
}

/// Checks that the monitor's predictions and target have shapes that fit its loss.
pub(super) fn check(program: &Program, monitor: &Monitor) -> Result<(), Fault> {
    let mut target =
        program.tensors[program.data[monitor.target as usize].tensor as usize].shape.clone();
    if let Some(rows) = target.first_mut() {
        // Of one training step.
        *rows /= program.window;
    }
    let refused = |reason| Err(Fault::Monitor { reason });
    for &shown in &monitor.predictions {
        let prediction = program.tensors[shown as usize].shape.as_slice();
        let fits = match monitor.loss {
            Loss::CrossEntropy => prediction.split_last().map(|(_, lead)| lead) == Some(&target),
            Loss::SquaredError => prediction == target,
        };
        match monitor.loss {
            _ if fits => {}
            Loss::CrossEntropy => {
                return refused("cross entropy needs one axis of classes after the target's");
            }
            Loss::SquaredError => {
                return refused("squared error needs a prediction of the target's shape");
            }
        }
    }
    Ok(())
}

/// Loss and correct answers of the first `rows` rows of a training step.
///
/// # Arguments
/// `shown` is the prediction; its values and the target's are those of one training step.
///
/// # Contract
/// [`check`] accepts the monitor.
///
/// # Errors
/// [`Fault::Class`] where a target is no class of the prediction.
pub(super) fn tally(
    program: &Program,
    monitor: &Monitor,
    shown: TensorId,
    (prediction, target): (&[i64], &[i64]),
    rows: usize,
    step: u64,
) -> Result<Tally, Fault> {
    let wanted = &program.tensors[program.data[monitor.target as usize].tensor as usize];
    let shown = &program.tensors[shown as usize];
    let batch = (program.batch / program.window) as usize;
    let (unit_shown, unit_wanted) = (unit(shown.scale), unit(wanted.scale));
    let prediction = &prediction[..prediction.len() / batch * rows];
    let target = &target[..target.len() / batch * rows];
    let mut tally = Tally { count: target.len() as u64, ..Tally::default() };
    match monitor.loss {
        Loss::SquaredError => {
            let difference =
                |(p, t): (&i64, &i64)| *p as f64 * unit_shown - *t as f64 * unit_wanted;
            tally.loss = prediction.iter().zip(target).map(difference).map(|d| d * d).sum();
        }
        Loss::CrossEntropy => {
            let classes = prediction.len() / target.len().max(1);
            for (logits, class) in prediction.chunks_exact(classes.max(1)).zip(target) {
                let number = (*class as f64 * unit_wanted).round();
                // The cast saturates, and a saturated number is no class.
                let at = logits.get(if number < 0.0 { usize::MAX } else { number as usize });
                let at = at.ok_or_else(|| Fault::Class {
                    tensor: wanted.name.clone(),
                    step,
                    value: *class,
                    classes,
                })?;
                let top = logits.iter().copied().fold(i64::MIN, i64::max);
                // Differences of integers first: exact, and never infinity minus infinity.
                let real = |v: i64| (i128::from(v) - i128::from(top)) as f64 * unit_shown;
                let sum: f64 = logits.iter().map(|v| real(*v).exp()).sum();
                tally.loss += sum.ln() - real(*at);
                // As a proof of evaluation counts: a tie is wrong.
                let alone = logits.iter().filter(|v| **v == top).count() == 1;
                tally.correct += u64::from(alone && *at == top);
            }
        }
    }
    Ok(tally)
}
