//! How soundness is counted.
//!
//! Every challenge has an error: the chance that a statement which was false before it is no
//! longer false after it (round-by-round soundness, Canetti et al., 'Fiat-Shamir: from practice to
//! theory', STOC 2019, definition of round-by-round soundness). A run has as many bits of security
//! as the SUM of the errors of all its challenges says. An interactive verifier then errs at most
//! that often; and with Fiat-Shamir a prover who makes `T` calls of the hash function succeeds with
//! a probability of at most `T 2^-bits`, since one call answers one challenge (Block, Garreta,
//! Katz, Thaler, Tiwari, Zajac, 'Fiat-Shamir security of FRI and related SNARKs', eprint 2023/1071;
//! the largest error would do there in place of the sum). A challenge behind a proof of work of
//! `g` bits counts for `2^-g` of its error, because each try takes so many calls.

use alloc::string::String;
use p3_field::Field;
use serde::{Deserialize, Serialize};

use crate::field::EF;

/// The security that a run is made for: it fixes the parameters of all its commitments.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub enum SecurityLevel {
    /// 100 bits.
    #[default]
    Bits100,
    /// 128 bits, as far as a hash of 256 bits carries them.
    Bits128,
}

/// Openings that a run may have, as a power of two, before its sum falls below its level.
const LOG_OPENINGS: u32 = 12;

impl SecurityLevel {
    /// All levels.
    pub const ALL: [Self; 2] = [Self::Bits100, Self::Bits128];

    /// What a run of this level must reach.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Bits100 => 100,
            Self::Bits128 => 128,
        }
    }

    /// The level of this many bits, if there is one.
    pub fn from_bits(bits: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.bits() == bits)
    }

    /// What each opening must reach, so that 4,096 of them are within the level.
    pub const fn opening_bits(self) -> u32 {
        self.bits() + LOG_OPENINGS
    }

    /// Bits of the hash function against a prover whose work is worth attacking this level.
    ///
    /// `T` calls of a hash of 256 bits collide, or meet a digest named before, with a probability
    /// of about `T^2 / 2^257`, that is `T / 2^257` a call; beyond `T = 2^bits` the level claims
    /// nothing. It counts once for a run, however many trees and transcripts it has.
    pub fn hash_bits(self) -> f64 {
        257.0 - f64::from(self.bits())
    }
}

/// One line of the account: the error of some challenges.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ErrorTerm {
    /// What the challenges are for.
    pub name: String,
    /// How many there are; zero for what is no challenge.
    pub challenges: u64,
    /// Minus the base-2 logarithm of the sum of their errors.
    pub bits: f64,
}

/// The error terms of one opening.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OpeningSecurity {
    /// The terms.
    pub terms: alloc::vec::Vec<ErrorTerm>,
    /// Logarithm of the number of polynomials that the root may stand for until it is opened:
    /// challenges between commitment and opening have to fail for all of them.
    pub log_candidates: f64,
}

/// A lower bound on the logarithm of the number of challenges.
pub fn field_bits() -> f64 {
    (EF::order().bits() - 1) as f64
}

/// Minus the logarithm of the sum of `2^-bits`; infinity for no terms.
pub fn sum_bits(bits: impl IntoIterator<Item = f64>) -> f64 {
    -libm::log2(bits.into_iter().map(|bits| libm::exp2(-bits)).sum::<f64>())
}

/// Whole bits of a sum of errors.
pub fn whole_bits(error: f64) -> u32 {
    // A sum of zero has more bits than a number holds; the cast saturates.
    libm::floor((-libm::log2(error)).max(0.0)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_probabilities() {
        assert_eq!(sum_bits([100.0, 100.0]), 99.0);
        assert_eq!(sum_bits([3.0]), 3.0);
        assert_eq!(sum_bits([]), f64::INFINITY);
        assert_eq!(whole_bits(libm::exp2(-100.0)), 100);
        assert_eq!(whole_bits(1.01 * libm::exp2(-100.0)), 99);
        assert_eq!(whole_bits(2.0), 0);
    }

    #[test]
    fn levels_are_found_by_their_bits() {
        for level in SecurityLevel::ALL {
            assert_eq!(SecurityLevel::from_bits(level.bits()), Some(level));
        }
        assert_eq!(SecurityLevel::from_bits(80), None);
    }

    #[test]
    fn the_field_has_three_goldilocks_coordinates() {
        assert_eq!(field_bits(), 191.0);
    }
}
