//! Why there is no receipt: a code for programs, a sentence for people.

use alloc::string::{String, ToString};
use core::fmt;

use zkpot_ir::ProgramError;
use zkpot_protocol::rejection::Rejection;

/// What was wrong. Numbers never change their meaning; new ones may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum Code {
    /// The bytes are no bundle, or no link.
    Encoding = 10,
    /// They are of a version that this build does not read ([`crate::formats`]).
    Version = 11,
    /// They are larger, or cost more, than the limits allow.
    Limit = 12,
    /// The bundle's program does not decode or check.
    Program = 13,
    /// The run's terms do not decode.
    Order = 14,
    /// A part does not fit the program.
    Shape = 15,
    /// The proof ends too early, or too late.
    Messages = 16,
    /// The lookup argument does not hold.
    Lookup = 17,
    /// A product does not hold.
    Product = 18,
    /// The relations do not hold for the committed values.
    Relation = 19,
    /// They do not hold behind the masks.
    Masks = 20,
    /// A commitment does not have the claimed values.
    Opening = 21,
    /// No secure parameters exist for a polynomial.
    Parameters = 22,
    /// The proof hides nothing, and that was not allowed.
    NotHiding = 23,
    /// The run has fewer bits of security than required.
    Insecure = 24,
    /// A link does not continue the one before it.
    Chain = 25,
    /// The run is another one than expected.
    Expectation = 26,
    /// A run that reads each row once ends before the last.
    RowsLeft = 27,
    /// The run continues one that was not given.
    Origin = 28,
    /// A commitment would be opened twice.
    Spent = 29,
    /// The run ends in a claim that nobody has proven.
    NotClosed = 30,
    /// What the caller gave besides the proof cannot be used.
    Argument = 100,
    /// The session has ended before.
    Ended = 101,
    /// A fault of this library; the proof counts as refused.
    Internal = 110,
}

/// Bytes of a sentence: it may quote a context, which its prover can make as long as they like.
pub const MOST_BYTES: usize = 1_000;

impl Code {
    /// Whether it is the proof that is at fault, and not its verifier's caller.
    pub const fn refuses(self) -> bool {
        !matches!(self, Self::Argument | Self::Ended)
    }

    /// Its number, which is that of the C interface.
    pub const fn number(self) -> i32 {
        self as i32
    }
}

/// No receipt, and why. Carries no secrets: a verifier has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    code: Code,
    message: String,
}

impl Refusal {
    /// A code and a sentence, of which only [`MOST_BYTES`] are kept.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let mut message = message.into();
        if message.len() > MOST_BYTES {
            message.truncate(message.floor_char_boundary(MOST_BYTES));
            message.push_str(" ...");
        }
        Self { code, message }
    }

    /// What was wrong.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// One sentence.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for Refusal {}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        let code = match &rejection {
            Rejection::Encoding(_) => Code::Encoding,
            Rejection::Version { .. } => Code::Version,
            Rejection::Shape { .. } => Code::Shape,
            Rejection::Limit { .. } => Code::Limit,
            Rejection::MessageMissing { .. } | Rejection::MessagesLeft { .. } => Code::Messages,
            Rejection::LookupRoot | Rejection::LookupLayer { .. } => Code::Lookup,
            Rejection::Product { .. } => Code::Product,
            Rejection::Relation => Code::Relation,
            Rejection::Masks => Code::Masks,
            Rejection::NotHiding { .. } => Code::NotHiding,
            Rejection::Opening { .. } => Code::Opening,
            Rejection::Parameters { .. } => Code::Parameters,
            Rejection::Insecure { .. } => Code::Insecure,
            Rejection::Chain { .. } => Code::Chain,
            Rejection::Expectation { .. } => Code::Expectation,
            Rejection::RowsLeft { .. } => Code::RowsLeft,
            Rejection::Origin { .. } => Code::Origin,
            Rejection::Spent { .. } => Code::Spent,
            Rejection::NotClosed { .. } => Code::NotClosed,
            _ => Code::Internal,
        };
        Self::new(code, rejection.to_string())
    }
}

impl From<ProgramError> for Refusal {
    fn from(error: ProgramError) -> Self {
        let code = match &error {
            ProgramError::Version { .. } | ProgramError::Arithmetic { .. } => Code::Version,
            _ => Code::Program,
        };
        Self::new(code, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_quotations_are_cut() {
        let message = alloc::format!("{}{}", "a", "é".repeat(600));
        let refusal = Refusal::new(Code::Expectation, message);
        assert_eq!(refusal.message().len(), 999 + 4);
        assert!(refusal.message().ends_with("é ..."));
        assert_eq!(Refusal::new(Code::Chain, "short").message(), "short");
    }
}
