//! An interleaved Reed-Solomon code and what the analysis needs of it.

use p3_whir::SecurityAssumption;

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

impl Code {
    /// A code of `2^log_width` columns.
    pub const fn new(
        decoding: SecurityAssumption,
        log_width: f64,
        dimension: f64,
        length: f64,
    ) -> Self {
        Self { decoding, log_width, dimension, length }
    }

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
