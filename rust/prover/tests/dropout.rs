//! Random tensors: executed, proven, and refused where they are others than the seed's.

use crate::execution;
use crate::execution::{Moment, Step};
use crate::links::Link;
use crate::programs;
use crate::programs::Running;
use crate::programs::dropout::*;
use zkpot_ir::{DataField, Loss, Monitor, Node, Program, ProgramError, Reading};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::rejection::Rejection;
use zkpot_prover::trace::evaluate;

const STEPS: u32 = 5;

fn begun(channel: ChannelKind) -> Running {
    Running::start_of(dropout(), &owned(), channel)
}

#[test]
fn a_run_verifies_on_both_channels() {
    programs::assert_verifies(begun, [STEPS, 2]);
}

#[test]
fn the_executor_agrees_with_the_definition() {
    let mut running = begun(ChannelKind::Clear);
    running.step = 3;
    let link = Link::training(&running, STEPS);
    let expected = link.execute(&|_, _| {});
    let inputs = link.inputs();
    let found = inputs.run(&running.program).unwrap();
    assert_eq!(found.final_states, expected.final_states);
    assert_eq!(found.tensors[MASK], expected.tensors[MASK]);
    let mask = found.tensors[MASK].as_ref().unwrap();
    assert!(mask.chunks(6).any(|step| step != &mask[..6]), "steps draw the same: {mask:?}");
    let ones: i64 = mask.iter().sum();
    assert!((1..mask.len() as i64).contains(&ones));
}

/// A prover that trains with another mask, in all of the step or in the backward pass alone, and is
/// honest about everything else. In all steps, because where a mask's rows are dropped anyway the
/// lie is none.
#[test]
fn another_mask_is_refused() {
    for (channel, expected) in
        [(ChannelKind::Clear, Rejection::Relation), (ChannelKind::Hiding, Rejection::Masks)]
    {
        let running = begun(channel);
        for (node, mask) in [(DRAW, MASK), (DRAW_ROWS, ROW_MASK)] {
            let link = Link::training(&running, STEPS);
            let tell = |moment: Moment, step: &mut Step| {
                if moment.node == Some(node) {
                    step.tensors[mask].iter_mut().for_each(|value| *value ^= 1);
                }
            };
            let trace = link.execute(&tell);
            let system = link.system();
            let told = link.prove(&system, Some(&trace)).unwrap();
            let refused = link.verify(&told.link, &system).map(drop);
            assert_eq!(refused, Err(expected.clone()), "{}", running.program.tensors[mask].name);
        }
        // The gradient alone goes through another mask.
        let link = Link::training(&running, STEPS);
        let tell = |moment: Moment, step: &mut Step| {
            if moment.node == Some(RESCALE_OUT) {
                step.tensors[MASK].iter_mut().for_each(|value| *value ^= 1);
            }
        };
        let trace = link.execute(&tell);
        let told = link.prove(&link.system(), Some(&trace)).unwrap();
        let refused = link.verify(&told.link, &link.system()).map(drop);
        assert_eq!(refused, Err(expected.clone()));
    }
}

/// A prover that draws all masks from a seed of its own, or from another step's.
#[test]
fn another_seed_is_refused() {
    let running = begun(ChannelKind::Clear);
    let stated = Link::training(&running, STEPS);
    let mut inputs = stated.inputs();
    inputs.seed[0] ^= 1;
    let mut later = stated.inputs();
    later.first_step += 1;
    for inputs in [inputs, later] {
        let trace = execution::execute(&running.program, &inputs, &|_, _| ());
        let told = stated.prove(&stated.system(), Some(&trace)).unwrap().link;
        assert_eq!(stated.verify_in_run(&told), Err(Rejection::Relation));
    }
}

fn reason(program: &Program) -> &'static str {
    match program.check() {
        Err(ProgramError::Structure { reason, .. }) => reason,
        found => panic!("{found:?}"),
    }
}

#[test]
fn random_tensors_that_no_program_can_have_are_refused() {
    let with = |ordinal, numerator, bits| {
        let mut program = dropout();
        program.nodes[DRAW] = Node::Bernoulli { out: MASK as u32, ordinal, numerator, bits };
        program
    };
    assert!(with(1, 65535, 16).check().is_ok());
    assert_eq!(reason(&with(7, 1, 1)), "two random tensors have its ordinal");
    for (numerator, bits) in [(0, 1), (2, 2), (3, 1), (1, 0), (1, 17)] {
        let text = reason(&with(0, numerator, bits));
        assert!(text.starts_with("a probability is an odd number"), "{text}");
    }
    let ordered = Program { reading: Reading::InOrder, ..dropout() };
    assert_eq!(reason(&ordered), "a program that reads in order has no seed to draw from");
}

