//! Rows drawn one by one, from all rows of the dataset and with replacement.
//!
//! Each step has a transcript of its own: `Poseidon2` over the tag `zkpot/v1/draws`, the two halves of the
//! schedule's seed and the step's number absorbs four elements, and a half of 127 bits for each row of
//! the batch, modulo the number of rows, is the row. A row has a bias below `rows / 2^126`.

use alloc::vec::Vec;
use p3_field::PrimeCharacteristicRing;
use zkpot_sponge::{Fr, Sponge};

use crate::statement::split;

/// Tells these transcripts from others.
const TAG: &[u8; 14] = b"zkpot/v1/draws";

/// What every transcript of draws absorbs first.
pub fn tag() -> Fr {
    let mut bytes = [0; 16];
    bytes[16 - TAG.len()..].copy_from_slice(TAG);
    Fr::from_u128(u128::from_be_bytes(bytes))
}

/// The rows of one step, of `rows` rows in all.
pub fn draw(seed: &[u8; 32], step: u64, batch: u32, rows: u64) -> Vec<u64> {
    draw_from(split(*seed), Fr::from_u64(step), batch, rows)
}

/// The same from the halves of the seed and the step's number, as the statement's elements have them.
pub fn draw_from([high, low]: [Fr; 2], step: Fr, batch: u32, rows: u64) -> Vec<u64> {
    let mut sponge = Sponge::new();
    [tag(), high, low, step].into_iter().for_each(|e| sponge.absorb_digest(e));
    // A remainder is below `rows`.
    (0..batch).map(|_| (sponge.squeeze_half() % u128::from(rows.max(1))) as u64).collect()
}

/// Permutations of one step's transcript: two take its four elements and leave four halves, and each that follows gives
/// four more.
pub(super) fn permutations(batch: u32) -> u64 {
    1 + u64::from(batch).div_ceil(4).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_draws_for_itself_and_from_all_rows() {
        let rows = draw(&[7; 32], 3, 4000, 10);
        assert_eq!(rows[..5], draw(&[7; 32], 3, 5, 10));
        assert_ne!(rows[..20], draw(&[7; 32], 4, 20, 10));
        assert_ne!(rows[..20], draw(&[8; 32], 3, 20, 10));
        for row in 0..10 {
            let drawn = rows.iter().filter(|&&r| r == row).count();
            assert!((320..480).contains(&drawn), "row {row} was drawn {drawn} times");
        }
    }
}
