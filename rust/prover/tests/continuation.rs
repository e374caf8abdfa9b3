//! A sealed run goes on: in more links, or in another run that starts from what it left.

use std::collections::BTreeSet;

use crate::programs::{Owned, Running, nothing_expected};
use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::field::EF;
use zkpot_protocol::pending::Head;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::statement::Origin;
use zkpot_verifier::run::hex;
use zkpot_verifier::{Expectations, Receipt};

fn verify(running: &Running, previous: Option<Head>) -> Result<Receipt, Rejection> {
    running.verify(&Expectations { previous, ..nothing_expected() })
}

fn everything() -> BTreeSet<u32> {
    BTreeSet::from([0, 1])
}

fn sealed() -> Running {
    let mut running = Running::start_on(ChannelKind::Hiding);
    running.train(3, true);
    running.seal_keeping(&everything());
    running
}

fn head_of(receipt: &Receipt) -> Head {
    let digits: Vec<u8> = receipt.continuation.bytes().collect();
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    Head::from_bytes(&bytes).unwrap()
}

/// A run that takes over the states and shards that another left.
fn continued(first: &Running, receipt: &Receipt) -> Running {
    let mut running = first.clone();
    running.order.first = first.states.root;
    for (index, shard) in &first.shards {
        running.order.shards[*index as usize].1 = shard.root;
    }
    let head = head_of(receipt);
    (running.order.origin, running.order.earlier_steps) = (Origin::Run(head.statement), head.steps);
    (running.previous, running.step, running.links) = ([0; 32], 0, vec![]);
    running.import();
    running
}

#[test]
fn a_seal_that_keeps_the_data_lets_the_run_go_on() {
    let mut running = sealed();
    assert_eq!(verify(&running, None).unwrap().steps, 3);
    running.train(2, true);
    running.seal_keeping(&everything());
    let receipt = verify(&running, None).unwrap();
    assert_eq!((receipt.steps, receipt.links), (5, 5));
    assert!(receipt.zero_knowledge);
    // Claims that an earlier seal left are open while a later one does not take them up.
    let mut open = sealed();
    open.train(2, true);
    let kept: Vec<u32> = open.shards.keys().copied().collect();
    let shard = open.shards.remove(&kept[0]).unwrap();
    open.seal();
    let expected = Rejection::NotClosed { commitment: hex(&shard.root), step: 5 };
    assert_eq!(verify(&open, None), Err(expected));
}

#[test]
fn another_run_continues() {
    let first = sealed();
    let receipt = verify(&first, None).unwrap();
    let mut second = continued(&first, &receipt);
    second.train(2, false);
    second.seal();
    let found = verify(&second, Some(head_of(&receipt))).unwrap();
    assert_eq!(found.first_commitment, receipt.head);
    assert_eq!(found.origin, format!("run {}", receipt.statement));
    // The data is what the first run's owner committed, whatever it is called now.
    assert_ne!(found.data_root, receipt.data_root);
    assert_eq!(found.data_lineage, receipt.data_root);
}

#[test]
fn a_continuation_needs_the_right_head() {
    let first = sealed();
    let receipt = verify(&first, None).unwrap();
    let mut second = continued(&first, &receipt);
    second.train(2, false);
    second.seal();
    let origin = format!("run {}", receipt.statement);
    assert_eq!(verify(&second, None), Err(Rejection::Origin { origin: origin.clone() }));
    let head = head_of(&receipt);
    let changed = |change: &dyn Fn(&mut Head)| {
        let mut head = head.clone();
        change(&mut head);
        verify(&second, Some(head))
    };
    // A field that is added without a line below does not compile.
    let Head { statement: _, states: _, steps: _, data_root: _, shards: _ } = &head;
    assert_eq!(
        changed(&|head| head.steps += 1),
        Err(Rejection::Expectation {
            field: "earlier steps",
            expected: "4".into(),
            actual: "3".into(),
        })
    );
    let other = format!("run {}", "00".repeat(32));
    assert_eq!(
        changed(&|head| head.statement = [0; 32]),
        Err(Rejection::Expectation { field: "origin", expected: other, actual: origin })
    );
    assert_eq!(
        changed(&|head| head.states.commitment = [0; 32]),
        Err(Rejection::Expectation {
            field: "first commitment",
            expected: "00".repeat(32),
            actual: receipt.head.clone(),
        })
    );
    // All claims are absorbed before the first of the commitments they speak of is opened.
    let refused = |found| match found {
        Err(Rejection::Opening { polynomial, .. }) => assert_eq!(polynomial, "first states"),
        found => panic!("{found:?}"),
    };
    // What the first run claims of its copies is proven by whoever opens them.
    refused(changed(&|head| head.states.value += EF::ONE));
    refused(changed(&|head| head.states.point[2] += EF::ONE));
    refused(changed(&|head| head.states.closing += EF::ONE));
    let shard = |head: &mut Head| head.shards.get_mut(&1).unwrap().value += EF::ONE;
    refused(changed(&|head| shard(head)));
    // The lineage is the head's word.
    let found = changed(&|head| head.data_root = [3; 32]).unwrap();
    assert_eq!(found.data_lineage, "03".repeat(32));
    // A head without the shards' claims does not open them, and gives no lineage.
    refused(changed(&|head| head.shards.clear()));
}

