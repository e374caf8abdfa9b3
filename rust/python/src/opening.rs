//! Openings for a verifier that is written elsewhere: the sponge that they continue on, and the
//! check of one opening. Nothing of the protocol around them is here.

use p3_challenger::{CanObserve, CanSample};
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing, PrimeField64};
use pyo3::prelude::*;
use zkpot_pcs::{Binding, Challenger, Commitment, EF, F, OpeningProof, Parameters, Whir};
use zkpot_protocol::commitment::CommitmentScheme;
use zkpot_protocol::security::sum_bits;

use crate::errors;
use crate::order::{self, level};

type Coordinates = [u64; 3];

/// A transcript's sponge, from its last hash on.
#[pyclass]
pub struct Sponge(Challenger);

#[pymethods]
impl Sponge {
    /// `block` is what the sponge takes in at its next hash; `drawn` field elements have been drawn
    /// from that hash already.
    #[new]
    fn new(block: &[u8], drawn: usize) -> Self {
        let mut sponge = zkpot_pcs::new_challenger(block);
        for _ in 0..drawn {
            let _: F = sponge.sample();
        }
        Self(sponge)
    }

    /// Absorbs a field element.
    fn observe(&mut self, element: u64) {
        self.0.observe(F::from_u64(element));
    }

    /// Draws a field element.
    fn sample(&mut self) -> u64 {
        let element: F = self.0.sample();
        element.as_canonical_u64()
    }

    /// Verifies that the committed polynomial takes `values` at `points`; the sponge is then where
    /// the opening leaves it.
    ///
    /// Returns the bits of the opening's errors together, and the logarithm of the number of
    /// polynomials that the commitment may stand for.
    #[allow(clippy::too_many_arguments)]
    fn verify_opening(
        &mut self,
        py: Python<'_>,
        commitment: [u8; 32],
        variables: usize,
        lasting: bool,
        security: u32,
        channel: &str,
        points: Vec<Vec<Coordinates>>,
        values: Vec<Coordinates>,
        proof: &[u8],
    ) -> PyResult<(f64, f64)> {
        let (level, channel) = (level(py, security)?, order::channel(py, channel)?);
        let binding = if lasting { Binding::Lasting } else { Binding::Ephemeral };
        let points: Vec<Vec<EF>> =
            points.iter().map(|point| point.iter().map(element).collect()).collect();
        let values: Vec<EF> = values.iter().map(element).collect();
        let verified = Parameters::new(variables, binding, level, channel).and_then(|parameters| {
            let proof = OpeningProof::from_bytes(proof, &parameters)?;
            let root = Commitment::from(commitment);
            zkpot_pcs::verify(&root, &parameters, &points, &values, &proof, &mut self.0)?;
            Ok(Whir::security(&parameters))
        });
        let account =
            verified.map_err(|error| errors::raise(py, "InvalidProof", error.to_string()))?;
        Ok((sum_bits(account.terms.iter().map(|term| term.bits)), account.log_candidates))
    }
}

fn element(coordinates: &Coordinates) -> EF {
    EF::from_basis_coefficients_fn(|index| F::from_u64(coordinates[index]))
}
