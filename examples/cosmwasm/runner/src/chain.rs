//! A contract on a chain of its own.

use std::fmt;
use std::time::{Duration, Instant};

use cosmwasm_std::{
    Addr, Binary, Coin, ContractResult, Empty, Env, MessageInfo, QueryResponse, Response, Timestamp,
};
use cosmwasm_vm::testing::{MockApi, MockQuerier, MockStorage, mock_backend, mock_env};
use cosmwasm_vm::{
    Backend, Instance, VmError, VmResult, call_execute, call_instantiate, call_query,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Code;

/// Gas of the machine that is one gas of the Cosmos SDK (wasmd's `DefaultGasMultiplier`).
pub const MULTIPLIER: u64 = 140_000;

/// More than any proof takes: what 100 million of the SDK's gas buy.
const GAS: u64 = 100_000_000 * MULTIPLIER;

/// What a call took.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// The machine's gas: that of wasm and of its calls, without the mocked storage's.
    pub gas: u64,
    /// Time, with the instance made.
    pub time: Duration,
    /// Bytes of memory, which never shrinks.
    pub memory: usize,
}

impl Cost {
    /// Gas of the SDK, rounded up.
    pub const fn sdk_gas(self) -> u64 {
        self.gas.div_ceil(MULTIPLIER)
    }
}

/// Why a call changed nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The contract says so.
    Contract(String),
    /// The machine ended it: out of gas, a trap, out of memory.
    Machine(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contract(why) => write!(f, "the contract: {why}"),
            Self::Machine(why) => write!(f, "the machine: {why}"),
        }
    }
}

/// A contract's state, and the block that it is called in.
pub struct Chain<'a> {
    code: &'a Code,
    backend: Option<Backend<MockApi, MockStorage, MockQuerier>>,
    /// The block, which callers may change.
    pub env: Env,
    /// What the machine may spend on a call.
    pub gas: u64,
    last: Option<Cost>,
}

impl<'a> Chain<'a> {
    /// A chain where the contract has been made with a message.
    ///
    /// # Errors
    /// The contract's or the machine's.
    pub fn new(code: &'a Code, setup: &impl Serialize) -> Result<Self, Failure> {
        let mut chain =
            Self { code, backend: Some(mock_backend(&[])), env: mock_env(), gas: GAS, last: None };
        let (env, info, setup) = (chain.env.clone(), info("maker", &[]), json(setup));
        chain.call(|instance| call_instantiate::<_, _, _, Empty>(instance, &env, &info, &setup))?;
        Ok(chain)
    }

    /// Somebody's address.
    pub fn address(name: &str) -> Addr {
        Addr::unchecked(MockApi::default().addr_make(name))
    }

    /// Sends the contract a message.
    ///
    /// # Errors
    /// The contract's or the machine's. The contract has stored nothing then: it checks before it writes.
    pub fn execute(
        &mut self,
        sender: &str,
        funds: &[Coin],
        message: &impl Serialize,
    ) -> Result<Response, Failure> {
        let (env, info, message) = (self.env.clone(), info(sender, funds), json(message));
        self.call(|instance| call_execute(instance, &env, &info, &message))
    }

    /// Asks the contract.
    ///
    /// # Errors
    /// The contract's or the machine's.
    pub fn query<T: DeserializeOwned>(&mut self, message: &impl Serialize) -> Result<T, Failure> {
        let (env, message) = (self.env.clone(), json(message));
        let answer: QueryResponse = self.call(|instance| call_query(instance, &env, &message))?;
        cosmwasm_std::from_json(answer).map_err(|error| Failure::Machine(error.to_string()))
    }

    /// Lets time pass.
    pub fn pass(&mut self, until: Timestamp) {
        self.env.block.time = until;
        self.env.block.height += 1;
    }

    /// What the last call took.
    ///
    /// # Panics
    /// Never: a chain has been called when it was made.
    pub fn cost(&self) -> Cost {
        self.last.expect("the contract was made")
    }

    /// As wasmd calls: in a new instance each time.
    fn call<T>(
        &mut self,
        call: impl FnOnce(
            &mut Instance<MockApi, MockStorage, MockQuerier>,
        ) -> VmResult<ContractResult<T>>,
    ) -> Result<T, Failure> {
        let machine = |error: VmError| Failure::Machine(error.to_string());
        let lost = || Failure::Machine("an earlier call lost the state".into());
        let backend = self.backend.take().ok_or_else(lost)?;
        let started = Instant::now();
        let mut instance = self.code.instance(backend, self.gas).map_err(Failure::Machine)?;
        let answer = call(&mut instance);
        let time = started.elapsed();
        let gas = instance.create_gas_report().used_internally;
        self.last = Some(Cost { gas, time, memory: instance.memory_pages() << 16 });
        self.backend = instance.recycle();
        answer.map_err(machine)?.into_result().map_err(Failure::Contract)
    }
}

fn info(sender: &str, funds: &[Coin]) -> MessageInfo {
    MessageInfo { sender: Chain::address(sender), funds: funds.to_vec() }
}

fn json(message: &impl Serialize) -> Vec<u8> {
    // Messages are plain data.
    cosmwasm_std::to_json_vec(message).expect("messages are plain data")
}

/// Bytes that a transaction has beyond the proof: about what signature, addresses and fees take.
const ENVELOPE: usize = 512;

/// Bytes of a transaction with a proof, whose message is JSON and has it in base64.
pub fn transaction_bytes(proof: &[u8]) -> usize {
    Binary::from(proof).to_base64().len() + ENVELOPE
}
