//! How the transcript of a link starts.

use p3_challenger::FieldChallenger;
use p3_field::PrimeCharacteristicRing;

use crate::channel::ChannelKind;
use crate::field::{EF, F};
use crate::labels;
use crate::statement::Statement;
use crate::transcript::{AbsorbDigest, Transcript};

/// Absorbs everything that is fixed before the first challenge: the packed statement with its
/// commitments, or on the wrapped channel its digest there; the number of masked scalars (on the
/// hiding channel); the witness's root.
pub fn start_transcript<C: FieldChallenger<F> + AbsorbDigest>(
    sponge: C,
    statement: &Statement,
    masks: Option<usize>,
    witness: Option<&[u8; 32]>,
) -> Transcript<C> {
    let mut transcript = Transcript::new(sponge);
    match statement.channel {
        ChannelKind::Clear | ChannelKind::Hiding => {
            transcript.absorb_bytes(labels::STATEMENT, &statement.pack());
        }
        ChannelKind::Wrapped => {
            transcript.absorb_digest(labels::STATEMENT, &statement.wrapped_digest());
        }
    }
    if let Some(masks) = masks {
        transcript.absorb(labels::MASK_COUNT, &[EF::from_usize(masks)]);
    }
    if let Some(root) = witness {
        transcript.absorb_digest(labels::COMMITMENT, root);
    }
    transcript
}
