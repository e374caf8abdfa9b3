//! Bundles for orders.

use serde_json::{Value, json};
use zkpot_embed::{Limits, Verifier, expectations};
use zkpot_in_cosmwasm::{Failure, terms};
use zkpot_market::messages::{QueryMsg, Terms};
use zkpot_market::proven::Receipt;

use crate::setting::{
    clear, context, order, pays, place, price, read, refusal, run_market, runs, scenario, settle,
    with,
};

#[test]
fn whoever_proves_first_is_paid() {
    let ordered = scenario();
    let mut chain = ordered.market(runs()).expect("the order is taken");
    let paid = chain
        .execute("worker", &[], &settle(1, &ordered.proof().expect("the proof")))
        .expect("settled");
    assert!(pays(&paid, "worker"));
    let receipt: Receipt = chain.query(&QueryMsg::Receipt { order: 1 }).expect("a receipt");
    assert_eq!((receipt.order, receipt.proven.steps), (1, 1));
}

#[test]
fn a_proof_copied_from_the_mempool_pays_nobody_else() {
    let ordered = scenario();
    let mut chain = ordered.market(runs()).expect("the order is taken");
    let why =
        refusal(chain.execute("thief", &[], &settle(1, &ordered.proof().expect("the proof"))));
    let (theirs, bound) = (context(&mut chain, 1, "thief"), context(&mut chain, 1, "worker"));
    assert_eq!(why, format!("order 1: refused: context: expected {theirs}, the proof has {bound}"));
    // The order stays open for whoever made the proof.
    let paid = chain.execute("worker", &[], &settle(1, &ordered.proof().expect("the proof")));
    assert!(pays(&paid.expect("settled"), "worker"));
}

#[test]
fn a_proof_of_one_order_pays_for_no_other() {
    let ordered = scenario();
    let mut chain = ordered.market(runs()).expect("the order is taken");
    place(&mut chain, ordered.terms.clone(), None);
    let why =
        refusal(chain.execute("worker", &[], &settle(2, &ordered.proof().expect("the proof"))));
    let (wanted, bound) = (context(&mut chain, 2, "worker"), context(&mut chain, 1, "worker"));
    assert_eq!(why, format!("order 2: refused: context: expected {wanted}, the proof has {bound}"));
}

#[test]
fn a_proof_of_another_chain_pays_for_nothing() {
    let ordered = scenario();
    let mut chain = ordered.market(runs()).expect("the order is taken");
    let bound = context(&mut chain, 1, "worker");
    chain.env.block.chain_id.push('2');
    let why =
        refusal(chain.execute("worker", &[], &settle(1, &ordered.proof().expect("the proof"))));
    let wanted = context(&mut chain, 1, "worker");
    assert_eq!(why, format!("order 1: refused: context: expected {wanted}, the proof has {bound}"));
}

#[test]
fn a_named_worker_is_paid_whoever_sends_the_proof() {
    let (bundle, terms) = clear();
    let mut chain = run_market(json!({}));
    place(&mut chain, terms, Some("worker"));
    let paid = chain.execute("thief", &[], &settle(1, &bundle)).expect("settled");
    assert!(pays(&paid, "worker"));
}

#[test]
fn a_consumer_pays_once_for_a_run() {
    let (bundle, terms) = clear();
    let mut chain = run_market(json!({}));
    place(&mut chain, terms.clone(), Some("worker"));
    place(&mut chain, terms, Some("worker"));
    chain.execute("worker", &[], &settle(2, &bundle)).expect("settled");
    let why = refusal(chain.execute("worker", &[], &settle(1, &bundle)));
    assert_eq!(why, "order 1: its consumer has paid for this run already, in order 2");
}

#[test]
fn nobody_uses_up_the_run_of_another_consumer() {
    let (bundle, terms) = clear();
    let mut chain = run_market(json!({}));
    place(&mut chain, terms.clone(), Some("worker"));
    let own = order(&chain, terms, Some("thief"));
    chain.execute("thief", &price(), &own).expect("the order is taken");
    chain.execute("thief", &[], &settle(2, &bundle)).expect("settled");
    let paid = chain.execute("worker", &[], &settle(1, &bundle)).expect("settled");
    assert!(pays(&paid, "worker"));
}

#[test]
fn limits_are_those_of_the_contract() {
    let (bundle, terms) = clear();
    let cases = [
        (json!({ "bundle_bytes": 1000 }), "the bundle is larger than the limit of 1000"),
        (json!({ "work": 1000 }), "the verification's work is larger than the limit of 1000"),
    ];
    for (limits, sentence) in cases {
        let mut chain = run_market(limits);
        place(&mut chain, terms.clone(), Some("worker"));
        let why = refusal(chain.execute("worker", &[], &settle(1, &bundle)));
        assert_eq!(why, format!("order 1: refused: {sentence}"));
    }
}

