//! Lies about quotients of two secrets.

use zkpot_protocol::arithmetization::{Quantity, RelationName};

use super::{Broken, Lie};
use crate::execution::{Step, centered};
use crate::programs::*;
use p3_field::Field;
use zkpot_protocol::field::embed;

const REMAINDER: Quantity = Quantity::DivisionRemainder(DIVIDE);
const ROOM: Quantity = Quantity::DivisionRoom(DIVIDE);

/// Moves the quotient by `by` and pays with remainder and room, at the largest quotient.
fn shift(step: &mut Step, by: i64) -> (usize, i64) {
    let place = (0..12).max_by_key(|&place| step.tensors[P][place]).unwrap();
    let twice = 2 * step.tensors[E_SUM][place / 4];
    step.tensors[P][place] += by;
    step.quantities.get_mut(&REMAINDER).unwrap()[place] -= by * twice;
    (place, by * twice)
}

/// Quotients off by one, and one that is right only modulo the field's characteristic.
pub fn quotients() -> Vec<Lie> {
    let relation = Broken::Relation;
    vec![
        Lie::training(relation(RelationName::Divide(DIVIDE)), "the quotient is one more")
            .at(DIVIDE, |step| step.tensors[P][0] += 1),
        Lie::training(Broken::Range(REMAINDER), "one more, with a negative remainder").at(
            DIVIDE,
            |step| {
                let (place, change) = shift(step, 1);
                step.quantities.get_mut(&ROOM).unwrap()[place] += change;
            },
        ),
        Lie::training(Broken::Range(ROOM), "one less, with a remainder beyond the divisor").at(
            DIVIDE,
            |step| {
                let (place, change) = shift(step, -1);
                step.quantities.get_mut(&ROOM).unwrap()[place] += change;
            },
        ),
        Lie::training(
            relation(RelationName::DivideRemainder(DIVIDE)),
            "the same, with room as it was",
        )
        .at(DIVIDE, |step| {
            shift(step, -1);
        }),
        Lie::training(Broken::Range(Quantity::Tensor(P as u32)), "the other reading of a quotient")
            .at(DIVIDE, two_readings),
    ]
}

/// Another remainder in range, and the field element that makes the equation hold. It is no small
/// integer. Told where ReLU's derivative is zero, so that nothing follows from it.
fn two_readings(step: &mut Step) {
    let place = (0..12).find(|&place| step.tensors[POSITIVE][place] == 0).unwrap();
    let bottom = step.tensors[E_SUM][place / 4];
    let room = &mut step.quantities.get_mut(&ROOM).unwrap()[place];
    let by = if *room > 0 { 1 } else { -1 };
    *room -= by;
    let remainder = &mut step.quantities.get_mut(&REMAINDER).unwrap()[place];
    *remainder += by;
    let top = (step.tensors[E][place] << 9) + bottom - *remainder;
    step.tensors[P][place] = centered(embed(top) * embed(2 * bottom).inverse());
    assert!(step.tensors[P][place].unsigned_abs() > 1 << 40);
}
