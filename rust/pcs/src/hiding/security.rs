//! Every error term of a hiding opening (eprint 2026/391).
//!
//! Rates include the hiding rows, which the library leaves out. The library only reports on its base
//! case.
//!
//! # Candidates
//! Out-of-domain answers are values of the polynomial whose coefficients are the new oracle's message
//! and the mask of this code switch, so they have to separate pairs of candidates of these two; the
//! candidates of earlier masks stay, and multiply in every later term.

use alloc::vec::Vec;

use p3_whir::SecurityAssumption;
use zkpot_protocol::security::field_bits;

use super::{Config, base_case, codes};
use crate::parameters::MAX_POINTS;
use crate::security::code::Code;
use crate::security::{SecurityReport, SecurityTerm, SecurityTermKind};
use crate::sponge::Challenger;

/// Computes the terms of a derived configuration.
pub fn report(config: &Config<Challenger>, committed: SecurityAssumption) -> SecurityReport {
    let oracles: Vec<_> = codes::oracles(config, committed).collect();
    let masks: Vec<_> = codes::masks(config).collect();
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
    SecurityReport::new(terms, oracles.first().map_or(0.0, Code::log_list))
}
