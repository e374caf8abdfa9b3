//! Soundness accounting: every error term of an opening, by name.
//!
//! The opening is HVZK-WHIR (eprint 2026/391) as p3-whir runs it. The library derives query
//! counts term by term, from the rate of the code without its hiding rows, and only reports on
//! its base case. Here every term of the run is computed from the true code dimensions, and the
//! SUM has to reach [`SecurityLevel::opening_bits`](zkpot_protocol::security::SecurityLevel).
//! What the sum means, and the hash function, which counts once for a run, are described in
//! [`zkpot_protocol::security`].
//!
//! # Codes
//! An oracle is an interleaved Reed-Solomon code of `width` columns, block length `n` and
//! dimension `k`, hiding rows included; its rate is `rho = k / n`. The analysis works at an
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
//! answers are values of the polynomial whose coefficients are the new oracle's message and the
//! mask of this code switch, so they have to separate pairs of candidates of these two; the
//! candidates of earlier masks stay, and multiply in every later term.

mod base_case;
mod code;

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use zkpot_protocol::security::{ErrorTerm, OpeningSecurity, field_bits, sum_bits};

use crate::parameters::MAX_POINTS;
use crate::suite::{Challenger, WhirConfig};

/// What can go wrong in an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecurityTermKind {
    /// Two claims at different points cancel in their random combination.
    ClaimCombination,
    /// Folding brings a word close to the code that was far from it (2026/391, lemma on folding;
    /// mutual correlated agreement of each of the `2^k - 1` lines of a fold).
    Folding,
    /// A false sum survives a sumcheck round or the mask combination.
    Sumcheck,
    /// Two candidates of a folded oracle agree out of the domain.
    OutOfDomain,
    /// All queries miss the positions where a far word errs.
    Queries,
    /// Constraints of a round cancel in their random combination.
    ConstraintCombination,
    /// All queries of the masked base case miss.
    BaseCaseQueries,
    /// A false claim or a far word survives the base case's combination.
    BaseCaseCombination,
}

impl fmt::Display for SecurityTermKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClaimCombination => "combination of points",
            Self::Folding => "folding",
            Self::Sumcheck => "sumcheck",
            Self::OutOfDomain => "out-of-domain samples",
            Self::Queries => "queries",
            Self::ConstraintCombination => "combination of constraints",
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
    /// Computes the terms of a derived configuration.
    pub(crate) fn of(config: &WhirConfig<Challenger>) -> Self {
        let oracles: Vec<_> = code::oracles(config).collect();
        let masks: Vec<_> = code::masks(config).collect();
        // Lists of the first `count` mask groups, in the order they are committed.
        let mask_lists =
            |count: usize| -> f64 { masks.iter().take(count).map(|mask| mask.log_list()).sum() };

        let mut terms = Vec::new();
        let mut push = |kind, round, challenges, bits, grinding| {
            terms.push(SecurityTerm { kind, round, challenges, bits, grinding });
        };
        for (round, oracle) in oracles.iter().enumerate() {
            if round == 0 {
                let roots = libm::log2((MAX_POINTS - 1) as f64);
                let bits = field_bits() - roots - oracle.log_list();
                push(SecurityTermKind::ClaimCombination, None, 1, bits, 0);
            }
            let variables = config.round_folding_factor(round);
            let bits = field_bits() - oracle.log_width - oracle.log_exceptional();
            push(SecurityTermKind::Folding, Some(round), variables, bits, 0);
            // Quadratic round polynomials, and one challenge that adds the mask.
            let roots = libm::log2((2 * variables + 1) as f64);
            let candidates = oracle.log_list() + mask_lists(2 * round + 1);
            let bits = field_bits() - roots - candidates;
            push(SecurityTermKind::Sumcheck, Some(round), variables + 1, bits, 0);
            let (Some(parameters), Some(next)) =
                (config.round_parameters().get(round), oracles.get(round + 1))
            else {
                continue;
            };
            let samples = parameters.ood_samples;
            if samples > 0 {
                // Two more bits than the message has: hiding rows and this switch's mask.
                let degree = libm::log2(next.dimension) + next.log_width + 1.0;
                let switch_mask = masks.get(2 * round + 1).map_or(0.0, |mask| mask.log_list());
                let pairs = 2.0 * (next.log_list() + switch_mask) - 1.0;
                let bits = samples as f64 * (field_bits() - degree) - pairs;
                push(SecurityTermKind::OutOfDomain, Some(round), samples, bits, 0);
            }
            let queries = parameters.num_queries;
            let bits = oracle.query_bits(queries) + parameters.pow_bits as f64;
            push(SecurityTermKind::Queries, Some(round), 1, bits, parameters.pow_bits);
            let roots = libm::log2((samples + queries) as f64);
            let candidates = next.log_list() + mask_lists(2 * round + 2);
            let bits = field_bits() - roots - candidates;
            push(SecurityTermKind::ConstraintCombination, Some(round), 1, bits, 0);
        }
        let bits = base_case::combination_bits(config);
        push(SecurityTermKind::BaseCaseCombination, None, 1, bits, 0);
        let (bits, grinding) = (base_case::query_bits(config), config.base_case_config().pow_bits);
        push(SecurityTermKind::BaseCaseQueries, None, 1, bits, grinding);
        Self { terms, log_candidates: oracles.first().map_or(0.0, code::Code::log_list) }
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
