//! Each check of the hiding channel, broken alone: refused with it, accepted without it.

use p3_field::PrimeCharacteristicRing;
use zkpot_pcs::Whir;
use zkpot_protocol::channel::hiding::HidingVerifier;
use zkpot_protocol::channel::{ChannelKind, Messages, VerifierChannel};
use zkpot_protocol::commitment::CommitmentScheme;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::labels;
use zkpot_protocol::masks::{BLINDING, MASK_ROWS, MASKS};
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::transcript::Transcript;
use zkpot_verifier::relations::multiplication::{receive_row, verify_multiplications};

use crate::conversation::{
    Committed, LEFT, PRODUCT_IS_GIVEN, RIGHT, SCALARS, SUM, Topic, ZERO_CHECK, prove, verify,
};

/// Says something and has it verified, opening included.
fn answer(
    topic: &Topic,
    without: Option<usize>,
    edit: &mut dyn FnMut(&'static str, &mut [EF]),
) -> Result<(), Rejection> {
    let committed = Committed::new(SCALARS);
    let messages = prove(topic, &committed, without, edit);
    let (point, value) = verify(topic, &messages, &committed, without)?;
    assert_eq!(committed.at(&point), value, "the prover is honest about its masks");
    Ok(())
}

/// Refused, and accepted if nothing requires the relation.
fn refuse(topic: &Topic, relation: usize, edit: impl Fn(&'static str, &mut [EF]) + Copy) {
    let mut edit = edit;
    assert_eq!(answer(topic, None, &mut edit), Err(Rejection::Masks));
    assert_eq!(answer(topic, Some(relation), &mut edit), Ok(()));
    for other in [PRODUCT_IS_GIVEN, SUM, LEFT, RIGHT, ZERO_CHECK] {
        if other != relation {
            let found = answer(topic, Some(other), &mut edit);
            assert_eq!(found, Err(Rejection::Masks), "nothing but relation {relation} is broken");
        }
    }
}

#[test]
fn the_truth() {
    assert_eq!(answer(&Topic::true_of(3, 5), None, &mut |_, _| ()), Ok(()));
}

#[test]
fn a_linear_relation_that_does_not_hold() {
    let mut topic = Topic::true_of(3, 5);
    topic.c += EF::ONE;
    refuse(&topic, SUM, |_, _| ());
}

#[test]
fn a_value_that_is_not_the_given_one() {
    let mut topic = Topic::true_of(3, 5);
    topic.product += EF::ONE;
    refuse(&topic, PRODUCT_IS_GIVEN, |_, _| ());
}

/// The prover sends what the verifier wants, which is not the product.
#[test]
fn a_product_that_is_not_that_of_its_factors() {
    let mut topic = Topic::true_of(3, 5);
    topic.product += EF::ONE;
    let given = topic.product;
    refuse(&topic, ZERO_CHECK, |label, sent| {
        if label == labels::CHANNEL_PRODUCT && sent[0] == EF::from_u64(15) {
            sent[0] = given;
        }
    });
}

/// The random row's own product is one of the products.
#[test]
fn a_random_row_that_is_no_product() {
    let topic = Topic::true_of(3, 5);
    let product = topic.row[0] * topic.row[1];
    refuse(&topic, ZERO_CHECK, |label, sent| {
        if label == labels::CHANNEL_PRODUCT && sent[0] == product {
            sent[0] += EF::ONE;
        }
    });
}

/// With zeros on the other side the product of the revealed factors is right whatever they are.
#[test]
fn revealed_factors_that_are_not_the_combinations() {
    let mut topic = Topic::true_of(3, 0);
    topic.row[1] = EF::ZERO;
    let edit_at = |place: usize| {
        move |label: &'static str, revealed: &mut [EF]| {
            if label == labels::MULTIPLICATION_FACTORS {
                revealed[place] += EF::ONE;
            }
        }
    };
    refuse(&topic, LEFT, edit_at(0));
    let mut topic = Topic::true_of(0, 5);
    topic.row[0] = EF::ZERO;
    refuse(&topic, RIGHT, edit_at(1));
}

#[test]
fn a_wrong_round_of_the_zero_check() {
    for place in [0, 1] {
        refuse(&Topic::true_of(3, 5), ZERO_CHECK, |label, sent| {
            if label == labels::MULTIPLICATION_ROUND {
                sent[place] += EF::ONE;
            }
        });
    }
}

/// A prover who uses other values in one row of the block than are committed. Nothing but the
/// opening knows.
#[test]
fn rows_that_are_not_the_committed_ones() {
    let topic = Topic::true_of(3, 5);
    let committed = Committed::new(SCALARS);
    let slots = committed.region.block / MASK_ROWS;
    for row in 0..MASK_ROWS {
        // A mask that is used, and a slot that belongs to none.
        for slot in [0, slots - 1] {
            let mut used = committed.clone();
            used.values[row * slots + slot] += F::ONE;
            let messages = prove(&topic, &used, None, &mut |_, _| ());
            // Without the opening it is accepted.
            let (point, value) = verify(&topic, &messages, &committed, None).unwrap();
            assert_eq!(used.at(&point), value);
            assert_ne!(committed.at(&point), value, "row {row}, slot {slot}");
        }
    }
    assert_eq!((MASKS, BLINDING), (0, 3));
}

/// A false relation is not repaired by a false sum of the blinding vector, and any other change of
/// what the masks' own part reveals is refused.
#[test]
fn the_relations_own_messages() {
    let topic = Topic::true_of(3, 5);
    let committed = Committed::new(SCALARS);
    let messages = prove(&topic, &committed, None, &mut |_, _| ());
    for place in 0..messages.revealed.len() {
        let mut changed = messages.clone();
        changed.revealed[place] += EF::ONE;
        match verify(&topic, &changed, &committed, None) {
            Err(rejection) => assert_eq!(rejection, Rejection::Masks),
            // The rows that fill the block are in no relation.
            Ok((point, value)) => {
                assert!(place >= messages.revealed.len() - 2, "revealed value {place}");
                assert_ne!(committed.at(&point), value);
            }
        }
    }
    let mut fewer = messages.clone();
    fewer.revealed.pop();
    let missing = Rejection::MessageMissing { label: labels::MASKS_ROWS };
    assert_eq!(verify(&topic, &fewer, &committed, None), Err(missing));
    let mut more = messages;
    more.revealed.push(EF::ZERO);
    let left = Rejection::MessagesLeft { count: 1 };
    assert_eq!(verify(&topic, &more, &committed, None), Err(left));
}

/// A product that is recorded after the zero-check would be proven by nobody.
#[test]
fn a_product_after_the_zero_check() {
    let messages = Messages { scalars: vec![EF::ONE; 6], revealed: vec![EF::ONE; 2] };
    let mut transcript = Transcript::new(Whir::challenger(ChannelKind::Clear));
    let mut channel = HidingVerifier::new(&mut transcript, &messages.scalars, &messages.revealed);
    verify_multiplications(&mut channel).unwrap();
    let rest = channel.receive("rest", 2).unwrap();
    channel.multiply(&rest[0], &rest[1]).unwrap();
    assert_eq!(channel.close().map(|_| ()), Err(Rejection::Masks));

    let mut transcript = Transcript::new(Whir::challenger(ChannelKind::Clear));
    let mut channel = HidingVerifier::new(&mut transcript, &messages.scalars[..3], &[]);
    receive_row(&mut channel).unwrap();
    assert_eq!(channel.close().map(|_| ()), Err(Rejection::Masks));
}
