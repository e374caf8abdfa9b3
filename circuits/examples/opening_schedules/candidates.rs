//! All schedules of a size that are secure.

use p3_whir::{FoldingFactor, ProtocolParameters, SecurityAssumption, WhirConfig};
use zkpot_circuits::openings::Degree;
use zkpot_circuits::recording::permutations::leaf;
use zkpot_pcs::{Challenger, EF, F, SecurityLevel, clear_security};

/// The first folds and rates that are tried.
const FIRST_FOLDS: core::ops::RangeInclusive<usize> = 3..=6;
pub const FIRST_RATES: core::ops::RangeInclusive<usize> = 1..=5;
const FOLDS: core::ops::RangeInclusive<usize> = 2..=6;
/// By how many bits a domain gets shorter with a fold.
const SHRINKS: core::ops::RangeInclusive<usize> = 1..=3;
/// No code has a lower rate.
const LOWEST: usize = 10;
/// The library sends the last polynomial as soon as it has no more variables.
const LAST: usize = 6;

/// A secure schedule.
pub struct Candidate {
    pub config: WhirConfig<EF, F, Challenger>,
    pub folds: Vec<usize>,
    pub rates: Vec<usize>,
    pub bits: f64,
    phases: Vec<Phase>,
}

/// Queries of one oracle.
struct Phase {
    queries: usize,
    leaf: usize,
    log_rows: usize,
}

impl Candidate {
    /// The queries of each phase.
    pub fn queries(&self) -> Vec<usize> {
        self.phases.iter().map(|phase| phase.queries).collect()
    }

    /// Permutations for all queries.
    pub fn hashed(&self, cap: usize) -> usize {
        let row = |phase: &Phase| phase.leaf + phase.log_rows.saturating_sub(cap);
        self.phases.iter().map(|phase| phase.queries * row(phase)).sum()
    }
}

/// All of them.
pub fn all(
    variables: usize,
    radii: (SecurityAssumption, SecurityAssumption),
    grinding: usize,
) -> Vec<Candidate> {
    let mut schedules = vec![];
    for fold in FIRST_FOLDS {
        for rate in FIRST_RATES {
            extend(variables, vec![fold], vec![rate], &mut schedules);
        }
    }
    schedules
        .into_iter()
        .filter_map(|(folds, rates)| secure(variables, folds, rates, radii, grinding))
        .collect()
}

/// All ways to go on.
fn extend(
    variables: usize,
    folds: Vec<usize>,
    rates: Vec<usize>,
    found: &mut Vec<(Vec<usize>, Vec<usize>)>,
) {
    let left = variables - folds.iter().sum::<usize>();
    if left <= LAST {
        found.push((folds, rates));
        return;
    }
    let (last_fold, last_rate) = (folds[folds.len() - 1], rates[rates.len() - 1]);
    for fold in FOLDS.filter(|&fold| fold <= left) {
        for shrink in SHRINKS.filter(|&shrink| shrink <= last_fold) {
            let rate = last_rate + last_fold - shrink;
            if rate <= LOWEST {
                let with = |list: &[usize], next| [list, &[next]].concat();
                extend(variables, with(&folds, fold), with(&rates, rate), found);
            }
        }
    }
}

/// The schedule with the fewest queries that are enough.
fn secure(
    variables: usize,
    folds: Vec<usize>,
    rates: Vec<usize>,
    (committed, others): (SecurityAssumption, SecurityAssumption),
    grinding: usize,
) -> Option<Candidate> {
    let required = f64::from(SecurityLevel::Bits100.opening_bits());
    (required as usize..required as usize + 20).find_map(|security_level| {
        let parameters = ProtocolParameters {
            starting_log_inv_rate: rates[0],
            round_log_inv_rates: rates[1..].to_vec(),
            folding_factor: FoldingFactor::PerRound(folds.clone()),
            soundness_type: others,
            security_level,
            pow_bits: grinding,
        };
        let config = WhirConfig::new(variables, parameters).ok()?;
        let bits = clear_security(&config, committed).total();
        if bits < required {
            return None;
        }
        let last = config.final_round_config();
        let phases = config.round_parameters().iter().chain([&last]).enumerate();
        let phases = phases.map(|(phase, round)| {
            let degree = if phase == 0 { Degree::Base } else { Degree::Extension };
            let log_rows = round.log_folded_domain_size;
            let leaf = leaf(1 << round.folding_factor, degree);
            Phase { queries: round.num_queries.min(1 << log_rows), leaf, log_rows }
        });
        Some(Candidate {
            phases: phases.collect(),
            config,
            folds: folds.clone(),
            rates: rates.clone(),
            bits,
        })
    })
}
