//! Soundness accounting: every error term of an opening, by name.

use alloc::vec::Vec;

use crate::suite::{Challenger, WhirConfig};

/// One error term, `2^-bits`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SecurityTerm {
    /// What goes wrong.
    pub name: &'static str,
    /// The folding round it belongs to, if any.
    pub round: Option<usize>,
    /// Minus the base-2 logarithm of the error, grinding included.
    pub bits: f64,
    /// Bits of proof of work within `bits`.
    pub grinding: usize,
}

/// All error terms of one opening.
#[derive(Clone, Debug, PartialEq)]
pub struct SecurityReport {
    terms: Vec<SecurityTerm>,
}

impl SecurityReport {
    /// Collects the terms of a derived configuration.
    pub(crate) fn of(config: &WhirConfig<Challenger>) -> Self {
        let report = config.hiding_base_case_security_report();
        let mut terms = Vec::new();
        terms.push(SecurityTerm {
            name: "base case: queries",
            round: None,
            bits: report.query_round.with_pow.bits.unwrap_or(0.0),
            grinding: report.query_round.shared_pow_bits,
        });
        terms.push(SecurityTerm {
            name: "base case: combination",
            round: None,
            bits: report.gamma_round.combined.bits.unwrap_or(0.0),
            grinding: 0,
        });
        Self { terms }
    }

    /// The single terms.
    #[must_use]
    pub fn terms(&self) -> &[SecurityTerm] {
        &self.terms
    }

    /// Whole bits of the sum of all terms.
    #[must_use]
    pub fn bits(&self) -> usize {
        let sum: f64 = self.terms.iter().map(|term| libm::exp2(-term.bits)).sum();
        libm::floor(-libm::log2(sum)) as usize
    }
}
