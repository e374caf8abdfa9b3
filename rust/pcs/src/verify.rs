//! Verifying an opening.

use alloc::string::ToString;
use alloc::vec::Vec;

use p3_commit::MultilinearPcs;
use p3_dft::Radix2DFTSmallBatch;
use p3_multilinear_util::point::Point;
use p3_whir::HidingWhirPcs;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::shape::Shape;
use crate::suite::{Challenger, EF, F, SaltedTree, WhirConfig, salted_tree};
use crate::{Commitment, Error, OpeningChallenger, OpeningProof, Parameters};

/// Verifies an opening on the native sponge; see [`verify_with`].
///
/// # Errors
/// As [`verify_with`].
pub fn verify(
    commitment: &Commitment,
    parameters: &Parameters,
    points: &[Vec<EF>],
    values: &[EF],
    proof: &OpeningProof,
    challenger: &mut Challenger,
) -> Result<(), Error> {
    verify_with(commitment, parameters, points, values, proof, challenger)
}

/// Verifies that the committed polynomial takes `values` at `points`, on any sponge.
///
/// # Contract
/// Does not panic and allocates no more than a fixed multiple of the proof and of the
/// parameters' own sizes.
///
/// # Transcript
/// That of [`open_with`](crate::open_with). After an error the sponge is in no useful state.
///
/// # Errors
/// The statement's shape, a claimed value that differs from the proof's, the proof's shape, or
/// [`Error::Refused`] by the library.
pub fn verify_with<C: OpeningChallenger>(
    commitment: &Commitment,
    parameters: &Parameters,
    points: &[Vec<EF>],
    values: &[EF],
    proof: &OpeningProof,
    challenger: &mut C,
) -> Result<(), Error> {
    parameters.check_points(points)?;
    if values.len() != points.len() {
        return Err(Error::ClaimCount { expected: points.len(), actual: values.len() });
    }
    let config = parameters.config::<C>()?;
    Shape::of(&config).check(&proof.0, points.len())?;
    // The library takes points only, so the values are compared here.
    for (point, (claimed, proven)) in values.iter().zip(&proof.0.evals).enumerate() {
        if claimed != proven {
            return Err(Error::ClaimDiffers { point });
        }
    }
    verify_by_library(commitment, config, points, proof, challenger)
}

/// The library's verifier on a proof of the right shape.
pub(crate) fn verify_by_library<C: OpeningChallenger>(
    commitment: &Commitment,
    config: WhirConfig<C>,
    points: &[Vec<EF>],
    proof: &OpeningProof,
    challenger: &mut C,
) -> Result<(), Error> {
    // Verification draws neither salts nor masks; the library's type wants generators.
    let unused = || StdRng::from_seed([0; 32]);
    let pcs = HidingWhirPcs::<EF, F, Radix2DFTSmallBatch<F>, SaltedTree, C, StdRng>::new(
        config,
        Radix2DFTSmallBatch::default(),
        salted_tree(unused()),
        unused(),
    );
    // The prover mixes this sample into its masks; see `open_with`.
    let _: EF = challenger.sample_algebra_element();
    let points = points.iter().map(|point| Point::new(point.clone())).collect();
    pcs.verify(&commitment.root(), &proof.0, challenger, points)
        .map_err(|error| Error::Refused { reason: error.to_string() })
}
