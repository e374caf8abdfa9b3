//! The hiding base case (eprint 2026/391, construction 7.2): two challenges.
//!
//! The prover commits to a fresh mask for the last oracle and for each group of masks, the verifier
//! draws `gamma`, the prover shows `fresh + gamma * committed` for all of them, and queries compare.
//!
//! - **gamma.** A false claim, or a word that is far from its code, may survive. The errors of
//!   mutual correlated agreement of all codes add up (one line each, times the width of a group);
//!   for words that are close, each combination of candidates survives one challenge, and the
//!   candidates of independent words multiply.
//! - **queries.** If some word is far, the queries into that word have to miss. Which one it is, is
//!   known before they are drawn, so the worst one counts.
//!
//! The library's report on the same construction rounds every dimension up to a power of two and
//! bounds the lists of interleaved words by a power of the list of one. Both are replaced here: the
//! first by the true dimensions, the second by Johnson's bound, which counts agreements position
//! by position and so holds for an interleaved code as for its base code. A test compares.

use super::Config;
use super::codes::{folded, masks};
use crate::security::code::Code;
use crate::sponge::Challenger;
use zkpot_protocol::security::{field_bits, sum_bits};

/// Bits of the base case's queries, grinding included.
pub fn query_bits(config: &Config<Challenger>) -> f64 {
    let base = config.base_case_config();
    masks(config)
        .map(|code| code.query_bits(base.mask_queries))
        .fold(folded(config).query_bits(base.num_queries), f64::min)
        + base.pow_bits as f64
}

/// Bits of the base case's combination.
pub fn combination_bits(config: &Config<Challenger>) -> f64 {
    let codes = || core::iter::once(folded(config)).chain(masks(config));
    let lines = codes().map(|code| field_bits() - code.log_width - code.log_exceptional());
    let candidates: f64 = codes().map(|code: Code| code.log_list()).sum();
    sum_bits(lines.chain([field_bits() - candidates]))
}

#[cfg(test)]
mod tests {
    use super::super::Hiding;
    use super::*;
    use crate::parameters::{MAX_VARIABLES, MIN_VARIABLES, Parameters};
    use p3_whir::SecurityAssumption;
    use zkpot_protocol::channel::ChannelKind;
    use zkpot_protocol::commitment::Binding;
    use zkpot_protocol::security::SecurityLevel;

    /// The library is never more optimistic than this account, and close to it where nothing is
    /// listed: the same terms are meant.
    #[test]
    fn the_librarys_report_is_a_lower_bound() {
        for level in SecurityLevel::ALL {
            for binding in [Binding::Ephemeral, Binding::Lasting] {
                for n in MIN_VARIABLES..=MAX_VARIABLES {
                    let parameters =
                        Parameters::new(n, binding, level, ChannelKind::Hiding).unwrap();
                    let config = parameters.config::<Hiding, Challenger>().unwrap();
                    let report = config.hiding_base_case_security_report();
                    let queries = report.query_round.with_pow.bits.unwrap();
                    let combination = report.gamma_round.combined.bits.unwrap();
                    assert!(query_bits(&config) >= queries - 1e-6);
                    assert!(combination_bits(&config) >= combination - 1e-6);
                    if config.params().soundness_type == SecurityAssumption::UniqueDecoding {
                        assert!(combination_bits(&config) < combination + 1e-6);
                    }
                }
            }
        }
    }
}
