//! Operands that are read through indices: executed, proven, and refused where they lie.

use crate::execution::{Moment, Step};
use crate::links::Link;
use crate::programs;
use crate::programs::Running;
use crate::programs::convolution::*;
use zkpot_ir::{Index, Node, Operand, ProgramError, Term};
use zkpot_protocol::arithmetization::RelationName;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::rejection::Rejection;

const STEPS: u32 = 3;

fn begun(channel: ChannelKind) -> Running {
    Running::start_of(convolution(), &owned(), channel)
}

#[test]
fn a_run_verifies_on_both_channels() {
    programs::assert_verifies(begun, [STEPS, 2]);
}

#[test]
fn the_executor_agrees_with_the_definition() {
    let running = begun(ChannelKind::Clear);
    let link = Link::training(&running, STEPS);
    let expected = link.execute(&|_, _| {});
    let inputs = link.inputs();
    let found = inputs.run(&running.program).unwrap();
    assert_eq!(found.final_states, expected.final_states);
    for (tensor, (found, expected)) in found.tensors.iter().zip(&expected.tensors).enumerate() {
        if found.is_some() {
            assert_eq!(found, expected, "{}", running.program.tensors[tensor].name);
        }
    }
}

/// Every sum is held by the rescale that reads it.
#[test]
fn a_false_sum_is_refused() {
    let running = begun(ChannelKind::Clear);
    let lies: [(usize, usize, usize, i64); 6] = [
        (0, CONVOLUTION, RESCALE_CONVOLUTION, 8),
        (3, MASKED, RESCALE_JOINED, 16),
        (4, JOINED, RESCALE_JOINED, 32),
        (6, BACK, RESCALE_BACK, 4),
        (8, GRADIENT, RESCALE_GRADIENT, 1 << 13),
        (11, DENSE, RESCALE_DENSE, 4),
    ];
    for (node, tensor, rescale, amount) in lies {
        let link = Link::training(&running, STEPS);
        let tell = |moment: Moment, step: &mut Step| {
            if moment == (Moment { step: 1, node: Some(node) }) {
                step.tensors[tensor][4] += amount;
            }
        };
        let trace = link.execute(&tell);
        let system = link.system();
        let told = link.prove(&system, Some(&trace)).unwrap();
        let refused = link.verify(&told.link, &system).map(drop).err();
        assert_eq!(refused, Some(Rejection::Relation), "{}", running.program.tensors[tensor].name);
        let mut without = system.clone();
        without.relations.retain(|relation| relation.name != RelationName::Rescale(rescale));
        let told = link.prove(&without, Some(&trace)).unwrap();
        link.verify(&told.link, &without).map(drop).unwrap();
    }
}

#[test]
fn indices_that_no_sum_can_have_are_refused() {
    let index =
        |labels: &[(u8, i32)], offset, divisor| Index { labels: labels.to_vec(), offset, divisor };
    let cases = [
        (index(&[(2, 2), (2, 1)], 0, 1), "repeats a label"),
        (index(&[(0, 1)], 0, 1), "repeats a label"),
        (index(&[(9, 1)], 0, 1), "a label that the sum does not have"),
        (index(&[(2, 0)], 0, 1), "stride"),
        (index(&[(2, 1)], 0, 0), "divisor"),
        (index(&[(2, 1)], i32::MIN, 1), "offset"),
        (index(&[(2, i32::MIN)], 0, 1), "stride"),
    ];
    for (bad, says) in cases {
        let mut program = convolution();
        let Node::Sum { terms, .. } = &mut program.nodes[0] else { panic!("no sum") };
        terms[0].left.axes[2] = bad.clone();
        let Err(ProgramError::Structure { reason, .. }) = program.check() else {
            panic!("{bad:?} was taken")
        };
        assert!(reason.contains(says), "{reason}");
    }
}

/// What an operand reads beside its tensor is zero, and the bounds know it.
#[test]
fn padding_widens_an_interval_to_zero() {
    let interval = |offset| {
        let mut program = convolution();
        program.nodes[2] = Node::Constant { out: MASK as u32, values: vec![5; 9] };
        let Node::Sum { terms, .. } = &mut program.nodes[3] else { panic!("no sum") };
        let row = Index { offset, ..Index::plain(2) };
        let axes = vec![row, Index::plain(3)];
        terms[0] = Term {
            coefficient: 1,
            scalar: None,
            left: Operand { tensor: MASK as u32, axes },
            right: None,
        };
        let bounds = program.check().unwrap();
        (bounds.0[MASKED].lo, bounds.0[MASKED].hi)
    };
    assert_eq!(interval(0), (5, 5));
    assert_eq!(interval(1), (0, 5));
    assert_eq!(interval(-1), (0, 5));
}

#[test]
fn a_constant_has_a_value_for_each_element() {
    let mut program = convolution();
    let Node::Constant { values, .. } = &mut program.nodes[2] else { panic!("no constant") };
    values.pop();
    assert!(matches!(program.check(), Err(ProgramError::Structure { .. })));
}
