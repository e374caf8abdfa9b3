//! A prover that lies about one thing is refused, by the constraint that speaks of it.
//!
//! Each lie is proven by the real prover, with everything that follows from it. Under the
//! verifier's own constraint system it is refused. Under a system without the one constraint that
//! it breaks it is accepted, on both sides, so nothing else speaks of it.

use crate::lies;
use crate::programs;
use crate::scheme;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use zkpot_pcs::Whir;
use zkpot_protocol::arithmetization::Arithmetization;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::Committer;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::schedule::Row;
use zkpot_prover::link::ProvenLink;
use zkpot_prover::trace::Trace;

use crate::execution::execute;
use crate::lies::{Broken, Lie, Stage};
use crate::links::Link;
use crate::programs::{Owned, Running};
use crate::scheme::Lying;

/// Steps of the links in which lies are told.
const STEPS: u32 = 3;

/// A run on the given channel before the link of a stage.
fn before(stage: Stage, channel: ChannelKind) -> Running {
    static RUNS: [[OnceLock<Running>; 3]; 2] = [const { [const { OnceLock::new() }; 3] }; 2];
    let runs = &RUNS[usize::from(channel == ChannelKind::Hiding)];
    let running = match stage {
        // The first link opens both shards: three batches of four have more rows than one.
        Stage::Import | Stage::First => {
            runs[0].get_or_init(|| Running::committed(&Owned::new(3), channel))
        }
        Stage::Training => runs[1].get_or_init(|| Running::start_on(channel)),
        Stage::Seal => runs[2].get_or_init(|| {
            let mut running = Running::start_on(channel);
            running.train(2, true);
            running
        }),
    };
    running.clone()
}

fn link_of(stage: Stage, running: &Running) -> Link<'_> {
    match stage {
        Stage::Import => Link::import(running),
        Stage::First | Stage::Training => Link::training(running, STEPS),
        Stage::Seal => Link::seal(running),
    }
}

/// The run before a lie, its copies of shards made to differ where the lie says so.
fn set_up(lie: &Lie, channel: ChannelKind) -> Running {
    let mut running = match &lie.owned {
        None => before(lie.stage, channel),
        Some(owned) => Running::committed(owned, channel),
    };
    if let (Some(owned), Some((shard, row))) = (&lie.owned, lie.unread) {
        // The order of the batches depends on commitments, which are random.
        while running.session().rows(STEPS).unwrap().contains(&Row { shard, row }) {
            running = Running::committed(owned, channel);
        }
    }
    if lie.owned.is_some() && lie.stage == Stage::Training {
        running.import();
    }
    if let Some((shard, field)) = lie.copies {
        let program = &running.program;
        let held = running.shards.get_mut(&shard).unwrap();
        let committed = Lying::values(&held.opening::<Whir>(program).unwrap()).to_vec();
        held.integers[field][0] ^= 1;
        // The commitment on record is still to the other integers.
        assert!(held.opening::<Lying>(program).is_err());
        scheme::substitute(scheme::last_values(), committed);
    }
    running
}

/// Proves a lie under a constraint system.
fn tell(lie: &Lie, link: &Link<'_>, honest: &Running, system: &Arithmetization) -> ProvenLink {
    let mut trace = match lie.stage {
        // The rows come from the data as they are committed.
        Stage::First | Stage::Training => {
            execute(&honest.program, &link_of(lie.stage, honest).inputs(), &lie.during)
        }
        _ => Trace { final_states: link.running.states.integers.clone(), ..Trace::default() },
    };
    (lie.after)(&mut trace, link.running);
    if let Some(edit) = lie.committing {
        let Broken::Range(quantity) = lie.breaks else { unreachable!("digits belong to a range") };
        let system = system.clone();
        scheme::edit_witness(move |values| edit(&system, quantity, values));
    }
    link.prove(system, Some(&trace)).unwrap()
}

/// The lie is refused, and accepted where nothing speaks of it.
fn refuse(lie: &Lie, channel: ChannelKind) {
    scheme::be_honest();
    let running = set_up(lie, channel);
    let honest = if lie.copies.is_some() { before(lie.stage, channel) } else { running.clone() };
    let link = link_of(lie.stage, &running);
    let says = format!("{channel:?} {:?}: {} ({:?})", lie.stage, lie.says, lie.breaks);

    let system = link.system();
    let told = tell(lie, &link, &honest, &system).link;
    let expected = match channel {
        ChannelKind::Clear | ChannelKind::Wrapped => lie.breaks.rejection(),
        // All relations are one: which of them fails stays hidden.
        ChannelKind::Hiding => Rejection::Masks,
    };
    assert_eq!(link.verify(&told, &system).map(|_| ()), Err(expected.clone()), "{says}");
    assert_eq!(link.verify_in_run(&told), Err(expected), "{says}");

    let without = link.recounted(lie.breaks.without(&system, &running.program.nodes));
    let told = tell(lie, &link, &honest, &without).link;
    assert_eq!(link.verify(&told, &without).map(|_| ()), Ok(()), "nothing else breaks: {says}");
    scheme::be_honest();
}

fn refuse_all(lies: &[Lie]) {
    assert!(!lies.is_empty());
    for channel in [ChannelKind::Clear, ChannelKind::Hiding] {
        lies.iter().for_each(|lie| refuse(lie, channel));
    }
}

fn system_of(stage: Stage) -> Arithmetization {
    link_of(stage, &before(stage, ChannelKind::Clear)).system()
}

/// What lies in a constraint system can break.
fn constraints_of(stage: Stage) -> BTreeSet<Broken> {
    let system = system_of(stage);
    let nodes = programs::classifier().nodes;
    let relations = system.relations.iter().map(|r| Broken::Relation(r.name.clone()));
    let lookups = system.lookups.iter().map(|l| Broken::of_lookup(l, &system, &nodes));
    relations.chain(lookups).collect()
}

