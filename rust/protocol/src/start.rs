//! How the transcript of a link starts.

use p3_challenger::FieldChallenger;

use crate::field::{EF, F};
use crate::labels;
use crate::statement::Statement;
use crate::transcript::Transcript;
use p3_field::PrimeCharacteristicRing;

/// Absorbs everything that is fixed before the first challenge: the packed statement with its
/// commitments, the number of masked scalars (on the hiding channel) and the witness's root.
pub fn start_transcript<C: FieldChallenger<F>>(
    sponge: C,
    statement: &Statement,
    masks: Option<usize>,
    witness: Option<&[u8; 32]>,
) -> Transcript<C> {
    let mut transcript = Transcript::new(sponge);
    transcript.absorb_bytes(labels::STATEMENT, &statement.pack());
    if let Some(masks) = masks {
        transcript.absorb(labels::MASK_COUNT, &[EF::from_usize(masks)]);
    }
    if let Some(root) = witness {
        transcript.absorb_bytes(labels::COMMITMENT, root);
    }
    transcript
}
