//! Trained states that are delivered encrypted: whoever learns the key has what was committed to.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use zkpot_sponge::{F, Fr, encrypt, from_bytes, hash_elements, hash_key, to_bytes};

use crate::arithmetization::{Arithmetization, Polynomial};
use crate::layout::{Layout, RANDOM_ENTRIES};

/// What a statement says of its states' ciphertext. Both are hashes of `zkpot_sponge`, as numbers of 32
/// big-endian bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Hash of the ciphertext.
    pub ciphertext: [u8; 32],
    /// Hash of the key.
    pub key: [u8; 32],
}

impl Envelope {
    /// What names this ciphertext under this key.
    pub fn of(ciphertext: &[Fr], key: Fr) -> Self {
        Self { ciphertext: to_bytes(hash_elements(ciphertext)), key: to_bytes(hash_key(key)) }
    }

    /// Encrypts the entries of a polynomial at [`positions`].
    pub fn seal(key: Fr, values: &[F], positions: &[usize]) -> (Self, Vec<Fr>) {
        let entries = positions.iter().filter_map(|&position| values.get(position).copied());
        let ciphertext = encrypt(key, entries);
        (Self::of(&ciphertext, key), ciphertext)
    }

    /// Both hashes as elements; none where they are not below the order.
    pub fn elements(&self) -> Option<[Fr; 2]> {
        Some([from_bytes(&self.ciphertext)?, from_bytes(&self.key)?])
    }
}

/// Where a polynomial has what an envelope holds: the elements of its tensors in their order, row-major, and
/// its random entries. All others are zero.
pub fn positions(layout: &Layout, polynomial: usize, regions: &[usize]) -> Vec<usize> {
    let mut positions = Vec::new();
    for &region in regions {
        layout.regions[region].for_each_index(|index| positions.push(index));
    }
    let random = layout.random[polynomial];
    positions.extend(random..random + RANDOM_ENTRIES);
    positions
}

/// [`positions`] of the states that a link ends with; none where it makes none.
pub fn positions_of(system: &Arithmetization) -> Vec<usize> {
    let polynomial = system.position(Polynomial::StatesOut);
    let found = polynomial.map(|index| positions(&system.layout, index, &system.states_out));
    found.unwrap_or_default()
}
