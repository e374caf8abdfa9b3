//! The circuit, as `build.rs` lays it out.

#![allow(clippy::unreadable_literal, clippy::large_const_arrays)]

include!(concat!(env!("OUT_DIR"), "/circuit.rs"));
