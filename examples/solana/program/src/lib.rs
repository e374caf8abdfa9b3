//! Verifies wrapped proofs of one circuit on Solana: the rules of the front, and one equation of BN254.
//!
//! The circuit's file is compiled in (`ZKPOT_CIRCUIT`), so that the program's address stands for it. A proof of 4 kB does
//! not fit into a transaction: it is written to an account in pieces. What a proof has shown is the instruction's answer
//! (`sol_get_return_data`), which the program that asked compares with its own order: that a proof is valid says nothing
//! of whose run it is about.
//!
//! | instruction | accounts | data |
//! |---|---|---|
//! | 0: write | the proof's account, which signs | where (4 bytes, least significant first), and the bytes |
//! | 1: verify | the proof's account | |
//! | 2: close | the proof's account, which signs; who gets its lamports | |
//! | 3: circuit | | |
//!
//! The proof's account is owned by this program and has exactly the proof's bytes. It signs with its own key: nobody else
//! can write to it. Instruction 3 answers with keccak256 of the circuit's file.

#![cfg_attr(target_arch = "bpf", no_std)]
// Elsewhere only the field is compiled, for its tests.
#![cfg_attr(not(target_arch = "bpf"), allow(dead_code))]

mod circuit;
mod field;
mod refusal;

#[cfg(target_arch = "bpf")]
mod cursor;
#[cfg(target_arch = "bpf")]
mod encoding;
#[cfg(target_arch = "bpf")]
mod equation;
#[cfg(target_arch = "bpf")]
mod instruction;
#[cfg(target_arch = "bpf")]
mod machine;
#[cfg(target_arch = "bpf")]
mod proof;
#[cfg(target_arch = "bpf")]
mod statement;
#[cfg(target_arch = "bpf")]
mod transcript;
#[cfg(target_arch = "bpf")]
mod verification;
