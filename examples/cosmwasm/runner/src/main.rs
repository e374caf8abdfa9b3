//! Measures proofs in the contracts: `zkpot-in-cosmwasm CONTRACTS run.zkpot ... digits.zkcirc 0.zkwrap ...`, where CONTRACTS
//! has runs.wasm and wrapped.wasm; a wrapped proof follows its circuit file, and a run that goes on follows the one before.
//! `zkpot-in-cosmwasm CONTRACTS --order FOLDER` places the order of a scenario and says what its proof is bound to.

use std::path::Path;
use std::process::ExitCode;

use cosmwasm_std::{Binary, Coin};
use zkpot_in_cosmwasm::chain::{Cost, transaction_bytes};
use zkpot_in_cosmwasm::{Chain, Code, Scenario, terms};
use zkpot_market::messages::{ExecuteMsg, InstantiateMsg, Terms};
use zkpot_market::wrapped::Setup;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let measured = match arguments.as_slice() {
        [contracts, flag, folder] if flag == "--order" => {
            Code::store(&Path::new(contracts).join("runs.wasm"))
                .and_then(|code| Scenario::read(folder)?.write_order(&code))
        }
        [contracts, proofs @ ..] if !proofs.is_empty() => measure(Path::new(contracts), proofs),
        _ => Err("usage: zkpot-in-cosmwasm CONTRACTS FILE... | CONTRACTS --order FOLDER".into()),
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

fn measure(contracts: &Path, files: &[String]) -> Result<(), String> {
    let (mut runs, mut wrapped, mut circuit) = (None, None, None);
    let mut before: Vec<String> = Vec::new();
    for file in files {
        let bytes = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
        let wrong = |why: String| format!("{file}: {why}");
        match Path::new(file).extension().and_then(|kind| kind.to_str()) {
            Some("zkcirc") => circuit = Some(bytes),
            Some("zkwrap") => {
                let circuit =
                    circuit.as_ref().ok_or_else(|| wrong("its circuit comes first".into()))?;
                let code = stored(&mut wrapped, contracts, "wrapped.wasm")?;
                let terms = Terms::Wrapped(terms::of_wrapped(circuit, &bytes).map_err(wrong)?);
                let setup = InstantiateMsg {
                    circuit: Some(Setup { file: circuit.as_slice().into(), test_srs: true }),
                    ..InstantiateMsg::default()
                };
                let proof = Binary::from(bytes.as_slice());
                let settle = ExecuteMsg::SettleWrapped { order: 1, proof };
                print(file, &bytes, settled(code, &setup, terms, &settle).map_err(wrong)?);
            }
            _ => {
                let code = stored(&mut runs, contracts, "runs.wasm")?;
                let first = terms::of_bundle(&bytes, None);
                let goes_on =
                    || before.iter().find_map(|run| terms::of_bundle(&bytes, Some(run)).ok());
                let (terms, receipt) = first.or_else(|why| goes_on().ok_or(why)).map_err(wrong)?;
                before.push(receipt.continuation);
                let settle =
                    ExecuteMsg::Settle { order: 1, bundle: Binary::from(bytes.as_slice()) };
                let setup = InstantiateMsg::default();
                print(file, &bytes, settled(code, &setup, terms, &settle).map_err(wrong)?);
            }
        }
    }
    Ok(())
}

/// A contract's code, stored when it is needed first.
fn stored<'a>(
    code: &'a mut Option<Code>,
    contracts: &Path,
    name: &str,
) -> Result<&'a Code, String> {
    if code.is_none() {
        let path = contracts.join(name);
        let started = std::time::Instant::now();
        let stored = Code::store(&path)?;
        let seconds = started.elapsed().as_secs_f64();
        println!("{}: {} bytes, stored in {seconds:.2} s", path.display(), stored.bytes());
        *code = Some(stored);
    }
    code.as_ref().ok_or_else(|| format!("{name} is not stored"))
}

/// What the contract takes for an order and its proof; twice, since gas has to be the same.
fn settled(
    code: &Code,
    setup: &InstantiateMsg,
    terms: Terms,
    settle: &ExecuteMsg,
) -> Result<[Cost; 2], String> {
    let mut costs = Vec::new();
    for _ in 0..2 {
        let mut chain = Chain::new(code, setup).map_err(|error| error.to_string())?;
        let deadline = chain.env.block.time.plus_seconds(60).seconds();
        let worker = Some(Chain::address("worker").into_string());
        let order = ExecuteMsg::Order { terms: terms.clone(), worker, deadline };
        chain
            .execute("consumer", &[Coin::new(100u128, "stake")], &order)
            .map_err(|error| error.to_string())?;
        let ordered = chain.cost();
        chain.execute("worker", &[], settle).map_err(|error| error.to_string())?;
        costs.push([ordered, chain.cost()]);
    }
    match costs.as_slice() {
        [first, second] if first[1].gas == second[1].gas => Ok(*second),
        _ => Err("the same proof took other gas the second time".into()),
    }
}

fn print(file: &str, bytes: &[u8], [ordered, settled]: [Cost; 2]) {
    println!(
        "{file}: {} bytes, in a transaction of {}; order {} gas; settle {} gas of the machine, {} of the SDK, {:.2} s, {} MiB",
        bytes.len(),
        transaction_bytes(bytes),
        ordered.sdk_gas(),
        settled.gas,
        settled.sdk_gas(),
        settled.time.as_secs_f64(),
        settled.memory >> 20,
    );
}
