//! What a run demands of its links, and a verifier of the run.

use crate::programs;
use std::collections::{BTreeMap, BTreeSet};

use p3_field::PrimeCharacteristicRing;
use zkpot_pcs::Whir;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::field::EF;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::statement::{Order, Origin};
use zkpot_prover::error::ProveError;
use zkpot_prover::held::Held;
use zkpot_prover::session::{Session, Steps};
use zkpot_verifier::{Expectations, Receipt, RunVerifier, run::hex};

use crate::programs::{ProveLinks, Running, nothing_expected, verify_links};

/// Verifies links in the given order against the run's own terms.
fn verify(running: &Running, links: &[Vec<u8>]) -> Result<Receipt, Rejection> {
    verify_links::<Whir>(&running.program, &running.order, &nothing_expected(), links)
}

fn chain(link: usize, field: &'static str) -> Result<Receipt, Rejection> {
    Err(Rejection::Chain { link, field })
}

/// Import, two training links, seal.
fn closed() -> Running {
    let mut running = Running::start();
    running.train(2, true);
    running.train(2, true);
    running.seal();
    running
}

/// The links in another order, twice, or missing.
#[test]
fn links_out_of_order() {
    let running = closed();
    let all = running.links.clone();
    assert_eq!(verify(&running, &all).map(|receipt| receipt.steps), Ok(4));
    let pick = |order: &[usize]| order.iter().map(|&i| all[i].clone()).collect::<Vec<_>>();
    for (order, refused_at) in [
        (&[1usize, 2, 3][..], 0),
        (&[0, 2, 1, 3], 1),
        (&[0, 2, 3], 1),
        (&[0, 1, 3], 2),
        (&[0, 1, 1, 2, 3], 2),
        (&[0, 1, 2, 3, 3], 4),
        (&[0, 0, 1, 2, 3], 1),
        (&[3], 0),
    ] {
        assert_eq!(
            verify(&running, &pick(order)),
            chain(refused_at, "previous statement"),
            "{order:?}"
        );
    }
    let open = Err(Rejection::NotClosed { commitment: hex(&running.order.first), step: 0 });
    assert_eq!(verify(&running, &[]), open);
}

/// A run without a seal ends in a claim that nobody has proven.
#[test]
fn a_run_without_a_seal_is_open() {
    let mut running = Running::start();
    let imported = hex(&running.states.root);
    let open = |commitment: String, step| Err(Rejection::NotClosed { commitment, step });
    assert_eq!(verify(&running, &running.links), open(imported, 0));
    running.train(3, false);
    assert_eq!(verify(&running, &running.links), open(hex(&running.states.root), 3));
}

/// A seal that leaves a shard's claim pending does not close the run.
#[test]
fn an_unread_shard_keeps_the_run_open() {
    let mut running = Running::start();
    running.train(1, true);
    let left: BTreeSet<u32> = running.shards.keys().copied().collect();
    assert_eq!(left.len(), 2);
    let given: BTreeMap<u32, &Held> = [(0, &running.shards[&0])].into();
    let proven =
        running.session().prove_seal::<Whir>(&running.states, &given, &BTreeSet::new()).unwrap();
    drop(given);
    let unread = hex(&running.shards[&1].root);
    running.take(proven);
    let open = Err(Rejection::NotClosed { commitment: unread, step: 1 });
    assert_eq!(verify(&running, &running.links), open);
}

/// A commitment that was opened is opened again, by a link that is honest otherwise.
#[test]
fn a_spent_commitment_is_not_opened_again() {
    let mut running = Running::start();
    let before = running.clone();
    let spent = running.shards.clone();
    running.train(3, true);
    // A second training from the same weights and data, under a statement that fits the chain.
    let mut again = before;
    again.previous = running.previous;
    again.step = running.step;
    again.links.clone_from(&running.links);
    again.train(2, true);
    assert_eq!(verify(&again, &again.links), chain(2, "states before"));
    // Fresh weights, spent data.
    let mut data = running.clone();
    data.shards = spent;
    data.train(2, true);
    assert_eq!(verify(&data, &data.links), chain(2, "shard"));
}

