//! Every check of a whole link, broken alone: an honest link before a verifier that asks for something else.
//!
//! What is absorbed and drawn stays as it was, so of all constraints just those fail that are another
//! verifier's, one for each of its checks.

use p3_field::PrimeCharacteristicRing;
use zkpot_ir::Interval;
use zkpot_protocol::field::EF;
use zkpot_protocol::transcript::Transcript;
use zkpot_sponge::to_words;

use super::made::{Made, made};
use super::spy::Spy;
use super::{constraints, witness};
use crate::constraints::Constraint;
use crate::link::{LinkWitness, WrappedLink};
use crate::recording::{Event, LinkEvent, Operation, Recorded, Recording, Root};

/// The constraints that an honest link breaks of another verifier.
fn broken(alter: impl FnOnce(&mut Recording, &LinkWitness)) -> Vec<Constraint> {
    let (mut recording, witness) = (made().recording.clone(), witness());
    alter(&mut recording, &witness);
    constraints(&recording, &witness).broken()
}

fn assert_gates(broken: &[Constraint], count: usize) {
    assert!(count > 0);
    assert_eq!(broken.len(), count);
    assert!(broken.iter().all(|constraint| matches!(constraint, Constraint::Gate(_))));
}

fn assert_copies(broken: &[Constraint], count: usize) {
    assert!(count > 0);
    assert_eq!(broken.len(), count);
    assert!(broken.iter().all(|constraint| matches!(constraint, Constraint::Copy(..))));
}

/// The value of each operation of an honest link.
fn values() -> Vec<EF> {
    let Made { links: [link, _], plan, recording, .. } = made();
    let (mut transcript, opened) = (Transcript::new(Spy::new()), made().opened(link));
    let channel = WrappedLink::new(&mut transcript, link, plan).unwrap();
    recording.replay_link(&mut channel.opening(Some(&opened))).unwrap().values
}

/// Rows that are opened.
fn rows() -> usize {
    made().recording.costs().rows
}

#[test]
fn each_requirement_is_one() {
    let mut count = 0;
    let broken = broken(|recording, _| {
        // Of each that its element is minus one instead.
        let operations = &mut recording.operations;
        let (mut others, mut required) = (Vec::new(), Vec::new());
        for event in recording.events.drain(..) {
            let Event::Require { zero, otherwise } = event else {
                others.push(event);
                continue;
            };
            operations.push(Operation::Add(zero, Recorded::Known(EF::ONE)));
            let zero = Recorded::Computed(operations.len() - 1);
            required.push(Event::Require { zero, otherwise });
        }
        count = required.len();
        recording.events = others.into_iter().chain(required).collect();
    });
    assert_gates(&broken, count);
}

#[test]
fn each_proof_of_work_is_one() {
    let mut count = 0;
    let broken = broken(|recording, _| {
        for event in &mut recording.events {
            if let Event::Grind { bits, .. } = event {
                // More than somebody has by chance.
                *bits += 30;
                count += 1;
            }
        }
    });
    assert_gates(&broken, count);
}

/// An interval that does not hold an integer, near it.
type Beside = fn(i64) -> Interval;

#[test]
fn each_integer_of_the_statement_is_within_its_interval() {
    const BESIDE: [Beside; 2] = [
        |value| Interval { lo: value + 1, hi: value + 5 },
        |value| Interval { lo: value - 5, hi: value - 1 },
    ];
    for beside in BESIDE {
        let mut count = 0;
        let broken = broken(|recording, witness| {
            for event in &mut recording.events {
                if let Event::Link(LinkEvent::Integer { element, interval }) = event {
                    let [word, ..] = to_words(witness.elements[*element]);
                    *interval = beside((word ^ 1 << 63).cast_signed());
                    count += 1;
                }
            }
        });
        assert_gates(&broken, count);
        assert_eq!(count, 3 + 1);
    }
}

#[test]
fn each_commitment_pins_its_polynomial() {
    let mut count = 0;
    let broken = broken(|recording, _| {
        for event in &mut recording.events {
            if let Event::Link(LinkEvent::Pin { commitment, .. }) = event {
                *commitment = match *commitment {
                    Root::Committed(number) => Root::Committed((number + 1) % 3),
                    Root::Received(_) => Root::Committed(0),
                };
                count += 1;
            }
        }
    });
    assert_copies(&broken, count);
    assert_eq!(count, made().plan.openings.len());
}

#[test]
fn an_envelope_has_the_hashes_that_the_link_states() {
    let broken = broken(|recording, _| {
        for event in &mut recording.events {
            if let Event::Link(LinkEvent::OpenEnvelope(envelope)) = event {
                envelope.element -= 2;
            }
        }
    });
    // Ciphertext and key.
    assert_copies(&broken, 2);
}

#[test]
fn each_row_is_below_its_root() {
    let broken = broken(|recording, _| {
        for event in &mut recording.events {
            if let Event::OpenRows { root, .. } = event {
                *root = Root::Committed(2);
            }
        }
    });
    assert_copies(&broken, rows());
}

#[test]
fn each_bit_of_a_position_says_where_its_row_is() {
    // Every third bit of the rows' positions, from each start.
    for start in 0..3 {
        let (mut place, values) = (start, values());
        let broken = broken(|recording, _| {
            for event in &mut recording.events {
                let Event::OpenRows { positions, .. } = event else { continue };
                for position in positions {
                    place += 1;
                    let height = position.len();
                    let bit = &mut position[place % height];
                    *bit = Recorded::Known(EF::ONE - bit.value(&values));
                }
            }
        });
        assert_copies(&broken, rows());
    }
}

#[test]
fn each_sibling_is_hashed() {
    // Of each path the sibling at one height after the other.
    for start in 0..3 {
        let (recording, mut witness) = (&made().recording, witness());
        for (number, path) in witness.paths.iter_mut().enumerate() {
            let height = path.siblings.len();
            path.siblings[(number + start) % height][0] += zkpot_sponge::Fr::ONE;
        }
        assert_copies(&constraints(recording, &witness).broken(), rows());
    }
}

#[test]
fn drawn_rows_are_computed_with() {
    let broken = broken(|recording, _| {
        for event in &mut recording.events {
            if let Event::Link(LinkEvent::DrawRows(draws)) = event {
                draws.rows -= 1;
            }
        }
    });
    assert_gates(&broken, broken.len());
}
