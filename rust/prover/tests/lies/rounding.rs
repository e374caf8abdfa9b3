//! Lies about products, learning rates and rounding.

use zkpot_protocol::arithmetization::{Quantity, RelationName};

use super::{Broken, Lie};
use crate::execution::Moment;
use crate::programs::*;

/// Node, output and shift of every rescale.
const RESCALES: [(usize, usize, u32); 3] =
    [(RESCALE_Z, Z, 9), (RESCALE_MOMENTUM, NEW_MOMENTUM, 2), (RESCALE_UPDATE, UPDATE, 4)];

/// Sums and matrix products are not committed: they are what the rescale after them is held to.
pub fn accumulators() -> Vec<Lie> {
    let lie = |rescale, node, says: &str, tell: fn(&mut Vec<Vec<i64>>)| {
        Lie::training(Broken::Relation(RelationName::Rescale(rescale)), says)
            .at(node, move |step| tell(&mut step.tensors))
    };
    vec![
        lie(RESCALE_Z, ACCUMULATE_Z, "x times w is something else", |t| t[Z_WIDE][0] += 512),
        lie(RESCALE_Z, ACCUMULATE_Z, "x times w has another sign", |t| t[Z_WIDE][1] *= -1),
        lie(RESCALE_MOMENTUM, ACCUMULATE_GRADIENT, "the gradient is something else", |t| {
            t[GRADIENT][7] -= 4;
        }),
        lie(RESCALE_MOMENTUM, ACCUMULATE_MOMENTUM, "momentum decays faster", |t| {
            t[MOMENTUM_WIDE] =
                t[MOMENTUM].iter().zip(&t[GRADIENT]).map(|(m, g)| 2 * m + g).collect();
        }),
        lie(RESCALE_UPDATE, ACCUMULATE_UPDATE, "the learning rate is 3, not 1", |t| {
            t[UPDATE_WIDE] = t[NEW_MOMENTUM].iter().map(|m| 3 * m).collect();
        }),
    ]
}

/// A quotient that is wrong, and one that is paid for with its remainder.
pub fn quotients() -> Vec<Lie> {
    RESCALES
        .into_iter()
        .flat_map(|(node, out, shift)| {
            let remainder = Quantity::Remainder(node);
            let relation = Broken::Relation(RelationName::Rescale(node));
            [
                Lie::training(relation, "the quotient is one more")
                    .at(node, move |step| step.tensors[out][0] += 1),
                Lie::training(Broken::Range(remainder), "one more, with a negative remainder").at(
                    node,
                    move |step| {
                        step.tensors[out][0] += 1;
                        step.quantities.get_mut(&remainder).unwrap()[0] -= 1 << shift;
                    },
                ),
                Lie::training(Broken::Range(remainder), "one less, with a remainder too large").at(
                    node,
                    move |step| {
                        step.tensors[out][0] -= 1;
                        step.quantities.get_mut(&remainder).unwrap()[0] += 1 << shift;
                    },
                ),
            ]
        })
        .collect()
}

/// Weights under which the logits leave their range, which an honest prover would report.
pub fn overflow() -> Vec<Lie> {
    let mut owned = Owned::new(3);
    owned.states[0] = vec![0; 20];
    owned.states[0][0] = 40_000;
    vec![
        Lie::training(Broken::Range(Quantity::Tensor(Z as u32)), "logits beyond their range")
            .owner(owned),
    ]
}

/// Training from other weights than the committed ones, with the updates applied to those.
pub fn first_weights() -> Vec<Lie> {
    let breaks = Broken::Relation(RelationName::Rescale(RESCALE_Z));
    let mut lie = Lie::training(breaks, "another weight is trained").after(|trace, _| {
        trace.final_states[0][6] -= 700;
    });
    lie.during = Box::new(|now, step| {
        if now == (Moment { step: 0, node: None }) {
            step.tensors[W][6] += 700;
        }
    });
    vec![lie]
}

/// A step of training that did not happen.
pub fn skipped_steps() -> Vec<Lie> {
    let lie = |node, says: &str, tell: fn(&mut Vec<Vec<i64>>)| {
        Lie::training(Broken::Relation(RelationName::Rescale(node)), says)
            .at(node, move |step| tell(&mut step.tensors))
    };
    vec![
        lie(RESCALE_UPDATE, "the weights stay as they are", |t| t[UPDATE].fill(0)),
        lie(RESCALE_MOMENTUM, "the momentum stays as it is", |t| {
            t[NEW_MOMENTUM] = t[MOMENTUM].clone();
        }),
    ]
}
