//! The prover's tests, in one program: each would compile prover and verifier anew.
//!
//! Only `accounting` is one of its own, since it counts what is allocated.

mod bare;
mod bounds;
mod completeness;
mod continuation;
mod conversation;
mod dictionary;
mod dropout;
mod evaluation;
mod execution;
mod gaps;
mod hiding;
mod hiding_relations;
mod in_place;
mod indistinguishability;
mod initial;
mod lies;
mod links;
mod listening;
mod programmed;
mod programs;
mod run_rules;
mod scheme;
mod security;
mod simulation;
mod simulator;
mod soundness;
mod stages;
mod statistics;
mod substitution;
mod tampering;
mod views;
mod work;
mod wrapped;
