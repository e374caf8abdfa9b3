//! Soundness accounting: every error term of an opening, by name.
//!
//! The library derives query counts term by term. Here every term of a run is computed from the
//! true code dimensions, and the SUM has to reach
//! [`SecurityLevel::opening_bits`](zkpot_protocol::security::SecurityLevel). What the sum means, and
//! the hash function, which counts once for a run, are described in [`zkpot_protocol::security`].
//! Which terms there are is said by the `security.rs` of each scheme.
//!
//! # Codes
//! An oracle is an interleaved Reed-Solomon code of `width` columns, block length `n` and
//! dimension `k`, rows that hide included; its rate is `rho = k / n`. The analysis works at an
//! agreement `a`:
//!
//! ```text
//! unique decoding   a = (1 + rho) / 2         list = 1
//! Johnson           a = 1.05 sqrt(rho)        list = (a - rho) / (a^2 - rho)
//! ```
//!
//! The second list is Johnson's bound over any alphabet (count agreements position by position),
//! so interleaving does not enlarge it. Exceptional challenges of one line: `n` in unique
//! decoding (eprint 2020/654), `8 n (m + 1/2)^3 / (3 rho')` with `m = 10`, `rho' = (k - 1) / n`
//! at the Johnson radius (eprint 2026/2056, theorem 5.12).
//!
//! # Candidates
//! A cheating prover may be consistent with several candidates for each oracle that is still
//! unopened. A challenge has to fail for all combinations, so the lists multiply. Out-of-domain
//! answers have to separate the pairs of candidates of a new oracle.

pub mod code;

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use zkpot_protocol::security::{ErrorTerm, OpeningSecurity, sum_bits};

/// What can go wrong in an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecurityTermKind {
    /// Two candidates of the committed oracle agree at the point that pins one.
    Pinning,
    /// Two claims at different points cancel in their random combination.
    ClaimCombination,
    /// Folding brings a word close to the code that was far from it (mutual correlated agreement of
    /// each of the `2^k - 1` lines of a fold).
    Folding,
    /// A false sum survives a sumcheck round or the mask combination.
    Sumcheck,
    /// Two candidates of a folded oracle agree out of the domain.
    OutOfDomain,
    /// All queries miss the positions where a far word errs.
    Queries,
    /// Constraints of a round cancel in their random combination.
    ConstraintCombination,
    /// A false sum survives a round after the last polynomial was sent.
    FinalSumcheck,
    /// All queries of the masked base case miss.
    BaseCaseQueries,
    /// A false claim or a far word survives the base case's combination.
    BaseCaseCombination,
}

impl fmt::Display for SecurityTermKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pinning => "pinning",
            Self::ClaimCombination => "combination of points",
            Self::Folding => "folding",
            Self::Sumcheck => "sumcheck",
            Self::OutOfDomain => "out-of-domain samples",
            Self::Queries => "queries",
            Self::ConstraintCombination => "combination of constraints",
            Self::FinalSumcheck => "final sumcheck",
            Self::BaseCaseQueries => "base case queries",
            Self::BaseCaseCombination => "base case combination",
        })
    }
}

/// One error term, `2^-bits`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SecurityTerm {
    /// What goes wrong.
    pub kind: SecurityTermKind,
    /// The folding round it belongs to, counted from 0; `None` outside of rounds.
    pub round: Option<usize>,
    /// Challenges that share the error.
    pub challenges: usize,
    /// Minus the base-2 logarithm of the error, grinding included.
    pub bits: f64,
    /// Bits of proof of work within `bits`.
    pub grinding: usize,
}

impl fmt::Display for SecurityTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        match self.round {
            Some(round) => write!(f, " {round}"),
            None => Ok(()),
        }
    }
}

/// All error terms of one opening with the most points allowed.
#[derive(Clone, Debug, PartialEq)]
pub struct SecurityReport {
    terms: Vec<SecurityTerm>,
    log_candidates: f64,
}

impl SecurityReport {
    /// Terms in the order of the transcript, and the logarithm of the committed oracle's list.
    pub(crate) const fn new(terms: Vec<SecurityTerm>, log_candidates: f64) -> Self {
        Self { terms, log_candidates }
    }

    /// Base-2 logarithm of the number of polynomials one root may stand for: 0 for
    /// [`Binding::Lasting`](crate::Binding::Lasting).
    ///
    /// A protocol that draws challenges between an ephemeral commitment and its opening must
    /// multiply its own error by this number.
    #[must_use]
    pub const fn log_candidates(&self) -> f64 {
        self.log_candidates
    }

    /// The single terms, in the order of the transcript.
    #[must_use]
    pub fn terms(&self) -> &[SecurityTerm] {
        &self.terms
    }

    /// Minus the base-2 logarithm of the sum of all terms.
    #[must_use]
    pub fn total(&self) -> f64 {
        sum_bits(self.terms.iter().map(|term| term.bits))
    }

    /// [`total`](Self::total) in whole bits, rounded down.
    #[must_use]
    pub fn bits(&self) -> usize {
        libm::floor(self.total().max(0.0)) as usize
    }

    /// The term with the largest error.
    #[must_use]
    pub fn weakest(&self) -> Option<&SecurityTerm> {
        self.terms.iter().min_by(|a, b| a.bits.total_cmp(&b.bits))
    }

    /// The report as the protocol's account takes it.
    #[must_use]
    pub fn account(&self) -> OpeningSecurity {
        let line = |term: &SecurityTerm| ErrorTerm {
            name: match term.grinding {
                0 => term.to_string(),
                bits => format!("{term} ({bits} bits ground)"),
            },
            challenges: term.challenges as u64,
            bits: term.bits,
        };
        OpeningSecurity {
            terms: self.terms.iter().map(line).collect(),
            log_candidates: self.log_candidates,
        }
    }
}
