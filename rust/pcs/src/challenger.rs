//! What a sponge must offer to carry an opening.

use p3_challenger::{CanObserve, CanSampleUniformBits, FieldChallenger, GrindingChallenger};

use crate::suite::F;

/// A sponge that can carry an opening: it absorbs field elements and Merkle roots, samples field
/// elements and query positions, and grinds. `R` is the root of the trees it serves.
///
/// Implemented for every type with the five library traits, so a masking or recording wrapper
/// around the native [`Challenger`](crate::Challenger) qualifies once it forwards them.
pub trait OpeningChallenger<R>:
    FieldChallenger<F> + GrindingChallenger<Witness = F> + CanSampleUniformBits<F> + CanObserve<R>
{
}

impl<C, R> OpeningChallenger<R> for C where
    C: FieldChallenger<F>
        + GrindingChallenger<Witness = F>
        + CanSampleUniformBits<F>
        + CanObserve<R>
{
}
