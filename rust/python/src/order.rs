//! The terms of a run, as Python writes them.

use pyo3::prelude::*;
use serde::Deserialize;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::security::SecurityLevel;
use zkpot_protocol::statement::{Order, Origin};

use crate::errors;

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

/// The security level of this many bits.
pub fn level(py: Python<'_>, bits: u32) -> PyResult<SecurityLevel> {
    SecurityLevel::from_bits(bits).ok_or_else(|| {
        let known = SecurityLevel::ALL.map(|level| level.bits().to_string()).join(" or ");
        errors::raise(py, "InputError", format!("security is {known} bits, not {bits}"))
    })
}

/// What Python calls each channel.
const CHANNELS: [(&str, ChannelKind); 3] = [
    ("hiding", ChannelKind::Hiding),
    ("clear", ChannelKind::Clear),
    ("wrapped", ChannelKind::Wrapped),
];

/// The channel of this name.
pub fn channel(py: Python<'_>, name: &str) -> PyResult<ChannelKind> {
    let found = CHANNELS.into_iter().find(|(known, _)| *known == name);
    let unknown = || errors::raise(py, "InputError", format!("no channel is called '{name}'"));
    found.map(|(_, channel)| channel).ok_or_else(unknown)
}

/// What a channel is called.
pub fn channel_name(channel: ChannelKind) -> &'static str {
    let found = CHANNELS.into_iter().find(|(_, known)| *known == channel);
    found.map_or("", |(name, _)| name)
}

/// 32 bytes from 64 hexadecimal digits.
pub fn bytes32(text: &str) -> Option<[u8; 32]> {
    bytes(text)?.try_into().ok()
}

/// Bytes from hexadecimal digits.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

fn parse(text: &str) -> Option<Order> {
    let order: OrderText = serde_json::from_str(text).ok()?;
    if order.shards.len() != order.shard_rows.len() {
        return None;
    }
    let shards = order.shard_rows.iter().zip(&order.shards);
    Some(Order {
        program: bytes32(&order.program)?,
        first: bytes32(&order.first)?,
        shards: shards.map(|(&rows, root)| Some((rows, bytes32(root)?))).collect::<Option<_>>()?,
        nonce: bytes32(&order.nonce)?,
        origin: match order.origin.split_once(' ') {
            Some(("run", digest)) => Origin::Run(bytes32(digest)?),
            Some(("seed", seed)) => Origin::Seed(bytes32(seed)?),
            None if order.origin == "arbitrary" => Origin::Arbitrary,
            _ => return None,
        },
        earlier_steps: order.earlier_steps,
        security: SecurityLevel::from_bits(order.security)?,
        context: bytes(&order.context)?,
    })
}

/// Reads the terms of a run; `class` is the exception for terms that cannot be read.
pub fn read(py: Python<'_>, text: &str, class: &str) -> PyResult<Order> {
    parse(text).ok_or_else(|| {
        errors::raise(py, class, "the run's terms (order) are damaged or of another version".into())
    })
}
