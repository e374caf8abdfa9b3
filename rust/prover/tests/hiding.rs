//! Runs on the hiding channel verify, and whatever is changed about one of its links is refused.

use crate::programs;
use crate::scheme;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use p3_field::PrimeCharacteristicRing;
use zkpot_pcs::Whir;
use zkpot_protocol::arithmetization::{Arithmetization, LinkShape, Polynomial};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::field::EF;
use zkpot_protocol::labels;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_prover::error::ProveError;
use zkpot_prover::held::Held;
use zkpot_prover::trace::Trace;
use zkpot_verifier::{Expectations, RunVerifier};

use crate::links::Link;
use crate::programs::{ProveLinks, Running};

const STEPS: u32 = 3;

#[test]
fn a_run_of_several_links_is_zero_knowledge() {
    let mut running = Running::start_on(ChannelKind::Hiding);
    running.train(3, true);
    running.train(2, true);
    running.train(1, false);
    running.seal();
    let receipt = running.verify(&Expectations::default()).unwrap();
    assert!(receipt.zero_knowledge && receipt.complete);
    assert_eq!((receipt.steps, receipt.links), (6, 5));
}

/// Data that comes in by an import of its own, while the weights' claim is pending.
#[test]
fn an_import_of_data_alone() {
    let mut running = Running::committed(&programs::Owned::new(3), ChannelKind::Hiding);
    let none = BTreeMap::new();
    let proven = running.session().prove_import::<Whir>(Some(&running.states), &none).unwrap();
    running.take(proven);
    let given: BTreeMap<u32, &Held> = running.shards.iter().map(|(&i, held)| (i, held)).collect();
    let proven = running.session().prove_import::<Whir>(None, &given).unwrap();
    drop(given);
    running.take(proven);
    running.train(3, false);
    running.seal();
    let receipt = running.verify(&Expectations::default()).unwrap();
    assert!(receipt.zero_knowledge);
    assert_eq!((receipt.steps, receipt.links), (3, 4));
}

#[test]
fn a_clear_run_is_refused_unless_it_is_allowed() {
    let mut running = Running::start_on(ChannelKind::Clear);
    running.train(2, true);
    running.seal();
    let refused = running.verify(&Expectations::default());
    assert_eq!(refused, Err(Rejection::NotHiding { channel: ChannelKind::Clear, link: 0 }));
    let receipt = running.verify(&programs::nothing_expected()).unwrap();
    assert!(!receipt.zero_knowledge);
}

/// A prover that makes the copies of one link for the other channel, so that the next link can be on
/// it. Each link by itself holds.
#[test]
fn the_links_of_a_run_are_on_one_channel() {
    for (first, then) in
        [(ChannelKind::Clear, ChannelKind::Hiding), (ChannelKind::Hiding, ChannelKind::Clear)]
    {
        let mut running = Running::committed(&programs::Owned::new(3), first);
        let import = Link::import(&running);
        let copies = 1 + running.shards.len();
        scheme::commit_on(then, copies);
        let trace = Trace { final_states: running.states.integers.clone(), ..Trace::default() };
        let proven = import.prove(&import.system(), Some(&trace)).unwrap();
        scheme::be_honest();
        assert_eq!(import.verify_in_run(&proven.link), Ok(()));
        running.take(proven);
        running.channel = then;
        running.states.channel = then;
        running.shards.values_mut().for_each(|held| held.channel = then);
        let training = Link::training(&running, STEPS);
        let system = training.system();
        let link = training.prove(&system, Some(&training.execute(&|_, _| ()))).unwrap().link;
        assert!(training.verify(&link, &system).is_ok());
        let refused = training.verify_in_run(&link);
        assert_eq!(refused, Err(Rejection::Chain { link: 1, field: "channel" }));
    }
}

