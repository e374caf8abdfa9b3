//! A proof of something else than what was ordered, committed or claimed is refused.

use crate::programs;
use crate::scheme;
use std::collections::BTreeMap;

use p3_field::PrimeCharacteristicRing;
use zkpot_pcs::Whir;
use zkpot_protocol::arithmetization::LinkKind;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::Committer;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::labels;
use zkpot_protocol::pending::{Pending, absorb_pending};
use zkpot_protocol::rejection::Rejection;
use zkpot_prover::held::{Held, HeldKind};

use crate::links::Link;
use crate::listening::solve_for_states_out;
use crate::programs::{Owned, Running};

const STEPS: u32 = 3;

/// Proves `done` under the statement of `stated`: refused by the relations. Under its own
/// statement it is the truth, and accepted.
fn refuse_execution(stated: &Link<'_>, done: &Link<'_>) {
    let trace = done.execute(&|_, _| ());
    let told = stated.prove(&stated.system(), Some(&trace)).unwrap().link;
    let refused = stated.verify(&told, &stated.system()).map(|_| ());
    assert_eq!(refused, Err(Rejection::Relation));
    assert_eq!(stated.verify_in_run(&told), Err(Rejection::Relation));
    let told = done.prove(&done.system(), Some(&trace)).unwrap().link;
    assert_eq!(done.verify(&told, &done.system()).map(|_| ()), Ok(()));
}

/// Every batch has other rows than the schedule draws.
#[test]
fn other_rows() {
    let running = Running::start();
    let stated = Link::training(&running, STEPS);
    let mut done = Link::training(&running, STEPS);
    done.rows
        .iter_mut()
        .for_each(|row| row.row = (row.row + 1) % programs::ROWS[row.shard as usize]);
    refuse_execution(&stated, &done);
    // Nor does the run's verifier take the prover's rows for its own.
    let trace = done.execute(&|_, _| ());
    let told = done.prove(&done.system(), Some(&trace)).unwrap().link;
    assert_eq!(stated.verify_in_run(&told), Err(Rejection::Relation));
}

/// One row of one batch is another row.
#[test]
fn one_other_row() {
    let running = Running::start();
    let stated = Link::training(&running, STEPS);
    let mut done = Link::training(&running, STEPS);
    done.rows[4].row = (done.rows[4].row + 1) % programs::ROWS[done.rows[4].shard as usize];
    refuse_execution(&stated, &done);
}

/// The first two steps in the other order.
#[test]
fn swapped_steps() {
    let running = Running::start();
    let stated = Link::training(&running, STEPS);
    let mut done = Link::training(&running, STEPS);
    done.rows.rotate_left(3);
    done.rows[3..].rotate_left(3);
    refuse_execution(&stated, &done);
}

/// One step trains at a higher rate than stated.
#[test]
fn other_learning_rates() {
    let running = Running::start();
    let stated = Link::training(&running, STEPS);
    let mut done = Link::training(&running, STEPS);
    done.scalars[0][1] = 5;
    refuse_execution(&stated, &done);
}

/// Trains on data that nobody committed.
#[test]
fn other_data() {
    let running = Running::start();
    let mut other = running.clone();
    for shard in other.shards.values_mut() {
        shard.integers[0].iter_mut().for_each(|x| *x ^= 1);
    }
    let stated = Link::training(&running, STEPS);
    let trace = Link::training(&other, STEPS).execute(&|_, _| ());
    let told = stated.prove(&stated.system(), Some(&trace)).unwrap().link;
    assert_eq!(stated.verify_in_run(&told), Err(Rejection::Relation));
}

/// Trains from weights that nobody committed.
#[test]
fn other_first_weights() {
    let running = Running::start();
    let mut other = running.clone();
    other.states.integers[0][0] += 300;
    let stated = Link::training(&running, STEPS);
    let trace = Link::training(&other, STEPS).execute(&|_, _| ());
    let told = stated.prove(&stated.system(), Some(&trace)).unwrap().link;
    assert_eq!(stated.verify_in_run(&told), Err(Rejection::Relation));
}

