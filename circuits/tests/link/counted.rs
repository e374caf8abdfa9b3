//! What a whole link costs where it is repeated, and where its statement has what.

use zkpot_circuits::link::places::{COMMITMENTS, FIRST_STEP, SEED};
use zkpot_circuits::link::{LinkChannel, WrappedLink};
use zkpot_ir::Interval;
use zkpot_protocol::field::embed;
use zkpot_protocol::statement::split;
use zkpot_protocol::transcript::Transcript;
use zkpot_sponge::{Fr, from_bytes};

use super::made::made;
use super::spy::Spy;

#[test]
fn the_statement_has_its_elements_where_they_are_looked_for() {
    let made = made();
    let (link, places) = (&made.links[1], &made.plan.places);
    let statement = &link.statement;
    let elements = statement.elements();
    assert_eq!(places.count(), elements.len());
    assert_eq!(elements[SEED], split(statement.schedule_seed()));
    assert_eq!(elements[FIRST_STEP], Fr::new([statement.first_step, 0, 0, 0]));
    let roots = [statement.before, statement.after, statement.shards[0].before];
    let roots = roots.map(|root| from_bytes(&root).unwrap());
    assert_eq!(elements[COMMITMENTS..][..places.commitments], roots);
    let mut transcript = Transcript::new(Spy::new());
    let mut channel = WrappedLink::new(&mut transcript, link, &made.plan).unwrap();
    const ANY: Interval = Interval { lo: i64::MIN, hi: i64::MAX };
    let mut integers = |places: core::ops::Range<usize>| -> Vec<_> {
        places.map(|element| channel.integer(element, ANY).unwrap()).collect()
    };
    let embedded = |values: &[i64]| values.iter().map(|&v| embed(v).into()).collect::<Vec<_>>();
    assert_eq!(integers(places.scalar(0)), embedded(&statement.scalars[0]));
    assert_eq!(integers(places.outputs()), embedded(&statement.outputs));
    let envelope = statement.envelope.unwrap();
    assert_eq!(elements[places.envelope()], envelope.elements().unwrap());
}

#[test]
fn a_link_is_counted_as_planned() {
    let made = made();
    let (costs, permutations) = (made.recording.costs(), made.recording.permutations(0));
    let phases = || made.plan.openings.iter().flat_map(|opened| opened.plan.phases());
    assert_eq!(costs.rows, phases().map(|(_, queries)| queries.count).sum::<usize>());
    assert_eq!(costs.nodes, permutations.nodes);
    assert_eq!((costs.integers, costs.drawn_rows), (3 + 1, 9));
    // Two states of 20 and what is random.
    assert_eq!((costs.sealed, permutations.envelope), (20 + 20 + 16, 2 * 10 + 1));
    let variables: Vec<usize> =
        made.plan.openings.iter().map(|opened| opened.plan.variables).collect();
    assert_eq!(costs.pinned, variables.iter().sum::<usize>());
    // Root and value; four base elements a permutation, the first after tag and root.
    let pins = variables.iter().map(|variables| 1 + (3 * variables).div_ceil(4));
    assert_eq!(permutations.pins, pins.sum::<usize>());
    // Digest, seed, step, commitments, scalars, total, envelope.
    assert_eq!(permutations.statement, (5 + 3 + 3 + 1 + 2usize).div_ceil(2));
    // Tag, seed and step take two, which give the three rows.
    assert_eq!(permutations.rows, 3 * 2);
    let total = permutations.total();
    assert!(permutations.transcript > 0 && permutations.leaves > 0 && total > permutations.nodes);
}
