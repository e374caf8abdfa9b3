//! The folding schedule and code rates, chosen by measurement (see the crate's README).
//!
//! Four observations decide. Most of an opening's time goes into encoding the folded oracles,
//! so their codes get shorter with each fold instead of keeping the library's default of half the
//! length. Mask openings are many of a proof's bytes, one pair of groups for each round, so
//! rounds are few. The more is left unfolded the better, and the library takes six variables. And
//! a lower rate is cheap for small polynomials, except where a word has to decode uniquely: there
//! it saves hardly any query.
//!
//! What binds beyond a proof is the committed oracle alone. So where a polynomial is lasting, its own
//! oracle is held to half its distance, while the oracles and masks of the opening, which nobody
//! refers to later, are decoded up to Johnson's bound as everywhere.

mod wrapped;

use alloc::vec::Vec;

use p3_whir::{FoldingFactor, ProtocolParameters, SecurityAssumption};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::Binding;
use zkpot_protocol::security::SecurityLevel;

use crate::parameters::MAX_VARIABLES;

/// What the library derives its configuration from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Decoding radius of the committed oracle.
    pub committed: SecurityAssumption,
    /// Decoding radius of all oracles and masks of the opening; what the library counts with.
    pub decoding: SecurityAssumption,
    /// The library's target of each single error term; above the total so that the sum still reaches it,
    /// and further above it where the committed oracle needs more queries than the library thinks.
    pub bits_per_term: usize,
    /// Most bits of grinding in one phase.
    pub grinding_bits: usize,
    /// Variables folded before each query phase, at least two phases; six variables remain at the end.
    pub folds: Vec<usize>,
    /// Minus the logarithm of each committed code's rate, one per fold.
    pub log_inv_rates: Vec<usize>,
    /// The same for the codes that hide the masks, where there are any.
    pub mask_log_inv_rate: usize,
}

/// Folds and rates.
type Plan = (&'static [usize], &'static [usize]);

/// The largest polynomial of a channel.
pub const fn max_variables(channel: ChannelKind) -> usize {
    match channel {
        ChannelKind::Clear | ChannelKind::Hiding => MAX_VARIABLES,
        ChannelKind::Wrapped => wrapped::MAX_VARIABLES,
    }
}

impl Schedule {
    /// The schedule for a size, a binding, a level and a channel; `None` outside the table.
    pub fn choose(
        num_variables: usize,
        binding: Binding,
        level: SecurityLevel,
        channel: ChannelKind,
    ) -> Option<Self> {
        if channel == ChannelKind::Wrapped {
            return wrapped::choose(num_variables, level);
        }
        let (folds, log_inv_rates) = match binding {
            Binding::Ephemeral => ephemeral(num_variables),
            Binding::Lasting => lasting(num_variables),
        }?;
        let (johnson, unique) =
            (SecurityAssumption::JohnsonBound, SecurityAssumption::UniqueDecoding);
        let (committed, decoding, mask_log_inv_rate) = match (binding, num_variables) {
            (Binding::Ephemeral, ..=21) => (johnson, johnson, 5),
            (Binding::Ephemeral, _) => (johnson, johnson, 6),
            // Too few queries fit into such short codes for the two to differ at level 128.
            (Binding::Lasting, ..=15) => (unique, unique, 3),
            (Binding::Lasting, ..=21) => (unique, johnson, 5),
            (Binding::Lasting, _) => (unique, johnson, 6),
        };
        Some(Self {
            committed,
            decoding,
            bits_per_term: bits_per_term(num_variables, binding, level, channel),
            grinding_bits: if num_variables <= 18 { 14 } else { 16 },
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

const fn ephemeral(num_variables: usize) -> Option<Plan> {
    Some(match num_variables {
        14 => (&[4, 4], &[3, 5]),
        15 => (&[5, 4], &[3, 5]),
        16 => (&[5, 5], &[3, 5]),
        17 => (&[6, 5], &[3, 5]),
        18 => (&[7, 5], &[3, 5]),
        19 => (&[5, 4, 4], &[2, 4, 6]),
        20 => (&[6, 4, 4], &[2, 4, 6]),
        21 => (&[6, 5, 4], &[2, 4, 6]),
        _ => return large(num_variables),
    })
}

const fn lasting(num_variables: usize) -> Option<Plan> {
    Some(match num_variables {
        14 => (&[4, 4], &[3, 5]),
        15 => (&[5, 4], &[3, 5]),
        16 => (&[4, 3, 3], &[1, 3, 6]),
        17 => (&[4, 3, 4], &[1, 3, 6]),
        18 => (&[4, 4, 4], &[1, 3, 6]),
        19 => (&[5, 4, 4], &[1, 3, 6]),
        20 => (&[5, 5, 4], &[1, 3, 6]),
        21 => (&[5, 5, 5], &[1, 3, 6]),
        _ => return large(num_variables),
    })
}

const fn large(num_variables: usize) -> Option<Plan> {
    Some(match num_variables {
        22 => (&[6, 5, 5], &[1, 3, 7]),
        23 => (&[6, 5, 6], &[1, 3, 7]),
        24 => (&[6, 6, 6], &[1, 3, 7]),
        25 => (&[6, 6, 7], &[1, 3, 7]),
        26 => (&[7, 6, 7], &[1, 4, 8]),
        27 => (&[7, 7, 7], &[1, 4, 8]),
        28 => (&[7, 7, 8], &[1, 4, 8]),
        _ => return None,
    })
}

/// About the least with which the sum of all terms reaches the level. Hiding rows, which the library
/// leaves out, weigh most in small polynomials; a committed oracle that has to decode uniquely needs
/// more queries than the library thinks.
const fn bits_per_term(
    num_variables: usize,
    binding: Binding,
    level: SecurityLevel,
    channel: ChannelKind,
) -> usize {
    use Binding::{Ephemeral, Lasting};
    use ChannelKind::Hiding;
    use SecurityLevel::{Bits100, Bits128};
    match (channel, level, binding, num_variables) {
        (Hiding, Bits100, Ephemeral, ..=15) => 115,
        (Hiding, Bits100, Lasting, 16) => 124,
        (Hiding, Bits100, Lasting, 17) => 119,
        (Hiding, Bits100, Lasting, 18 | 19) => 118,
        (Hiding, Bits100, Lasting, 20..=22) => 117,
        (_, Bits100, Lasting, 16..) => 116,
        (_, Bits100, _, _) => 114,
        (Hiding, Bits128, Ephemeral, ..=15) => 146,
        (Hiding, Bits128, Ephemeral, _) => 143,
        (Hiding, Bits128, Lasting, ..=15) => 144,
        (Hiding, Bits128, Lasting, 16) => 158,
        (Hiding, Bits128, Lasting, 17) => 151,
        (Hiding, Bits128, Lasting, 18 | 19) => 148,
        (Hiding, Bits128, Lasting, 20..=22) => 147,
        (_, Bits128, Lasting, 16..) => 145,
        (_, Bits128, _, _) => 142,
    }
}
