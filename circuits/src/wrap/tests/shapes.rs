//! What no circuit is made for: a contract would take what the native verifier refuses.

use zkpot_ir::{Program, Reading};
use zkpot_protocol::rejection::Rejection;

use super::programs::{self, dropout::dropout};
use crate::wrap::{RunCircuit, RunShape};

fn refusal(program: &Program, steps: u32, rows: u32) -> Rejection {
    let shape = RunShape { steps: vec![steps], rows, level: programs::LEVEL, envelopes: false };
    RunCircuit::new(program, &shape).map(drop).unwrap_err()
}

#[test]
fn programs_that_a_circuit_cannot_follow_are_refused() {
    let reason = "a wrapped link has no random tensors";
    assert_eq!(refusal(&dropout(), 1, 8), Rejection::Shape { part: "program", reason });
    let in_order = Program { reading: Reading::InOrder, ..programs::classifier() };
    let reason = "a wrapped link draws its rows";
    assert_eq!(refusal(&in_order, 1, 8), Rejection::Shape { part: "program", reason });
}

#[test]
fn steps_are_those_that_the_program_s_bounds_are_for() {
    let program = programs::classifier();
    let reason = "training takes 1 to the program's longest link, other links none";
    for steps in [0, program.max_steps + 1, u32::MAX] {
        assert_eq!(refusal(&program, steps, 8), Rejection::Shape { part: "steps", reason });
    }
    let none = RunShape { steps: vec![], rows: 8, level: programs::LEVEL, envelopes: false };
    let reason = "a run has at least one";
    let refused = RunCircuit::new(&program, &none).map(drop).unwrap_err();
    assert_eq!(refused, Rejection::Shape { part: "links", reason });
}

#[test]
fn shards_have_one_to_many_rows() {
    for rows in [0, (1 << 24) + 1] {
        let reason = "1 to 2^24 rows";
        let expected = Rejection::Shape { part: "shards", reason };
        assert_eq!(refusal(&programs::classifier(), 1, rows), expected);
    }
}
