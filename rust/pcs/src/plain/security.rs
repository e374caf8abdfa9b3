//! Every error term of a plain opening (WHIR, eprint 2024/1586, theorem 5.2), as p3-whir runs it.
//!
//! The samples out of the domain that the library draws right after the commitment are drawn here
//! when it is opened, after the challenges of the protocol around it. They rule out no candidate for
//! those, so nothing is claimed for them; their answers only add to the claims that are combined.
//!
//! The last polynomial is sent. What is checked after that is about one polynomial, whatever the
//! candidates were.

use alloc::vec::Vec;

use p3_whir::SecurityAssumption;
use zkpot_protocol::security::field_bits;

use super::Config;
use crate::security::code::Code;
use crate::security::{SecurityReport, SecurityTerm, SecurityTermKind};
use crate::sponge::Challenger;

/// Computes the terms of a derived configuration, for openings at that many points at most.
pub fn report(
    config: &Config<Challenger>,
    committed: SecurityAssumption,
    points: usize,
) -> SecurityReport {
    let oracles: Vec<_> = oracles(config, committed).collect();
    let mut terms = Vec::new();
    let mut push = |kind, round, challenges, bits, grinding| {
        terms.push(SecurityTerm { kind, round, challenges, bits, grinding });
    };
    for (round, oracle) in oracles.iter().enumerate() {
        if round == 0 {
            let claims = points + config.commitment_ood_samples();
            let bits = field_bits() - libm::log2((claims - 1) as f64) - oracle.log_list();
            push(SecurityTermKind::ClaimCombination, None, 1, bits, 0);
        }
        let variables = config.round_folding_factor(round);
        let bits = field_bits() - oracle.log_width - oracle.log_exceptional();
        push(SecurityTermKind::Folding, Some(round), variables, bits, 0);
        // Quadratic round polynomials.
        let bits = field_bits() - libm::log2((2 * variables) as f64) - oracle.log_list();
        push(SecurityTermKind::Sumcheck, Some(round), variables, bits, 0);
        let (Some(parameters), Some(next)) =
            (config.round_parameters().get(round), oracles.get(round + 1))
        else {
            let last = config.terminal();
            let bits = oracle.query_bits(last.num_queries) + last.pow_bits as f64;
            push(SecurityTermKind::Queries, Some(round), 1, bits, last.pow_bits);
            continue;
        };
        let samples = parameters.ood_samples;
        if samples > 0 {
            let degree = libm::log2(next.dimension) + next.log_width;
            let pairs = 2.0 * next.log_list() - 1.0;
            let bits = samples as f64 * (field_bits() - degree) - pairs;
            push(SecurityTermKind::OutOfDomain, Some(round), samples, bits, 0);
        }
        let queries = parameters.num_queries;
        let bits = oracle.query_bits(queries) + parameters.pow_bits as f64;
        push(SecurityTermKind::Queries, Some(round), 1, bits, parameters.pow_bits);
        let bits = field_bits() - libm::log2((samples + queries) as f64) - next.log_list();
        push(SecurityTermKind::ConstraintCombination, Some(round), 1, bits, 0);
    }
    let rounds = config.final_sumcheck_rounds();
    if rounds > 0 {
        let bits = field_bits() - libm::log2((2 * rounds) as f64);
        push(SecurityTermKind::FinalSumcheck, None, rounds, bits, 0);
    }
    SecurityReport::new(terms, oracles.first().map_or(0.0, Code::log_list))
}

/// The committed oracles, the polynomial's own first, which decodes within a radius of its own.
fn oracles(
    config: &Config<Challenger>,
    committed: SecurityAssumption,
) -> impl Iterator<Item = Code> {
    let decoding =
        core::iter::once(committed).chain(core::iter::repeat(config.params().soundness_type));
    let mut remaining = config.num_variables();
    let rates = core::iter::once(config.params().starting_log_inv_rate)
        .chain(config.round_parameters().iter().map(|round| round.log_inv_rate));
    config.folding_schedule().iter().zip(rates).zip(decoding).map(
        move |((&fold, log_inv_rate), decoding)| {
            remaining -= fold;
            let rows = libm::exp2(remaining as f64);
            Code::new(decoding, fold as f64, rows, rows * libm::exp2(log_inv_rate as f64))
        },
    )
}
