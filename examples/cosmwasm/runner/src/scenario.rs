//! An order that whoever proves it first is paid for, in a folder: what an owner committed (`terms.json`, of
//! examples/cometbft/testdata/make.py), the order for its worker (`orders.json`), the proof (`order.zkpot`).

use std::fs;
use std::path::PathBuf;

use cosmwasm_std::{Coin, HexBinary};
use serde_json::{Value, json};
use zkpot_market::messages::{Context, ExecuteMsg, InstantiateMsg, QueryMsg, Terms};
use zkpot_market::runs;

use crate::{Chain, Code, Failure};

/// The order's terms and where its files lie.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What is ordered: a step of training.
    pub terms: Terms,
    folder: PathBuf,
}

/// Of the batch order.
fn nonce() -> String {
    "17".repeat(32)
}

impl Scenario {
    /// Reads what the owner of the folder committed.
    ///
    /// # Errors
    /// The file that cannot be read.
    pub fn read(folder: impl Into<PathBuf>) -> Result<Self, String> {
        let folder = folder.into();
        let path = folder.join("terms.json");
        let wrong = |why: String| format!("{}: {why}", path.display());
        let text = fs::read(&path).map_err(|error| wrong(error.to_string()))?;
        let owner: Value =
            serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
        let model = &owner["models"][0];
        let stated = json!({
            "program": owner["program"],
            "first": model["first"],
            "data_root": model["data_root"],
            "nonce": nonce(),
            "steps": 1,
            "earlier_steps": 0,
            "scalars": owner["scalars"],
        });
        let terms = Terms::Run(runs::Terms { expectations: stated.to_string(), lineage: None });
        Ok(Self { terms, folder })
    }

    /// A market where it is order 1, open until a minute from now.
    ///
    /// # Errors
    /// The contract's or the machine's.
    pub fn market<'a>(&self, code: &'a Code) -> Result<Chain<'a>, Failure> {
        let mut chain = Chain::new(code, &InstantiateMsg::default())?;
        let deadline = chain.env.block.time.seconds() + 60;
        let order = ExecuteMsg::Order { terms: self.terms.clone(), worker: None, deadline };
        chain.execute("consumer", &[Coin::new(100u128, "stake")], &order)?;
        Ok(chain)
    }

    /// Writes what `make.py prove` is told: order 1, bound to its worker, who is called "worker".
    ///
    /// # Errors
    /// The contract's, the machine's, or the file's.
    pub fn write_order(&self, code: &Code) -> Result<(), String> {
        let mut chain = self.market(code).map_err(|error| error.to_string())?;
        let context = context(&mut chain, 1, "worker").map_err(|error| error.to_string())?;
        let order = json!([{
            "model": "model-0", "name": "order", "steps": 1,
            "nonce": nonce(), "context": context.to_hex(),
        }]);
        let path = self.folder.join("orders.json");
        fs::write(&path, order.to_string()).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// The worker's proof.
    ///
    /// # Errors
    /// The file that cannot be read.
    pub fn proof(&self) -> Result<Vec<u8>, String> {
        let path = self.folder.join("order.zkpot");
        fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// What the contract says that a worker's proof is bound to.
///
/// # Errors
/// The contract's or the machine's.
pub fn context(chain: &mut Chain<'_>, order: u64, worker: &str) -> Result<HexBinary, Failure> {
    let worker = Chain::address(worker).into_string();
    let answer: Context = chain.query(&QueryMsg::Context { order, worker })?;
    Ok(answer.context)
}
