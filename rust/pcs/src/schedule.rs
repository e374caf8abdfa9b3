//! The folding schedule and code rates, chosen by measurement.

use alloc::vec::Vec;

use p3_whir::SecurityAssumption;
use zkpot_protocol::commitment::Binding;

/// What the library derives its configuration from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// Decoding radius of every code.
    pub decoding: SecurityAssumption,
    /// Target of each single error term; above the total so that the sum still reaches it.
    pub bits_per_term: usize,
    /// Most bits of grinding in one phase.
    pub grinding_bits: usize,
    /// Variables folded before each query phase; at most 6 variables remain at the end.
    pub folds: Vec<usize>,
    /// Minus the logarithm of each committed code's rate, one per fold.
    pub log_inv_rates: Vec<usize>,
    /// The same for the codes that hide the masks.
    pub mask_log_inv_rate: usize,
}

impl Schedule {
    /// The schedule for a size and a binding.
    pub fn choose(num_variables: usize, binding: Binding) -> Self {
        let decoding = match binding {
            Binding::Ephemeral => SecurityAssumption::JohnsonBound,
            Binding::Lasting => SecurityAssumption::UniqueDecoding,
        };
        // Six variables remain at the end; the folds are as equal as they can be.
        let folded = num_variables - 6;
        let rounds = folded.div_ceil(6);
        let folds: Vec<usize> = (0..rounds)
            .map(|round| (folded - round).div_ceil(rounds))
            .collect();
        let log_inv_rates = (0..rounds)
            .map(|round| if round == 0 { 2 } else { 3 + round })
            .collect();
        Self {
            decoding,
            bits_per_term: 106,
            grinding_bits: 16,
            folds,
            log_inv_rates,
            mask_log_inv_rate: match binding {
                Binding::Ephemeral => 2,
                Binding::Lasting => 4,
            },
        }
    }
}
