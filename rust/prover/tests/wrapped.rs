//! Links on the wrapped channel: each stands for itself, and leaves nothing pending.

use crate::programs;
use std::sync::LazyLock;

use p3_field::PrimeCharacteristicRing;
use zkpot_ir::{Program, Reading};
use zkpot_pcs::{ChannelKind, Whir};
use zkpot_protocol::arithmetization::Source;
use zkpot_protocol::field::EF;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::schedule::Row;
use zkpot_protocol::statement::{Envelope, Origin, Statement};
use zkpot_verifier::link::shape_of;
use zkpot_verifier::run::Expectations;

use crate::programs::{Owned, ProveLinks, Running, classifier, nothing_expected, shared};

const STEPS: u32 = 3;

/// A run that trains on one shard.
fn running() -> Running {
    let mut owned = Owned::new(3);
    owned.shards.truncate(1);
    Running::of(classifier(), &owned, programs::LEVEL, ChannelKind::Wrapped)
}

/// The run after a link.
fn trained() -> Running {
    static TRAINED: LazyLock<Running> = LazyLock::new(|| {
        let mut running = running();
        train(&mut running);
        running
    });
    TRAINED.clone()
}

fn train(running: &mut Running) {
    let shard = running.shards.clone();
    running.train(STEPS, false);
    // It is not used up.
    running.shards = shard;
}

/// A change of a statement.
type Change = fn(&mut Statement);

/// What the verifier says to the last link with another statement.
fn verify_changed(running: &Running, change: impl Fn(&mut Statement)) -> Rejection {
    let mut running = running.clone();
    let mut link = LinkProof::from_bytes(running.links.last().unwrap()).unwrap();
    change(&mut link.statement);
    *running.links.last_mut().unwrap() = link.to_bytes();
    running.verify(&nothing_expected()).unwrap_err()
}

#[test]
fn links_verify_one_after_another_and_the_run_is_closed_after_each() {
    let mut running = running();
    for links in 1..=2 {
        train(&mut running);
        let receipt = running.verify(&nothing_expected()).unwrap();
        assert_eq!((receipt.links, receipt.steps), (links, u64::from(STEPS) * links as u64));
        let last = LinkProof::from_bytes(running.links.last().unwrap()).unwrap();
        assert_eq!(receipt.last_commitment, zkpot_verifier::run::hex(&last.statement.after));
        assert!(!receipt.zero_knowledge && receipt.complete && receipt.continuation.is_empty());
        // Witness, both states and the shard.
        assert_eq!(last.openings.len(), 4);
    }
}

#[test]
fn a_verifier_has_to_be_told_that_nothing_is_hidden() {
    let refused = trained().verify(&Expectations::default());
    assert_eq!(
        refused.err(),
        Some(Rejection::NotHiding { channel: ChannelKind::Wrapped, link: 0 })
    );
}

#[test]
fn rows_are_drawn_anew_and_not_epoch_by_epoch() {
    let running = running();
    let rows = running.session().rows(400).unwrap();
    let repeats = |epoch: &[Row]| {
        let mut distinct = epoch.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        distinct.len() < epoch.len()
    };
    assert!(rows.chunks_exact(programs::ROWS[0] as usize).any(repeats));
}

#[test]
fn every_opening_and_every_message_is_needed() {
    let running = trained();
    let honest = LinkProof::from_bytes(&running.links[0]).unwrap();
    let refused = |change: &dyn Fn(&mut LinkProof)| {
        let mut link = honest.clone();
        change(&mut link);
        let mut running = running.clone();
        running.links = vec![link.to_bytes()];
        running.verify(&nothing_expected()).unwrap_err()
    };
    let missing = Rejection::Shape { part: "openings", reason: "one for each opened polynomial" };
    assert_eq!(refused(&|link| drop(link.openings.pop())), missing);
    let names = ["witness", "first states", "last states", "data shard at position 0"];
    for (place, name) in names.into_iter().enumerate() {
        let Rejection::Opening { polynomial, .. } =
            refused(&|link| link.openings[place] = honest.openings[(place + 1) % 4].clone())
        else {
            panic!("the opening of the {name}");
        };
        assert_eq!(polynomial, name);
    }
    let relation = refused(&|link| link.revealed[2] += EF::ONE);
    assert_eq!(relation, Rejection::Relation);
}

#[test]
fn the_statement_is_bound() {
    let running = trained();
    let changes: [(&str, Change); 2] = [
        ("scalars", |statement| statement.scalars[0][0] += 1),
        ("last states", |statement| statement.after[31] ^= 1),
    ];
    for (what, change) in changes {
        let refused = verify_changed(&running, change);
        let by_proof = matches!(
            refused,
            Rejection::LookupRoot
                | Rejection::LookupLayer { .. }
                | Rejection::Product { .. }
                | Rejection::Relation
        );
        assert!(by_proof, "{what}: {refused}");
    }
}

