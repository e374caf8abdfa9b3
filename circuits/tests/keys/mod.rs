//! Keys in a folder, and proofs and contracts of a small circuit.

mod contract;
mod kept;
mod proofs;
mod small;
