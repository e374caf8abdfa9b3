//! The folding schedule and code rates, chosen by measurement (see the crate's README).
//!
//! Four observations decide. Most of an opening's time goes into encoding the folded oracles,
//! so their codes get shorter with each fold instead of keeping the library's default of half the
//! length. Most of a proof's bytes are mask openings, one pair of groups for each round, so
//! rounds are few. The more is left unfolded the better, and the library takes six variables. And
//! a lower rate is cheap for small polynomials.

use alloc::vec::Vec;

use p3_whir::{FoldingFactor, ProtocolParameters, SecurityAssumption};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::Binding;
use zkpot_protocol::security::SecurityLevel;

/// What the library derives its configuration from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Decoding radius of every code.
    pub decoding: SecurityAssumption,
    /// Target of each single error term; above the total so that the sum still reaches it.
    pub bits_per_term: usize,
    /// Most bits of grinding in one phase.
    pub grinding_bits: usize,
    /// Variables folded before each query phase; six remain at the end.
    pub folds: Vec<usize>,
    /// Minus the logarithm of each committed code's rate, one per fold.
    pub log_inv_rates: Vec<usize>,
    /// The same for the codes that hide the masks, where there are any.
    pub mask_log_inv_rate: usize,
}

impl Schedule {
    /// The schedule for a size, a binding, a level and a channel; `None` outside the table.
    pub fn choose(
        num_variables: usize,
        binding: Binding,
        level: SecurityLevel,
        channel: ChannelKind,
    ) -> Option<Self> {
        let folds: &[usize] = match num_variables {
            14 => &[4, 4],
            15 => &[5, 4],
            16 => &[5, 5],
            17 => &[6, 5],
            18 => &[7, 5],
            19 => &[5, 4, 4],
            20 => &[6, 4, 4],
            21 => &[6, 5, 4],
            22 => &[6, 5, 5],
            23 => &[6, 6, 5],
            24 => &[6, 6, 6],
            25 => &[7, 6, 6],
            26 => &[7, 6, 7],
            27 => &[7, 7, 7],
            28 => &[8, 7, 7],
            _ => return None,
        };
        let (log_inv_rates, grinding_bits): (&[usize], usize) = match num_variables {
            ..=18 => (&[3, 5], 14),
            19..=21 => (&[2, 4, 6], 16),
            _ => (&[1, 3, 6], 16),
        };
        let (decoding, mask_log_inv_rate) = match (binding, num_variables) {
            (Binding::Ephemeral, ..=21) => (SecurityAssumption::JohnsonBound, 5),
            (Binding::Ephemeral, _) => (SecurityAssumption::JohnsonBound, 6),
            // Within half the distance a lower rate saves hardly any query.
            (Binding::Lasting, _) => (SecurityAssumption::UniqueDecoding, 3),
        };
        // Hiding rows, which the library leaves out, weigh most in small polynomials.
        let bits_per_term = match (channel, level, num_variables) {
            (ChannelKind::Hiding, SecurityLevel::Bits100, ..=15) => 115,
            (_, SecurityLevel::Bits100, _) => 114,
            (ChannelKind::Hiding, SecurityLevel::Bits128, ..=15) => 146,
            (ChannelKind::Hiding, SecurityLevel::Bits128, _) => 143,
            (ChannelKind::Clear, SecurityLevel::Bits128, _) => 142,
        };
        Some(Self {
            decoding,
            bits_per_term,
            grinding_bits,
            folds: folds.to_vec(),
            log_inv_rates: log_inv_rates.to_vec(),
            mask_log_inv_rate,
        })
    }

    /// What the library takes.
    pub fn protocol(&self) -> ProtocolParameters {
        ProtocolParameters {
            starting_log_inv_rate: self.log_inv_rates[0],
            round_log_inv_rates: self.log_inv_rates[1..].to_vec(),
            folding_factor: FoldingFactor::PerRound(self.folds.clone()),
            soundness_type: self.decoding,
            security_level: self.bits_per_term,
            pow_bits: self.grinding_bits,
        }
    }
}
