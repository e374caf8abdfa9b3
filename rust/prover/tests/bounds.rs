//! Programs whose integers the declared ranges do not bound are refused before anything is proven.

use crate::programs;
use crate::programs::{E, E_SUM, EXP, MAX_PEAK, MOMENTUM, PEAK, W, classifier};
use zkpot_ir::{Index, Interval, Node, Operand, Program, ProgramError, Range, State, Tensor, Term};
use zkpot_protocol::arithmetization::{Arithmetization, LinkKind, LinkShape, RelationName, Source};

/// The classifier, in which a weight grows by the given states in every step.
fn growing_by(states: &[(usize, usize)]) -> Program {
    let mut program = classifier();
    for &(state, operand) in states {
        let whole = |tensor: usize| Operand::plain(tensor as u32, &[0, 1]);
        let term = |left| Term { coefficient: 1, scalar: None, left, right: None };
        let out = program.tensors.len() as u32;
        let own = program.states[state].tensor as usize;
        let terms = vec![term(whole(own)), term(whole(operand))];
        program.tensors.push(Tensor {
            name: format!("grown {state}"),
            range: None,
            ..program.tensors[own].clone()
        });
        program.nodes.push(Node::Sum { out, summed: vec![], terms, constant: 0 });
        program.states[state].next = out;
    }
    program
}

fn refused() -> ProgramError {
    ProgramError::Structure {
        place: "grown 0".into(),
        reason: "a state's update adds committed tensors to the state, nothing else",
    }
}

/// A state that grows by a committed state is bounded by that one's range.
#[test]
fn growth_by_a_committed_state_is_bounded() {
    assert_eq!(growing_by(&[(0, MOMENTUM)]).check().map(|_| ()), Ok(()));
}

/// A state that grows is in its range at a link's ends only: what it adds to another state in
/// between is bounded by nothing that is proven.
#[test]
fn growth_by_a_growing_state_is_not() {
    let program = growing_by(&[(0, MOMENTUM), (1, programs::NEW_MOMENTUM)]);
    assert_eq!(program.check().map(|_| ()), Err(refused()));
}

/// Two states that grow by each other: their bounds would double in every step, and claims on
/// them would lead to each other without end.
#[test]
fn growth_by_each_other_is_not() {
    let program = growing_by(&[(0, MOMENTUM), (1, W)]);
    assert_eq!(program.check().map(|_| ()), Err(refused()));
}

/// Sixty-four steps of the largest update still fit the field.
#[test]
fn growth_is_counted_for_every_step() {
    let mut program = growing_by(&[(0, MOMENTUM)]);
    program.tensors[MOMENTUM].range = Some(Range { lo: 0, bits: 48 });
    program.tensors[programs::NEW_MOMENTUM].range = Some(Range { lo: 0, bits: 48 });
    program.max_steps = 1 << 16;
    let refused = program.check().map(|_| ());
    assert!(matches!(refused, Err(ProgramError::Overflow { .. })), "{refused:?}");
}

/// Doubling a tensor sixty times takes sixty nodes and would take 2^60 claims.
#[test]
fn claims_do_not_grow_without_end() {
    let mut program = programs::classifier();
    let mut last = 6; // the step table's output, 0 or 1: its powers stay in range
    for power in 0..60 {
        let mut tensor = program.tensors[7].clone();
        tensor.name = format!("power {power}");
        program.tensors.push(tensor);
        let out = program.tensors.len() as u32 - 1;
        let operand = || Operand::plain(last, &[0, 1]);
        let square = Term { coefficient: 1, scalar: None, left: operand(), right: Some(operand()) };
        program.nodes.push(Node::Sum { out, summed: vec![], terms: vec![square], constant: 0 });
        last = out;
    }
    let refused = program.check();
    assert!(
        matches!(&refused, Err(ProgramError::Structure { reason, .. }) if reason.contains("claims")),
        "{refused:?}"
    );
}

