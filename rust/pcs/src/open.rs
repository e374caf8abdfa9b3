//! Opening a commitment, once.

use alloc::vec::Vec;

use crate::commit::{LibraryData, OpeningData};
use crate::hiding::Hiding;
use crate::parameters::Clear;
use crate::pinned::Pinned;
use crate::plain::Poseidon2Root;
use crate::proof::LibraryProof;
use crate::scheme::Prover;
use crate::sponge::Challenger;
use crate::suite::{EF, Root};
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
/// Consumes the opening data: a second opening of a hiding commitment would exceed its query budget
/// and void hiding. Masks depend on the seed, the points and the transcript so far.
///
/// # Arguments
/// - `points`: 1 to [`MAX_POINTS`](crate::MAX_POINTS), each with one coordinate per variable;
///   coordinate 0 belongs to the most significant bit of the index.
///
/// # Transcript
/// Samples one extension element if it hides, absorbs the commitment, the points and their values, then runs
/// the opening. [`verify_with`](crate::verify_with) does the same.
///
/// # Errors
/// [`Error::PointCount`] or [`Error::PointArity`]; the challenger is untouched then.
pub fn open_with<C: OpeningChallenger<Root> + OpeningChallenger<Poseidon2Root>>(
    data: OpeningData,
    points: &[Vec<EF>],
    challenger: &mut C,
) -> Result<(Vec<EF>, OpeningProof), Error> {
    data.parameters.check_points(points)?;
    let OpeningData { commitment, parameters, seed, library } = data;
    let proof = OpeningProof(match library {
        LibraryData::Clear(data) => {
            let config = parameters.config::<Clear, C>()?;
            let proof = Clear::open(config, data, &commitment.0, &seed, points, challenger)?;
            LibraryProof::Clear(proof)
        }
        LibraryData::Hiding(data) => {
            let config = parameters.config::<Hiding, C>()?;
            let proof = Hiding::open(config, data, &commitment.0, &seed, points, challenger)?;
            LibraryProof::Hiding(proof)
        }
        LibraryData::Wrapped(data) => {
            let config = parameters.config::<Pinned, C>()?;
            let proof = Pinned::open(config, data, &commitment.0, &seed, points, challenger)?;
            LibraryProof::Wrapped(proof)
        }
    });
    Ok((proof.values(), proof))
}
