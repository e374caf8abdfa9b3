//! The verifier of wrapped proofs: golden proofs, each rule broken alone, any bytes, several proofs at once.

mod answers;
mod batch;
mod bytes;
mod circuits;
mod golden;
mod json;
mod made;
mod rules;
