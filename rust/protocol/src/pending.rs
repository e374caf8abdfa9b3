//! What a link leaves for the next one.

use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use crate::field::EF;
use crate::transcript::Transcript;
use crate::{field::F, labels};
use p3_challenger::FieldChallenger;

/// A claim on a commitment that is not opened yet: the committed polynomial has `value` at
/// `point`. The link that made it is proven only when a later link opens the commitment there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The commitment.
    pub commitment: [u8; 32],
    /// The point, most significant variable first.
    pub point: Vec<EF>,
    /// The claimed value.
    pub value: EF,
    /// State of the transcript that produced the claim.
    pub closing: EF,
}

/// Absorbs the pending claims that a link is about to open, in the order of its polynomials.
pub fn absorb_pending<C: FieldChallenger<F>>(
    transcript: &mut Transcript<C>,
    pending: &[Option<&Pending>],
) {
    for claim in pending.iter().flatten() {
        transcript.absorb_bytes(labels::OPENING_PENDING, &claim.commitment);
        transcript.absorb(labels::OPENING_PENDING, &[claim.closing]);
        transcript.absorb(labels::OPENING_PENDING, &claim.point);
        transcript.absorb(labels::OPENING_PENDING, &[claim.value]);
    }
}
