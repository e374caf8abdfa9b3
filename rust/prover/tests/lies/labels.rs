//! Lies about labels and the unit vectors made of them.

use zkpot_protocol::arithmetization::{Quantity, RelationName};

use super::{Broken, Lie};
use crate::execution::Moment;
use crate::programs::*;

/// Wrong classes, too many ones, none, and a vector that is no unit vector.
pub fn one_hot() -> Vec<Lie> {
    let sum = Broken::Relation(RelationName::OneHotSum(ONE_HOT));
    let class = Broken::Relation(RelationName::OneHotClass(ONE_HOT));
    let range = Broken::Range(Quantity::Tensor(TARGET as u32));
    // In each step the first row that the lie fits.
    let lie = |breaks: &Broken, says: &str, tell: fn(i64, &mut [i64]) -> bool| {
        Lie::training(breaks.clone(), says).always(ONE_HOT, move |step| {
            let labels = step.tensors[Y].clone();
            let mut rows = labels.iter().zip(step.tensors[TARGET].chunks_exact_mut(4));
            rows.any(|(&label, row)| tell(label, row));
        })
    };
    let mut lies = vec![
        lie(&class, "the target is the next class", |_, row| {
            row.rotate_right(1);
            true
        }),
        lie(&sum, "class 0 as well", |label, row| {
            row[0] = 1;
            label != 0
        }),
        lie(&sum, "no class at all, which is the sum for class 0", |label, row| {
            row[0] *= i64::from(label != 0);
            label == 0
        }),
        lie(&range, "as much of class 0 as against class 1, and class 2", |label, row| {
            let fits = label == 1;
            if fits {
                row.copy_from_slice(&[1, -1, 1, 0]);
            }
            fits
        }),
    ];
    let mut label = Lie::training(class, "the data say another label");
    label.during = Box::new(|now, step| {
        if now == (Moment { step: 1, node: None }) {
            step.tensors[Y][2] = (step.tensors[Y][2] + 1) % 4;
        }
    });
    lies.push(label);
    lies
}
