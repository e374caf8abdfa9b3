//! Wrapped proofs for orders.

use cosmwasm_std::{Binary, HexBinary};
use zkpot_in_cosmwasm::{Chain, Failure};
use zkpot_market::messages::{Circuit, QueryMsg, Terms};
use zkpot_market::proven::Receipt;
use zkpot_wrapped::WrappedProof;

use crate::setting::{
    circuit_setup, clear, context, golden_wrapped, order, pays, place, price, read, refusal,
    settle_wrapped, wrapped, wrapped_market,
};

#[test]
fn a_run_is_paid_proof_by_proof() {
    let mut chain = wrapped_market();
    for (number, steps) in [(0, 16), (1, 32)] {
        let (proof, terms) = golden_wrapped(number);
        let order = number as u64 + 1;
        place(&mut chain, Terms::Wrapped(terms), Some("worker"));
        let paid = chain.execute("anybody", &[], &settle_wrapped(order, &proof)).expect("settled");
        assert!(pays(&paid, "worker"));
        let receipt: Receipt = chain.query(&QueryMsg::Receipt { order }).expect("a receipt");
        assert_eq!(receipt.proven.steps, steps);
        assert!(receipt.proven.envelope.is_some());
    }
}

#[test]
fn a_proof_bound_to_something_else_pays_nobody() {
    let (proof, mut terms) = golden_wrapped(0);
    terms.context = None;
    let mut chain = wrapped_market();
    place(&mut chain, Terms::Wrapped(terms), None);
    let why = refusal(chain.execute("thief", &[], &settle_wrapped(1, &proof)));
    assert_eq!(
        why,
        "order 1: refused: the proof is of another run: its context is not the one that was ordered"
    );
    assert_ne!(context(&mut chain, 1, "thief"), context(&mut chain, 1, "worker"));
}

#[test]
fn an_order_that_states_a_context_names_its_worker() {
    let (_, terms) = golden_wrapped(0);
    let mut chain = wrapped_market();
    let message = order(&chain, Terms::Wrapped(terms), None);
    let why = refusal(chain.execute("consumer", &price(), &message));
    assert_eq!(why, "an order that states a context names its worker, since the context does not");
}

#[test]
fn a_consumer_pays_once_for_a_statement() {
    let (proof, terms) = golden_wrapped(0);
    let mut chain = wrapped_market();
    place(&mut chain, Terms::Wrapped(terms.clone()), Some("worker"));
    place(&mut chain, Terms::Wrapped(terms), Some("worker"));
    chain.execute("worker", &[], &settle_wrapped(1, &proof)).expect("settled");
    let why = refusal(chain.execute("worker", &[], &settle_wrapped(1, &proof)));
    assert_eq!(why, "order 1 is settled");
    let why = refusal(chain.execute("worker", &[], &settle_wrapped(2, &proof)));
    assert_eq!(why, "order 2: its consumer has paid for this run already, in order 1");
}

#[test]
fn proofs_of_something_else() {
    let (proof, right) = golden_wrapped(1);
    let zero = HexBinary::from([0; 32]);
    let change = |change: &dyn Fn(&mut zkpot_market::wrapped::Terms)| {
        let mut terms = right.clone();
        change(&mut terms);
        terms
    };
    let start = |change: &dyn Fn(&mut zkpot_market::wrapped::Start)| {
        let mut terms = right.clone();
        terms.start.as_mut().map(change);
        terms
    };
    let run = "refused: the proof is of another run: its";
    let stands = "refused: the proof does not start where the run stands:";
    for (terms, sentence) in [
        (change(&|terms| terms.first = zero.clone()), format!("{run} first commitment")),
        (change(&|terms| terms.shard = zero.clone()), format!("{run} dataset")),
        (change(&|terms| terms.nonce = zero.clone()), format!("{run} nonce")),
        (change(&|terms| terms.earlier_steps = 1), format!("{run} number of earlier steps")),
        (change(&|terms| terms.context = Some(zero.clone())), format!("{run} context")),
        (change(&|terms| terms.start = None), stands.into()),
        (start(&|start| start.statement = zero.clone()), stands.into()),
        (start(&|start| start.states = zero.clone()), stands.into()),
        (start(&|start| start.steps = 0), stands.into()),
        (change(&|terms| terms.scalars[0][3] += 1), "the proof's scalars differs".into()),
        (change(&|terms| terms.scalars.clear()), "the proof's scalars differs".into()),
    ] {
        let mut chain = wrapped_market();
        place(&mut chain, Terms::Wrapped(terms), Some("worker"));
        let why = refusal(chain.execute("worker", &[], &settle_wrapped(1, &proof)));
        assert!(why.starts_with(&format!("order 1: {sentence}")), "{why}, not {sentence}");
    }
}

