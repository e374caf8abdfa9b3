//! Verifying an opening.

use alloc::vec::Vec;

use zkpot_protocol::channel::ChannelKind;

use crate::hiding::Hiding;
use crate::parameters::Clear;
use crate::pinned::Pinned;
use crate::plain::Poseidon2Root;
use crate::proof::LibraryProof;
use crate::scheme::Scheme;
use crate::sponge::Challenger;
use crate::suite::{EF, Root};
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
/// The statement's shape, an opening for the other channel, a claimed value that differs from the proof's, the proof's shape, or
/// [`Error::Refused`] by the library.
pub fn verify_with<C: OpeningChallenger<Root> + OpeningChallenger<Poseidon2Root>>(
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
    match (&proof.0, parameters.channel()) {
        (LibraryProof::Clear(proof), ChannelKind::Clear) => {
            verify_as::<Clear, C>(commitment, parameters, points, values, proof, challenger)
        }
        (LibraryProof::Hiding(proof), ChannelKind::Hiding) => {
            verify_as::<Hiding, C>(commitment, parameters, points, values, proof, challenger)
        }
        (LibraryProof::Wrapped(proof), ChannelKind::Wrapped) => {
            verify_as::<Pinned, C>(commitment, parameters, points, values, proof, challenger)
        }
        _ => Err(Error::OtherChannel),
    }
}

fn verify_as<S: Scheme, C: OpeningChallenger<S::Root>>(
    commitment: &Commitment,
    parameters: &Parameters,
    points: &[Vec<EF>],
    values: &[EF],
    proof: &S::Proof,
    challenger: &mut C,
) -> Result<(), Error> {
    let config = parameters.config::<S, C>()?;
    S::check(&S::shape(&config), proof, points.len())?;
    // The library takes points only, so the values are compared here.
    for (point, (claimed, proven)) in values.iter().zip(&S::values(proof)).enumerate() {
        if claimed != proven {
            return Err(Error::ClaimDiffers { point });
        }
    }
    S::verify(config, &commitment.0, points, proof, challenger)
}
