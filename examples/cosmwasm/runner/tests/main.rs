//! The contracts in the machine. $ZKPOT_CONTRACTS is the folder of runs.wasm and wrapped.wasm, $ZKPOT_ORDERS that of a proof
//! made for an order (`make test-cosmwasm`).

mod code;
mod market;
mod runs;
mod setting;
mod wrapped;
