//! The schedules of the wrapped channel, whose openings a circuit verifies.
//!
//! There a hash costs most: a query costs one for every six base elements of its row and one for every
//! level of its path. So rates are low, which makes queries few, and grinding, whose candidates take a
//! permutation each, is light. What limits the rate is the committer, who hashes the whole code.
//!
//! Commitments are pinned, so all oracles are decoded up to Johnson's bound.

use p3_whir::SecurityAssumption;
use zkpot_protocol::security::SecurityLevel;

use super::{Plan, Schedule};

/// The largest polynomial that a circuit can be expected to open.
pub const MAX_VARIABLES: usize = 22;

/// The schedule for a size and a level; `None` outside the table.
pub fn choose(num_variables: usize, level: SecurityLevel) -> Option<Schedule> {
    let (folds, log_inv_rates) = plan(num_variables)?;
    let johnson = SecurityAssumption::JohnsonBound;
    Some(Schedule {
        committed: johnson,
        decoding: johnson,
        bits_per_term: match level {
            SecurityLevel::Bits100 => 114,
            SecurityLevel::Bits128 => 142,
        },
        grinding_bits: 12,
        folds: folds.to_vec(),
        log_inv_rates: log_inv_rates.to_vec(),
        mask_log_inv_rate: 0,
    })
}

/// What a circuit pays for grows with queries, and what a prover pays for with codes (the example
/// `opening_schedules` of the circuits counts both sides' hashes).
const fn plan(num_variables: usize) -> Option<Plan> {
    Some(match num_variables {
        14 => (&[5, 4], &[4, 7]),
        15 => (&[5, 4], &[4, 7]),
        16 => (&[6, 4], &[4, 7]),
        17 => (&[6, 5], &[3, 6]),
        18 => (&[6, 6], &[3, 6]),
        19 => (&[5, 4, 4], &[2, 4, 7]),
        20 => (&[6, 4, 4], &[2, 4, 7]),
        21 => (&[6, 5, 4], &[2, 4, 7]),
        MAX_VARIABLES => (&[6, 6, 4], &[2, 4, 7]),
        _ => return None,
    })
}
