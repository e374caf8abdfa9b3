//! A link is the same whether it is proven in one process or handed from one to another.

use crate::programs;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use crate::programs::{Owned, Running, all_shared, classifier, nothing_expected, seed, shared};
use zkpot_pcs::{Challenger, Whir};
use zkpot_protocol::channel::ChannelKind;
use zkpot_prover::error::ProveError;
use zkpot_prover::held::Held;
use zkpot_prover::phases::Observer;
use zkpot_prover::session::Steps;
use zkpot_prover::threads::on_threads;
use zkpot_prover::unopened::Unopened;
use zkpot_prover::unproven::Unproven;

const CHANNELS: [ChannelKind; 2] = [ChannelKind::Clear, ChannelKind::Hiding];

const SILENT: Observer<'static> = &|_, _, _| ControlFlow::Continue(());

fn given(running: &Running) -> BTreeMap<u32, &Held> {
    running.shards.iter().map(|(&index, held)| (index, held)).collect()
}

fn link(running: &Running, count: u32, witness: bool, seed: [u8; 32]) -> Unproven {
    let needed = running.scheduled(count);
    let shards = given(running).into_iter().filter(|(index, _)| needed.contains(index)).collect();
    let steps = Steps { witness, ..running.steps(count, true) };
    let session = running.session();
    session
        .train::<Whir>(shared(&running.states), &all_shared(&shards), &steps, seed)
        .unwrap()
        .unproven
}

/// Hands a link to another process and takes back what that proved.
fn handed(running: &Running, unproven: &Unproven) -> Unopened<Challenger> {
    let elsewhere = Unproven::from_bytes(&unproven.to_bytes().unwrap()).unwrap();
    assert!(elsewhere.trace.is_none());
    let sent = elsewhere.prove::<Whir>(&running.program, SILENT).unwrap().link;
    Unopened::received::<Whir>(&running.program, unproven, sent).unwrap()
}

#[test]
fn links_are_made_ready_before_any_is_proven() {
    for channel in CHANNELS {
        let mut running = Running::start_on(channel);
        // Three training links and a seal, none of which has a claim yet; then the proofs, the last
        // one first, up to their openings.
        let first = running.clone();
        let mut links = Vec::new();
        for count in [2, 1, 1] {
            let unproven = link(&running, count, false, seed());
            running.previous = unproven.statement.digest();
            running.step += u64::from(count);
            running.states = Held::clone(unproven.outputs.states.as_deref().unwrap());
            for (entry, copy) in unproven.statement.shards.iter().zip(&unproven.outputs.shards) {
                running.shards.insert(entry.index, Held::clone(copy.as_deref().unwrap()));
            }
            links.push(unproven);
        }
        let session = running.session();
        let (states, none) = (shared(&running.states), BTreeSet::new());
        links.push(
            session.seal::<Whir>(states, &all_shared(&given(&running)), &none, seed()).unwrap(),
        );
        let mut unopened: Vec<_> =
            links.iter().rev().map(|unproven| handed(&running, unproven)).collect();

        let mut opened = first;
        for unproven in &links {
            let indices = unproven.statement.shards.iter().map(|shard| shard.index);
            let shards: Vec<&Held> = indices.map(|index| &opened.shards[&index]).collect();
            let waiting = unopened.pop().unwrap();
            let (program, outputs) = (&opened.program, &unproven.outputs);
            let proven = waiting
                .open::<Whir>(program, Some(&opened.states), &shards, outputs, SILENT)
                .unwrap();
            opened.take(proven);
        }
        assert_eq!(opened.verify(&nothing_expected()).map(|receipt| receipt.steps), Ok(4));
    }
}

#[test]
fn equal_seeds_give_equal_bytes() {
    for channel in CHANNELS {
        let running = Running::start_on(channel);
        let seed = seed();
        let proven = [false, true].map(|kept| {
            let unproven = link(&running, 2, kept, seed);
            // What is searched for in parallel may be found elsewhere.
            on_threads(Some(1), || unproven.prove_link::<Whir>(&running.program, SILENT))
                .unwrap()
                .link
                .to_bytes()
        });
        assert_eq!(proven[0], proven[1]);
        let other = link(&running, 2, true, programs::seed());
        assert_ne!(other.statement, link(&running, 2, true, seed).statement);
    }
}

#[test]
fn a_worker_that_proves_something_else_is_refused() {
    let running = Running::start_on(ChannelKind::Hiding);
    let asked = link(&running, 2, false, seed());
    let other =
        link(&running, 2, false, seed()).prove::<Whir>(&running.program, SILENT).unwrap().link;
    let refused = Unopened::received::<Whir>(&running.program, &asked, other.clone());
    assert!(matches!(refused, Err(ProveError::Commitment(_))));
    let mut proven = asked.prove::<Whir>(&running.program, SILENT).unwrap().link;
    proven.scalars[0] += other.scalars[1];
    let refused = Unopened::received::<Whir>(&running.program, &asked, proven.clone());
    assert!(matches!(refused, Err(ProveError::Statement(_))));
    proven.openings.clear();
    let refused = Unopened::received::<Whir>(&running.program, &asked, proven);
    assert!(matches!(refused, Err(ProveError::Statement(_))));
}

#[test]
fn another_input_is_not_opened() {
    let running = Running::start_on(ChannelKind::Hiding);
    let unproven = link(&running, 1, false, seed());
    let unopened = handed(&running, &unproven);
    let other = Running::of(classifier(), &Owned::new(4), programs::LEVEL, ChannelKind::Hiding);
    let shards: Vec<&Held> = unproven.shards.iter().map(AsRef::as_ref).collect();
    let refused = unopened.open::<Whir>(
        &running.program,
        Some(&other.states),
        &shards,
        &unproven.outputs,
        SILENT,
    );
    assert!(matches!(refused, Err(ProveError::Commitment(_))));
}

#[test]
fn damaged_work_is_refused() {
    let running = Running::start();
    let bytes = link(&running, 1, false, seed()).to_bytes().unwrap();
    let refused = Unproven::from_bytes(&bytes[..bytes.len() / 2]);
    assert!(matches!(refused, Err(ProveError::Secrets)));
    assert!(matches!(Unproven::from_bytes(b"ZKWORK\xff\xff"), Err(ProveError::Statement(_))));
    let unproven = Unproven::from_bytes(&bytes).unwrap();
    assert!(!format!("{unproven:?}").contains(&running.states.integers[0][0].to_string()));
}
