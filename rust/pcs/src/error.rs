//! Why parameters, a commitment, an opening or a proof were refused.

use alloc::string::String;

use thiserror::Error;

/// Every refusal of this crate.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The polynomial is too small or too large for any supported parameters.
    #[error("polynomials have {min} to {max} variables, not {num_variables}")]
    UnsupportedSize {
        /// The size asked for.
        num_variables: usize,
        /// [`MIN_VARIABLES`](crate::MIN_VARIABLES).
        min: usize,
        /// [`MAX_VARIABLES`](crate::MAX_VARIABLES).
        max: usize,
    },

    /// The library refuses the parameters.
    #[error("no parameters for {num_variables} variables: {reason}")]
    NoParameters {
        /// The size asked for.
        num_variables: usize,
        /// The library's words.
        reason: String,
    },

    /// The parameters fall short of the required security.
    #[error(
        "parameters for {num_variables} variables reach {reached} bits of {required}: {weakest}"
    )]
    Insecure {
        /// The size asked for.
        num_variables: usize,
        /// Whole bits reached by the sum of all error terms.
        reached: usize,
        /// [`SecurityLevel::opening_bits`](crate::SecurityLevel::opening_bits).
        required: usize,
        /// The term with the largest error.
        weakest: String,
    },

    /// The values to commit do not fill the Boolean cube.
    #[error("{actual} values were given for a polynomial of 2^{num_variables}")]
    ValueCount {
        /// Variables of the polynomial.
        num_variables: usize,
        /// Number of values given.
        actual: usize,
    },

    /// An opening names no point, or more than the security accounting covers.
    #[error("an opening has 1 to {max} points, not {actual}")]
    PointCount {
        /// Number of points given.
        actual: usize,
        /// [`MAX_POINTS`](crate::MAX_POINTS).
        max: usize,
    },

    /// A point has the wrong number of coordinates.
    #[error("point {point} has {actual} coordinates, not {expected}")]
    PointArity {
        /// Position in the list of points.
        point: usize,
        /// Variables of the polynomial.
        expected: usize,
        /// Coordinates given.
        actual: usize,
    },

    /// The number of claimed values is not the number of points.
    #[error("{actual} values were claimed at {expected} points")]
    ClaimCount {
        /// Number of points.
        expected: usize,
        /// Number of claimed values.
        actual: usize,
    },

    /// A claimed value is not the one the proof carries.
    #[error("the value claimed at point {point} is not the one the proof carries")]
    ClaimDiffers {
        /// Position in the list of points.
        point: usize,
    },

    /// The proof is longer than any honest one.
    #[error("a proof has at most {max} bytes, not {actual}")]
    ProofTooLong {
        /// Bytes given.
        actual: usize,
        /// The bound for these parameters.
        max: usize,
    },

    /// The proof's bytes do not decode to exactly one proof.
    #[error("the bytes are not the canonical encoding of a proof")]
    ProofEncoding,

    /// A part of the proof does not have the size the parameters give it.
    #[error("{part} of the proof has {actual} entries, not {expected}")]
    ProofShape {
        /// The part.
        part: &'static str,
        /// Entries the parameters call for (an upper bound for Merkle siblings).
        expected: usize,
        /// Entries found.
        actual: usize,
    },

    /// The proof opens a commitment of the other channel than the parameters are for.
    #[error("the proof and its parameters are for different channels")]
    OtherChannel,

    /// The proof is well formed and does not verify.
    #[error("the opening does not verify: {reason}")]
    Refused {
        /// The library's words.
        reason: String,
    },

    /// Rebuilding from stored values and seed gave another root than the published one.
    #[error("the values and seed belong to another commitment")]
    WrongOpeningData,

    /// The prover could not run with parameters that were checked before.
    #[error("the opening could not be made: {reason}")]
    NotOpened {
        /// The library's words.
        reason: String,
    },
}
