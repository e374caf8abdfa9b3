//! Why a proof is refused.

use alloc::string::String;

use crate::channel::ChannelKind;
use crate::commitment::Binding;

/// A proof that is refused, and where. Carries no secrets: a verifier has none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The bytes are not a link.
    #[error("not a zkpot link: {0}")]
    Encoding(&'static str),
    /// They are one of another format.
    #[error("{part} of format version {found}: this build knows version {known}")]
    Version {
        /// What it is.
        part: &'static str,
        /// Its version.
        found: u32,
        /// The version of this build.
        known: u32,
    },
    /// A part of the link has the wrong length or does not fit the program.
    #[error("link: {part} does not fit the program: {reason}")]
    Shape {
        /// Which part.
        part: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
    /// The link is larger than the program allows.
    #[error("{part} is larger than the limit of {limit}")]
    Limit {
        /// Which part.
        part: &'static str,
        /// The limit.
        limit: u64,
    },
    /// The proof ends too early.
    #[error("the proof ends before the message {label}")]
    MessageMissing {
        /// Transcript label.
        label: &'static str,
    },
    /// The proof goes on after its end.
    #[error("the proof has {count} scalars too many")]
    MessagesLeft {
        /// How many.
        count: usize,
    },
    /// The fractions of the lookup argument do not sum to zero, or their sum is not defined.
    #[error("lookup: the sum over all lookups has no inverse denominator")]
    LookupRoot,
    /// A layer of the lookup argument does not hold.
    #[error("lookup: layer {layer} does not follow from the layer below")]
    LookupLayer {
        /// Number of the layer, from the root.
        layer: usize,
    },
    /// A level of products does not hold.
    #[error("product: level {level} does not follow from its factors")]
    Product {
        /// Number of the level, from the relations.
        level: usize,
    },
    /// The claims on the committed polynomials do not follow from their values.
    #[error("opening: the relations do not hold for the committed values")]
    Relation,
    /// The relations that the hiding channel joins do not hold for the committed masks.
    #[error("masks: the proof's relations do not hold behind the masks")]
    Masks,
    /// The link does not hide anything, and the verifier was not told to accept that.
    #[error("link {link} is on the {channel} channel, which hides nothing; allow it to verify it")]
    NotHiding {
        /// The channel that it is on.
        channel: ChannelKind,
        /// Position of the link in the run.
        link: usize,
    },
    /// A committed polynomial does not have the claimed values.
    #[error("opening of the {polynomial} polynomial: {reason}")]
    Opening {
        /// Which polynomial.
        polynomial: String,
        /// The commitment scheme's word.
        reason: String,
    },
    /// No secure parameters exist for a polynomial.
    #[error("no parameters for a {binding:?} polynomial with {variables} variables: {reason}")]
    Parameters {
        /// Its binding.
        binding: Binding,
        /// Its size.
        variables: usize,
        /// The commitment scheme's word.
        reason: String,
    },
    /// The errors of all links so far, summed, are too many.
    #[error("link {link}: the run reaches {reached} bits of security, {required} are required")]
    Insecure {
        /// Position of the link in the run.
        link: usize,
        /// Whole bits that are left.
        reached: u32,
        /// Bits that the verifier was told to require.
        required: u32,
    },
    /// A statement's field is not what the run so far, or the program, demands.
    #[error("link {link}: {field} is not what the run so far demands")]
    Chain {
        /// Position of the link in the run.
        link: usize,
        /// Which field.
        field: &'static str,
    },
    /// What the verifier was told to expect is not what was proven.
    #[error("{field}: expected {expected}, the proof has {actual}")]
    Expectation {
        /// Which field.
        field: &'static str,
        /// What the verifier was given.
        expected: String,
        /// What the run says.
        actual: String,
    },
    /// A run that reads each row once ends before the last.
    #[error("the run reads {read} of the dataset's {rows} rows, and its totals are over all")]
    RowsLeft {
        /// Rows that were read.
        read: u64,
        /// Rows of the dataset.
        rows: u64,
    },
    /// The run continues another one, whose head the verifier does not have.
    #[error("the run continues {origin}, and the verifier was not given that run")]
    Origin {
        /// What the run says of the origin of its first weights.
        origin: String,
    },
    /// A commitment would be opened a second time.
    #[error("link {link} opens commitment {commitment}, which was opened before")]
    Spent {
        /// Position of the link in the run.
        link: usize,
        /// The commitment.
        commitment: String,
    },
    /// The run ends in a claim that nobody has proven yet.
    #[error(
        "the run is not closed: the claim on commitment {commitment} after step {step} is pending; seal the run"
    )]
    NotClosed {
        /// The pending commitment.
        commitment: String,
        /// Steps claimed so far.
        step: u64,
    },
}
