//! A program that reads its operands in every way: windows, their transposes, slices that run
//! backwards, parts of a concatenation, merged axes, and a public tensor.

use super::*;

pub const CONVOLUTION: usize = 2;
pub const MASK: usize = 4;
pub const MASKED: usize = 5;
pub const JOINED: usize = 6;
pub const BACK: usize = 8;
pub const GRADIENT: usize = 10;
pub const DENSE: usize = 13;

/// Nodes of the rescales that hold these sums.
pub const RESCALE_CONVOLUTION: usize = 1;
pub const RESCALE_JOINED: usize = 5;
pub const RESCALE_BACK: usize = 7;
pub const RESCALE_GRADIENT: usize = 9;
pub const RESCALE_DENSE: usize = 12;

fn index(labels: &[(u8, i32)], offset: i32, divisor: u32) -> Index {
    Index { labels: labels.to_vec(), offset, divisor }
}

fn plain(label: u8) -> Index {
    Index::plain(label)
}

/// A convolution of 5 x 5 images with stride 2 and padding 1, both of its gradients, and what
/// else an index can do.
pub fn convolution() -> Program {
    let operand = |tensor, axes: Vec<Index>| Operand { tensor, axes };
    // n, out, p, q | channel, i, j
    let forward = term(
        1,
        operand(
            0,
            vec![
                plain(0),
                plain(4),
                index(&[(2, 2), (5, 1)], -1, 1),
                index(&[(3, 2), (6, 1)], -1, 1),
            ],
        ),
        Some(Operand::plain(1, &[1, 4, 5, 6])),
    );
    // n, channel, h, w | out, i, j
    let back = term(
        1,
        operand(
            7,
            vec![
                plain(0),
                plain(4),
                index(&[(2, 1), (5, -1)], 1, 2),
                index(&[(3, 1), (6, -1)], 1, 2),
            ],
        ),
        Some(Operand::plain(1, &[4, 1, 5, 6])),
    );
    // out, channel, i, j | n, p, q
    let gradient = Term {
        scalar: Some(0),
        ..term(
            1,
            operand(
                0,
                vec![
                    plain(4),
                    plain(1),
                    index(&[(5, 2), (2, 1)], -1, 1),
                    index(&[(6, 2), (3, 1)], -1, 1),
                ],
            ),
            Some(Operand::plain(7, &[4, 0, 5, 6])),
        )
    };
    // n, k | out, p, q
    let dense = term(
        1,
        Operand::plain(7, &[0, 2, 3, 4]),
        Some(operand(12, vec![plain(1), index(&[(2, 18), (3, 3), (4, 1)], 0, 1)])),
    );
    let joined = vec![
        term(2, Operand::plain(5, &[0, 1, 2, 3]), None),
        // Backwards, after the other part.
        term(-1, operand(3, vec![plain(0), plain(1), index(&[(2, -1)], 5, 1), plain(3)]), None),
    ];
    let all = [0, 1, 2, 3];
    Program {
        arithmetic: ARITHMETIC_VERSION,
        name: "convolution".into(),
        batch: 2,
        window: 1,
        max_steps: 64,
        tensors: vec![
            tensor("x", &[2, 2, 5, 5], Some((-64, 7))),
            tensor("w", &[3, 2, 3, 3], Some((-64, 7))),
            tensor("convolution", &[2, 3, 3, 3], None),
            tensor("z", &[2, 3, 3, 3], Some((-(1 << 14), 15))),
            tensor("mask", &[3, 3], None),
            tensor("masked", &[2, 3, 3, 3], None),
            tensor("joined", &[2, 3, 6, 3], None),
            tensor("delta", &[2, 3, 6, 3], Some((-(1 << 14), 15))),
            tensor("back", &[2, 2, 5, 5], None),
            tensor("back.rounded", &[2, 2, 5, 5], Some((-(1 << 20), 21))),
            tensor("gradient", &[3, 2, 3, 3], None),
            tensor("update", &[3, 2, 3, 3], Some((-64, 7))),
            tensor("v", &[4, 54], Some((-64, 7))),
            tensor("dense", &[2, 4], None),
            tensor("dense.rounded", &[2, 4], Some((-(1 << 22), 23))),
            tensor("w.next", &[3, 2, 3, 3], None),
        ],
        tables: vec![],
        data: vec![DataField { name: "x".into(), tensor: 0 }],
        states: vec![
            State {
                name: "param.w".into(),
                tensor: 1,
                next: 15,
                initial: 63,
                shape: vec![3, 2, 3, 3],
            },
            State { name: "param.v".into(), tensor: 12, next: 12, initial: 63, shape: vec![4, 54] },
        ],
        scalars: vec![Scalar { name: "lr.0".into(), fraction_bits: 0, lo: 0, hi: 4 }],
        nodes: vec![
            sum(2, &[2, 3, 3], vec![forward]),
            Node::Rescale { input: 2, out: 3, shift: 3 },
            Node::Constant { out: 4, values: vec![1, -2, 0, 3, 1, 1, 0, 0, -1] },
            sum(5, &[], vec![term(1, Operand::plain(3, &all), Some(Operand::plain(4, &[2, 3])))]),
            sum(6, &[], joined),
            Node::Rescale { input: 6, out: 7, shift: 5 },
            sum(8, &[3, 3, 3], vec![back]),
            Node::Rescale { input: 8, out: 9, shift: 2 },
            sum(10, &[2, 3, 3], vec![gradient]),
            Node::Rescale { input: 10, out: 11, shift: 13 },
            sum(
                15,
                &[],
                vec![
                    term(1, Operand::plain(1, &all), None),
                    term(-1, Operand::plain(11, &all), None),
                ],
            ),
            sum(13, &[3, 6, 3], vec![dense]),
            Node::Rescale { input: 13, out: 14, shift: 2 },
        ],
        reading: Reading::Shuffled,
        outputs: vec![],
        monitor: None,
    }
}

/// Integers for a run of it.
pub fn owned() -> Owned {
    let shard = |rows: u32| vec![signed_noise(5, rows as usize * 50, 64)];
    Owned {
        states: vec![signed_noise(6, 54, 32), signed_noise(7, 216, 64)],
        shards: ROWS.map(shard).to_vec(),
    }
}
