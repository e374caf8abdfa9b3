//! The hashes of leaves and nodes of a Merkle tree.

use alloc::vec::Vec;

use p3_field::PrimeCharacteristicRing;
use p3_symmetric::{CryptographicHasher, PseudoCompressionFunction};

use crate::duplex::{RATE, absorb};
use crate::lanes::{LANES, Lanes};
use crate::packing::{PACKED, pack};
use crate::{Digest, F, Fr, WIDTH, permute};

/// Hashes a row of base elements, which for a row over the extension are all coordinates in order.
///
/// The state starts with the number of packed elements and `2^64` in the capacity, then takes two
/// packed elements a permutation. Rows of different lengths never start alike.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeafHash;

impl CryptographicHasher<F, Digest> for LeafHash {
    const LANES: usize = LANES;

    fn hash_iter<I: IntoIterator<Item = F>>(&self, row: I) -> Digest {
        let packed = pack(row);
        let mut state = leaf(packed.len());
        absorb(&mut state, &packed);
        [state[0]]
    }

    fn hash_many(&self, rows: &[F], digests: &mut [Digest]) {
        let width = rows.len() / digests.len().max(1);
        assert_eq!(rows.len(), width * digests.len(), "rows of different lengths");
        for (place, digests) in digests.chunks_mut(LANES).enumerate() {
            let rows = &rows[place * LANES * width..][..digests.len() * width];
            match Lanes::new() {
                Some(lanes) if digests.len() > 1 => hash_in_lanes(lanes, rows, width, digests),
                _ => {
                    for (row, digest) in digests.iter_mut().enumerate() {
                        *digest = self.hash_slice(&rows[row * width..][..width]);
                    }
                }
            }
        }
    }
}

/// The state before a row of so many packed elements.
fn leaf(packed: usize) -> [Fr; WIDTH] {
    [Fr::ZERO, Fr::ZERO, Fr::from_u128(packed as u128 + (1 << 64))]
}

/// Hashes at most as many rows as there are lanes; the others hash nothing.
fn hash_in_lanes(lanes: Lanes, rows: &[F], width: usize, digests: &mut [Digest]) {
    let packed: Vec<Vec<Fr>> =
        (0..digests.len()).map(|row| pack(rows[row * width..][..width].iter().copied())).collect();
    let count = width.div_ceil(PACKED);
    let mut states = lanes.states(leaf(count));
    for start in (0..count).step_by(RATE) {
        let mut elements = [[Fr::ZERO; LANES]; RATE];
        for (lane, packed) in packed.iter().enumerate() {
            for (place, element) in elements.iter_mut().zip(&packed[start..]) {
                place[lane] = *element;
            }
        }
        states.absorb(&elements);
    }
    for (digest, words) in digests.iter_mut().zip(states.first()) {
        *digest = [Fr::new(words)];
    }
}

/// Hashes elements of the large field that are neither a row nor digests of a tree: as a row, with their
/// number and `2^65` in the capacity.
pub fn hash_elements(elements: &[Fr]) -> Fr {
    let mut state = [Fr::ZERO, Fr::ZERO, Fr::from_u128(elements.len() as u128 + (1 << 65))];
    absorb(&mut state, elements);
    state[0]
}

/// Hashes two digests: one permutation of them and zero.
#[derive(Clone, Copy, Debug, Default)]
pub struct NodeHash;

impl PseudoCompressionFunction<Digest, 2> for NodeHash {
    const LANES: usize = LANES;

    fn compress(&self, [[left], [right]]: [Digest; 2]) -> Digest {
        let mut state = [left, right, Fr::ZERO];
        permute(&mut state);
        [state[0]]
    }

    fn compress_many(&self, pairs: &[[Digest; 2]], digests: &mut [Digest]) {
        assert_eq!(pairs.len(), digests.len(), "as many pairs as digests");
        for (pairs, digests) in pairs.chunks(LANES).zip(digests.chunks_mut(LANES)) {
            match Lanes::new() {
                Some(lanes) if digests.len() > 1 => compress_in_lanes(lanes, pairs, digests),
                _ => {
                    for (pair, digest) in pairs.iter().zip(digests) {
                        *digest = self.compress(*pair);
                    }
                }
            }
        }
    }
}

/// Hashes at most as many pairs as there are lanes; the others hash nothing.
fn compress_in_lanes(lanes: Lanes, pairs: &[[Digest; 2]], digests: &mut [Digest]) {
    let mut elements = [[Fr::ZERO; LANES]; RATE];
    for (lane, pair) in pairs.iter().enumerate() {
        for (place, [digest]) in elements.iter_mut().zip(pair) {
            place[lane] = *digest;
        }
    }
    let mut states = lanes.states([Fr::ZERO; WIDTH]);
    states.absorb(&elements);
    for (digest, words) in digests.iter_mut().zip(states.first()) {
        *digest = [Fr::new(words)];
    }
}
