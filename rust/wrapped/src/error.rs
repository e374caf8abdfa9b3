//! Why a circuit file or a proof is refused.

use alloc::string::String;

use zkpot_protocol::rejection::Rejection;

use crate::Word;

/// One variant a rule; those of statements have the names of the contract's errors.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Bytes that are no such file, or not its only encoding.
    #[error("not a {part}: {reason}")]
    Encoding {
        /// What was asked for.
        part: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
    /// A file of another version.
    #[error("{part} of format version {found}: this build knows version {known}")]
    Version {
        /// What it is.
        part: &'static str,
        /// Its version.
        found: u32,
        /// The version of this build.
        known: u32,
    },
    /// More than any circuit or proof has.
    #[error("{part}: more than the limit of {limit}")]
    Limit {
        /// Of what.
        part: &'static str,
        /// The limit.
        limit: usize,
    },
    /// Text that is no proof as `zkpot wrap` writes it.
    #[error("not a proof for a chain: {0}")]
    Json(String),
    /// No circuit can be made for this value of the shape's field.
    #[error("circuit: no circuit has {value} for {field}")]
    BadShape {
        /// The field.
        field: &'static str,
        /// Its value.
        value: u64,
    },
    /// A part of the circuit's program that no verifier has.
    #[error("circuit: {part} {number}: {reason}")]
    BadProgram {
        /// Which part of it.
        part: &'static str,
        /// The number of the entry in it.
        number: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// The setup's secret is the one that everybody knows, and the file does not say so.
    #[error(
        "circuit: anybody can forge its proofs, since its setup is for tests, and it does not say so"
    )]
    KnownSetup,
    /// The proof is of another circuit, or of another trusted setup.
    #[error("the proof is of circuit {}, and this is {}", Hex(found), Hex(want))]
    AnotherCircuit {
        /// What the proof names.
        found: Word,
        /// What the file names.
        want: Word,
    },
    /// The JSON form repeats terms of the circuit, and this one is another's.
    #[error("the proof says {field} of another circuit")]
    AnotherTerm {
        /// The term.
        field: &'static str,
    },
    /// Another number of bytes than a proof has.
    #[error("the proof has {found} bytes, and the circuit's have {want}")]
    ProofBytes {
        /// Of this proof.
        found: usize,
        /// Of the circuit's.
        want: u32,
    },
    /// Another number of links than the circuit verifies.
    #[error("the proof has {found} links, and the circuit verifies {want}")]
    Links {
        /// In this proof.
        found: usize,
        /// What the circuit verifies.
        want: u32,
    },
    /// Another number of public scalars than the link's steps have.
    #[error("link {link} has {found} public scalars, and its steps have {want}")]
    Scalars {
        /// Position of the link in the proof.
        link: usize,
        /// How many it has.
        found: usize,
        /// How many its steps have.
        want: u64,
    },
    /// Another number of totals than the program has.
    #[error("link {link} has {found} totals, and the program has {want}")]
    Outputs {
        /// Position of the link in the proof.
        link: usize,
        /// How many it has.
        found: usize,
        /// How many the program has.
        want: u32,
    },
    /// A number that is not below the order of BN254's scalar field, or a commitment that is zero.
    #[error("{field} is {}, which is no element of the circuit's field or zero", Hex(value))]
    NotInField {
        /// Which.
        field: &'static str,
        /// The number.
        value: Word,
    },
    /// The commitment of a link is no element of the field, or zero.
    #[error(
        "link {link} ends with {}, which is no element of the circuit's field or zero",
        Hex(value)
    )]
    TrainedNotInField {
        /// Position of the link in the proof.
        link: usize,
        /// The commitment.
        value: Word,
    },
    /// Hashes of ciphertext and key are elements of the field and not zero where the circuit has envelopes,
    /// and there are none where it has none.
    #[error("link {link} has no envelope as the circuit wants it")]
    Envelope {
        /// Position of the link in the proof.
        link: usize,
    },
    /// A run starts from its first commitment.
    #[error("the run starts from {}, and its first commitment is {}", Hex(before), Hex(first))]
    NotFromFirst {
        /// Where it starts.
        before: Word,
        /// Where it should.
        first: Word,
    },
    /// A run's first link has no previous statement, and every other one has.
    #[error(
        "the proof starts at step {first_step}, and names {} as the statement before",
        Hex(previous)
    )]
    PreviousStatement {
        /// Steps before the proof's.
        first_step: u64,
        /// Digest of the statement before.
        previous: Word,
    },
    /// The run would have more steps than its security allows.
    #[error("the run would have {found} steps, and its security allows {most}")]
    TooManySteps {
        /// With this proof.
        found: u128,
        /// The most.
        most: u64,
    },
    /// A scalar of the proof's bytes that is not below the field's order.
    #[error("the proof's bytes {offset} to {}: no element of the scalar field", offset + 31)]
    Scalar {
        /// Where it starts.
        offset: usize,
    },
    /// A point of the proof's bytes that is not on the curve, or is written another way.
    #[error("the proof's bytes {offset} to {}: no point of BN254", offset + 63)]
    Point {
        /// Where it starts.
        offset: usize,
    },
    /// The proof does not show these statements.
    #[error("the proof does not show what it states")]
    InvalidProof,
    /// The proof is of another run than the one that is expected.
    #[error("the proof is of another run: its {field} is not the one that was ordered")]
    AnotherRun {
        /// What differs.
        field: &'static str,
    },
    /// The proof does not go on where the run stands.
    #[error("the proof does not start where the run stands: {field} is another")]
    NotWhereItStands {
        /// What differs.
        field: &'static str,
    },
    /// The proof says something else than is expected.
    #[error("{field}: expected {expected}, the proof has {found}")]
    Unexpected {
        /// The expectation.
        field: &'static str,
        /// Its value, or the start of it.
        expected: String,
        /// The proof's.
        found: String,
    },
    /// The circuit was made for fewer bits of security than required.
    #[error("{want} bits of security are required, and the circuit has {found}")]
    Insecure {
        /// The circuit's.
        found: u32,
        /// The least.
        want: u32,
    },
    /// Everybody can forge proofs of the circuit, and the caller does not allow that.
    #[error(
        "anybody can forge such proofs, since the circuit's setup is for tests; only tests take them"
    )]
    Forgeable,
    /// Something that the caller gave besides the proof cannot be used.
    #[error("{0}")]
    Argument(String),
}

impl Error {
    /// What a file's beginning is refused for.
    pub(crate) fn of_beginning(rejection: &Rejection, part: &'static str) -> Self {
        match *rejection {
            Rejection::Version { found, known, .. } => Self::Version { part, found, known },
            _ => Self::Encoding { part, reason: "it does not begin as one does" },
        }
    }
}

/// Bytes as people read them.
struct Hex<'a>(&'a Word);

impl core::fmt::Display for Hex<'_> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}