/// Two shards under one commitment: the second reading would open it twice.
#[test]
fn one_commitment_for_two_shards() {
    let running = Running::start();
    let program = &running.program;
    let owned = Running::committed(&programs::Owned::new(3), ChannelKind::Clear);
    let mut order = owned.order.clone();
    order.shards[1] = order.shards[0];
    let session = Session { order: &order, ..owned.session() };
    let twice: BTreeMap<u32, &Held> = [(0, &owned.shards[&0]), (1, &owned.shards[&0])].into();
    let together = session.prove_import::<Whir>(Some(&owned.states), &twice).unwrap().link;
    let expected = nothing_expected();
    let mut verifier = RunVerifier::<Whir>::new(program, &order, &expected).unwrap();
    let refused = verifier.push(&together.to_bytes());
    assert_eq!(refused, Err(Rejection::Chain { link: 0, field: "commitments" }));

    let first: BTreeMap<u32, &Held> = [(0, &owned.shards[&0])].into();
    let one = session.prove_import::<Whir>(Some(&owned.states), &first).unwrap().link;
    let second: BTreeMap<u32, &Held> = [(1, &owned.shards[&0])].into();
    let session = Session { previous: one.statement.digest(), ..session };
    let other = session.prove_import::<Whir>(None, &second).unwrap().link;
    let mut verifier = RunVerifier::<Whir>::new(program, &order, &expected).unwrap();
    verifier.push(&one.to_bytes()).unwrap();
    let commitment = hex(&owned.shards[&0].root);
    assert_eq!(verifier.push(&other.to_bytes()), Err(Rejection::Spent { link: 1, commitment }));
}

/// A commitment is called fresh that the run has seen.
#[test]
fn outputs_are_new() {
    let mut running = Running::start();
    running.train(2, true);
    let link = LinkProof::from_bytes(&running.links[1]).unwrap();
    for seen in
        [link.statement.before, link.statement.shards[0].before, link.statement.shards[0].after]
    {
        let mut told = link.clone();
        told.statement.after = seen;
        let refused = verify(&running, &[running.links[0].clone(), told.to_bytes()]);
        assert_eq!(refused, Err(Rejection::Spent { link: 1, commitment: hex(&seen) }));
    }
}

/// A link about other shards than the schedule draws from.
#[test]
fn other_shards_than_scheduled() {
    let mut running = Running::start();
    running.train(1, true);
    let link = LinkProof::from_bytes(&running.links[1]).unwrap();
    // One shard too few.
    let mut fewer = link.clone();
    fewer.statement.shards.clear();
    let refused = verify(&running, &[running.links[0].clone(), fewer.to_bytes()]);
    assert_eq!(refused, chain(1, "shards"));
    // One too many, proven in earnest.
    let mut start = Running::start();
    assert_eq!(start.scheduled(1).len(), 1);
    let all: BTreeMap<u32, &Held> =
        start.shards.iter().map(|(&index, held)| (index, held)).collect();
    let proven =
        start.session().prove_train::<Whir>(&start.states, &all, &start.steps(1, true)).unwrap();
    drop(all);
    start.take(proven);
    assert_eq!(verify(&start, &start.links), chain(1, "shards"));
}

/// A gap in the steps, proven in earnest.
#[test]
fn a_gap_in_the_steps() {
    let mut running = Running::start();
    running.step = 5;
    running.train(2, true);
    assert_eq!(verify(&running, &running.links), chain(1, "first step"));
}

/// A training link cannot be longer than the program's bounds allow, on either side.
#[test]
fn a_link_beyond_the_longest() {
    let running = Running::start();
    let given: BTreeMap<u32, &Held> = running.shards.iter().map(|(&i, held)| (i, held)).collect();
    let steps = Steps {
        count: 65,
        scalars: vec![vec![2; 65]],
        copies: BTreeSet::new(),
        witness: true,
        envelope: false,
    };
    let refused = running.session().prove_train::<Whir>(&running.states, &given, &steps);
    assert!(matches!(refused, Err(ProveError::Trace(_))));
}

/// An order whose schedule draws other rows.
#[test]
fn another_order() {
    let running = closed();
    let change = |change: &dyn Fn(&mut Order)| {
        let mut order = running.order.clone();
        change(&mut order);
        verify_links::<Whir>(&running.program, &order, &nothing_expected(), &running.links)
    };
    assert_eq!(change(&|order| order.nonce[0] ^= 1), chain(0, "nonce"));
    assert_eq!(change(&|order| order.context.push(0)), chain(0, "context"));
    assert_eq!(change(&|order| order.first[31] ^= 1), chain(0, "first commitment"));
    let origin = format!("run {}", "01".repeat(32));
    assert_eq!(
        change(&|order| order.origin = Origin::Run([1; 32])),
        Err(Rejection::Origin { origin })
    );
    assert_eq!(change(&|order| order.shards[0].0 += 1), chain(0, "data root"));
    assert_eq!(change(&|order| order.shards[1].1[0] ^= 1), chain(0, "data root"));
    assert_eq!(change(&|order| order.shards.swap(0, 1)), chain(0, "data root"));
    assert_eq!(change(&|order| order.shards.truncate(1)), chain(0, "data root"));
    let fault =
        Rejection::Shape { part: "order", reason: "1 to 65,536 shards, context within 64 KiB" };
    assert_eq!(change(&|order| order.shards.clear()), Err(fault.clone()));
    assert_eq!(change(&|order| order.context = vec![0; 65_537]), Err(fault));
    let program = hex(&running.order.program);
    let found = verify_links::<Whir>(
        &running.program,
        &Order { program: [0; 32], ..running.order.clone() },
        &nothing_expected(),
        &running.links,
    );
    let expected =
        Rejection::Expectation { field: "program", expected: program, actual: "00".repeat(32) };
    assert_eq!(found, Err(expected));
}

