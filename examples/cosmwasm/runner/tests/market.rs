//! Orders and money, whatever the proof.

use cosmwasm_std::{Coin, Timestamp};
use serde_json::json;
use zkpot_in_cosmwasm::{Chain, Failure};
use zkpot_market::messages::{ExecuteMsg, InstantiateMsg, QueryMsg};
use zkpot_market::order::{Order, Status};

use crate::setting::{clear, order, pays, place, price, refusal, run_market, runs, settle, with};

/// A market with an open order of the golden run, for "worker".
fn market() -> (Chain<'static>, Vec<u8>) {
    let (bundle, terms) = clear();
    let mut chain = run_market(json!({}));
    place(&mut chain, terms, Some("worker"));
    (chain, bundle)
}

fn after_deadline(chain: &Chain<'_>) -> Timestamp {
    chain.env.block.time.plus_seconds(61)
}

fn status(chain: &mut Chain<'_>, order: u64) -> Status {
    let order: Order = chain.query(&QueryMsg::Order { order }).expect("an order");
    order.status
}

#[test]
fn an_order_is_refunded_after_its_deadline() {
    let (mut chain, _) = market();
    chain.pass(after_deadline(&chain));
    // Whoever says so.
    let refunded = chain.execute("anybody", &[], &ExecuteMsg::Refund { order: 1 });
    assert!(pays(&refunded.expect("refunded"), "consumer"));
    assert_eq!(status(&mut chain, 1), Status::Refunded);
}

#[test]
fn not_before() {
    let (mut chain, bundle) = market();
    let order: Order = chain.query(&QueryMsg::Order { order: 1 }).expect("an order");
    chain.pass(order.deadline);
    let why = refusal(chain.execute("consumer", &[], &ExecuteMsg::Refund { order: 1 }));
    assert_eq!(
        why,
        format!("order 1 is refunded after its deadline, {} s", order.deadline.seconds())
    );
    // In this block it can be settled still.
    chain.execute("worker", &[], &settle(1, &bundle)).expect("settled");
}

#[test]
fn not_after_it_was_settled() {
    let (mut chain, bundle) = market();
    chain.execute("worker", &[], &settle(1, &bundle)).expect("settled");
    chain.pass(after_deadline(&chain));
    let why = refusal(chain.execute("consumer", &[], &ExecuteMsg::Refund { order: 1 }));
    assert_eq!(why, "order 1 is settled");
}

#[test]
fn not_twice() {
    let (mut chain, _) = market();
    chain.pass(after_deadline(&chain));
    chain.execute("consumer", &[], &ExecuteMsg::Refund { order: 1 }).expect("refunded");
    let why = refusal(chain.execute("consumer", &[], &ExecuteMsg::Refund { order: 1 }));
    assert_eq!(why, "order 1 is refunded");
}

#[test]
fn nobody_is_paid_after_the_deadline() {
    let (mut chain, bundle) = market();
    let deadline = chain.env.block.time.seconds() + 60;
    chain.pass(after_deadline(&chain));
    let why = refusal(chain.execute("worker", &[], &settle(1, &bundle)));
    assert_eq!(why, format!("order 1: its deadline was {deadline} s"));
}

#[test]
fn nobody_is_paid_after_the_refund() {
    let (mut chain, bundle) = market();
    chain.pass(after_deadline(&chain));
    chain.execute("consumer", &[], &ExecuteMsg::Refund { order: 1 }).expect("refunded");
    let why = refusal(chain.execute("worker", &[], &settle(1, &bundle)));
    assert_eq!(why, "order 1 is refunded");
}

#[test]
fn nobody_is_paid_twice() {
    let (mut chain, bundle) = market();
    assert!(pays(&chain.execute("worker", &[], &settle(1, &bundle)).expect("settled"), "worker"));
    let why = refusal(chain.execute("worker", &[], &settle(1, &bundle)));
    assert_eq!(why, "order 1 is settled");
}

#[test]
fn orders_that_are_not_there() {
    let (mut chain, bundle) = market();
    for message in [settle(2, &bundle), ExecuteMsg::Refund { order: 2 }] {
        assert_eq!(refusal(chain.execute("worker", &[], &message)), "there is no order 2");
    }
    let receipt: Result<serde_json::Value, _> = chain.query(&QueryMsg::Receipt { order: 1 });
    assert_eq!(receipt, Err(Failure::Contract("there is no order 1".into())));
}

#[test]
fn a_price_is_one_coin() {
    let (_, terms) = clear();
    let mut chain = run_market(json!({}));
    let message = order(&chain, terms, Some("worker"));
    let two = vec![Coin::new(1u128, "atom"), Coin::new(1u128, "stake")];
    for coins in [vec![], vec![Coin::new(0u128, "stake")], two] {
        let why = refusal(chain.execute("consumer", &coins, &message));
        assert_eq!(why, "an order's price is an amount of one coin, sent with the message");
    }
}

#[test]
fn coins_that_nobody_asked_for() {
    let (mut chain, bundle) = market();
    for message in [settle(1, &bundle), ExecuteMsg::Refund { order: 1 }] {
        let why = refusal(chain.execute("worker", &price(), &message));
        assert_eq!(why, "send no coins with this message");
    }
}

#[test]
fn a_deadline_is_in_the_future() {
    let (_, terms) = clear();
    let mut chain = run_market(json!({}));
    for deadline in [0, chain.env.block.time.seconds(), u64::MAX] {
        let worker = Some(Chain::address("worker").into_string());
        let message = ExecuteMsg::Order { terms: terms.clone(), worker, deadline };
        let why = refusal(chain.execute("consumer", &price(), &message));
        assert_eq!(why, format!("the deadline {deadline} s is not after the block's time"));
    }
}

#[test]
fn a_stated_context_wants_a_worker() {
    let (_, terms) = clear();
    let mut chain = run_market(json!({}));
    let message = order(&chain, terms, None);
    let why = refusal(chain.execute("consumer", &price(), &message));
    assert_eq!(why, "an order that states a context names its worker, since the context does not");
}

#[test]
fn orders_say_all_that_a_worker_could_choose() {
    let (_, terms) = clear();
    let mut chain = run_market(json!({}));
    for key in ["program", "first", "data_root", "nonce", "steps", "scalars"] {
        let message = order(&chain, with(&terms, json!({ key: null })), Some("worker"));
        let why = refusal(chain.execute("consumer", &price(), &message));
        assert_eq!(why, format!("the order's terms do not say: {key}"));
    }
}

#[test]
fn terms_and_limits_that_cannot_be_read() {
    let (_, terms) = clear();
    let mut chain = run_market(json!({}));
    let message = order(&chain, with(&terms, json!({ "program": "fe" })), Some("worker"));
    let why = refusal(chain.execute("consumer", &price(), &message));
    assert_eq!(
        why,
        "the order's terms: the expectation 'program' is not hexadecimal, or has another length"
    );
    let setup = InstantiateMsg { limits: Some("[]".into()), ..InstantiateMsg::default() };
    match Chain::new(runs(), &setup) {
        Err(Failure::Contract(why)) => {
            assert_eq!(why, "the contract cannot be made: limits: it is not an object");
        }
        _ => panic!("limits that cannot be read are taken"),
    }
}
