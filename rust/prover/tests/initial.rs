//! First weights that come from a public seed.

use crate::programs;
use crate::programs::{Owned, Running, nothing_expected};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::initial::{initial_states, initial_values};
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::statement::Origin;
use zkpot_verifier::{Expectations, Receipt};

const SEED: [u8; 32] = [9; 32];

/// A sealed run that says its weights come from the seed.
fn sealed(states: Vec<Vec<i64>>, channel: ChannelKind) -> Running {
    let mut running = Running::committed(&Owned { states, ..Owned::new(3) }, channel);
    running.order.origin = Origin::Seed(SEED);
    running.import();
    running.train(1, false);
    running.seal();
    running
}

fn verify(running: &Running, seed: Option<[u8; 32]>) -> Result<Receipt, Rejection> {
    running.verify(&Expectations { seed, ..nothing_expected() })
}

#[test]
fn weights_from_the_seed_are_accepted_and_others_are_not() {
    let program = programs::classifier();
    for (channel, refusal) in
        [(ChannelKind::Clear, Rejection::Relation), (ChannelKind::Hiding, Rejection::Masks)]
    {
        let honest = initial_states(&program, &SEED);
        let receipt = verify(&sealed(honest.clone(), channel), Some(SEED)).unwrap();
        assert_eq!(receipt.origin, format!("seed {}", "09".repeat(32)));
        assert!(!receipt.unchecked.contains(&"init-seed"));
        for (state, place) in [(0, 0), (0, 19), (1, 7)] {
            let mut other = honest.clone();
            other[state][place] += 1;
            assert_eq!(verify(&sealed(other, channel), Some(SEED)), Err(refusal.clone()));
        }
    }
}

/// A prover who tried seeds until it liked the weights is not told apart, so it is listed.
#[test]
fn a_seed_that_was_not_expected_is_listed() {
    let running = sealed(initial_states(&programs::classifier(), &SEED), ChannelKind::Clear);
    assert!(verify(&running, None).unwrap().unchecked.contains(&"init-seed"));
    let origin = |byte: &str| format!("seed {}", byte.repeat(32));
    let refused = verify(&running, Some([8; 32]));
    let (expected, actual) = (origin("08"), origin("09"));
    assert_eq!(refused, Err(Rejection::Expectation { field: "origin", expected, actual }));
}

/// The statement says which seed; a link for another one is another link.
#[test]
fn the_seed_is_in_every_statement() {
    let mut running = sealed(initial_states(&programs::classifier(), &SEED), ChannelKind::Clear);
    running.order.origin = Origin::Seed([8; 32]);
    let refused = verify(&running, None);
    assert_eq!(refused, Err(Rejection::Chain { link: 0, field: "origin" }));
}

/// What a seed draws was never trained.
#[test]
fn weights_from_a_seed_have_no_earlier_steps() {
    let states = initial_states(&programs::classifier(), &SEED);
    let mut running = Running::committed(&Owned { states, ..Owned::new(3) }, ChannelKind::Clear);
    running.order.origin = Origin::Seed(SEED);
    running.order.earlier_steps = 5;
    running.import();
    running.train(1, false);
    running.seal();
    let (expected, actual) = ("0".into(), "5".into());
    let refusal = Rejection::Expectation { field: "earlier steps", expected, actual };
    assert_eq!(verify(&running, Some(SEED)), Err(refusal));
}

/// Frozen: another implementation has to draw the same integers.
#[test]
fn vectors() {
    let program = programs::classifier();
    let drawn: Vec<i64> = initial_values(&program, &SEED, 0).take(10).collect();
    assert_eq!(drawn, [-7615, -8668, 10543, -2923, 6763, 1598, 7625, 4721, -652, -1242]);
    assert!(initial_values(&program, &SEED, 1).take(20).all(|value| value == 0));
    let many: Vec<i64> = initial_values(&program, &SEED, 0).take(100_000).collect();
    assert!(many.iter().all(|value| value.abs() <= 12_000));
    let mean = many.iter().sum::<i64>() as f64 / many.len() as f64;
    assert!(mean.abs() < 5.0 * 12_000.0 / (3.0 * many.len() as f64).sqrt(), "{mean}");
}
