//! Every number that the verifier of an opening depends on.

use p3_challenger::{FieldChallenger, GrindingChallenger};
use p3_whir::{RoundConfig, WhirConfig};
use zkpot_protocol::field::{EF, F};

use super::channel::Degree;
use super::seeds::{self, Seeds};

/// An opening of one polynomial at some points, as the library's configuration has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Variables of the polynomial.
    pub variables: usize,
    /// Points that it is opened at.
    pub points: usize,
    /// Samples out of the domain, of the polynomial itself.
    pub samples: usize,
    /// Folds the polynomial for the first queries.
    pub sumcheck: Sumcheck,
    /// Rounds that commit to a folded polynomial.
    pub rounds: Vec<Round>,
    /// Queries of the last oracle.
    pub queries: Queries,
    /// Variables of the last polynomial, which is sent; the last sumcheck has a round for each.
    pub last: Sumcheck,
    /// What is absorbed beside messages.
    pub seeds: Seeds,
}

/// Rounds of one sumcheck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sumcheck {
    /// How many, each for a variable.
    pub rounds: usize,
    /// Bits of proof of work before each challenge, or 0.
    pub grinding: usize,
    /// What is absorbed before the first round.
    pub seed: Vec<F>,
}

/// A round: a folded polynomial's root, samples of it, queries of the oracle before, a sumcheck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Variables of the folded polynomial.
    pub variables: usize,
    /// Samples of it out of the domain.
    pub samples: usize,
    /// Queries of the oracle before.
    pub queries: Queries,
    /// Folds it for the next queries.
    pub sumcheck: Sumcheck,
}

/// Queries of one oracle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queries {
    /// Bits of proof of work before they are drawn, or 0.
    pub grinding: usize,
    /// How many rows are opened.
    pub count: usize,
    /// Whether their positions are drawn. They are not where every row is opened.
    pub drawn: bool,
    /// Logarithm of the number of rows, which is the order of the domain after folding.
    pub log_rows: usize,
    /// Logarithm of a row's width: the variables that are folded.
    pub log_width: usize,
    /// What a row consists of.
    pub degree: Degree,
}

impl Plan {
    /// Reads the numbers off a configuration, for an opening at some points.
    pub fn of<C>(config: &WhirConfig<EF, F, C>, points: usize) -> Self
    where
        C: FieldChallenger<F> + GrindingChallenger<Witness = F>,
    {
        let folds = config.folding_schedule();
        let first = folds.first().copied().unwrap_or(0);
        let rounds: Vec<Round> = config
            .round_parameters()
            .iter()
            .zip(folds.iter().skip(1))
            .enumerate()
            .map(|(index, (round, &next))| Round {
                variables: round.num_variables,
                samples: round.ood_samples,
                queries: Queries::of(round, index == 0),
                sumcheck: Sumcheck::new(next, round.folding_pow_bits),
            })
            .collect();
        let last = config.final_sumcheck_rounds();
        Self {
            variables: config.num_variables(),
            points,
            samples: config.commitment_ood_samples(),
            sumcheck: Sumcheck::new(first, config.starting_folding_pow_bits()),
            queries: Queries::of(&config.final_round_config(), rounds.is_empty()),
            rounds,
            last: Sumcheck::new(last, config.final_folding_pow_bits()),
            seeds: Seeds::of(config, points),
        }
    }

    /// Folding sumchecks, each with its queries, in order.
    pub fn phases(&self) -> impl Iterator<Item = (&Sumcheck, &Queries)> {
        let sumchecks =
            core::iter::once(&self.sumcheck).chain(self.rounds.iter().map(|round| &round.sumcheck));
        let queries =
            self.rounds.iter().map(|round| &round.queries).chain(core::iter::once(&self.queries));
        sumchecks.zip(queries)
    }
}

impl Sumcheck {
    fn new(rounds: usize, grinding: usize) -> Self {
        Self { rounds, grinding, seed: seeds::of_sumcheck(rounds, grinding) }
    }
}

impl Queries {
    fn of(config: &RoundConfig, committed: bool) -> Self {
        let rows = 1 << config.log_folded_domain_size;
        Self {
            grinding: config.pow_bits,
            count: config.num_queries.min(rows),
            drawn: config.num_queries < rows,
            log_rows: config.log_folded_domain_size,
            log_width: config.folding_factor,
            degree: if committed { Degree::Base } else { Degree::Extension },
        }
    }
}
