//! Honest links, and their one recording.

use zkpot_circuits::link::{WrappedLink, verify_link};
use zkpot_protocol::arithmetization::LinkShape;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::transcript::Transcript;
use zkpot_verifier::link::shape_of;

use super::made::{made, record};
use super::spy::{Spy, notes};

#[test]
fn one_recording_verifies_both_links_message_for_message() {
    let made = made();
    for link in &made.links {
        notes();
        made.verify(link).unwrap();
        let expected = notes();

        let mut transcript = Transcript::new(Spy::new());
        let opened = made.opened(link);
        let channel = WrappedLink::new(&mut transcript, link, &made.plan).unwrap();
        let mut channel = channel.opening(Some(&opened));
        let replayed = made.recording.replay_link(&mut channel).unwrap();
        channel.close().unwrap();
        assert!(notes() == expected, "another transcript");

        // And so does the verifier itself on native elements.
        let mut transcript = Transcript::new(Spy::new());
        let opened = made.opened(link);
        let channel = WrappedLink::new(&mut transcript, link, &made.plan).unwrap();
        let mut channel = channel.opening(Some(&opened));
        let closing = verify_link(&mut channel, &made.program, &made.plan).unwrap();
        channel.close().unwrap();
        assert!(notes() == expected, "another transcript");
        assert_eq!(replayed.inputs.last(), Some(&closing));
    }
}

#[test]
fn links_of_one_shape_are_recorded_alike() {
    let made = made();
    for link in &made.links {
        let shape = shape_of(link, &made.program, &made.bounds).unwrap();
        let (_, recording) = record(&made.program, &made.bounds, shape);
        assert!(recording == made.recording);
    }
}

#[test]
fn another_shape_is_another_recording() {
    let made = made();
    let shape = shape_of(&made.links[0], &made.program, &made.bounds).unwrap();
    let mut larger = shape.clone();
    larger.shards[0].rows += 9;
    for other in [LinkShape { steps: shape.steps + 1, ..shape }, larger] {
        let steps = other.steps;
        let (plan, recording) = record(&made.program, &made.bounds, other);
        assert!(recording != made.recording);
        let mut transcript = Transcript::new(Spy::new());
        let refused = WrappedLink::new(&mut transcript, &made.links[0], &plan)
            .map_err(Into::into)
            .and_then(|mut channel| recording.replay_link(&mut channel).map(drop));
        let refused = refused.expect_err("another shape's recording accepts");
        let reason = "another number of elements";
        let statement = Rejection::Shape { part: "statement", reason }.into();
        assert_eq!(refused == statement, steps != made.plan.draws.steps, "{refused:?}");
    }
}

#[test]
fn a_witness_has_what_the_recording_takes() {
    let made = made();
    let costs = made.recording.costs();
    for link in &made.links {
        let witness = made.replay(link).unwrap();
        assert_eq!(witness.elements, link.statement.elements());
        assert_eq!(witness.inputs.len(), made.recording.inputs.len());
        assert_eq!(witness.key, Some(made.opened(link).key));
        assert_eq!(witness.paths.len(), costs.rows);
        assert_eq!(
            witness.paths.iter().map(|path| path.siblings.len()).sum::<usize>(),
            costs.nodes
        );
        let phases = made.plan.openings.iter().flat_map(|opened| opened.plan.phases());
        assert_eq!(witness.grinding.len(), phases.filter(|(_, q)| q.grinding > 0).count());
        // The witness's commitment; of each opening the pinned root and one a round.
        let rounds = made.plan.openings.iter().map(|opened| 1 + opened.plan.rounds.len());
        assert_eq!(witness.roots.len(), 1 + rounds.sum::<usize>());
    }
}
