//! The permutation with its constants.

use alloc::vec::Vec;

use p3_bn254::{
    BN254_POSEIDON2_HALF_FULL_ROUNDS, BN254_POSEIDON2_PARTIAL_ROUNDS_3, Poseidon2Bn254,
};
use p3_poseidon2::ExternalLayerConstants;
use p3_symmetric::Permutation;
use spin::LazyLock;

use crate::Fr;
use crate::grain::Grain;

/// Elements of a state.
pub const WIDTH: usize = 3;
/// Full rounds, half of them before the partial ones and half after.
pub const FULL_ROUNDS: usize = 2 * BN254_POSEIDON2_HALF_FULL_ROUNDS;
/// Partial rounds.
pub const PARTIAL_ROUNDS: usize = BN254_POSEIDON2_PARTIAL_ROUNDS_3;

/// The round constants of eprint 2023/323 for BN254 and a width of 3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constants {
    /// Of the full rounds before the partial ones.
    pub first: Vec<[Fr; WIDTH]>,
    /// Of the partial rounds.
    pub partial: Vec<Fr>,
    /// Of the full rounds after them.
    pub last: Vec<[Fr; WIDTH]>,
}

static CONSTANTS: LazyLock<Constants> = LazyLock::new(|| {
    let mut grain = Grain::new(WIDTH as u16, FULL_ROUNDS as u16, PARTIAL_ROUNDS as u16);
    let full = |grain: &mut Grain| -> Vec<[Fr; WIDTH]> {
        (0..FULL_ROUNDS / 2).map(|_| core::array::from_fn(|_| grain.element())).collect()
    };
    let first = full(&mut grain);
    let partial = (0..PARTIAL_ROUNDS).map(|_| grain.element()).collect();
    Constants { first, partial, last: full(&mut grain) }
});

static PERMUTATION: LazyLock<Poseidon2Bn254<WIDTH>> = LazyLock::new(|| {
    let Constants { first, partial, last } = CONSTANTS.clone();
    Poseidon2Bn254::new(ExternalLayerConstants::new(first, last), partial)
});

/// The round constants, made at their first use.
pub fn constants() -> &'static Constants {
    &CONSTANTS
}

/// Permutes a state: the external layer `circ(2, 1, 1)`, four full rounds, 56 partial ones with the
/// internal layer `J + diag(1, 1, 2)`, four full rounds; S-box `x^5`.
pub fn permute(state: &mut [Fr; WIDTH]) {
    PERMUTATION.permute_mut(state);
}