/// Digits of what a training link proves of its owners' commitments.
fn digits_of_owners() -> Vec<Lie> {
    let later = constraints_of(Stage::Training);
    let mut lies = lies::digits::digits(Stage::First, &system_of(Stage::First));
    lies.retain(|lie| !later.contains(&lie.breaks));
    lies
}

/// Every lie of this file.
fn all_lies() -> Vec<Lie> {
    let mut all = Vec::new();
    all.extend(lies::rounding::accumulators());
    all.extend(lies::rounding::quotients());
    all.extend(lies::rounding::overflow());
    all.extend(lies::rounding::first_weights());
    all.extend(lies::rounding::skipped_steps());
    all.extend(lies::tables::tables());
    all.extend(lies::labels::one_hot());
    all.extend(lies::comparison::maxima());
    all.extend(lies::comparison::places());
    all.extend(lies::comparison::signs());
    all.extend(lies::division::quotients());
    all.extend(lies::roots::roots());
    all.extend(lies::outputs::owners());
    all.extend(lies::outputs::unread());
    all.extend(digits_of_owners());
    all.extend(lies::outputs::ranges());
    for stage in [Stage::Import, Stage::First] {
        all.extend(lies::outputs::first_ranges(stage));
        all.extend(lies::outputs::data_ranges(stage, &system_of(stage)));
    }
    for stage in [Stage::Import, Stage::Training] {
        all.extend(lies::digits::digits(stage, &system_of(stage)));
        all.extend(lies::outputs::copies(stage));
    }
    for stage in [Stage::Import, Stage::Training, Stage::Seal] {
        all.extend(lies::outputs::states(stage));
    }
    all
}

/// A relation or lookup that no lie breaks is one that nobody has seen working.
#[test]
fn every_constraint_has_a_lie_that_it_alone_refuses() {
    for stage in [Stage::Import, Stage::First, Stage::Training, Stage::Seal] {
        let mut constraints = constraints_of(stage);
        if stage == Stage::First {
            // The others are those of training.
            let later = constraints_of(Stage::Training);
            constraints.retain(|constraint| !later.contains(constraint));
            assert!(!constraints.is_empty());
        }
        let lies = all_lies().into_iter().filter(|lie| lie.stage == stage);
        let broken: BTreeSet<Broken> = lies.map(|lie| lie.breaks).collect();
        assert_eq!(broken, constraints, "{stage:?}");
    }
}

/// What the lies start from: the same executor and prover, without a lie, are accepted.
#[test]
fn the_truth_is_accepted() {
    let stages = [Stage::Import, Stage::First, Stage::Training, Stage::Seal];
    for (stage, channel) in stages
        .into_iter()
        .flat_map(|stage| [ChannelKind::Clear, ChannelKind::Hiding].map(|channel| (stage, channel)))
    {
        let running = before(stage, channel);
        let link = link_of(stage, &running);
        let trace = match stage {
            Stage::First | Stage::Training => link.execute(&|_, _| ()),
            _ => Trace { final_states: running.states.integers.clone(), ..Trace::default() },
        };
        let proven = link.prove(&link.system(), Some(&trace)).unwrap();
        let outcome = link.verify(&proven.link, &link.system()).unwrap();
        assert_eq!(outcome.states, proven.states.unwrap().pending);
        assert_eq!(link.verify_in_run(&proven.link), Ok(()));
    }
}

#[test]
fn wrong_products_and_learning_rates() {
    refuse_all(&lies::rounding::accumulators());
}

#[test]
fn wrong_rounding() {
    refuse_all(&lies::rounding::quotients());
}

#[test]
fn values_out_of_range() {
    refuse_all(&lies::rounding::overflow());
}

#[test]
fn other_first_weights() {
    refuse_all(&lies::rounding::first_weights());
}

#[test]
fn skipped_steps() {
    refuse_all(&lies::rounding::skipped_steps());
}

#[test]
fn wrong_table_values() {
    refuse_all(&lies::tables::tables());
}

#[test]
fn wrong_labels() {
    refuse_all(&lies::labels::one_hot());
}

#[test]
fn wrong_maxima() {
    refuse_all(&lies::comparison::maxima());
}

#[test]
fn wrong_places_of_maxima() {
    refuse_all(&lies::comparison::places());
}

#[test]
fn wrong_signs() {
    refuse_all(&lies::comparison::signs());
}

#[test]
fn wrong_roots() {
    refuse_all(&lies::roots::roots());
}

#[test]
fn wrong_divisions() {
    refuse_all(&lies::division::quotients());
}

#[test]
fn digits_outside_their_table() {
    for stage in [Stage::Import, Stage::Training] {
        refuse_all(&lies::digits::digits(stage, &system_of(stage)));
    }
    refuse_all(&digits_of_owners());
}

#[test]
fn other_final_states() {
    for stage in [Stage::Import, Stage::Training, Stage::Seal] {
        refuse_all(&lies::outputs::states(stage));
    }
}

#[test]
fn ranges_of_something_else() {
    refuse_all(&lies::outputs::ranges());
    for stage in [Stage::Import, Stage::First] {
        refuse_all(&lies::outputs::first_ranges(stage));
    }
    // The first training link looks all data up where they stand.
    refuse_all(&lies::outputs::data_ranges(Stage::Import, &system_of(Stage::Import)));
}

#[test]
fn other_copies_of_data() {
    for stage in [Stage::Import, Stage::Training] {
        refuse_all(&lies::outputs::copies(stage));
    }
}

#[test]
fn owners_who_commit_to_anything() {
    refuse_all(&lies::outputs::owners());
    refuse_all(&lies::outputs::unread());
}
