//! The codes of a hiding opening.

use p3_whir::SecurityAssumption;

use super::Config;
use crate::security::code::Code;
use crate::sponge::Challenger;

/// The committed oracles, the polynomial's own first, which decodes within a radius of its own.
pub fn oracles(
    config: &Config<Challenger>,
    committed: SecurityAssumption,
) -> impl Iterator<Item = Code> {
    let decoding =
        core::iter::once(committed).chain(core::iter::repeat(config.params().soundness_type));
    let mut remaining = config.num_variables();
    let rates = core::iter::once(config.params().starting_log_inv_rate)
        .chain(config.round_parameters().iter().map(|round| round.log_inv_rate));
    config.folding_schedule().iter().zip(rates).zip(config.oracle_randomness()).zip(decoding).map(
        move |(((&fold, log_inv_rate), &randomness), decoding)| {
            remaining -= fold;
            let rows = libm::exp2(remaining as f64);
            let dimension = rows + randomness as f64;
            Code::new(decoding, fold as f64, dimension, rows * libm::exp2(log_inv_rate as f64))
        },
    )
}

/// The codes of the mask groups, in the order in which they are committed: a sumcheck's, then a
/// code switch's, in turn.
pub fn masks(config: &Config<Challenger>) -> impl Iterator<Item = Code> {
    let decoding = config.params().soundness_type;
    config.mask_groups().into_iter().map(move |group| {
        let dimension = (group.shape.message_len + group.shape.randomness_len) as f64;
        let width = libm::log2(group.width as f64);
        Code::new(decoding, width, dimension, group.shape.domain_size as f64)
    })
}

/// The code that the last oracle folds to.
pub fn folded(config: &Config<Challenger>) -> Code {
    let code = config.base_case_config().code;
    let dimension = (code.message_len + code.randomness_len) as f64;
    Code::new(config.params().soundness_type, 0.0, dimension, code.domain_size as f64)
}
