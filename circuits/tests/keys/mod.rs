//! Keys in a folder, and proofs, contracts and programs of a small circuit.

mod contract;
mod kept;
mod program;
mod proofs;
mod small;
