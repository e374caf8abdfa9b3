//! The executor on small programs.

use std::ops::ControlFlow;

use zkpot_ir::{
    ARITHMETIC_VERSION, DataField, Gap, Loss, Monitor, Node, Operand, Program, Range, Reading,
    Scalar, Scale, State, Table, Tensor, Term,
};

use super::{Fault, Keep, LinkInput, Trace, TraceError, evaluate, run};

fn tensor(name: &str, shape: &[u32], range: Option<(i64, u32)>) -> Tensor {
    Tensor {
        name: name.to_owned(),
        shape: shape.to_vec(),
        scale: Scale { numerator: 1, denominator: 1, fraction_bits: 0 },
        range: range.map(|(lo, bits)| Range { lo, bits }),
    }
}

fn operand(tensor: u32, axes: &[u8]) -> Operand {
    Operand::plain(tensor, axes)
}

fn term(coefficient: i64, left: Operand, right: Option<Operand>) -> Term {
    Term { coefficient, scalar: None, left, right }
}

/// `z = x w`, `y = rescale(z)`, `t = table(y)`, `h = one_hot(c)`, `m = max z`,
/// `q = 4 t / n`, `w += s * (sum over the batch of x) / 4`.
fn program() -> Program {
    let tensors = vec![
        tensor("x", &[2, 3], Some((-8, 4))),
        tensor("c", &[2], Some((0, 2))),
        tensor("n", &[2], Some((1, 3))),
        tensor("w", &[3, 4], Some((-64, 7))),
        tensor("z", &[2, 4], None),
        tensor("y", &[2, 4], Some((-1024, 11))),
        tensor("t", &[2, 4], Some((0, 20))),
        tensor("h", &[2, 4], Some((0, 1))),
        tensor("m", &[2], Some((-4096, 13))),
        tensor("q", &[2, 4], Some((0, 22))),
        tensor("g", &[3, 4], None),
        tensor("d", &[3, 4], Some((-16, 5))),
        tensor("w.next", &[3, 4], None),
    ];
    Program {
        arithmetic: ARITHMETIC_VERSION,
        name: "all nodes".to_owned(),
        batch: 2,
        window: 1,
        max_steps: 8,
        tensors,
        tables: vec![Table {
            name: "square".to_owned(),
            first: -512,
            bits: 10,
            columns: vec![(-512..512).map(|v: i64| v * v).collect()],
            gaps: vec![],
        }],
        data: vec![
            DataField { name: "x".to_owned(), tensor: 0 },
            DataField { name: "c".to_owned(), tensor: 1 },
            DataField { name: "n".to_owned(), tensor: 2 },
        ],
        states: vec![State {
            name: "param.w".to_owned(),
            tensor: 3,
            next: 12,
            initial: 0,
            shape: vec![3, 4],
        }],
        scalars: vec![Scalar { name: "lr".to_owned(), fraction_bits: 0, lo: -1, hi: 3 }],
        nodes: vec![
            Node::Sum {
                out: 4,
                summed: vec![3],
                terms: vec![term(1, operand(0, &[0, 2]), Some(operand(3, &[2, 1])))],
                constant: 3,
            },
            Node::Rescale { input: 4, out: 5, shift: 2 },
            Node::Lookup { input: 5, table: 0, outs: vec![6] },
            Node::OneHot { input: 1, out: 7 },
            Node::Max { input: 4, out: 8 },
            Node::Divide { numerator: 6, denominator: 2, axes: vec![0], out: 9, shift: 2 },
            Node::Sum {
                out: 10,
                summed: vec![2],
                terms: vec![Term { scalar: Some(0), ..term(1, operand(0, &[2, 0]), None) }],
                constant: 0,
            },
            Node::Rescale { input: 10, out: 11, shift: 2 },
            Node::Sum {
                out: 12,
                summed: vec![],
                terms: vec![
                    term(1, operand(3, &[0, 1]), None),
                    term(-1, operand(11, &[0, 1]), None),
                ],
                constant: 0,
            },
        ],
        reading: Reading::Shuffled,
        outputs: vec![],
        monitor: Some(Monitor { predictions: vec![4], target: 1, loss: Loss::CrossEntropy }),
    }
}

struct Given {
    states: Vec<Vec<i64>>,
    data: Vec<Vec<i64>>,
    scalars: Vec<Vec<i64>>,
}

impl Given {
    /// Two steps, of which the first has this number in the run.
    fn input(&self, first_step: u64) -> LinkInput<'_> {
        LinkInput {
            states: &self.states,
            data: &self.data,
            scalars: &self.scalars,
            seed: &[0; 32],
            first_step,
            steps: 2,
        }
    }
}