/// The rows depend on everything that is fixed before the nonce is drawn.
#[test]
fn the_schedule_is_bound_to_the_order() {
    let running = Running::start();
    let rows = |order: &Order| Session { order, ..running.session() }.rows(20).unwrap();
    let own = rows(&running.order);
    let mut orders = vec![running.order.clone(); 5];
    orders[0].nonce[0] ^= 1;
    orders[1].context.push(1);
    orders[2].first[0] ^= 1;
    orders[3].program[0] ^= 1;
    orders[4].shards[0].1[0] ^= 1;
    for order in &orders {
        assert_ne!(rows(order), own);
    }
}

/// Every expectation is checked, and whatever is not given is listed.
#[test]
fn expectations() {
    let running = closed();
    let order = &running.order;
    let given = Expectations {
        program: Some(order.program),
        first: Some(order.first),
        data_root: Some(order.data_root()),
        nonce: Some(order.nonce),
        steps: Some(4),
        earlier_steps: Some(0),
        context: Some(order.context.clone()),
        security: Some(100),
        allow_clear: true,
        previous: None,
        scalars: Some([("lr.0".to_owned(), vec![(1, 4)])].into()),
        seed: None,
    };
    let ask = |expected: &Expectations| running.verify(expected);
    assert_eq!(ask(&given).map(|receipt| receipt.unchecked), Ok(vec![]));
    // A field that is added here without a line below does not compile.
    let Expectations {
        program: _,
        first: _,
        data_root: _,
        nonce: _,
        steps: _,
        earlier_steps: _,
        context: _,
        security: _,
        allow_clear: _,
        previous: _,
        scalars: _,
        seed: _,
    } = given.clone();
    type Change = fn(&mut Expectations);
    let fields: [(&str, &str, Change, Change); 7] = [
        ("program", "program", |e| e.program = None, |e| e.program = Some([1; 32])),
        ("first", "first commitment", |e| e.first = None, |e| e.first = Some([1; 32])),
        ("data-root", "data root", |e| e.data_root = None, |e| e.data_root = Some([1; 32])),
        ("nonce", "nonce", |e| e.nonce = None, |e| e.nonce = Some([1; 32])),
        ("steps", "steps", |e| e.steps = None, |e| e.steps = Some(5)),
        ("context", "context", |e| e.context = None, |e| e.context = Some(vec![1])),
        (
            "lr",
            "scalars",
            |e| e.scalars = None,
            |e| e.scalars = Some([("lr.0".to_owned(), vec![(1, 3), (2, 1)])].into()),
        ),
    ];
    for (name, field, forget, differ) in fields {
        let mut less = given.clone();
        forget(&mut less);
        assert_eq!(ask(&less).map(|receipt| receipt.unchecked), Ok(vec![name]));
        let mut other = given.clone();
        differ(&mut other);
        match ask(&other) {
            Err(Rejection::Expectation { field: found, .. }) => assert_eq!(found, field),
            answer => panic!("{name}: {answer:?}"),
        }
    }
    let seeded = Expectations { seed: Some([1; 32]), ..given.clone() };
    match ask(&seeded) {
        Err(Rejection::Expectation { field: "origin", .. }) => {}
        answer => panic!("{answer:?}"),
    }
    let trained = Expectations { earlier_steps: Some(3), ..given.clone() };
    assert_eq!(ask(&trained), Err(other_steps(3, 0)));
    let more = Expectations { security: Some(128), ..given.clone() };
    assert!(matches!(ask(&more), Err(Rejection::Insecure { link: 0, required: 128, .. })));
    let strict = Expectations { allow_clear: false, ..given };
    assert_eq!(ask(&strict), Err(Rejection::NotHiding { channel: ChannelKind::Clear, link: 0 }));
    let all = fields.map(|(name, ..)| name).to_vec();
    assert_eq!(ask(&nothing_expected()).map(|receipt| receipt.unchecked), Ok(all));
}

