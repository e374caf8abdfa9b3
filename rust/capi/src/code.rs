//! Codes.

/// What a verification found. Zero is valid; below 100 the proof is refused; from 100 on it is its caller's mistake,
/// or this library's.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum zkpot_code {
    /// The proof is valid, and there is a receipt.
    ZKPOT_VALID = 0,
    /// The bytes are no bundle, or no link.
    ZKPOT_ENCODING = 10,
    /// They are of a version that this build does not read.
    ZKPOT_VERSION = 11,
    /// They are larger, or cost more, than the limits allow.
    ZKPOT_LIMIT = 12,
    /// The bundle's program does not decode or check.
    ZKPOT_PROGRAM = 13,
    /// The run's terms do not decode.
    ZKPOT_ORDER = 14,
    /// A part does not fit the program.
    ZKPOT_SHAPE = 15,
    /// The proof ends too early, or too late.
    ZKPOT_MESSAGES = 16,
    /// The lookup argument does not hold.
    ZKPOT_LOOKUP = 17,
    /// A product does not hold.
    ZKPOT_PRODUCT = 18,
    /// The relations do not hold for the committed values.
    ZKPOT_RELATION = 19,
    /// They do not hold behind the masks.
    ZKPOT_MASKS = 20,
    /// A commitment does not have the claimed values.
    ZKPOT_OPENING = 21,
    /// No secure parameters exist for a polynomial.
    ZKPOT_PARAMETERS = 22,
    /// The proof hides nothing, and that was not allowed.
    ZKPOT_NOT_HIDING = 23,
    /// The run has fewer bits of security than required.
    ZKPOT_INSECURE = 24,
    /// A link does not continue the one before it.
    ZKPOT_CHAIN = 25,
    /// The run is another one than expected.
    ZKPOT_EXPECTATION = 26,
    /// A run that reads each row once ends before the last.
    ZKPOT_ROWS_LEFT = 27,
    /// The run continues one that was not given.
    ZKPOT_ORIGIN = 28,
    /// A commitment would be opened twice.
    ZKPOT_SPENT = 29,
    /// The run ends in a claim that nobody has proven.
    ZKPOT_NOT_CLOSED = 30,
    /// Limits, expectations or a pointer cannot be used.
    ZKPOT_ARGUMENT = 100,
    /// The session has ended before.
    ZKPOT_ENDED = 101,
    /// A fault of this library; the proof counts as refused.
    ZKPOT_INTERNAL = 110,
}