fn given() -> Given {
    Given {
        states: vec![(0..12).map(|i| 5 * i - 30).collect()],
        data: vec![vec![1, -2, 3, 4, 5, -6, 7, -8, 0, 1, 1, 1], vec![0, 3, 2, 1], vec![1, 2, 3, 8]],
        scalars: vec![vec![3, -1]],
    }
}

fn execute(given: &Given, keep: Keep) -> Result<Trace, TraceError> {
    run(&program(), &given.input(100), keep, &|_| ControlFlow::Continue(()))
}

fn fault(given: &Given) -> Fault {
    *execute(given, Keep::Witness).unwrap_err().fault
}

#[test]
fn every_node_computes_what_its_documentation_says() {
    let given = given();
    let trace = execute(&given, Keep::Witness).unwrap();
    let tensor = |id: usize| trace.tensors[id].as_deref().unwrap();
    let mut w = given.states[0].clone();
    for t in 0..2 {
        assert_eq!(tensor(3)[t * 12..][..12], w);
        for b in 0..2 {
            let x = &given.data[0][(t * 2 + b) * 3..][..3];
            let n = given.data[2][t * 2 + b];
            let mut top = i64::MIN;
            for c in 0..4 {
                let at = (t * 2 + b) * 4 + c;
                let z: i64 = 3 + (0..3).map(|k| x[k] * w[k * 4 + c]).sum::<i64>();
                top = top.max(z);
                assert_eq!(tensor(4)[at], z);
                let y = (z + 2).div_euclid(4);
                assert_eq!(tensor(5)[at], y);
                assert_eq!(trace.remainders[&1][at], (z + 2).rem_euclid(4));
                assert_eq!(tensor(6)[at], y * y);
                assert_eq!(tensor(7)[at], i64::from(given.data[1][t * 2 + b] == c as i64));
                assert_eq!(tensor(9)[at], (8 * y * y + n).div_euclid(2 * n));
            }
            assert_eq!(tensor(8)[t * 2 + b], top);
        }
        for k in 0..3 {
            for c in 0..4 {
                let x = given.data[0][t * 6 + k] + given.data[0][t * 6 + 3 + k];
                w[k * 4 + c] -= (given.scalars[0][t] * x + 2).div_euclid(4);
            }
        }
    }
    assert_eq!(trace.final_states, vec![w]);
    assert!(trace.losses.iter().all(|l| l.is_finite()) && trace.losses.len() == 2);
    // The gradient feeds a rescale only, and the accumulated state nothing.
    assert_eq!(trace.tensors[10], None);
    assert_eq!(trace.tensors[12], None);
}

#[test]
fn keeping_nothing_changes_no_result() {
    let (full, bare) = (execute(&given(), Keep::Witness), execute(&given(), Keep::Nothing));
    let (full, bare) = (full.unwrap(), bare.unwrap());
    assert_eq!((full.final_states, full.losses), (bare.final_states, bare.losses));
    assert!(bare.tensors.iter().all(Option::is_none) && bare.remainders.is_empty());
}

#[test]
fn a_value_out_of_range_is_named() {
    let mut given = given();
    given.data[0][7] = 8;
    let range = Fault::OutOfRange { tensor: "x".into(), step: 101, value: 8, lo: -8, hi: 7 };
    assert_eq!(fault(&given), range);
}

#[test]
fn the_last_good_states_come_with_the_error() {
    let mut given = given();
    let good = execute(&given, Keep::Nothing).unwrap();
    given.data[1][3] = 7;
    let error = execute(&given, Keep::Nothing).unwrap_err();
    assert_eq!(error.completed, 1);
    assert_eq!(
        error.to_string(),
        "tensor 'c', step 101: value 7 is outside [0, 3]; give it a larger range (compile --range c=MAX, or more --headroom) or calibrate on data that show such values"
    );
    // The first step is common to both.
    given.data[1][3] = 0;
    given.scalars[0][1] = 0;
    let one = execute(&given, Keep::Nothing).unwrap();
    assert_ne!(error.states, good.final_states);
    assert_eq!(one.final_states, error.states);
}

#[test]
fn a_state_that_leaves_its_range_is_an_error() {
    let mut given = given();
    given.states[0][0] = -64;
    given.data[0][..6].copy_from_slice(&[7; 6]);
    let error = execute(&given, Keep::Nothing).unwrap_err();
    let range =
        Fault::OutOfRange { tensor: "w.next".into(), step: 100, value: -75, lo: -64, hi: 63 };
    assert_eq!((*error.fault, error.completed), (range, 0));
    assert_eq!(error.states, given.states);
}

