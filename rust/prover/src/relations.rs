//! The prover's half of each protocol, in the order in which a link uses them.

pub mod equality;
pub mod factors;
pub mod lookup;
pub mod masks;
pub mod multiplication;
pub mod opening;
pub mod product;
pub mod proportion;
pub mod sumcheck;
pub mod weights;
