//! Proofs of evaluation: how many rows of a dataset a committed model gets right, and its loss.

use crate::programs;
use std::collections::{BTreeMap, BTreeSet};

use crate::execution::Moment;
use crate::links::Link;
use crate::programs::{Owned, ProveLinks, Running, nothing_expected, unchecked};
use zkpot_ir::{
    DataField, Loss, Monitor, Node, Operand, Program, ProgramError, Range, Scale, State, Tensor,
    Term,
};
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
use zkpot_verifier::{Expectations, Receipt};

/// Rows of the test set, not a multiple of the batch.
const ROWS: u32 = 11;

/// The classifier with its logits named.
fn program() -> Program {
    let mut program = programs::classifier();
    let prediction = program.tensors.iter().position(|t| t.name == "z").unwrap() as u32;
    program.monitor =
        Some(Monitor { predictions: vec![prediction], target: 1, loss: Loss::CrossEntropy });
    program
}

/// The real value of one unit.
fn real(unit: Scale) -> f64 {
    unit.numerator as f64 / unit.denominator as f64 * 2f64.powi(-unit.fraction_bits)
}

fn verify(running: &Running, previous: Option<Head>) -> Result<Receipt, Rejection> {
    running.verify(&Expectations { previous, ..nothing_expected() })
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
        let steps = Steps {
            count,
            scalars: vec![],
            copies: BTreeSet::from([0]),
            witness: true,
            envelope: false,
        };
        let proven =
            running.session().prove_train::<Whir>(&running.states, &given, &steps).unwrap();
        drop(given);
        running.take(proven);
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
    let [_, loss] = &running.program.outputs[..] else { panic!("a count and a loss") };
    let unit = running.program.tensors[loss.tensor as usize].scale;
    // The error that the program states, and little else.
    assert!(loss.error as f64 * real(unit) < 1e-4 && loss.error > 0);
    let error = loss.error * u64::from(ROWS);
    for links in [&[4][..], &[1, 3]] {
        let mut running = running.clone();
        prove(&mut running, links);
        let receipt = verify(&running, None).unwrap();
        assert_eq!(receipt.outputs["correct"], correct);
        let total = receipt.outputs["cross_entropy"] as f64;
        let exact = found.loss * f64::from(ROWS) / real(unit);
        assert!((total - exact).abs() <= error as f64, "{total} is not {exact} within {error}");
        assert!(exact > 100.0 * error as f64, "so small a loss says nothing");
        let terms = &receipt.output_terms["cross_entropy"];
        assert_eq!((terms.summands, terms.unit), (u64::from(ROWS), unit));
        assert_eq!(receipt.rows, u64::from(ROWS));
        assert!(receipt.zero_knowledge);
    }
    // Nobody chooses which rows count.
    prove(&mut running, &[3]);
    let rejection = Rejection::RowsLeft { read: 9, rows: u64::from(ROWS) };
    assert_eq!(verify(&running, None), Err(rejection));
}

fn head_of(receipt: &Receipt) -> Head {
    let digits = &receipt.continuation;
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    Head::from_bytes(&(0..digits.len()).step_by(2).map(byte).collect::<Vec<u8>>()).unwrap()
}

#[test]
fn an_evaluation_consumes_a_runs_head() {
    let mut trained = Running::start_on(ChannelKind::Hiding);
    trained.train(2, false);
    trained.seal();
    let receipt = verify(&trained, None).unwrap();
    let head = head_of(&receipt);
    let (mut running, _) = evaluation(trained.states.clone(), Origin::Run(head.statement));
    running.order.earlier_steps = head.steps;
    prove(&mut running, &[4]);
    let evaluated = verify(&running, Some(head)).unwrap();
    assert_eq!(evaluated.first_commitment, receipt.head);
    assert_ne!(evaluated.head, receipt.head);
    // Its batches train nothing: the weights that it leaves have the steps of before.
    assert_eq!((evaluated.earlier_steps, evaluated.steps), (2, 4));
    assert_eq!(head_of(&evaluated).steps, 2);
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
        assert_eq!(changed(&|outputs| outputs.truncate(1)), shape(missing));
        assert_eq!(changed(&|outputs| outputs[1] = i64::MAX), shape(too_many));
        // The statement is absorbed first, so every later check is about another transcript.
        assert!(changed(&|outputs| outputs[0] += 1).is_err());
        assert!(changed(&|outputs| outputs[1] -= 1).is_err());
    }
}

