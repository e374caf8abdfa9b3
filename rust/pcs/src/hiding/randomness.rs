//! Where the prover's randomness comes from.
//!
//! Every stream is `ChaCha(derive_key(context, seed, ...))` with its own context, so that one
//! 32-byte seed rebuilds a commitment after a restart. The streams that an opening consumes also
//! depend on the transcript and the points, so that two different statements never share masks.

use alloc::vec::Vec;

use p3_field::{BasedVectorSpace, PrimeField64};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::suite::{EF, F};

const COMMITMENT_ROWS: &str = "zkpot/v1/commitment/encoding randomness";
const COMMITMENT_SALTS: &str = "zkpot/v1/commitment/leaf salts";
const OPENING_MASKS: &str = "zkpot/v1/opening/masks";
const OPENING_SALTS: &str = "zkpot/v1/opening/leaf salts";

/// The two streams a commitment or an opening draws from.
pub(crate) struct Streams {
    /// Encoding randomness, masks and pads.
    pub masks: StdRng,
    /// Salts of Merkle leaves.
    pub salts: StdRng,
}

impl Streams {
    /// The streams of a commitment: a function of the seed alone.
    pub fn of_commitment(seed: &[u8; 32]) -> Self {
        let stream = |context| StdRng::from_seed(blake3::derive_key(context, seed));
        Self { masks: stream(COMMITMENT_ROWS), salts: stream(COMMITMENT_SALTS) }
    }

    /// The streams of one opening, bound to the statement and the transcript before it.
    pub fn of_opening(
        seed: &[u8; 32],
        commitment: &[u8; 32],
        points: &[Vec<EF>],
        transcript: EF,
    ) -> Self {
        let stream = |context| {
            let mut hasher = blake3::Hasher::new_derive_key(context);
            hasher.update(seed);
            hasher.update(commitment);
            absorb(&mut hasher, &transcript);
            for coordinate in points.iter().flatten() {
                absorb(&mut hasher, coordinate);
            }
            StdRng::from_seed(*hasher.finalize().as_bytes())
        };
        Self { masks: stream(OPENING_MASKS), salts: stream(OPENING_SALTS) }
    }
}

fn absorb(hasher: &mut blake3::Hasher, element: &EF) {
    for coefficient in BasedVectorSpace::<F>::as_basis_coefficients_slice(element) {
        hasher.update(&coefficient.as_canonical_u64().to_le_bytes());
    }
}
