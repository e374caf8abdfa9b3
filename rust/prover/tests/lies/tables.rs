//! Lies about the values of tabulated functions.

use super::{Broken, Lie};
use crate::programs::*;

/// ReLU with the wrong branch, and a wrong exponential.
pub fn tables() -> Vec<Lie> {
    let lie = |node, says: &str, tell: fn(&mut Vec<Vec<i64>>)| {
        Lie::training(Broken::Table(node), says).at(node, move |step| tell(&mut step.tensors))
    };
    vec![
        lie(STEP, "a positive number is cut off", |t| {
            let place = t[Z].iter().position(|&z| z > 0).unwrap();
            t[POSITIVE][place] = 0;
        }),
        lie(STEP, "a negative number passes", |t| {
            let place = t[Z].iter().position(|&z| z < 0).unwrap();
            t[POSITIVE][place] = 1;
        }),
        lie(STEP, "twice a positive number passes", |t| {
            let place = t[Z].iter().position(|&z| z > 0).unwrap();
            t[POSITIVE][place] = 2;
        }),
        lie(EXP, "the exponential is one more", |t| t[E][5] += 1),
        lie(EXP, "the exponential is another row's", |t| {
            t[E][5] = if t[E][5] == 256 { 1 } else { 256 }
        }),
    ]
}
