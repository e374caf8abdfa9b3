//! What the verifier of a link needs from its channel, beside what relations and openings need.

use zkpot_ir::Interval;
use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::rejection::Rejection;

use crate::openings::OpeningChannel;

/// Rows that the steps of a link draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draws {
    /// Steps.
    pub steps: u32,
    /// Rows of a step.
    pub batch: u32,
    /// Rows of the dataset.
    pub rows: u32,
}

impl Draws {
    /// Rows that are drawn.
    pub const fn count(&self) -> usize {
        self.steps as usize * self.batch as usize
    }
}

/// What a pinned commitment stands for.
#[derive(Clone, Debug)]
pub struct Pinned<R, E> {
    /// The root of the polynomial's tree.
    pub root: R,
    /// The point that is drawn from the root, the most significant variable first.
    pub point: Vec<E>,
    /// The polynomial's value there, as committed to.
    pub value: E,
}

/// An envelope of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvelopePlace {
    /// Number of the statement's element with the ciphertext's hash; the key's is the next.
    pub element: usize,
    /// How many entries it holds.
    pub entries: usize,
}

/// What a commitment of a channel pins.
pub type PinnedOn<C> = Pinned<<C as OpeningChannel>::Root, <C as VerifierChannel>::Element>;

/// The verifier's end of a wrapped link's channel.
///
/// Commitments and roots are of one type, [`OpeningChannel::Root`]: a commitment is the hash of a root.
pub trait LinkChannel {
    /// Carries relations and openings; its commitments are the statement's: the states before and
    /// after, and the shard.
    type Openings: OpeningChannel;

    /// The channel of relations and openings.
    fn openings(&mut self) -> &mut Self::Openings;

    /// Takes the statement's elements (`zkpot_protocol::statement::Statement::elements`), and absorbs
    /// their hash under a label, as a digest of 32 bytes.
    ///
    /// # Errors
    /// [`Rejection::Shape`] where there are not `elements` of them.
    fn start(&mut self, label: &'static str, elements: usize) -> Result<(), Rejection>;

    /// The integer `v` that one of the statement's elements stands for, which is `v + 2^63`; as an
    /// element of the base field.
    ///
    /// # Errors
    /// [`Rejection::Shape`] where it is not within the interval.
    fn integer(
        &mut self,
        element: usize,
        interval: Interval,
    ) -> Result<<Self::Openings as VerifierChannel>::Element, Rejection>;

    /// The rows that the link's steps draw, step by step: integers below `draws.rows`. The schedule's
    /// seed and the first step's number are elements of the statement
    /// (`zkpot_protocol::schedule::draws`).
    ///
    /// # Errors
    /// [`Rejection::Shape`] where the statement has none.
    fn draw_rows(
        &mut self,
        draws: Draws,
    ) -> Result<Vec<<Self::Openings as VerifierChannel>::Element>, Rejection>;

    /// Receives a commitment, and absorbs it under a label, as a digest of 32 bytes.
    ///
    /// # Errors
    /// [`Rejection::MessageMissing`] when the proof holds none.
    fn receive_commitment(
        &mut self,
        label: &'static str,
    ) -> Result<<Self::Openings as OpeningChannel>::Root, Rejection>;

    /// Receives a root and a value, and requires that the commitment is the hash of both. Nothing is
    /// absorbed. The point comes from a transcript of the root alone (`zkpot_pcs`, `pinned`).
    ///
    /// # Errors
    /// [`Rejection::MessageMissing`], or `otherwise` where the commitment is another hash.
    fn pin(
        &mut self,
        commitment: &<Self::Openings as OpeningChannel>::Root,
        variables: usize,
        otherwise: Rejection,
    ) -> Result<PinnedOn<Self::Openings>, Rejection>;

    /// Receives the entries that an envelope holds, elements of the base field, and a key; requires that
    /// the statement has the hashes of the entries' ciphertext and of the key
    /// (`zkpot_protocol::statement::Envelope`). Nothing is absorbed: both hashes are, in the statement.
    ///
    /// # Errors
    /// [`Rejection::MessageMissing`], or [`Rejection::Shape`] where a hash is another one.
    fn open_envelope(
        &mut self,
        envelope: EnvelopePlace,
    ) -> Result<Vec<<Self::Openings as VerifierChannel>::Element>, Rejection>;
}
