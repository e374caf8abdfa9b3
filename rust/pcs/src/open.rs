//! Opening a commitment, once.

use alloc::string::ToString;
use alloc::vec::Vec;

use p3_commit::MultilinearPcs;
use p3_multilinear_util::point::Point;

use crate::commit::{OpeningData, pcs};
use crate::randomness::Streams;
use crate::suite::{Challenger, EF};
use crate::{Error, OpeningChallenger, OpeningProof};

/// Opens the commitment at `points`, on the native sponge; see [`open_with`].
///
/// # Errors
/// As [`open_with`].
pub fn open(
    data: OpeningData,
    points: &[Vec<EF>],
    challenger: &mut Challenger,
) -> Result<(Vec<EF>, OpeningProof), Error> {
    open_with(data, points, challenger)
}

/// Opens the commitment at `points`, on any sponge.
///
/// # Contract
/// Consumes the opening data: a second opening would exceed the commitment's query budget and
/// void hiding. Masks depend on the seed, the points and the transcript so far.
///
/// # Arguments
/// - `points`: 1 to [`MAX_POINTS`](crate::MAX_POINTS), each with one coordinate per variable;
///   coordinate 0 belongs to the most significant bit of the index.
///
/// # Transcript
/// Samples one extension element, absorbs the commitment, the points and their values, then runs
/// the opening. [`verify_with`](crate::verify_with) does the same.
///
/// # Errors
/// [`Error::PointCount`] or [`Error::PointArity`]; the challenger is untouched then.
pub fn open_with<C: OpeningChallenger>(
    data: OpeningData,
    points: &[Vec<EF>],
    challenger: &mut C,
) -> Result<(Vec<EF>, OpeningProof), Error> {
    data.parameters.check_points(points)?;
    let transcript: EF = challenger.sample_algebra_element();
    let streams = Streams::of_opening(&data.seed, &data.commitment, points, transcript);
    let pcs = pcs::<C>(&data.parameters, streams)?;
    pcs.observe_commitment(&data.commitment.root(), challenger);
    let points = points.iter().map(|point| Point::new(point.clone())).collect();
    let proof = pcs
        .open(data.library, points, challenger)
        .map_err(|error| Error::NotOpened { reason: error.to_string() })?;
    Ok((proof.evals.clone(), OpeningProof(proof)))
}
