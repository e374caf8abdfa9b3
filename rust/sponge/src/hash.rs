//! The hashes of leaves and nodes of a Merkle tree.

use p3_field::PrimeCharacteristicRing;
use p3_symmetric::{CryptographicHasher, PseudoCompressionFunction};

use crate::duplex::absorb;
use crate::packing::pack;
use crate::{Digest, F, Fr, permute};

/// Hashes a row of base elements, which for a row over the extension are all coordinates in order.
///
/// The state starts with the number of packed elements and `2^64` in the capacity, then takes two
/// packed elements a permutation. Rows of different lengths never start alike.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeafHash;

impl CryptographicHasher<F, Digest> for LeafHash {
    fn hash_iter<I: IntoIterator<Item = F>>(&self, row: I) -> Digest {
        let packed = pack(row);
        let capacity = Fr::from_u128(packed.len() as u128 + (1 << 64));
        let mut state = [Fr::ZERO, Fr::ZERO, capacity];
        absorb(&mut state, &packed);
        [state[0]]
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
    fn compress(&self, [[left], [right]]: [Digest; 2]) -> Digest {
        let mut state = [left, right, Fr::ZERO];
        permute(&mut state);
        [state[0]]
    }
}
