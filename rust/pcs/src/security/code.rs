//! An interleaved Reed-Solomon code and what the analysis needs of it.

use p3_whir::SecurityAssumption;

use crate::suite::{Challenger, WhirConfig};

/// An interleaved Reed-Solomon code in the chosen decoding regime.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    decoding: SecurityAssumption,
    /// Logarithm of the number of columns.
    pub log_width: f64,
    /// Dimension, hiding rows included.
    pub dimension: f64,
    length: f64,
}

/// The committed oracles, the polynomial's own first.
pub fn oracles(config: &WhirConfig<Challenger>) -> impl Iterator<Item = Code> {
    let decoding = config.params().soundness_type;
    let mut remaining = config.num_variables();
    let rates = core::iter::once(config.params().starting_log_inv_rate)
        .chain(config.round_parameters().iter().map(|round| round.log_inv_rate));
    config.folding_schedule().iter().zip(rates).zip(config.oracle_randomness()).map(
        move |((&fold, log_inv_rate), &randomness)| {
            remaining -= fold;
            let rows = libm::exp2(remaining as f64);
            Code {
                decoding,
                log_width: fold as f64,
                dimension: rows + randomness as f64,
                length: rows * libm::exp2(log_inv_rate as f64),
            }
        },
    )
}

/// The codes of the mask groups, in the order in which they are committed: a sumcheck's, then a
/// code switch's, in turn.
pub fn masks(config: &WhirConfig<Challenger>) -> impl Iterator<Item = Code> {
    let decoding = config.params().soundness_type;
    config.mask_groups().into_iter().map(move |group| Code {
        decoding,
        log_width: libm::log2(group.width as f64),
        dimension: (group.shape.message_len + group.shape.randomness_len) as f64,
        length: group.shape.domain_size as f64,
    })
}

/// The code that the last oracle folds to.
pub fn folded(config: &WhirConfig<Challenger>) -> Code {
    let code = config.base_case_config().code;
    Code {
        decoding: config.params().soundness_type,
        log_width: 0.0,
        dimension: (code.message_len + code.randomness_len) as f64,
        length: code.domain_size as f64,
    }
}

impl Code {
    fn rate(&self) -> f64 {
        self.dimension / self.length
    }

    /// A word that agrees with every codeword in a smaller part of its positions counts as far.
    pub fn agreement(&self) -> f64 {
        match self.decoding {
            SecurityAssumption::UniqueDecoding => (1.0 + self.rate()) / 2.0,
            SecurityAssumption::JohnsonBound => 1.05 * libm::sqrt(self.rate()),
            // Conjectured only: nothing is claimed, so that no sum reaches any target.
            SecurityAssumption::CapacityBound => 1.0,
        }
    }

    /// Logarithm of the list size.
    pub fn log_list(&self) -> f64 {
        match self.decoding {
            SecurityAssumption::UniqueDecoding => 0.0,
            _ => {
                let (rate, agreement) = (self.rate(), self.agreement());
                libm::log2((agreement - rate) / (agreement * agreement - rate))
            }
        }
    }

    /// Logarithm of the number of challenges that bring some far line close.
    pub fn log_exceptional(&self) -> f64 {
        match self.decoding {
            SecurityAssumption::UniqueDecoding => libm::log2(self.length),
            _ => {
                let rate = (self.dimension - 1.0) / self.length;
                let cube = 10.5 * 10.5 * 10.5;
                libm::log2(8.0 * self.length * cube / (3.0 * rate))
            }
        }
    }

    /// Bits with which `queries` positions meet a word that is far.
    pub fn query_bits(&self, queries: usize) -> f64 {
        -(queries as f64) * libm::log2(self.agreement())
    }
}