/// Commits to other integers and calls the result by the name of the committed ones.
fn impostor(running: &Running, kind: HeldKind, mut integers: Vec<Vec<i64>>, real: &Held) -> Held {
    integers[0][0] ^= 1;
    let mut held =
        Held::commit::<Whir>(&running.program, kind, real.level, real.channel, integers).unwrap();
    scheme::pretend(held.root, real.root);
    held.root = real.root;
    held.pending.clone_from(&real.pending);
    held
}

fn refuse_opening(real: &Running, told: &Running, polynomial: &str) {
    let stated = Link::training(real, STEPS);
    let link = Link::training(told, STEPS);
    let trace = link.execute(&|_, _| ());
    let told = link.prove(&link.system(), Some(&trace)).unwrap().link;
    scheme::be_honest();
    match stated.verify_in_run(&told) {
        Err(Rejection::Opening { polynomial: found, .. }) => assert_eq!(found, polynomial),
        other => panic!("{polynomial}: {other:?}"),
    }
}

/// Opens other weights under the root of the committed ones.
#[test]
fn other_weights_under_the_same_name() {
    let real = Running::start();
    let mut told = real.clone();
    told.states = impostor(&real, HeldKind::States, real.states.integers.clone(), &real.states);
    refuse_opening(&real, &told, "first states");
}

/// Opens another shard under the root of the committed one.
#[test]
fn other_data_under_the_same_name() {
    let real = Running::start();
    let mut told = real.clone();
    let shard = &real.shards[&1];
    told.shards.insert(1, impostor(&real, shard.kind, shard.integers.clone(), shard));
    refuse_opening(&real, &told, "data shard at position 1");
}

/// Opens weights and data that are what they say, but not those of the run.
#[test]
fn commitments_from_elsewhere() {
    let real = Running::start();
    let other = Running::start();
    let stated = Link::training(&real, STEPS);
    for (states, shard, field) in [(&other, &real, "states before"), (&real, &other, "shard")] {
        let mut told = real.clone();
        told.states = states.states.clone();
        told.shards.clone_from(&shard.shards);
        let link = Link::training(&told, STEPS);
        let proven = link.prove(&link.system(), Some(&link.execute(&|_, _| ()))).unwrap().link;
        assert_eq!(stated.verify_in_run(&proven), Err(Rejection::Chain { link: 1, field }));
    }
}

/// A claim that the last link left is opened as another one, or not at all.
#[test]
fn other_carried_claims() {
    let real = Running::start();
    let other = |change: &dyn Fn(&mut Pending)| {
        let mut told = real.clone();
        change(told.states.pending.as_mut().unwrap());
        told
    };
    let mut dropped = real.clone();
    dropped.states.pending = None;
    let mut of_data = real.clone();
    of_data.shards.get_mut(&1).unwrap().pending.as_mut().unwrap().value += EF::ONE;
    let runs = [
        other(&|pending| pending.value += EF::ONE),
        other(&|pending| pending.point[0] += EF::ONE),
        other(&|pending| pending.point.reverse()),
        other(&|pending| pending.closing += EF::ONE),
        other(&|pending| pending.commitment[0] ^= 1),
        dropped,
        of_data,
    ];
    for told in runs {
        refuse_opening(&real, &told, "first states");
    }
}

