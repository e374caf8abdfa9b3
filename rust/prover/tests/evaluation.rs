//! Proofs of evaluation: how many rows of a dataset a committed model gets right.

mod execution;
mod links;
mod programs;
mod scheme;

use std::collections::{BTreeMap, BTreeSet};

use links::Link;
use programs::{Owned, Running, nothing_expected, unchecked};
use zkpot_ir::{Loss, Monitor, Program, ProgramError};
use zkpot_pcs::Whir;
use zkpot_protocol::arithmetization::LinkKind;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::pending::Head;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::statement::Origin;
use zkpot_prover::held::{Held, HeldKind};
use zkpot_prover::session::Steps;
use zkpot_prover::trace::evaluate;
use zkpot_verifier::{Expectations, Receipt, RunVerifier};

/// Rows of the test set, not a multiple of the batch.
const ROWS: u32 = 11;

/// The classifier with its logits named.
fn program() -> Program {
    let mut program = programs::classifier();
    let prediction = program.tensors.iter().position(|t| t.name == "z").unwrap() as u32;
    program.monitor = Some(Monitor { prediction, target: 1, loss: Loss::CrossEntropy });
    program
}

fn verify(running: &Running, previous: Option<Head>) -> Result<Receipt, Rejection> {
    let expected = Expectations { previous, ..nothing_expected() };
    let mut verifier = RunVerifier::<Whir>::new(&running.program, &running.order, &expected)?;
    for link in &running.links {
        verifier.push(link)?;
    }
    verifier.finish()
}

/// An evaluation of given states on a test set, ready to be imported, on their channel.
fn evaluation(states: Held, origin: Origin) -> (Running, Vec<Vec<i64>>) {
    let program = program().evaluation().unwrap();
    let mut fields = Owned::new(17).shards.swap_remove(0);
    fields[0].extend_from_within(..(ROWS as usize - 7) * 5);
    fields[1].extend((7..i64::from(ROWS)).map(|row| row % 4));
    let kind = HeldKind::Shard { rows: ROWS };
    let (level, channel) = (programs::LEVEL, states.channel);
    let held =
        Held::commit::<Whir>(&unchecked(&program), kind, level, channel, fields.clone()).unwrap();
    let mut order = programs::order(&program, &states, &[]);
    order.shards = vec![(ROWS, held.root)];
    order.origin = origin;
    let shards = BTreeMap::from([(0, held)]);
    let previous = [0; 32];
    let running =
        Running { program, order, states, shards, previous, step: 0, links: vec![], channel };
    (running, fields)
}

/// Imports, evaluates in links of the given numbers of batches, seals.
fn prove(running: &mut Running, links: &[u32]) {
    running.import();
    for &count in links {
        let given: BTreeMap<u32, &Held> = running.shards.iter().map(|(&i, h)| (i, h)).collect();
        let steps = Steps { count, scalars: vec![], copies: BTreeSet::from([0]) };
        let proven = running.session().train::<Whir>(&running.states, &given, &steps).unwrap();
        drop(given);
        running.take(proven.proven);
    }
    running.seal();
}

fn first_states(channel: ChannelKind) -> Held {
    Running::committed(&Owned::new(3), channel).states
}

#[test]
fn the_proven_count_is_the_executors() {
    let states = first_states(ChannelKind::Hiding);
    let integers = states.integers.clone();
    let (mut running, fields) = evaluation(states, Origin::Arbitrary);
    let found = evaluate(&program(), &integers, &fields, ROWS as usize).unwrap();
    let correct = (found.accuracy.unwrap() * f64::from(ROWS)).round() as i64;
    assert!(correct > 0 && correct < i64::from(ROWS), "{correct} of {ROWS} says nothing");
    for links in [&[4][..], &[1, 3]] {
        let mut running = running.clone();
        prove(&mut running, links);
        let receipt = verify(&running, None).unwrap();
        assert_eq!(receipt.outputs, BTreeMap::from([("correct".to_owned(), correct)]));
        assert_eq!(receipt.rows, u64::from(ROWS));
        assert!(receipt.zero_knowledge);
    }
    // Nobody chooses which rows count.
    prove(&mut running, &[3]);
    let rejection = Rejection::RowsLeft { read: 9, rows: u64::from(ROWS) };
    assert_eq!(verify(&running, None), Err(rejection));
}