#[test]
fn other_faults_are_named_too() {
    let mut scalar = given();
    scalar.scalars[0][1] = 4;
    let expected = Fault::Scalar { scalar: "lr".into(), step: 101, value: 4, lo: -1, hi: 3 };
    assert_eq!(fault(&scalar), expected);

    let mut size = given();
    size.data[2].pop();
    let what = "data field 'n'".to_owned();
    assert_eq!(fault(&size), Fault::Size { what, expected: 4, found: 3 });

    let mut program = program();
    let data = given();
    program.max_steps = 1;
    let error = run(&program, &data.input(0), Keep::Witness, &|_| ControlFlow::Continue(()));
    assert_eq!(*error.unwrap_err().fault, Fault::TooLong { steps: 2, longest: 1 });
}

#[test]
fn a_lookup_outside_its_table_is_named() {
    let mut program = program();
    program.tables[0].first = 0;
    let given = given();
    let error =
        run(&program, &given.input(0), Keep::Witness, &|_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(
        *error.fault,
        Fault::OutsideTable {
            tensor: "y".into(),
            table: "square".into(),
            out: "t".into(),
            step: 0,
            value: -57,
        }
    );
}

#[test]
fn a_lookup_in_a_gap_is_named() {
    let mut program = program();
    let (table, row) = (&mut program.tables[0], (512 - 57) as u32);
    table.gaps = vec![Gap { row, rows: 2 }];
    let given = given();
    let go = |program: &Program| {
        run(program, &given.input(0), Keep::Witness, &|_| ControlFlow::Continue(()))
    };
    // Rows in gaps are rows of another argument: they repeat its values.
    assert!(matches!(*go(&program).unwrap_err().fault, Fault::Program(_)));
    let (first, rest) = program.tables[0].columns[0].split_first_mut().unwrap();
    rest[row as usize - 1..][..2].fill(*first);
    let fault = go(&program).unwrap_err().fault;
    assert!(matches!(*fault, Fault::OutsideTable { value: -57, step: 0, .. }), "{fault}");
    // The rows beside the gap are listed.
    let square = |gaps| Table { gaps, ..program.tables[0].clone() };
    let table = square(vec![Gap { row: 0, rows: 3 }, Gap { row: 5, rows: 1 }]);
    let listed: Vec<bool> = (-513..-505).map(|x| table.row(x).is_some()).collect();
    assert_eq!(listed, [false, false, false, false, true, true, false, true]);
    assert_eq!((0..7).map(|row| table.listed(row)).collect::<Vec<_>>(), [3, 3, 3, 3, 4, 3, 6]);
}

#[test]
fn gaps_that_are_refused() {
    let refused = |gaps: Vec<Gap>| {
        let mut program = program();
        program.tables[0].columns[0].fill(4);
        program.tables[0].gaps = gaps;
        program.check().is_err()
    };
    let gap = |row, rows| Gap { row, rows };
    assert!(!refused(vec![gap(0, 1), gap(2, 1022)]));
    assert!(refused(vec![gap(3, 0)]));
    assert!(refused(vec![gap(0, 1024)]));
    assert!(refused(vec![gap(1000, 25)]));
    assert!(refused(vec![gap(1024, u32::MAX)]));
    assert!(refused(vec![gap(7, 2), gap(3, 1)]));
    assert!(refused(vec![gap(3, 2), gap(5, 1)]), "one gap, not two");
    assert!(refused(vec![gap(3, 2), gap(4, 1)]));
}

#[test]
fn a_callback_can_stop_between_steps() {
    let given = given();
    let trace =
        run(&program(), &given.input(0), Keep::Witness, &|_| ControlFlow::Break(())).unwrap();
    assert_eq!((trace.steps, trace.losses.len()), (1, 1));
    assert_eq!(trace.tensors[0].as_deref().unwrap(), &given.data[0][..6]);
}

#[test]
fn an_evaluation_pads_its_last_batch() {
    let given = given();
    let fields = [given.data[0][..9].to_vec(), given.data[1][..3].to_vec(), Vec::new()];
    let found = evaluate(&program(), &given.states, &fields, 3).unwrap();
    let w = &given.states[0];
    for row in 0..3 {
        for c in 0..4 {
            let z: i64 = (0..3).map(|k| fields[0][row * 3 + k] * w[k * 4 + c]).sum();
            assert_eq!(found.predictions[row * 4 + c], z + 3);
        }
    }
    assert!(found.loss.is_finite());
    let right = (0..3usize).filter(|&row| {
        let scores = &found.predictions[row * 4..][..4];
        let top = scores.iter().max().unwrap();
        scores.iter().position(|s| s == top) == Some(fields[1][row] as usize)
    });
    assert_eq!(found.accuracy, Some(right.count() as f64 / 3.0));
}