#[test]
fn proofs_of_something_else() {
    let (bundle, terms) = clear();
    let zero = "00".repeat(32);
    for (key, other) in [
        ("program", json!(zero)),
        ("first", json!(zero)),
        ("data_root", json!(zero)),
        ("nonce", json!(zero)),
        ("context", json!("01")),
        ("steps", json!(4)),
        ("scalars", json!({ "lr.0": [[2, 3]] })),
        ("allow_clear", json!(false)),
        ("security", json!(200)),
    ] {
        let terms = with(&terms, json!({ key: other }));
        let mut chain = run_market(json!({}));
        place(&mut chain, terms.clone(), Some("worker"));
        let why = refusal(chain.execute("worker", &[], &settle(1, &bundle)));
        assert_eq!(why, format!("order 1: refused: {}", native(&terms, &bundle)), "{key}");
    }
}

/// What the verifier says outside of the machine.
fn native(terms: &Terms, bundle: &[u8]) -> String {
    let Terms::Run(terms) = terms else { panic!("not a run's") };
    let expected = expectations::read(terms.expectations.as_bytes()).expect("expectations");
    let answer = Verifier::new(Limits::default()).verify(bundle, expected);
    answer.result.expect_err("a proof that is refused").message().into()
}

#[test]
fn damaged_proofs_get_the_sentence_that_they_get_everywhere() {
    let (bundle, terms) = clear();
    let mut damaged: Vec<Vec<u8>> = Vec::new();
    for at in [0, 6, 40, 2_000, bundle.len() / 3, bundle.len() / 2, bundle.len() - 1] {
        let mut changed = bundle.clone();
        changed[at] ^= 1;
        damaged.push(changed);
    }
    damaged.extend([bundle[..bundle.len() - 1].to_vec(), bundle[..100].to_vec(), Vec::new()]);
    damaged.push([bundle.as_slice(), b"0"].concat());
    let mut sentences = Vec::new();
    for bundle in damaged {
        let mut chain = run_market(json!({}));
        place(&mut chain, terms.clone(), Some("worker"));
        let why = refusal(chain.execute("worker", &[], &settle(1, &bundle)));
        assert_eq!(why, format!("order 1: refused: {}", native(&terms, &bundle)));
        sentences.push(why);
    }
    sentences.sort();
    sentences.dedup();
    assert!(sentences.len() > 4, "{sentences:?}");
}

#[test]
fn a_run_that_goes_on_names_its_dataset() {
    let hiding = read("tests/golden/6/hiding.zkpot");
    let evaluation = read("tests/golden/6/evaluation.zkpot");
    let (_, before) = terms::of_bundle(&hiding, None).expect("a golden proof is valid");
    let (stated, receipt) =
        terms::of_bundle(&evaluation, Some(&before.continuation)).expect("a golden proof is valid");
    let Terms::Run(stated) = with(&stated, json!({ "data_root": null })) else { panic!("a run's") };
    let ordered = |lineage: &str| {
        let lineage = Some(cosmwasm_std::HexBinary::from_hex(lineage).expect("hexadecimal"));
        let mut chain = run_market(json!({}));
        let terms = zkpot_market::runs::Terms { lineage, ..stated.clone() };
        place(&mut chain, Terms::Run(terms), Some("worker"));
        chain
    };
    let mut other = ordered(&"00".repeat(32));
    let why = refusal(other.execute("worker", &[], &settle(1, &evaluation)));
    assert_eq!(why, "order 1: the proof's dataset differs from the order's");
    let mut right = ordered(&receipt.data_lineage);
    right.execute("worker", &[], &settle(1, &evaluation)).expect("settled");
}

#[test]
fn a_seed_that_the_order_does_not_say_is_not_taken() {
    let bundle = read("tests/golden/6/hiding.zkpot");
    let (terms, _) = terms::of_bundle(&bundle, None).expect("a golden proof is valid");
    let mut chain = run_market(json!({}));
    place(&mut chain, with(&terms, json!({ "seed": Value::Null })), Some("worker"));
    let why = refusal(chain.execute("worker", &[], &settle(1, &bundle)));
    assert_eq!(why, "order 1: the proof rests on what the order does not say: init-seed");
}

#[test]
fn gas_is_the_same_each_time() {
    let (bundle, terms) = clear();
    let gas = || {
        let mut chain = run_market(json!({}));
        place(&mut chain, terms.clone(), Some("worker"));
        chain.execute("worker", &[], &settle(1, &bundle)).expect("settled");
        chain.cost().gas
    };
    assert_eq!(gas(), gas());
}

#[test]
fn the_machine_ends_what_runs_out_of_gas() {
    let (bundle, terms) = clear();
    let mut chain = run_market(json!({}));
    place(&mut chain, terms, Some("worker"));
    chain.gas = 1_000_000_000;
    let ended = chain.execute("worker", &[], &settle(1, &bundle));
    assert!(matches!(ended, Err(Failure::Machine(why)) if why.contains("gas")));
}