/// An honest prover opens a commitment only on the channel that it was made for.
#[test]
fn commitments_serve_one_channel() {
    for (made, run, said) in [
        (ChannelKind::Hiding, ChannelKind::Clear, "commitments made for a clear run"),
        (ChannelKind::Clear, ChannelKind::Hiding, "made for a run that hides nothing"),
        (ChannelKind::Clear, ChannelKind::Wrapped, "commitments made for a wrapped run"),
    ] {
        let mut running = Running::committed(&programs::Owned::new(3), made);
        running.channel = run;
        let given: BTreeMap<u32, &Held> = running.shards.iter().map(|(&i, h)| (i, h)).collect();
        let refused =
            running.session().prove_import::<Whir>(Some(&running.states), &given).unwrap_err();
        assert!(refused.to_string().contains(said), "{refused}");
    }
}

/// A run after its import, and the training link that follows.
fn proven() -> &'static (Running, LinkProof) {
    static PROVEN: OnceLock<(Running, LinkProof)> = OnceLock::new();
    PROVEN.get_or_init(|| {
        let running = Running::start_on(ChannelKind::Hiding);
        let link = Link::training(&running, STEPS);
        let proven = link.prove(&link.system(), Some(&link.execute(&|_, _| ()))).unwrap().link;
        (running, proven)
    })
}

fn tampered(change: impl FnOnce(&mut LinkProof)) -> Result<(), Rejection> {
    let (running, link) = proven();
    let mut changed = link.clone();
    change(&mut changed);
    assert_ne!(changed, *link);
    Link::training(running, STEPS).verify_in_run(&changed)
}

/// The same by a verifier that has seen the run so far.
fn tampered_message(change: impl FnOnce(&mut LinkProof), system: &Arithmetization) -> Rejection {
    let (running, link) = proven();
    let mut changed = link.clone();
    change(&mut changed);
    Link::training(running, STEPS).verify(&changed, system).map(|_| ()).unwrap_err()
}

#[test]
fn the_link_itself_is_accepted() {
    let (running, link) = proven();
    assert_eq!(Link::training(running, STEPS).verify_in_run(link), Ok(()));
}

/// Which of the joined relations fails, the verifier cannot tell.
#[test]
fn every_scalar() {
    let (running, link) = proven();
    let system = Link::training(running, STEPS).system();
    for place in 0..link.scalars.len() {
        let change = |link: &mut LinkProof| link.scalars[place] += EF::from_u64(1 << (place % 60));
        assert_eq!(tampered_message(change, &system), Rejection::Masks, "scalar {place}");
    }
    let swap = |link: &mut LinkProof| link.scalars.swap(0, 1);
    assert_eq!(tampered_message(swap, &system), Rejection::Masks);
}

/// The rows that fill the block are in no relation: the witness's opening knows them.
#[test]
fn every_revealed_value() {
    let (running, link) = proven();
    let system = Link::training(running, STEPS).system();
    let filling = link.revealed.len() - 2;
    for place in 0..link.revealed.len() {
        let change = |link: &mut LinkProof| link.revealed[place] += EF::ONE;
        match tampered_message(change, &system) {
            Rejection::Masks => assert!(place < filling, "revealed value {place}"),
            Rejection::Opening { polynomial, .. } => {
                assert_eq!(polynomial, Polynomial::Witness.to_string());
                assert!(place >= filling, "revealed value {place}");
            }
            other => panic!("{other:?}"),
        }
    }
}

/// The number of masks is that of the scalars, which the conversation decides.
#[test]
fn messages_too_few_or_too_many() {
    let round = labels::MULTIPLICATION_ROUND;
    let (last, rows) = (Rejection::MessageMissing { label: round }, labels::MASKS_ROWS);
    type Change = fn(&mut LinkProof);
    let mutations: [(Change, Rejection); 8] = [
        (|l| l.scalars.truncate(l.scalars.len() - 1), last),
        (|l| l.scalars.truncate(l.scalars.len() / 2), missing(labels::LOOKUP_ROUND)),
        (|l| l.scalars.clear(), missing(labels::LOOKUP_ROOT)),
        (|l| l.scalars.push(EF::ZERO), Rejection::MessagesLeft { count: 1 }),
        (|l| l.scalars.insert(0, EF::ONE), Rejection::MessagesLeft { count: 1 }),
        (|l| l.revealed.truncate(l.revealed.len() - 1), missing(rows)),
        (|l| l.revealed.push(EF::ZERO), Rejection::MessagesLeft { count: 1 }),
        (|l| l.revealed.clear(), missing(labels::OPENING_VALUE)),
    ];
    for (index, (change, expected)) in mutations.into_iter().enumerate() {
        assert_eq!(tampered(change), Err(expected), "mutation {index}");
    }
}