/// A row of a table is counted once too often, or in another table.
#[test]
fn wrong_multiplicities() {
    let running = Running::start();
    let link = Link::training(&running, STEPS);
    let (system, trace) = (link.system(), link.execute(&|_, _| ()));
    let places: Vec<usize> = system
        .tables
        .iter()
        .map(|table| system.layout.regions[table.multiplicity()].offset)
        .collect();
    for table in 0..places.len() {
        for other in [None, Some(places[(table + 1) % places.len()])] {
            let place = places[table];
            scheme::edit_witness(move |values: &mut [F]| {
                values[place] += F::ONE;
                if let Some(other) = other {
                    values[other] -= F::ONE;
                }
            });
            let told = link.prove(&system, Some(&trace)).unwrap().link;
            let expected = Rejection::LookupLayer { layer: 0 };
            assert_eq!(link.verify(&told, &system).map(|_| ()), Err(expected));
        }
    }
}

/// A seal that copies other weights and reveals the value that makes its last check hold.
///
/// The verifier takes the link: it proves what came before. Nothing follows for the copy, and no
/// next link can open it.
#[test]
fn a_copy_whose_claim_was_solved_for() {
    let mut running = Running::start();
    running.train(2, true);
    // A seal that leaves the data for later.
    let alone = Running { shards: BTreeMap::new(), ..running.clone() };
    let seal = Link::seal(&alone);
    let system = seal.system();
    let mut trace = zkpot_prover::trace::Trace::default();
    trace.final_states.clone_from(&running.states.integers);
    trace.final_states[0][0] += 1000;
    let proven = seal.prove(&system, Some(&trace)).unwrap();
    let (mut link, mut states) = (proven.link, proven.states.unwrap());
    assert_eq!(seal.verify(&link, &system).map(|_| ()), Err(Rejection::Relation));

    let mut heard = solve_for_states_out(&mut link, &seal, &system);
    assert_eq!(heard.residual, EF::ZERO);
    let claim = running.states.pending.as_ref();
    absorb_pending(&mut heard.transcript, &[claim]);
    let points = [heard.evaluations[0].point.clone(), claim.unwrap().point.clone()];
    let data = running.states.opening::<Whir>(&running.program).unwrap();
    let (_, opening) = Whir::open(data, &points, heard.transcript.sponge_mut()).unwrap();
    link.openings = vec![Whir::encode(&opening).unwrap()];
    let solved = Pending {
        commitment: states.root,
        point: heard.evaluations[1].point.clone(),
        value: heard.evaluations[1].value,
        closing: heard.transcript.challenge(labels::CLOSING),
    };
    assert_eq!(seal.verify(&link, &system).unwrap().states, Some(solved.clone()));
    assert_eq!(seal.verify_in_run(&link), Ok(()));

    // What the seal closes is the state before it, which is the truth.
    running.links.push(link.to_bytes());
    running.previous = link.statement.digest();
    states.pending = Some(solved);
    running.states = states;
    // The data are still pending, and so the run is open.
    let open = running.verify(&programs::nothing_expected());
    assert!(matches!(open, Err(Rejection::NotClosed { step: 2, .. })));

    // The copy cannot be opened where it was claimed, in training or in another seal.
    for next in [Link::training(&running, STEPS), Link::seal(&running)] {
        let trace = (next.kind == LinkKind::Training).then(|| next.execute(&|_, _| ()));
        let told = next.prove(&next.system(), trace.as_ref()).unwrap().link;
        let expected = Rejection::Opening {
            polynomial: "first states".into(),
            reason: "the value claimed at point 1 is not the one the proof carries".into(),
        };
        assert_eq!(next.verify_in_run(&told), Err(expected));
    }
}

/// An owner's data that differ from what a later link trains on: the import binds them.
#[test]
fn data_of_another_owner() {
    let real = Running::committed(&Owned::new(3), ChannelKind::Clear);
    let other = Running::committed(&Owned::new(4), ChannelKind::Clear);
    let stated = Link::import(&real);
    let told = Link::import(&other);
    let proven = told.prove(&told.system(), None).unwrap().link;
    let mut link = proven;
    link.statement.first = real.order.first;
    link.statement.data_root = real.order.data_root();
    let refused = stated.verify_in_run(&link);
    assert_eq!(refused, Err(Rejection::Chain { link: 0, field: "states before" }));
}
