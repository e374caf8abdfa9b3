//! Lies about square roots.

use zkpot_protocol::arithmetization::{Quantity, RelationName};

use super::{Broken, Lie};
use crate::execution::Step;
use crate::programs::*;

const REMAINDER: Quantity = Quantity::RootRemainder(ROOT);
const ROOM: Quantity = Quantity::RootRoom(ROOT);

fn quantity(step: &mut Step, quantity: Quantity) -> &mut i64 {
    &mut step.quantities.get_mut(&quantity).unwrap()[0]
}

/// Another root, with the remainder that belongs to it.
fn other(step: &mut Step, by: i64) -> i64 {
    step.tensors[NORM][0] += by;
    let (square, root) = (step.tensors[SQUARES][0], step.tensors[NORM][0]);
    let remainder = square + root - root * root;
    *quantity(step, REMAINDER) = remainder;
    2 * root - 1 - remainder
}

/// Roots off by one, and one that its range lacks.
pub fn roots() -> Vec<Lie> {
    let relation = Broken::Relation;
    // Rows of the norm 20, which is less than 33.
    let mut owned = Owned::new(3);
    for shard in &mut owned.shards {
        shard[0].iter_mut().zip((0..5).cycle()).for_each(|(x, i)| *x = [20, 0, 0, 0, 0][i]);
    }
    vec![
        Lie::training(relation(RelationName::Root(ROOT)), "one more, the remainder as it was").at(
            ROOT,
            |step| {
                step.tensors[NORM][0] += 1;
                *quantity(step, ROOM) += 2;
            },
        ),
        Lie::training(Broken::Range(REMAINDER), "one more, with a negative remainder").at(
            ROOT,
            |step| {
                let room = other(step, 1);
                assert!(*quantity(step, REMAINDER) < 0);
                *quantity(step, ROOM) = room;
            },
        ),
        Lie::training(Broken::Range(ROOM), "one less, with a remainder beyond the root").at(
            ROOT,
            |step| {
                let room = other(step, -1);
                assert!(room < 0);
                *quantity(step, ROOM) = room;
            },
        ),
        Lie::training(relation(RelationName::RootRemainder(ROOT)), "the same, with room as it was")
            .at(ROOT, |step| {
                other(step, -1);
            }),
        Lie::training(Broken::Range(Quantity::Tensor(NORM as u32)), "a root beyond its range")
            .owner(owned),
    ]
}
