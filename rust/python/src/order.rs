//! The terms of a run, as Python writes them.

use pyo3::prelude::*;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::security::SecurityLevel;
use zkpot_protocol::statement::Order;

use crate::errors;

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
    zkpot_embed::digest(text)
}

/// Reads the terms of a run; `class` is the exception for terms that cannot be read.
pub fn read(py: Python<'_>, text: &str, class: &str) -> PyResult<Order> {
    zkpot_embed::order::read(text.as_bytes())
        .ok_or_else(|| errors::raise(py, class, zkpot_embed::order::DAMAGED.into()))
}