#[test]
fn a_commitment_that_is_no_root_is_refused() {
    let refused = verify_changed(&trained(), |statement| statement.after = [0xff; 32]);
    assert!(!matches!(refused, Rejection::Chain { .. }), "{refused}");
}

#[test]
fn hashes_of_an_envelope_are_elements_and_bound() {
    let reason = "its hashes are elements of the circuit's field";
    let expected = Rejection::Shape { part: "envelope", reason };
    let changes: [Change; 2] = [
        |statement| statement.envelope = Some(Envelope { ciphertext: [0xff; 32], key: [1; 32] }),
        |statement| statement.envelope = Some(Envelope { ciphertext: [1; 32], key: [0xff; 32] }),
    ];
    for change in changes {
        assert_eq!(verify_changed(&trained(), change), expected);
    }
    // One that the link was not proven with.
    let other = |statement: &mut Statement| statement.envelope = Some(Envelope::default());
    let refused = verify_changed(&trained(), other);
    assert!(matches!(refused, Rejection::LookupLayer { .. }), "{refused}");
}

#[test]
fn nobody_s_word_is_taken() {
    let running = trained();
    let chain = |field| Rejection::Chain { link: 0, field };
    let sources: [(&str, Change); 5] = [
        ("source of the states", |statement| statement.states = Some(Source::Run)),
        ("source of a shard", |statement| statement.shards[0].source = Source::Run),
        ("states before", |statement| statement.before[0] ^= 1),
        ("states after", |statement| statement.after = [0; 32]),
        ("shard", |statement| statement.shards[0].before[0] ^= 1),
    ];
    for (field, change) in sources {
        assert_eq!(verify_changed(&running, change), chain(field));
    }
    let copied = verify_changed(&running, |statement| statement.shards[0].after = [1; 32]);
    assert_eq!(copied, chain("shard"));
}

#[test]
fn a_second_link_starts_where_the_first_ended() {
    let mut running = trained();
    let started = running.clone();
    train(&mut running);
    let mut other = started;
    train(&mut other);
    // Each continues the first link, but not the other's second.
    running.links.extend(other.links.pop());
    let refused = running.verify(&nothing_expected()).unwrap_err();
    assert_eq!(refused, Rejection::Chain { link: 2, field: "previous statement" });
}

#[test]
fn a_run_has_training_links_alone_and_starts_from_its_owners_commitments() {
    let sealed = {
        let mut running = trained();
        let proven = running.session().prove_seal::<Whir>(
            &running.states,
            &Default::default(),
            &Default::default(),
        );
        running.take(proven.unwrap());
        running
    };
    let refused = sealed.verify(&nothing_expected()).unwrap_err();
    assert_eq!(refused, Rejection::Chain { link: 1, field: "kind" });

    let mut seeded = running();
    seeded.order.origin = Origin::Seed([1; 32]);
    let steps = seeded.steps(STEPS, false);
    let shards = seeded.shards.iter().map(|(&index, held)| (index, shared(held))).collect();
    let trained = seeded.session().train::<Whir>(shared(&seeded.states), &shards, &steps, [1; 32]);
    let unproven = trained.unwrap().unproven;
    let proven = unproven.prove_link::<Whir>(&seeded.program, seeded.session().observer).unwrap();
    seeded.take(proven);
    let refused = seeded.verify(&nothing_expected()).unwrap_err();
    assert_eq!(refused, Rejection::Chain { link: 0, field: "origin" });
}

#[test]
fn what_a_circuit_cannot_follow_is_refused() {
    let owned = Owned::new(3);
    let mut running = Running::of(classifier(), &owned, programs::LEVEL, ChannelKind::Wrapped);
    let given = running.shards.iter().map(|(&index, held)| (index, held)).collect();
    let steps = running.steps(STEPS, false);
    let proven = running.session().prove_train::<Whir>(&running.states, &given, &steps);
    let reason = match proven {
        Ok(proven) => {
            running.take(proven);
            running.verify(&nothing_expected()).unwrap_err().to_string()
        }
        Err(error) => error.to_string(),
    };
    assert!(reason.contains("a wrapped link opens one shard"), "{reason}");
}

#[test]
fn a_circuit_draws_from_all_rows_of_the_dataset() {
    let running = trained();
    let refused = |program: &Program, change: &dyn Fn(&mut Statement)| {
        let mut link = LinkProof::from_bytes(&running.links[0]).unwrap();
        change(&mut link.statement);
        let bounds = program.check().unwrap();
        shape_of(&link, program, &bounds).unwrap_err()
    };
    let part = "shards";
    let reason = "a wrapped link's shard is the whole dataset";
    let another = |statement: &mut Statement| statement.data_root[0] ^= 1;
    assert_eq!(refused(&running.program, &another), Rejection::Shape { part, reason });
    let ordered = Program { reading: Reading::InOrder, ..running.program.clone() };
    let reason = "a wrapped link draws its rows";
    assert_eq!(refused(&ordered, &|_| ()), Rejection::Shape { part: "program", reason });
}
