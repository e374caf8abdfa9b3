//! Lies about the largest element.

use zkpot_protocol::arithmetization::{Quantity, RelationName};

use super::{Broken, Lie};
use crate::execution::{Step, quotient};
use crate::programs::*;

fn quantity(step: &mut Step, quantity: Quantity) -> &mut [i64] {
    &mut step.quantities.get_mut(&quantity).unwrap()[..4]
}

/// A maximum that is too large or too small, for both maxima of the program.
pub fn maxima() -> Vec<Lie> {
    let mut lies = too_large(MAX, LARGEST);
    lies.extend(too_large(MAX_PEAK, PEAK));
    let gaps = Broken::Relation(RelationName::MaxGap(MAX_PEAK));
    lies.push(
        Lie::training(gaps, "too large, the gaps as they were")
            .at(MAX_PEAK, |step| step.tensors[PEAK][0] += 5),
    );
    let says = "the second largest, with a negative gap";
    // The exponential's table begins at zero, and so proves the gaps of this maximum.
    lies.push(
        Lie::training(Broken::Table(EXP), says).at(MAX, |step| too_small(step, MAX, LARGEST)),
    );
    let range = Broken::Range(Quantity::Gap(MAX_PEAK));
    lies.push(Lie::training(range, says).at(MAX_PEAK, |step| too_small(step, MAX_PEAK, PEAK)));
    lies
}

fn too_large(node: usize, out: usize) -> Vec<Lie> {
    let (gap, choice) = (Quantity::Gap(node), Quantity::Choice(node));
    let relation = Broken::Relation;
    let raise = move |step: &mut Step| {
        step.tensors[out][0] += 1;
        quantity(step, gap).iter_mut().for_each(|gap| *gap += 1);
    };
    vec![
        Lie::training(relation(RelationName::MaxAttained(node)), "too large, a gap is chosen")
            .at(node, raise),
        Lie::training(relation(RelationName::MaxChoice(node)), "too large, nothing is chosen").at(
            node,
            move |step| {
                raise(step);
                quantity(step, choice).fill(0);
            },
        ),
        Lie::training(Broken::Range(choice), "too large, gaps are chosen so that they cancel").at(
            node,
            move |step| {
                raise(step);
                let gaps = quantity(step, gap).to_vec();
                let (i, j) = (0..4)
                    .flat_map(|i| (0..4).map(move |j| (i, j)))
                    .find(|&(i, j)| gaps[i] != gaps[j])
                    .unwrap();
                let choices = quantity(step, choice);
                choices.fill(0);
                // a + b = 1 and a gaps[i] + b gaps[j] = 0.
                choices[i] = quotient(-gaps[j], gaps[i] - gaps[j]);
                choices[j] = quotient(gaps[i], gaps[i] - gaps[j]);
            },
        ),
    ]
}

fn too_small(step: &mut Step, node: usize, out: usize) {
    let gaps = quantity(step, Quantity::Gap(node));
    let second = gaps.iter().copied().filter(|&gap| gap > 0).min().unwrap();
    gaps.iter_mut().for_each(|gap| *gap -= second);
    let first = gaps.iter().position(|&gap| gap == 0);
    for (place, entry) in quantity(step, Quantity::Choice(node)).iter_mut().enumerate() {
        *entry = i64::from(Some(place) == first);
    }
    step.tensors[out][0] -= second;
}