/// A prover that says another number of steps, in the order and in all statements.
#[test]
fn the_number_of_earlier_steps_is_the_heads() {
    let first = sealed();
    let receipt = verify(&first, None).unwrap();
    assert_eq!((receipt.earlier_steps, head_of(&receipt).steps), (0, 3));
    for (said, answer) in
        [(3, Ok(5)), (0, Err("0")), (2, Err("2")), (u64::MAX, Err("18446744073709551615"))]
    {
        let mut second = first.clone();
        second.order.first = first.states.root;
        for (index, shard) in &first.shards {
            second.order.shards[*index as usize].1 = shard.root;
        }
        second.order.origin = Origin::Run(head_of(&receipt).statement);
        second.order.earlier_steps = said;
        (second.previous, second.step, second.links) = ([0; 32], 0, vec![]);
        second.import();
        second.train(2, false);
        second.seal();
        let found = verify(&second, Some(head_of(&receipt)));
        let expected = answer.map_err(|actual| Rejection::Expectation {
            field: "earlier steps",
            expected: "3".into(),
            actual: actual.into(),
        });
        assert_eq!(found.map(|receipt| head_of(&receipt).steps), expected);
    }
}

#[test]
fn a_fresh_run_is_not_a_continuation() {
    let first = sealed();
    let receipt = verify(&first, None).unwrap();
    let mut fresh = Running::committed(&Owned::new(5), ChannelKind::Hiding);
    fresh.import();
    fresh.train(1, false);
    fresh.seal();
    let found = verify(&fresh, Some(head_of(&receipt)));
    let expected = format!("run {}", receipt.statement);
    let rejection =
        Rejection::Expectation { field: "origin", expected, actual: "arbitrary".into() };
    assert_eq!(found, Err(rejection));
}

/// Shards in another order: claims are kept by number, so nothing says that they were proven.
#[test]
fn shards_do_not_change_places_unnoticed() {
    let first = sealed();
    let receipt = verify(&first, None).unwrap();
    let head = head_of(&receipt);
    let mut second = first.clone();
    let swapped: Vec<_> = second.order.shards.iter().map(|(rows, _)| *rows).rev().collect();
    let shards = std::mem::take(&mut second.shards);
    second.shards = shards.into_iter().map(|(index, held)| (1 - index, held)).collect();
    second.order.first = second.states.root;
    for (index, rows) in swapped.into_iter().enumerate() {
        second.order.shards[index] = (rows, second.shards[&(index as u32)].root);
    }
    second.order.origin = Origin::Run(head.statement);
    second.order.earlier_steps = head.steps;
    (second.previous, second.step, second.links) = ([0; 32], 0, vec![]);
    second.import();
    // The prover opened at the claims that were pending; the verifier knows of none here.
    match verify(&second, Some(head)) {
        Err(Rejection::Opening { polynomial, .. }) => assert_eq!(polynomial, "first states"),
        found => panic!("{found:?}"),
    }
}

#[test]
fn heads_have_one_encoding() {
    let head = head_of(&verify(&sealed(), None).unwrap());
    let bytes = head.to_bytes();
    assert_eq!(Head::from_bytes(&bytes), Ok(head));
    assert!(Head::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    assert!(Head::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    assert!(Head::from_bytes(b"nothing").is_err());
}
