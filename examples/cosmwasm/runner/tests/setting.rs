//! Contracts, orders and proofs that the tests share.

use std::path::PathBuf;
use std::sync::OnceLock;

use cosmwasm_std::{BankMsg, Binary, Coin, CosmosMsg, HexBinary, Response};
use serde_json::Value;
use zkpot_in_cosmwasm::{Chain, Code, Failure, Scenario, terms};
use zkpot_market::messages::{ExecuteMsg, InstantiateMsg, Terms};
use zkpot_market::wrapped::Setup;

/// What an order pays.
pub fn price() -> Vec<Coin> {
    vec![Coin::new(100u128, "stake")]
}

fn folder(variable: &str) -> PathBuf {
    std::env::var_os(variable).unwrap_or_else(|| panic!("{variable} names no folder")).into()
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

pub fn read(path: &str) -> Vec<u8> {
    std::fs::read(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn stored(name: &str) -> Code {
    Code::store(&folder("ZKPOT_CONTRACTS").join(name)).expect("the machine takes the contract")
}

pub fn runs() -> &'static Code {
    static CODE: OnceLock<Code> = OnceLock::new();
    CODE.get_or_init(|| stored("runs.wasm"))
}

pub fn wrapped() -> &'static Code {
    static CODE: OnceLock<Code> = OnceLock::new();
    CODE.get_or_init(|| stored("wrapped.wasm"))
}

/// A market for runs with limits.
pub fn run_market(limits: Value) -> Chain<'static> {
    let setup = InstantiateMsg { limits: Some(limits.to_string()), ..InstantiateMsg::default() };
    Chain::new(runs(), &setup).expect("the contract is made")
}

pub fn circuit_setup() -> InstantiateMsg {
    let file = Binary::from(read("tests/golden/wrapped/digits.zkcirc"));
    InstantiateMsg { circuit: Some(Setup { file, test_srs: true }), ..InstantiateMsg::default() }
}

/// A market for wrapped proofs of the golden circuit.
pub fn wrapped_market() -> Chain<'static> {
    Chain::new(wrapped(), &circuit_setup()).expect("the contract is made")
}

/// An order until a minute from now.
pub fn order(chain: &Chain<'_>, terms: Terms, worker: Option<&str>) -> ExecuteMsg {
    let worker = worker.map(|worker| Chain::address(worker).into_string());
    ExecuteMsg::Order { terms, worker, deadline: chain.env.block.time.seconds() + 60 }
}

pub fn place(chain: &mut Chain<'_>, terms: Terms, worker: Option<&str>) {
    let order = order(chain, terms, worker);
    chain.execute("consumer", &price(), &order).expect("the order is taken");
}

pub fn settle(order: u64, bundle: &[u8]) -> ExecuteMsg {
    ExecuteMsg::Settle { order, bundle: Binary::from(bundle) }
}

pub fn settle_wrapped(order: u64, proof: &[u8]) -> ExecuteMsg {
    ExecuteMsg::SettleWrapped { order, proof: Binary::from(proof) }
}

/// The sentence that the contract refused a message with.
pub fn refusal(answer: Result<Response, Failure>) -> String {
    match answer {
        Err(Failure::Contract(why)) => why,
        other => panic!("not refused by the contract: {other:?}"),
    }
}

/// Whether a response pays the price to somebody, and does nothing else.
pub fn pays(response: &Response, name: &str) -> bool {
    let to_address = Chain::address(name).into_string();
    let [message] = response.messages.as_slice() else { return false };
    message.msg == CosmosMsg::Bank(BankMsg::Send { to_address, amount: price() })
}

/// The golden run that hides nothing, and what settles with it.
pub fn clear() -> (Vec<u8>, Terms) {
    let bundle = read("tests/golden/6/clear.zkpot");
    let (terms, _) = terms::of_bundle(&bundle, None).expect("a golden proof is valid");
    (bundle, terms)
}

/// Golden wrapped proofs: 0, and 1 which goes on from there.
pub fn golden_wrapped(number: usize) -> (Vec<u8>, zkpot_market::wrapped::Terms) {
    let circuit = read("tests/golden/wrapped/digits.zkcirc");
    let proof = read(&format!("tests/golden/wrapped/{number}.zkwrap"));
    let terms = terms::of_wrapped(&circuit, &proof).expect("a golden proof is valid");
    (proof, terms)
}

/// The terms of expectations with some keys changed, or, where null, left out.
pub fn with(terms: &Terms, changes: Value) -> Terms {
    let Terms::Run(terms) = terms else { panic!("not a run's") };
    let mut stated: Value = serde_json::from_str(&terms.expectations).expect("expectations");
    for (key, value) in changes.as_object().expect("changes") {
        match value {
            Value::Null => stated.as_object_mut().and_then(|stated| stated.remove(key)),
            value => {
                stated.as_object_mut().and_then(|stated| stated.insert(key.clone(), value.clone()))
            }
        };
    }
    Terms::Run(zkpot_market::runs::Terms { expectations: stated.to_string(), ..terms.clone() })
}

/// An order with its proof.
pub fn scenario() -> Scenario {
    Scenario::read(folder("ZKPOT_ORDERS")).expect("the owner's commitments")
}

pub fn context(chain: &mut Chain<'_>, order: u64, worker: &str) -> HexBinary {
    zkpot_in_cosmwasm::scenario::context(chain, order, worker).expect("the order's context")
}
