//! First weights from a public seed.
//!
//! Element `i` of state `k` is `floor(u (2 b + 1) / 2^64) - b`, where `b` is the state's declared
//! bound and `u` the `i`-th little-endian 64-bit word of `BLAKE3 derive_key("zkpot/v1/initial",
//! seed || k)` read as an extendable output, `k` in four little-endian bytes. A state with bound zero
//! starts at zero. Weights that nobody chose cannot hold what their owner put there; that the seed
//! was not chosen either is for whoever draws it to see to.

use alloc::vec::Vec;

use blake3::{Hasher, OutputReader};
use zkpot_ir::Program;

/// Key of every state's stream.
const CONTEXT: &str = "zkpot/v1/initial";
/// Bytes drawn at a time: one BLAKE3 block.
const BLOCK: usize = 64;

/// The integers of one state, one after another, without end.
pub struct InitialValues {
    bound: i64,
    output: OutputReader,
    block: [u8; BLOCK],
    used: usize,
}

/// The integers that a state starts from, row-major; zeros for a state that the program lacks.
pub fn initial_values(program: &Program, seed: &[u8; 32], state: usize) -> InitialValues {
    let mut hasher = Hasher::new_derive_key(CONTEXT);
    hasher.update(seed).update(&(state as u32).to_le_bytes());
    let bound = program.states.get(state).map_or(0, |state| state.initial);
    InitialValues { bound, output: hasher.finalize_xof(), block: [0; BLOCK], used: BLOCK }
}

/// All states, in the program's order.
pub fn initial_states(program: &Program, seed: &[u8; 32]) -> Vec<Vec<i64>> {
    (0..program.states.len())
        .map(|state| {
            let tensor = &program.tensors[program.states[state].tensor as usize];
            let count = tensor.shape.iter().map(|&length| length as usize).product();
            initial_values(program, seed, state).take(count).collect()
        })
        .collect()
}

impl Iterator for InitialValues {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        if self.bound == 0 {
            return Some(0);
        }
        if self.used == BLOCK {
            self.output.fill(&mut self.block);
            self.used = 0;
        }
        let mut word = [0; 8];
        word.copy_from_slice(&self.block[self.used..self.used + 8]);
        self.used += 8;
        let choices = 2 * self.bound as u128 + 1;
        Some(((u128::from(u64::from_le_bytes(word)) * choices) >> 64) as i64 - self.bound)
    }
}