#[test]
fn damaged_proofs_get_the_sentence_that_they_get_everywhere() {
    let (proof, terms) = golden_wrapped(0);
    let circuit = read("tests/golden/wrapped/digits.zkcirc");
    let circuit = zkpot_wrapped::Circuit::from_bytes(&circuit).expect("a golden circuit");
    let mut damaged: Vec<Vec<u8>> = Vec::new();
    for at in [0, 7, 30, 100, 400, proof.len() / 2, proof.len() - 1] {
        let mut changed = proof.clone();
        changed[at] ^= 1;
        damaged.push(changed);
    }
    damaged.extend([proof[..proof.len() - 1].to_vec(), Vec::new()]);
    damaged.push([proof.as_slice(), b"0"].concat());
    let mut chain = wrapped_market();
    place(&mut chain, Terms::Wrapped(terms), Some("worker"));
    for proof in damaged {
        let native =
            WrappedProof::from_bytes(&proof).and_then(|proof| circuit.verify(&proof).map(|_| ()));
        let native = native.expect_err("a damaged proof").to_string();
        let why = refusal(chain.execute("worker", &[], &settle_wrapped(1, &proof)));
        assert_eq!(why, format!("order 1: refused: {native}"));
    }
}

#[test]
fn proofs_that_everybody_can_forge_are_asked_for() {
    let mut setup = circuit_setup();
    setup.circuit.as_mut().expect("a circuit").test_srs = false;
    let made = Chain::new(wrapped(), &setup).map(|_| ());
    let why = "the contract cannot be made: the circuit's setup is one for tests: anybody can forge proofs";
    assert_eq!(made, Err(Failure::Contract(why.into())));
    let circuit: Circuit = wrapped_market().query(&QueryMsg::Circuit {}).expect("the circuit");
    assert!(circuit.test_srs);
}

#[test]
fn circuits_that_are_none() {
    let mut setup = circuit_setup();
    setup.circuit.as_mut().expect("a circuit").file = Binary::from(b"ZKCIRC");
    assert!(matches!(Chain::new(wrapped(), &setup), Err(Failure::Contract(_))));
    setup.circuit = None;
    let made = Chain::new(wrapped(), &setup).map(|_| ());
    let why = "the contract cannot be made: it has no circuit";
    assert_eq!(made, Err(Failure::Contract(why.into())));
}

#[test]
fn the_digest_of_the_circuit_is_asked_for() {
    let index: serde_json::Value =
        serde_json::from_slice(&read("tests/golden/wrapped/index.json")).expect("the index");
    let circuit: Circuit = wrapped_market().query(&QueryMsg::Circuit {}).expect("the circuit");
    assert_eq!(index["digest"], circuit.digest.to_hex());
}

#[test]
fn contracts_take_their_kind_of_proof() {
    let (_, terms) = clear();
    let mut chain = wrapped_market();
    let message = order(&chain, terms, Some("worker"));
    assert!(chain.execute("consumer", &price(), &message).is_err());
}

#[test]
fn gas_is_the_same_each_time() {
    let (proof, terms) = golden_wrapped(0);
    let gas = || {
        let mut chain = wrapped_market();
        place(&mut chain, Terms::Wrapped(terms.clone()), Some("worker"));
        chain.execute("worker", &[], &settle_wrapped(1, &proof)).expect("settled");
        chain.cost().gas
    };
    assert_eq!(gas(), gas());
}