/// 2^20 steps of 2 x 3 elements, each read four times, pass; masks a hundred times as large do not.
#[test]
fn a_verifier_bounds_what_it_draws() {
    let mut program = dropout();
    program.max_steps = 1 << 20;
    assert!(program.check().is_ok());
    program.batch = 200;
    for tensor in &mut program.tensors {
        if tensor.shape[0] == 2 {
            tensor.shape[0] = 200;
        }
    }
    let text = reason(&program);
    assert!(text.contains("read more than 2^30 random elements"), "{text}");
    program.max_steps = 1 << 13;
    assert!(program.check().is_ok());
}

/// The evaluation sees every mask's mean: 2 * 1/2 * 3/4 * z + z.
#[test]
fn an_evaluation_is_without_dropout() {
    let mut program = dropout();
    program.data.push(DataField { name: "y".into(), tensor: 13 });
    program.tensors.push(programs::tensor("y", &[2, 3], Some((-(1 << 14), 15))));
    program.monitor = Some(Monitor { predictions: vec![8], target: 1, loss: Loss::SquaredError });
    let states = owned().states;
    let x: Vec<i64> = (0..30).map(|i| (i * 37) % 128 - 64).collect();
    let y = vec![0; 18];
    let found = evaluate(&program, &states, &[x.clone(), y], 6).unwrap();
    let halves_up = |value: i64, places: u32| (value + (1 << (places - 1))) >> places;
    for row in 0..6 {
        for column in 0..3 {
            let wide: i64 = (0..5).map(|k| x[row * 5 + k] * states[0][k * 3 + column]).sum();
            let z = halves_up(wide, 3);
            // The first sum is rounded, by the mask's place; the second one, with two places more,
            // where the program rounds it by two anyway.
            let dropped = halves_up(2 * z, 1);
            assert_eq!(found.predictions[row * 3 + column], halves_up(3 * dropped + 4 * z, 4));
        }
    }
    let evaluation = program.evaluation().unwrap();
    assert!(!evaluation.is_random());
    assert!(evaluation.check().is_ok());
}

/// A prediction is in its own units, even where it is a sum that something random makes.
#[test]
fn a_prediction_that_is_dropped_out_is_rounded() {
    let mut program = dropout();
    program.data.push(DataField { name: "y".into(), tensor: 13 });
    program.tensors.push(programs::tensor("y", &[2, 3], Some((-(1 << 14), 15))));
    // 2 z with the chances 1/2 and 3/4, and z: seven quarters of z.
    program.monitor = Some(Monitor { predictions: vec![7], target: 1, loss: Loss::SquaredError });
    let states = owned().states;
    let x: Vec<i64> = (0..10).map(|i| (i * 37) % 128 - 64).collect();
    let found = evaluate(&program, &states, &[x.clone(), vec![0; 6]], 2).unwrap();
    for (place, &value) in found.predictions.iter().enumerate() {
        let (row, column) = (place / 3, place % 3);
        let wide: i64 = (0..5).map(|k| x[row * 5 + k] * states[0][k * 3 + column]).sum();
        let z = (wide + 4) >> 3;
        assert_eq!(value, (7 * z + 2) >> 2);
    }
}

/// A mean is known to sums alone.
#[test]
fn a_rounded_mask_cannot_be_evaluated() {
    let mut program = dropout();
    program.nodes.insert(3, Node::Positive { input: MASK as u32, out: 13 });
    program.tensors.push(programs::tensor("positive", &[2, 3], Some((0, 1))));
    let Node::Sum { terms, .. } = &mut program.nodes[4] else { panic!("no sum") };
    terms[0].right.as_mut().unwrap().tensor = 13;
    program.data.push(DataField { name: "y".into(), tensor: 14 });
    program.tensors.push(programs::tensor("y", &[2, 3], Some((-(1 << 14), 15))));
    program.monitor = Some(Monitor { predictions: vec![8], target: 1, loss: Loss::SquaredError });
    let Err(ProgramError::Structure { place, reason }) = program.evaluation() else {
        panic!("evaluated")
    };
    assert_eq!(place, "mask");
    assert!(reason.starts_with("only sums and products may read a random tensor"), "{reason}");
}
