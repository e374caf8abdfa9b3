//! A layer whose output is dropped out twice, by element and by row, and a residual beside it.

use super::{Owned, ROWS, operand, signed_noise, sum, tensor, term};
use zkpot_ir::*;

// Tensors of [`dropout`].
pub const MASK: usize = 4;
pub const ROW_MASK: usize = 6;

// Nodes of [`dropout`].
pub const DRAW: usize = 2;
pub const DRAW_ROWS: usize = 4;
pub const RESCALE_OUT: usize = 6;

/// The rows of `z` and of its residual are dropped with the probabilities 1/2 and 1/4, and the
/// gradient goes back through the first mask again.
pub fn dropout() -> Program {
    let gradient =
        Term { scalar: Some(0), ..term(1, operand(0, &[2, 0]), Some(operand(9, &[2, 1]))) };
    Program {
        arithmetic: ARITHMETIC_VERSION,
        name: "dropout".into(),
        batch: 2,
        window: 1,
        max_steps: 64,
        tensors: vec![
            tensor("x", &[2, 5], Some((-64, 7))),
            tensor("w", &[5, 3], Some((-64, 7))),
            tensor("wide", &[2, 3], None),
            tensor("z", &[2, 3], Some((-(1 << 14), 15))),
            tensor("mask", &[2, 3], None),
            tensor("dropped", &[2, 3], None),
            tensor("row.mask", &[2], None),
            tensor("both", &[2, 3], None),
            tensor("out", &[2, 3], Some((-(1 << 14), 15))),
            tensor("back", &[2, 3], None),
            tensor("gradient", &[5, 3], None),
            tensor("update", &[5, 3], Some((-64, 7))),
            tensor("w.next", &[5, 3], None),
        ],
        tables: vec![],
        data: vec![DataField { name: "x".into(), tensor: 0 }],
        states: vec![State {
            name: "param.w".into(),
            tensor: 1,
            next: 12,
            initial: 63,
            shape: vec![5, 3],
        }],
        scalars: vec![Scalar { name: "lr.0".into(), fraction_bits: 0, lo: 0, hi: 4 }],
        nodes: vec![
            sum(2, &[5], vec![term(1, operand(0, &[0, 2]), Some(operand(1, &[2, 1])))]),
            Node::Rescale { input: 2, out: 3, shift: 3 },
            Node::Bernoulli { out: 4, ordinal: 0, numerator: 1, bits: 1 },
            sum(5, &[], vec![term(2, operand(3, &[0, 1]), Some(operand(4, &[0, 1])))]),
            Node::Bernoulli { out: 6, ordinal: 7, numerator: 3, bits: 2 },
            sum(
                7,
                &[],
                vec![
                    term(1, operand(5, &[0, 1]), Some(operand(6, &[0]))),
                    term(1, operand(3, &[0, 1]), None),
                ],
            ),
            Node::Rescale { input: 7, out: 8, shift: 2 },
            sum(9, &[], vec![term(1, operand(8, &[0, 1]), Some(operand(4, &[0, 1])))]),
            sum(10, &[2], vec![gradient]),
            Node::Rescale { input: 10, out: 11, shift: 12 },
            sum(
                12,
                &[],
                vec![term(1, operand(1, &[0, 1]), None), term(-1, operand(11, &[0, 1]), None)],
            ),
        ],
        reading: Reading::Shuffled,
        outputs: vec![],
        monitor: None,
    }
}

/// Integers for a run of it.
pub fn owned() -> Owned {
    let shard = |rows: u32| vec![signed_noise(5, rows as usize * 5, 64)];
    Owned { states: vec![signed_noise(6, 15, 48)], shards: ROWS.map(shard).to_vec() }
}
