//! Soundness accounting: every error term of an opening, by name.
//!
//! The opening is HVZK-WHIR (eprint 2026/391) as p3-whir runs it. The library derives query
//! counts term by term, from the rate of the code without its hiding rows, and only reports on
//! its base case. Here every term of the run is computed from the true code dimensions, and the
//! SUM has to reach [`SECURITY_BITS`](crate::SECURITY_BITS).
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
//! unopened. A challenge has to fail for all combinations, so the lists multiply.

use alloc::vec::Vec;

use p3_field::Field;
use p3_whir::SecurityAssumption;

use crate::parameters::MAX_POINTS;
use crate::suite::{Challenger, EF, WhirConfig};

/// What can go wrong in an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecurityTermKind {
    /// Two claims at different points cancel in their random combination.
    ClaimCombination,
    /// Folding brings a word close to the code that was far from it.
    Folding,
    /// A false sum survives a sumcheck round or the mask combination.
    Sumcheck,
    /// Two candidates of a folded oracle agree out of the domain.
    OutOfDomain,
    /// All queries miss the positions where a far word errs.
    Queries,
    /// Constraints of a round cancel in their random combination.
    ConstraintCombination,
    /// All queries of the masked base case miss (the library's figure).
    BaseCaseQueries,
    /// A false claim survives the base case's combination (the library's figure).
    BaseCaseCombination,
    /// Two leaves or nodes of a tree, or two transcripts, collide under Blake3.
    HashCollision,
}

/// One error term, `2^-bits`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SecurityTerm {
    /// What goes wrong.
    pub kind: SecurityTermKind,
    /// The folding round it belongs to, counted from 0; `None` outside of rounds.
    pub round: Option<usize>,
    /// Minus the base-2 logarithm of the error, grinding included.
    pub bits: f64,
    /// Bits of proof of work within `bits`.
    pub grinding: usize,
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
        let decoding = config.params().soundness_type;
        let oracles = oracles(config, decoding);
        let masks: Vec<Code> = config
            .mask_groups()
            .iter()
            .map(|group| Code {
                decoding,
                log_width: libm::log2(group.width as f64),
                dimension: (group.shape.message_len + group.shape.randomness_len) as f64,
                length: group.shape.domain_size as f64,
            })
            .collect();
        // Lists of the first `count` mask groups, in the order they are committed.
        let mask_lists =
            |count: usize| -> f64 { masks.iter().take(count).map(Code::log_list).sum() };

        let mut terms = Vec::new();
        let mut push = |kind, round, bits, grinding| {
            terms.push(SecurityTerm { kind, round, bits, grinding });
        };
        for (round, oracle) in oracles.iter().enumerate() {
            if round == 0 {
                let roots = libm::log2((MAX_POINTS - 1) as f64);
                push(
                    SecurityTermKind::ClaimCombination,
                    None,
                    field_bits() - roots - oracle.log_list(),
                    0,
                );
            }
            let variables = config.round_folding_factor(round);
            push(
                SecurityTermKind::Folding,
                Some(round),
                field_bits() - oracle.log_width - oracle.log_exceptional(),
                0,
            );
            // Quadratic round polynomials, and one challenge that adds the mask.
            let roots = libm::log2((2 * variables + 1) as f64);
            let candidates = oracle.log_list() + mask_lists(2 * round + 1);
            push(SecurityTermKind::Sumcheck, Some(round), field_bits() - roots - candidates, 0);
            let (Some(parameters), Some(next)) =
                (config.round_parameters().get(round), oracles.get(round + 1))
            else {
                continue;
            };
            let candidates = next.log_list() + mask_lists(2 * round + 2);
            let samples = parameters.ood_samples as f64;
            if parameters.ood_samples > 0 {
                let degree = libm::log2(next.dimension) + next.log_width + 1.0;
                push(
                    SecurityTermKind::OutOfDomain,
                    Some(round),
                    samples * (field_bits() - degree) + 1.0 - 2.0 * candidates,
                    0,
                );
            }
            let queries = parameters.num_queries as f64;
            push(
                SecurityTermKind::Queries,
                Some(round),
                -queries * libm::log2(oracle.agreement()) + parameters.pow_bits as f64,
                parameters.pow_bits,
            );
            push(
                SecurityTermKind::ConstraintCombination,
                Some(round),
                field_bits() - libm::log2(samples + queries) - candidates,
                0,
            );
        }
        let base = config.hiding_base_case_security_report();
        push(
            SecurityTermKind::BaseCaseQueries,
            None,
            base.query_round.with_pow.bits.unwrap_or(0.0),
            base.query_round.shared_pow_bits,
        );
        push(
            SecurityTermKind::BaseCaseCombination,
            None,
            base.gamma_round.combined.bits.unwrap_or(0.0),
            0,
        );
        push(SecurityTermKind::HashCollision, None, 128.0, 0);
        Self { terms, log_candidates: oracles.first().map_or(0.0, Code::log_list) }
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
        let sum: f64 = self.terms.iter().map(|term| libm::exp2(-term.bits)).sum();
        -libm::log2(sum)
    }

    /// [`total`](Self::total) in whole bits, rounded down.
    #[must_use]
    pub fn bits(&self) -> usize {
        libm::floor(self.total().max(0.0)) as usize
    }
}

/// A lower bound on the logarithm of the number of challenges.
fn field_bits() -> f64 {
    (EF::order().bits() - 1) as f64
}

/// An interleaved Reed-Solomon code in the chosen decoding regime.
struct Code {
    decoding: SecurityAssumption,
    log_width: f64,
    dimension: f64,
    length: f64,
}

/// The committed oracles, the polynomial's own first.
fn oracles(config: &WhirConfig<Challenger>, decoding: SecurityAssumption) -> Vec<Code> {
    let mut remaining = config.num_variables();
    let rates = core::iter::once(config.params().starting_log_inv_rate)
        .chain(config.round_parameters().iter().map(|round| round.log_inv_rate));
    config
        .folding_schedule()
        .iter()
        .zip(rates)
        .zip(config.oracle_randomness())
        .map(|((&fold, log_inv_rate), &randomness)| {
            remaining -= fold;
            let rows = libm::exp2(remaining as f64);
            Code {
                decoding,
                log_width: fold as f64,
                dimension: rows + randomness as f64,
                length: rows * libm::exp2(log_inv_rate as f64),
            }
        })
        .collect()
}

impl Code {
    fn rate(&self) -> f64 {
        self.dimension / self.length
    }

    fn agreement(&self) -> f64 {
        match self.decoding {
            SecurityAssumption::UniqueDecoding => (1.0 + self.rate()) / 2.0,
            SecurityAssumption::JohnsonBound => 1.05 * libm::sqrt(self.rate()),
            // Never chosen: conjectured only.
            SecurityAssumption::CapacityBound => 1.0,
        }
    }

    /// Logarithm of the list size.
    fn log_list(&self) -> f64 {
        match self.decoding {
            SecurityAssumption::UniqueDecoding => 0.0,
            _ => {
                let (rate, agreement) = (self.rate(), self.agreement());
                libm::log2((agreement - rate) / (agreement * agreement - rate))
            }
        }
    }

    /// Logarithm of the number of challenges that bring some far line close.
    fn log_exceptional(&self) -> f64 {
        match self.decoding {
            SecurityAssumption::UniqueDecoding => libm::log2(self.length),
            _ => {
                let rate = (self.dimension - 1.0) / self.length;
                let cube = 10.5 * 10.5 * 10.5;
                libm::log2(8.0 * self.length * cube / (3.0 * rate))
            }
        }
    }
}
