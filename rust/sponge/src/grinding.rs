//! Proofs of work on a transcript.

use p3_challenger::GrindingChallenger;
use p3_field::{PrimeCharacteristicRing, PrimeField64};
use p3_maybe_rayon::prelude::*;

use crate::{F, Sponge};

impl GrindingChallenger for Sponge {
    type Witness = F;

    /// One permutation a candidate, whatever was absorbed before.
    ///
    /// # Panics
    /// For 64 bits or more.
    fn grind(&mut self, bits: usize) -> F {
        assert!(bits < 64, "{bits} bits of grinding");
        if bits == 0 {
            return F::ZERO;
        }
        let prepared = self.prepare();
        let mask = (1u128 << bits) - 1;
        let found = (0..F::ORDER_U64)
            .into_par_iter()
            .find_any(|&candidate| prepared.half_after(F::from_u64(candidate)) & mask == 0);
        // Every candidate fails with a probability below (1 - 2^-bits)^p.
        let witness = F::from_u64(found.unwrap_or_default());
        assert!(self.check_witness(bits, witness), "no proof of work of {bits} bits");
        witness
    }
}