/// A prover who tells one lie in the computation of the loss, and all that follows from it.
#[test]
fn a_loss_that_is_computed_wrongly() {
    let node = |program: &Program, name: &str| {
        let tensor = program.tensors.iter().position(|t| t.name == name).unwrap();
        let found = program.nodes.iter().position(|n| n.outputs().contains(&(tensor as u32)));
        (found.unwrap(), tensor)
    };
    let lies: [(&str, i64, bool); 4] = [
        ("evaluation/largest_logit", 1, false),
        ("evaluation/exponential", -1, true),
        ("evaluation/root", 1, false),
        ("evaluation/logarithm", -1, true),
    ];
    for channel in [ChannelKind::Clear, ChannelKind::Hiding] {
        let (mut running, _) = evaluation(first_states(channel), Origin::Arbitrary);
        running.import();
        let rows = running.session().rows(3).unwrap();
        let (kind, scalars) = (LinkKind::Training, vec![]);
        let mut link = Link { running: &running, kind, scalars, rows, outputs: vec![], steps: 3 };
        let honest = link.execute(&|_, _| ()).outputs(&running.program, 9);
        for (name, change, table) in lies {
            let (at, tensor) = node(&running.program, name);
            let moment = Moment { step: 1, node: Some(at) };
            let trace = link.execute(&|now, step| {
                if now == moment {
                    // Not the largest class, whose exponential is one.
                    let place = step.tensors[tensor].iter().position(|v| *v < 1 << 24).unwrap();
                    step.tensors[tensor][place] += change;
                }
            });
            link.outputs = trace.outputs(&running.program, 9);
            assert!(name == "evaluation/exponential" || link.outputs != honest, "{name}");
            let proven = link.prove(&link.system(), Some(&trace)).unwrap().link;
            let expected = match (channel, table) {
                (ChannelKind::Hiding, _) => vec![Rejection::Masks],
                (_, true) => vec![Rejection::LookupLayer { layer: 0 }],
                // A gap below zero is in no table either.
                _ => vec![Rejection::Relation, Rejection::LookupLayer { layer: 0 }],
            };
            let found = link.verify(&proven, &link.system()).map(|_| ()).unwrap_err();
            assert!(expected.contains(&found), "{channel:?} {name}: {found}");
        }
    }
}

/// Logits `[rows, positions, classes]` of a model that has no other layer.
fn positions() -> Program {
    let tensor = |name: &str, shape: &[u32], range| Tensor {
        name: name.into(),
        shape: shape.to_vec(),
        scale: Scale { numerator: 1, denominator: 1, fraction_bits: 6 },
        range,
    };
    let narrow = |bits: u32| Some(Range { lo: -(1 << (bits - 1)), bits });
    let labels = Scale { numerator: 1, denominator: 1, fraction_bits: 0 };
    let product = Term {
        coefficient: 1,
        scalar: None,
        left: Operand::plain(0, &[0, 1, 3]),
        right: Some(Operand::plain(2, &[2, 3])),
    };
    Program {
        tensors: vec![
            tensor("x", &[3, 2, 5], narrow(8)),
            Tensor { scale: labels, ..tensor("y", &[3, 2], Some(Range { lo: 0, bits: 2 })) },
            tensor("w", &[4, 5], narrow(8)),
            tensor("wide", &[3, 2, 4], None),
            tensor("z", &[3, 2, 4], narrow(14)),
        ],
        tables: vec![],
        data: vec![
            DataField { name: "x".into(), tensor: 0 },
            DataField { name: "y".into(), tensor: 1 },
        ],
        states: vec![State {
            name: "param.w".into(),
            tensor: 2,
            next: 2,
            initial: 0,
            shape: vec![4, 5],
        }],
        scalars: vec![],
        nodes: vec![
            Node::Sum { out: 3, summed: vec![5], terms: vec![product], constant: 0 },
            Node::Rescale { input: 3, out: 4, shift: 5 },
        ],
        monitor: Some(Monitor { predictions: vec![4], target: 1, loss: Loss::CrossEntropy }),
        ..programs::classifier()
    }
}

#[test]
fn positions_are_counted_one_by_one() {
    let training = positions();
    let program = training.evaluation().unwrap();
    let rows = 7u32;
    let x: Vec<i64> = programs::noise(5, rows as usize * 10, 200).iter().map(|v| v - 100).collect();
    let y: Vec<i64> = programs::noise(6, rows as usize * 2, 4);
    let weights = vec![programs::noise(7, 20, 200).iter().map(|v| v - 100).collect::<Vec<i64>>()];
    let fields = vec![x, y];
    let found = evaluate(&training, &weights, &fields, rows as usize).unwrap();
    assert_eq!(found.predictions.len(), 7 * 2 * 4);
    let correct = (found.accuracy.unwrap() * 14.0).round() as i64;
    assert!(correct > 0 && correct < 14);

    let (level, channel) = (programs::LEVEL, ChannelKind::Hiding);
    let commit = |kind, integers| {
        Held::commit::<Whir>(&unchecked(&program), kind, level, channel, integers).unwrap()
    };
    let states = commit(HeldKind::States, weights);
    let held = commit(HeldKind::Shard { rows }, fields);
    let mut order = programs::order(&program, &states, &[]);
    order.shards = vec![(rows, held.root)];
    let shards = BTreeMap::from([(0, held)]);
    let previous = [0; 32];
    let mut running =
        Running { program, order, states, shards, previous, step: 0, links: vec![], channel };
    prove(&mut running, &[2, 1]);
    let receipt = verify(&running, None).unwrap();
    assert_eq!(receipt.outputs["correct"], correct);
    let terms = &receipt.output_terms["cross_entropy"];
    assert_eq!((receipt.rows, terms.summands), (7, 14));
    let total = receipt.outputs["cross_entropy"] as f64 * real(terms.unit);
    let error = (terms.summands * terms.error) as f64 * real(terms.unit);
    assert!((total - found.loss * 14.0).abs() <= error, "{total}, {}", found.loss * 14.0);
}

/// A prover who claims one row more or less loss, and proves everything else.
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
        let [correct, loss] = trace.outputs(&running.program, 9)[..] else { panic!("two totals") };
        for (claimed, answer) in [
            ([correct, loss], Ok(())),
            ([correct + 1, loss], Err(expected.clone())),
            ([correct, loss - 1], Err(expected)),
        ] {
            link.outputs = claimed.to_vec();
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
    regression.monitor =
        Some(Monitor { predictions: vec![prediction], target: 0, loss: Loss::SquaredError });
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
