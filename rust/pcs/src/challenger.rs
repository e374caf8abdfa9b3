//! What a sponge must offer to carry an opening.

use p3_challenger::{CanObserve, CanSampleUniformBits, FieldChallenger, GrindingChallenger};

use crate::suite::{F, Root};

/// A sponge that can carry an opening: it absorbs field elements and Merkle roots, samples field
/// elements and query positions, and grinds.
///
/// Implemented for every type with the five library traits, so a masking or recording wrapper
/// around the native [`Challenger`](crate::Challenger) qualifies once it forwards them.
pub trait OpeningChallenger:
    FieldChallenger<F> + GrindingChallenger<Witness = F> + CanSampleUniformBits<F> + CanObserve<Root>
{
}

impl<C> OpeningChallenger for C where
    C: FieldChallenger<F>
        + GrindingChallenger<Witness = F>
        + CanSampleUniformBits<F>
        + CanObserve<Root>
{
}
