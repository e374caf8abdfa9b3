//! Links with one thing changed: verifier and recording refuse them alike.

use p3_field::PrimeCharacteristicRing;
use zkpot_pcs::EF;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::statement::{Envelope, Statement, data_root};

use super::made::made;

fn refusal(change: impl FnOnce(&mut LinkProof)) -> Rejection {
    let made = made();
    let mut link = made.links[0].clone();
    change(&mut link);
    made.refusal(&link)
}

#[test]
fn every_message_is_bound() {
    let link = &made().links[0];
    for place in 0..link.scalars.len() {
        let refused = refusal(|link| link.scalars[place] += EF::ONE);
        let relation = matches!(
            refused,
            Rejection::LookupRoot
                | Rejection::LookupLayer { .. }
                | Rejection::Product { .. }
                | Rejection::Relation
        );
        assert!(relation, "scalar {place}: {refused}");
    }
    for place in 0..link.revealed.len() {
        assert_eq!(refusal(|link| link.revealed[place] += EF::ONE), Rejection::Relation);
    }
}

#[test]
fn messages_are_neither_too_few_nor_too_many() {
    let missing = refusal(|link| link.scalars.truncate(link.scalars.len() - 1));
    assert!(matches!(missing, Rejection::MessageMissing { .. }), "{missing}");
    let missing = refusal(|link| link.revealed.truncate(link.revealed.len() - 1));
    assert!(matches!(missing, Rejection::MessageMissing { .. }), "{missing}");
    let left = Rejection::MessagesLeft { count: 1 };
    assert_eq!(refusal(|link| link.scalars.push(EF::ONE)), left);
    assert_eq!(refusal(|link| link.revealed.push(EF::ONE)), left);
    let openings = Rejection::Shape { part: "openings", reason: "one for each opened polynomial" };
    assert_eq!(refusal(|link| drop(link.openings.pop())), openings);
}

fn envelope(statement: &mut Statement) -> &mut Envelope {
    statement.envelope.as_mut().unwrap()
}

/// A part of the statement, and what changes it.
type Change = (&'static str, fn(&mut Statement));

/// What changes each of the statement's elements.
const CHANGES: &[Change] = &[
    ("digest", |statement| statement.previous[0] ^= 1),
    ("seed", |statement| statement.nonce[0] ^= 1),
    ("first step", |statement| statement.first_step += 1),
    ("states before", |statement| statement.before[31] ^= 1),
    ("states after", |statement| statement.after[31] ^= 1),
    ("a commitment that is no hash", |statement| statement.after = [0xff; 32]),
    ("shard", |statement| {
        let shard = &mut statement.shards[0];
        shard.before[31] ^= 1;
        statement.data_root = data_root(&[(shard.rows, shard.before)]);
    }),
    ("scalar of the first step", |statement| statement.scalars[0][0] += 1),
    ("scalar of the last step", |statement| statement.scalars[0][2] += 1),
    ("total", |statement| statement.outputs[0] += 1),
    ("ciphertext", |statement| envelope(statement).ciphertext[31] ^= 1),
    ("key", |statement| envelope(statement).key[31] ^= 1),
];

#[test]
fn every_part_of_the_statement_is_bound() {
    for (part, change) in CHANGES {
        // The challenges are others: the first layer whose check has one fails.
        let refused = refusal(|link| change(&mut link.statement));
        assert!(matches!(refused, Rejection::LookupLayer { .. }), "{part}: {refused}");
    }
}

#[test]
fn the_witness_s_commitment_is_bound() {
    for change in [|root: &mut [u8; 32]| root[31] ^= 1, |root: &mut [u8; 32]| *root = [0xff; 32]] {
        let refused = refusal(|link| change(link.witness.as_mut().unwrap()));
        assert!(matches!(refused, Rejection::LookupLayer { .. }), "{refused}");
    }
}