#[test]
fn an_evaluation_consumes_a_runs_head() {
    let mut trained = Running::start_on(ChannelKind::Hiding);
    trained.train(2, false);
    trained.seal();
    let receipt = verify(&trained, None).unwrap();
    let bytes: Vec<u8> = (0..receipt.continuation.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&receipt.continuation[at..at + 2], 16).unwrap())
        .collect();
    let head = Head::from_bytes(&bytes).unwrap();
    let (mut running, _) = evaluation(trained.states.clone(), Origin::Run(head.statement));
    prove(&mut running, &[4]);
    let evaluated = verify(&running, Some(head)).unwrap();
    assert_eq!(evaluated.first_commitment, receipt.head);
    assert_ne!(evaluated.head, receipt.head);
}

#[test]
fn another_count_is_refused() {
    for channel in [ChannelKind::Clear, ChannelKind::Hiding] {
        let (mut running, _) = evaluation(first_states(channel), Origin::Arbitrary);
        prove(&mut running, &[4]);
        let mut link = LinkProof::from_bytes(&running.links[1]).unwrap();
        let mut changed = |change: &dyn Fn(&mut Vec<i64>)| {
            let outputs = link.statement.outputs.clone();
            change(&mut link.statement.outputs);
            let mut links = running.links.clone();
            links[1] = link.to_bytes();
            link.statement.outputs = outputs;
            verify(&Running { links, ..running.clone() }, None)
        };
        let too_many = "a total is more than the program's ranges allow";
        let shape = |reason| Err(Rejection::Shape { part: "outputs", reason });
        assert_eq!(changed(&|outputs| outputs[0] = 13), shape(too_many));
        assert_eq!(changed(&|outputs| outputs[0] = -1), shape(too_many));
        let missing = "one total for each output of a training program";
        assert_eq!(changed(&|outputs| outputs.clear()), shape(missing));
        // The statement is absorbed first, so every later check is about another transcript.
        assert!(changed(&|outputs| outputs[0] += 1).is_err());
    }
}

/// A prover who claims one row more, and proves everything else.
#[test]
fn a_count_that_is_claimed_and_not_so() {
    for (channel, expected) in
        [(ChannelKind::Clear, Rejection::Relation), (ChannelKind::Hiding, Rejection::Masks)]
    {
        let (mut running, _) = evaluation(first_states(channel), Origin::Arbitrary);
        running.import();
        let rows = running.session().rows(3).unwrap();
        let (kind, scalars) = (LinkKind::Training, vec![]);
        let mut link = Link { running: &running, kind, scalars, rows, outputs: vec![], steps: 3 };
        let trace = link.execute(&|_, _| ());
        let correct = trace.outputs(&running.program, 9)[0];
        for (claimed, answer) in [(correct, Ok(())), (correct + 1, Err(expected))] {
            link.outputs = vec![claimed];
            let proven = link.prove(&link.system(), Some(&trace)).unwrap().link;
            assert_eq!(link.verify(&proven, &link.system()).map(|_| ()), answer);
        }
    }
}

/// Two logits that tie are wrong, whatever the class: no model gains by that.
#[test]
fn ties_are_wrong() {
    let mut owned = Owned::new(3);
    owned.states[0].fill(0);
    let states = Running::committed(&owned, ChannelKind::Hiding).states;
    let (mut running, _) = evaluation(states, Origin::Arbitrary);
    prove(&mut running, &[4]);
    assert_eq!(verify(&running, None).unwrap().outputs["correct"], 0);
}

/// The square of a difference is wide, so that links of a regression's evaluation are shorter.
#[test]
fn sums_of_squares_fit() {
    let mut regression = programs::classifier();
    let prediction = regression.tensors.iter().position(|t| t.name == "x").unwrap() as u32;
    regression.monitor = Some(Monitor { prediction, target: 0, loss: Loss::SquaredError });
    regression.tensors[prediction as usize].range =
        Some(zkpot_ir::Range { lo: -(1 << 23), bits: 24 });
    let evaluation = regression.evaluation().unwrap();
    assert_eq!(evaluation.outputs[0].name, "squared_error");
    // 15 squares of 25 bits each a step: 54 bits, and 62 are the room.
    assert!(evaluation.max_steps >= 1 << 7 && evaluation.max_steps < 1 << 16);
}

#[test]
fn programs_that_cannot_be_evaluated() {
    let reason = |program: Program| match program.evaluation() {
        Err(ProgramError::Structure { reason, .. }) => reason,
        found => panic!("{found:?}"),
    };
    let none = Program { monitor: None, ..program() };
    assert_eq!(reason(none), "the program names no prediction, so it cannot be evaluated");
}
