//! Trained states, encrypted for whoever pays for the key.

use p3_field::{PrimeCharacteristicRing, PrimeField64};
use zeroize::Zeroize;
use zkpot_ir::Program;
use zkpot_protocol::arithmetization::Polynomial;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::Committer;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::security::SecurityLevel;
use zkpot_protocol::statement::{Envelope, positions};
use zkpot_sponge::{Fr, decrypt};

use crate::error::ProveError;
use crate::held::{Held, HeldKind, commit_polynomial, layout_of};

/// An envelope with its key, which is secret until it is paid for.
pub struct Sealed {
    /// What a statement says of it.
    pub envelope: Envelope,
    /// Three entries an element.
    pub ciphertext: Vec<Fr>,
    /// What decrypts it.
    pub key: Fr,
}

impl core::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Sealed({:?}, key not shown)", self.envelope)
    }
}

impl Sealed {
    /// Encrypts states under a key that derives from the seed of the link that made them.
    pub(crate) fn of(states: &Held, program: &Program, seed: &[u8; 32]) -> Self {
        let (key, values) = (key(seed), states.polynomial(program));
        let (envelope, ciphertext) = Envelope::seal(key, &values, &entries(program));
        Self { envelope, ciphertext, key }
    }
}

/// Decrypts states of a wrapped run, and compares them with their commitment.
///
/// # Returns
/// The tensors in the program's order, row-major.
///
/// # Errors
/// [`ProveError::Envelope`] where the key is another one's, or the ciphertext, or the commitment.
pub fn open<S: Committer<F, EF>>(
    program: &Program,
    level: SecurityLevel,
    commitment: &[u8; 32],
    ciphertext: &[Fr],
    key: Fr,
) -> Result<Vec<Vec<i64>>, ProveError> {
    let entries = entries(program);
    let message = decrypt(key, ciphertext, entries.len())
        .ok_or(ProveError::Envelope("the ciphertext is another program's, or of another key"))?;
    let (layout, regions) = layout_of(program, HeldKind::States);
    let mut values = F::zero_vec(1 << layout.variables[0]);
    for (&position, &entry) in entries.iter().zip(&message) {
        values[position] = entry;
    }
    let (role, channel) = (Polynomial::StatesIn, ChannelKind::Wrapped);
    // Such a commitment follows from the values alone.
    let (root, _) = commit_polynomial::<S>(role, level, channel, values, &[0; 32])?;
    if root != *commitment {
        return Err(ProveError::Envelope("what it holds is not what was committed to"));
    }
    let mut rest = message.iter();
    let tensor = |region: usize| -> Vec<i64> {
        rest.by_ref().take(layout.regions[region].elements()).map(|&entry| signed(entry)).collect()
    };
    Ok(regions.into_iter().map(tensor).collect())
}

/// Where the states' polynomial has what an envelope holds.
fn entries(program: &Program) -> Vec<usize> {
    let (layout, regions) = layout_of(program, HeldKind::States);
    positions(&layout, 0, &regions)
}

/// The integer that an element stands for where half of them are negative.
fn signed(element: F) -> i64 {
    let value = element.as_canonical_u64();
    if value > F::ORDER_U64 / 2 {
        (value.wrapping_sub(F::ORDER_U64)).cast_signed()
    } else {
        value.cast_signed()
    }
}

/// A uniform key: 384 bits leave a bias below `2^-130`.
fn key(seed: &[u8; 32]) -> Fr {
    let mut bytes = [0; 48];
    let mut hasher = blake3::Hasher::new_derive_key("zkpot/v1/secret/envelope");
    hasher.update(seed).finalize_xof().fill(&mut bytes);
    let words = bytes.as_chunks::<16>().0.iter().map(|chunk| u128::from_le_bytes(*chunk));
    let shift = Fr::from_u128(1 << 64) * Fr::from_u128(1 << 64);
    let key = words.fold(Fr::ZERO, |key, word| key * shift + Fr::from_u128(word));
    bytes.zeroize();
    key
}
