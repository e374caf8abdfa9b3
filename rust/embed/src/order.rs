//! The terms of a run, as a bundle has them.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;
use zkpot_protocol::hexadecimal::{bytes, bytes32};
use zkpot_protocol::security::SecurityLevel;
use zkpot_protocol::statement::{Order, Origin};

use crate::text::object;

/// What an error calls an order that cannot be read.
pub const DAMAGED: &str = "the run's terms (order) are damaged or of another version";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderText {
    program: String,
    first: String,
    shards: Vec<String>,
    shard_rows: Vec<u32>,
    nonce: String,
    context: String,
    origin: String,
    /// Training steps behind the first weights.
    #[serde(default)]
    earlier_steps: u64,
    /// Bits.
    #[serde(default = "default_bits")]
    security: u32,
}

fn default_bits() -> u32 {
    SecurityLevel::default().bits()
}

/// Reads an order (JSON, `docs/spec/formats.md`); `None` where it is not one.
pub fn read(text: &[u8]) -> Option<Order> {
    let order: OrderText = object(text).ok()?;
    if order.shards.len() != order.shard_rows.len() {
        return None;
    }
    let shards = order.shard_rows.iter().zip(&order.shards);
    Some(Order {
        program: bytes32(&order.program)?,
        first: bytes32(&order.first)?,
        shards: shards.map(|(&rows, root)| Some((rows, bytes32(root)?))).collect::<Option<_>>()?,
        nonce: bytes32(&order.nonce)?,
        origin: origin(&order.origin)?,
        earlier_steps: order.earlier_steps,
        security: SecurityLevel::from_bits(order.security)?,
        context: bytes(&order.context)?,
    })
}

fn origin(text: &str) -> Option<Origin> {
    match text.split_once(' ') {
        Some(("run", digest)) => Some(Origin::Run(bytes32(digest)?)),
        Some(("seed", seed)) => Some(Origin::Seed(bytes32(seed)?)),
        None if text == "arbitrary" => Some(Origin::Arbitrary),
        _ => None,
    }
}
