//! Lies about quotients of two secrets.

use zkpot_protocol::arithmetization::{Quantity, RelationName};

use super::{Broken, Lie};
use crate::execution::{Step, centered};
use crate::programs::*;
use p3_field::Field;
use zkpot_protocol::field::embed;

/// A division and its tensors, all of shape `[3, 4]` but the divisor.
#[derive(Clone, Copy)]
struct Division {
    node: usize,
    top: usize,
    bottom: usize,
    /// The divisor's place for a quotient's.
    divisor: fn(usize) -> usize,
    out: usize,
    shift: u32,
}

/// By one divisor a row, and by one a column.
const DIVISIONS: [Division; 2] = [
    Division { node: DIVIDE, top: E, bottom: E_SUM, divisor: |p| p / 4, out: P, shift: 8 },
    Division {
        node: DIVIDE_COLUMN,
        top: Z,
        bottom: E_COLUMN,
        divisor: |p| p % 4,
        out: SHARE,
        shift: 4,
    },
];

impl Division {
    fn remainder(self) -> Quantity {
        Quantity::DivisionRemainder(self.node)
    }

    fn room(self) -> Quantity {
        Quantity::DivisionRoom(self.node)
    }

    fn twice(self, step: &Step, place: usize) -> i64 {
        2 * step.tensors[self.bottom][(self.divisor)(place)]
    }

    /// Moves the quotient by `by` and pays with remainder and room, at the smallest divisor.
    fn shift(self, step: &mut Step, by: i64) -> (usize, i64) {
        let place = (0..12).min_by_key(|&place| self.twice(step, place)).unwrap();
        let change = by * self.twice(step, place);
        step.tensors[self.out][place] += by;
        step.quantities.get_mut(&self.remainder()).unwrap()[place] -= change;
        (place, change)
    }

    /// Another remainder in range, and the field element that makes the equation hold. It is no
    /// small integer. Told where ReLU's derivative is zero, so that nothing follows from it.
    fn two_readings(self, step: &mut Step) {
        let place = (0..12).find(|&place| step.tensors[POSITIVE][place] == 0).unwrap();
        let bottom = self.twice(step, place) / 2;
        let room = &mut step.quantities.get_mut(&self.room()).unwrap()[place];
        let by = if *room > 0 { 1 } else { -1 };
        *room -= by;
        let remainder = &mut step.quantities.get_mut(&self.remainder()).unwrap()[place];
        *remainder += by;
        let top = (step.tensors[self.top][place] << (self.shift + 1)) + bottom - *remainder;
        step.tensors[self.out][place] = centered(embed(top) * embed(2 * bottom).inverse());
        assert!(step.tensors[self.out][place].unsigned_abs() > 1 << 40);
    }
}

/// Quotients off by one, and one that is right only modulo the field's characteristic.
pub fn quotients() -> Vec<Lie> {
    DIVISIONS.into_iter().flat_map(lies).collect()
}

fn lies(division: Division) -> [Lie; 5] {
    let relation = Broken::Relation;
    let (node, remainder, room) = (division.node, division.remainder(), division.room());
    let pay = move |step: &mut Step, by| {
        let (place, change) = division.shift(step, by);
        step.quantities.get_mut(&room).unwrap()[place] += change;
    };
    [
        Lie::training(relation(RelationName::Divide(node)), "the quotient is one more")
            .at(node, move |step| step.tensors[division.out][0] += 1),
        Lie::training(Broken::Range(remainder), "one more, with a negative remainder")
            .at(node, move |step| pay(step, 1)),
        Lie::training(Broken::Range(room), "one less, with a remainder beyond the divisor")
            .at(node, move |step| pay(step, -1)),
        Lie::training(
            relation(RelationName::DivideRemainder(node)),
            "the same, with room as it was",
        )
        .at(node, move |step| {
            division.shift(step, -1);
        }),
        Lie::training(
            Broken::Range(Quantity::Tensor(division.out as u32)),
            "the other reading of a quotient",
        )
        .at(node, move |step| division.two_readings(step)),
    ]
}