fn missing(label: &'static str) -> Rejection {
    Rejection::MessageMissing { label }
}

/// More masks than the block has room for make the block larger; far too many are refused first.
#[test]
fn far_too_many_scalars() {
    let (_, link) = proven();
    let slots = (link.scalars.len() + 16).next_power_of_two();
    let count = slots - link.scalars.len();
    let left = Err(Rejection::MessagesLeft { count });
    assert_eq!(tampered(|link| link.scalars.resize(slots, EF::ONE)), left);
    let limit = Err(Rejection::Limit { part: "masked scalars", limit: 1 << 18 });
    assert_eq!(tampered(|link| link.scalars.resize((1 << 18) + 1, EF::ONE)), limit);
}

/// A prover with one mask too many or too few does not finish.
#[test]
fn a_mask_unused() {
    let (running, _) = proven();
    let link = Link::training(running, STEPS);
    let trace = link.execute(&|_, _| ());
    let system = link.system();
    let masks = system.shape.masks.unwrap();
    for other in [masks - 1, masks + 1] {
        let shape = LinkShape { masks: Some(other), ..system.shape.clone() };
        let other = Arithmetization::new(&running.program, &link.bounds(), shape).unwrap();
        // The block has room for both, so that nothing else is different.
        assert_eq!(other.layout.regions, system.layout.regions);
        assert!(matches!(link.prove(&other, Some(&trace)), Err(ProveError::Masks)));
    }
}

/// A hiding link that says it is in clear, and another witness.
#[test]
fn the_statements_channel() {
    let clear = |link: &mut LinkProof| link.statement.channel = ChannelKind::Clear;
    assert_eq!(tampered(clear), Err(Rejection::Chain { link: 1, field: "channel" }));
    let other = |link: &mut LinkProof| link.witness.as_mut().unwrap()[0] ^= 1;
    assert_eq!(tampered(other), Err(Rejection::Masks));
    let none = |link: &mut LinkProof| link.witness = None;
    let shape = Rejection::Shape { part: "witness", reason: "present exactly if needed" };
    assert_eq!(tampered(none), Err(shape));

    // A hiding seal has a witness, of masks alone.
    let mut running = Running::start_on(ChannelKind::Hiding);
    running.train(1, true);
    let before = running.clone();
    running.seal();
    let mut seal = LinkProof::from_bytes(running.links.last().unwrap()).unwrap();
    let told = Link::seal(&before);
    assert_eq!(told.verify_in_run(&seal), Ok(()));
    seal.statement.channel = ChannelKind::Clear;
    let channel = Rejection::Chain { link: 2, field: "channel" };
    assert_eq!(told.verify_in_run(&seal), Err(channel));
    let unexpected = Expectations::default();
    let mut strict =
        RunVerifier::<Whir>::new(&running.program, &running.order, &unexpected).unwrap();
    before.links.iter().for_each(|link| strict.push(link).unwrap());
    assert_eq!(
        strict.push(&seal.to_bytes()),
        Err(Rejection::NotHiding { channel: ChannelKind::Clear, link: 2 })
    );
}

/// Openings belong to the transcript that the masked scalars made.
#[test]
fn openings_of_another_proof() {
    let (running, link) = proven();
    let told = Link::training(running, STEPS);
    let other = told.prove(&told.system(), Some(&told.execute(&|_, _| ()))).unwrap().link;
    assert_eq!(told.verify_in_run(&other), Ok(()));
    for opening in 0..link.openings.len() {
        let change =
            |link: &mut LinkProof| link.openings[opening].clone_from(&other.openings[opening]);
        assert!(matches!(tampered(change), Err(Rejection::Opening { .. })));
    }
    let scalars = |link: &mut LinkProof| link.scalars.clone_from(&other.scalars);
    assert_eq!(tampered(scalars), Err(Rejection::Masks));
}
