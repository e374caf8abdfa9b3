//! A channel without a proof: counts the scalars that a link of some shape will send.

use alloc::vec::Vec;

use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};

use super::VerifierChannel;
use crate::field::{EF, F};
use crate::rejection::Rejection;

/// Answers with arbitrary values, and counts.
///
/// How many scalars are sent depends on shapes alone, except where a factor that no challenge
/// makes zero is zero; so the answers are fixed pseudorandom elements.
#[derive(Clone, Debug, Default)]
pub struct CountingVerifier {
    scalars: usize,
    products: usize,
    challenges: u64,
}

impl CountingVerifier {
    /// Scalars received so far, those for products included.
    pub fn scalars(&self) -> usize {
        self.scalars
    }

    /// Products multiplied since the last call.
    pub fn take_products(&mut self) -> usize {
        core::mem::take(&mut self.products)
    }
}

impl VerifierChannel for CountingVerifier {
    type Element = EF;
    type Scalar = EF;

    fn receive(&mut self, _label: &'static str, count: usize) -> Result<Vec<EF>, Rejection> {
        self.scalars += count;
        Ok(alloc::vec![EF::ONE; count])
    }

    fn receive_revealed(
        &mut self,
        _label: &'static str,
        count: usize,
    ) -> Result<Vec<EF>, Rejection> {
        Ok(alloc::vec![EF::ONE; count])
    }

    fn challenge(&mut self, _label: &'static str) -> EF {
        EF::from_basis_coefficients_fn(|_| {
            // Any sequence without structure does; this is a Weyl sequence, mixed.
            self.challenges = self.challenges.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed =
                (self.challenges ^ (self.challenges >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            F::from_u64((mixed ^ (mixed >> 32)) >> 1)
        })
    }

    fn multiply(&mut self, _left: &EF, _right: &EF) -> Result<EF, Rejection> {
        self.scalars += 1;
        self.products += 1;
        Ok(EF::ONE)
    }

    fn require_zero(&mut self, _scalar: EF, _otherwise: Rejection) -> Result<(), Rejection> {
        Ok(())
    }
}