/// The verifier holds vectors along an axis. A state that nothing reads may have any shape, so that
/// a program of two kilobytes could make it hold gigabytes.
#[test]
fn axes_are_not_long() {
    let with_axis = |length: u32| {
        let mut program = classifier();
        let tensor = program.tensors.len() as u32;
        program.tensors.push(Tensor {
            name: "long".into(),
            shape: vec![length],
            ..program.tensors[MOMENTUM].clone()
        });
        let name = "state.long".into();
        let shape = vec![length];
        program.states.push(State { name, tensor, next: tensor, initial: 0, shape });
        program.check().map(|_| ())
    };
    assert_eq!(with_axis(1 << 20), Ok(()));
    let reason = "an axis has at most 2^20 elements";
    let refused = Err(ProgramError::Structure { place: "long".into(), reason });
    assert_eq!(with_axis((1 << 20) + 1), refused);
    assert_eq!(with_axis(1 << 28), refused);
}

/// A looked-up sum stands for the gaps of a maximum only if it has one value for each of them:
/// `largest - sum of the row`, looked up once a row, must not.
#[test]
fn one_lookup_a_row_proves_no_maximum() {
    let mut program = classifier();
    let Node::Max { input, .. } = program.nodes[MAX_PEAK] else { panic!("no maximum") };
    let mut row = program.tensors[PEAK].clone();
    row.name = "one gap a row".into();
    row.range = None;
    let mut looked_up = program.tensors[E_SUM].clone();
    looked_up.name = "its lookup".into();
    looked_up.range = program.tensors[E].range;
    let gap = program.tensors.len() as u32;
    program.tensors.extend([row, looked_up]);
    let term = |coefficient, tensor, axes: &[u8]| Term {
        coefficient,
        scalar: None,
        left: Operand::plain(tensor, axes),
        right: None,
    };
    let terms = vec![term(1, PEAK as u32, &[0]), term(-1, input, &[0, 1])];
    program.nodes.push(Node::Sum { out: gap, summed: vec![4], terms, constant: 0 });
    let Node::Lookup { table, .. } = program.nodes[EXP] else { panic!("no lookup") };
    program.nodes.push(Node::Lookup { input: gap, table, outs: vec![gap + 1] });
    let bounds = program.check().unwrap();
    let shape = LinkShape {
        kind: LinkKind::Training,
        states: Some(Source::Run),
        steps: 1,
        shards: vec![],
        masks: None,
        closed: false,
    };
    let system = Arithmetization::new(&program, &bounds, shape).unwrap();
    assert!(system.relation(&RelationName::MaxGap(MAX_PEAK)).is_some());
}

#[test]
fn terms_that_do_not_meet_are_bounded_one_by_one() {
    let largest = |second: Index| {
        let mut program = classifier();
        let joined = program.tensors.len() as u32;
        program.tensors.push(Tensor {
            name: "joined".into(),
            shape: vec![8, 5],
            range: None,
            ..program.tensors[MOMENTUM].clone()
        });
        let part = |first: Index, coefficient: i64| Term {
            coefficient,
            scalar: None,
            left: Operand { tensor: MOMENTUM as u32, axes: vec![first, Index::plain(1)] },
            right: None,
        };
        let terms = vec![part(Index::plain(0), 1), part(second, 3)];
        program.nodes.push(Node::Sum { out: joined, summed: vec![], terms, constant: 0 });
        program.check().map(|bounds| bounds.0[joined as usize])
    };
    // Rows 0 to 3 and rows 4 to 7.
    let behind = |offset| Index { labels: vec![(0, 1)], offset, divisor: 1 };
    assert_eq!(largest(behind(-4)), Ok(Interval { lo: -3 << 15, hi: 3 * ((1 << 15) - 1) }));
    // Row 3 has both.
    assert_eq!(largest(behind(-3)), Ok(Interval { lo: -4 << 15, hi: 4 * ((1 << 15) - 1) }));
    // Even rows: 0 and 2 have both.
    let even = Index { labels: vec![(0, 1)], offset: 0, divisor: 2 };
    assert_eq!(largest(even), Ok(Interval { lo: -4 << 15, hi: 4 * ((1 << 15) - 1) }));
}
