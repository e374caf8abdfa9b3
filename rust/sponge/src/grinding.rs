//! Proofs of work on a transcript.

use core::array;

use p3_challenger::GrindingChallenger;
use p3_field::{PrimeCharacteristicRing, PrimeField64};
use p3_maybe_rayon::prelude::*;

use crate::duplex::Prepared;
use crate::lanes::{LANES, Lanes};
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
        let found = match Lanes::new() {
            Some(lanes) => find_in_lanes(&prepared, mask, lanes),
            None => (0..F::ORDER_U64)
                .into_par_iter()
                .find_any(|&candidate| prepared.half_after(F::from_u64(candidate)) & mask == 0),
        };
        // Every candidate fails with a probability below (1 - 2^-bits)^p.
        let witness = F::from_u64(found.unwrap_or_default());
        assert!(self.check_witness(bits, witness), "no proof of work of {bits} bits");
        witness
    }
}

/// A candidate whose half is zero under the mask.
fn find_in_lanes(prepared: &Prepared, mask: u128, lanes: Lanes) -> Option<u64> {
    let states = prepared.states(lanes);
    (0..F::ORDER_U64 / LANES as u64).into_par_iter().find_map_any(|batch| {
        let first = batch * LANES as u64;
        let candidates = array::from_fn(|lane| F::from_u64(first + lane as u64));
        let halves = prepared.halves_after(states.clone(), candidates);
        halves.iter().position(|half| half & mask == 0).map(|lane| first + lane as u64)
    })
}