fn other_steps(expected: u64, actual: u64) -> Rejection {
    let [expected, actual] = [expected, actual].map(|steps| steps.to_string());
    Rejection::Expectation { field: "earlier steps", expected, actual }
}

/// Of weights that somebody committed nobody knows how long they were trained.
#[test]
fn earlier_steps_of_arbitrary_weights_are_unchecked() {
    let unchecked = |program: zkpot_ir::Program, steps: u64, expected: &Expectations| {
        let (owned, channel) = (programs::Owned::new(3), ChannelKind::Clear);
        let mut running = Running::of(program, &owned, programs::LEVEL, channel);
        running.order.earlier_steps = steps;
        running.import();
        running.train(1, false);
        running.seal();
        let receipt = running.verify(expected)?;
        assert_eq!(receipt.earlier_steps, steps);
        Ok::<_, Rejection>(receipt.unchecked.contains(&"earlier-steps"))
    };
    let nothing = nothing_expected();
    let told = |steps| Expectations { earlier_steps: Some(steps), ..nothing.clone() };
    let plain = programs::classifier();
    assert_eq!(unchecked(plain.clone(), 0, &nothing), Ok(false));
    assert_eq!(unchecked(plain.clone(), 7, &nothing), Ok(true));
    assert_eq!(unchecked(plain.clone(), 7, &told(7)), Ok(false));
    assert_eq!(unchecked(plain.clone(), 7, &told(8)), Err(other_steps(8, 7)));
    // A program that reads its step's number rests on it even where it says zero.
    for (name, counts) in [
        ("lr.0 * sqrt(1 - 0.999 ** (step + 1))", true),
        ("lr.step", false),
        ("lr.0 * my_step", false),
        ("step", true),
    ] {
        let mut program = plain.clone();
        program.scalars[0].name = name.to_owned();
        assert_eq!(unchecked(program, 0, &nothing), Ok(counts), "{name}");
    }
}

/// A kind of link where it has no place.
#[test]
fn links_of_the_wrong_kind() {
    // Sealing what the owner committed to.
    let owned = Running::committed(&programs::Owned::new(3), ChannelKind::Clear);
    let mut sealed = owned.clone();
    sealed.shards.clear();
    sealed.seal();
    let shape = |reason| Err(Rejection::Shape { part: "states", reason });
    assert_eq!(verify(&sealed, &sealed.links), shape("a seal takes what the run committed to"));
    // A second import of weights.
    let mut running = Running::start();
    running.import();
    let owners = shape("an import takes what their owners committed to");
    assert_eq!(verify(&running, &running.links), owners);
    // A shard that was read for the last time.
    let mut last = Running::start();
    let shards = last.shards.clone();
    last.train(3, false);
    assert!(last.shards.is_empty());
    last.shards = shards;
    last.train(2, false);
    assert_eq!(verify(&last, &last.links), chain(2, "shard"));
}

/// Training links take what nobody imported before, weights and data, data alone, or one shard of two.
#[test]
fn training_takes_owners_commitments() {
    for channel in [ChannelKind::Clear, ChannelKind::Hiding] {
        let owned = Running::committed(&programs::Owned::new(3), channel);
        let closed = |mut running: Running| {
            running.train(1, true);
            running.train(3, false);
            running.seal();
            verify(&running, &running.links).unwrap().steps
        };
        assert_eq!(closed(owned.clone()), 4);
        let imported = |states: bool, shards: &[u32]| {
            let mut running = owned.clone();
            let given = running.shards.iter().filter(|(index, _)| shards.contains(index));
            let given: BTreeMap<u32, &Held> = given.map(|(&index, held)| (index, held)).collect();
            let states = states.then_some(&running.states);
            let proven = running.session().prove_import::<Whir>(states, &given).unwrap();
            drop(given);
            running.take(proven);
            running
        };
        assert_eq!(closed(imported(true, &[])), 4);
        assert_eq!(closed(imported(true, &[1])), 4);
        assert_eq!(closed(imported(false, &[0, 1])), 4);
    }
}

/// A link whose claim on the last states was changed on the way is refused by the next.
#[test]
fn a_revealed_value_is_not_negotiable() {
    let running = closed();
    let mut link = LinkProof::from_bytes(&running.links[1]).unwrap();
    *link.revealed.last_mut().unwrap() += EF::ONE;
    let mut links = running.links.clone();
    links[1] = link.to_bytes();
    assert_eq!(verify(&running, &links), Err(Rejection::Relation));
}
