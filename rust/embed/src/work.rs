//! Units of work: what a verification takes, the same on all machines, counted before it is done.
//!
//! A unit is at most about a nanosecond of one core that verifies natively; `docs/embed/README.md` says how much longer other
//! targets take. Counted are the bytes of each section of a bundle before it is read, and while it is checked what few
//! bytes can make long: axes of sums that a program's check visits ([`zkpot_ir::Effort`]), rows that a schedule draws, and
//! claims with their weights ([`zkpot_protocol::effort`]).
//!
//! A chain sums units over the proofs of a block, and leaves out what would exceed its limit.

use zkpot_protocol::channel::ChannelKind;

/// Units of a byte of the run's terms, which are text.
const ORDER_BYTE: u64 = 30;

/// Units of a byte of a program, which is decoded, checked and hashed.
const PROGRAM_BYTE: u64 = 40;

/// Units of a byte of a link, which is decoded, hashed and folded.
const LINK_BYTE: u64 = 30;

/// The same on the wrapped channel, whose hash is cheap in circuits alone.
const WRAPPED_LINK_BYTE: u64 = 400;

/// Units of reading so many bytes of a run's terms.
pub const fn order_work(bytes: usize) -> u64 {
    ORDER_BYTE.saturating_mul(bytes as u64)
}

/// Units of reading a program with so many bytes.
pub const fn program_work(bytes: usize) -> u64 {
    PROGRAM_BYTE.saturating_mul(bytes as u64)
}

/// Units of reading a link with so many bytes, and of its openings.
pub const fn link_work(channel: ChannelKind, bytes: usize) -> u64 {
    let byte = match channel {
        ChannelKind::Clear | ChannelKind::Hiding => LINK_BYTE,
        ChannelKind::Wrapped => WRAPPED_LINK_BYTE,
    };
    byte.saturating_mul(bytes as u64)
}
