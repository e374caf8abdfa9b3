//! A number for each kind of refusal, which programs compare.

use crate::Error;

/// What was wrong. Numbers never change their meaning; new ones may come. They are those of one table with the codes of
/// runs (`docs/embed/README.md`), so that whoever verifies both has one set of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum Code {
    /// The bytes are no circuit file, or no wrapped proof.
    Encoding = 10,
    /// They are of a version that this build does not read.
    Version = 11,
    /// They are larger than any circuit or proof is.
    Limit = 12,
    /// The proof has another number of links, scalars, totals or envelopes than the circuit.
    Shape = 15,
    /// The proof ends too early, or too late.
    Messages = 16,
    /// The run has fewer bits of security than required, or more steps than they allow.
    Insecure = 24,
    /// The proof does not start where its run does, or stands.
    Chain = 25,
    /// The proof is about another run than expected.
    Expectation = 26,
    /// No circuit has such a verifier, or everybody can forge its proofs and the file does not say so.
    Circuit = 31,
    /// The proof is of another circuit.
    AnotherCircuit = 32,
    /// A number is not below its field's order, a commitment is zero, or a point is not on the curve.
    Element = 33,
    /// The proof does not show what it states: the pairing does not hold.
    Pairing = 34,
    /// Everybody can forge proofs of the circuit, and that was not allowed.
    Forgeable = 35,
    /// What the caller gave besides the proof cannot be used.
    Argument = 100,
}

impl Code {
    /// Its number, which is that of the C interface.
    pub const fn number(self) -> i32 {
        self as i32
    }
}

impl Error {
    /// The kind.
    pub const fn code(&self) -> Code {
        match self {
            Self::Encoding { .. } | Self::Json(_) => Code::Encoding,
            Self::Version { .. } => Code::Version,
            Self::Limit { .. } => Code::Limit,
            Self::BadShape { .. } | Self::BadProgram { .. } | Self::KnownSetup => Code::Circuit,
            Self::AnotherCircuit { .. } | Self::AnotherTerm { .. } => Code::AnotherCircuit,
            Self::ProofBytes { .. } => Code::Messages,
            Self::Links { .. }
            | Self::Scalars { .. }
            | Self::Outputs { .. }
            | Self::Envelope { .. } => Code::Shape,
            Self::NotInField { .. }
            | Self::TrainedNotInField { .. }
            | Self::Scalar { .. }
            | Self::Point { .. } => Code::Element,
            Self::NotFromFirst { .. }
            | Self::PreviousStatement { .. }
            | Self::NotWhereItStands { .. } => Code::Chain,
            Self::TooManySteps { .. } | Self::Insecure { .. } => Code::Insecure,
            Self::InvalidProof => Code::Pairing,
            Self::AnotherRun { .. } | Self::Unexpected { .. } => Code::Expectation,
            Self::Forgeable => Code::Forgeable,
            Self::Argument(_) => Code::Argument,
        }
    }
}
