//! The shape of a plain proof.

use alloc::vec::Vec;

use p3_sumcheck::SumcheckData;
use p3_whir::{PcsProof, QueryOpenings, SharedProofOpening};

use super::{Config, Tree};
use crate::Error;
use crate::shape::{BASE_BYTES, EXTENSION_BYTES, LENGTH_BYTES, Openings, count, other_field};
use crate::suite::{EF, F};

/// Values sent for each sumcheck round: at zero and at infinity.
const ROUND_VALUES: usize = 2;
/// Whether something is there.
const OPTION_BYTES: usize = 1;

/// Rounds of one sumcheck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sumcheck {
    rounds: usize,
    grinds: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Round {
    out_of_domain: usize,
    openings: Openings,
    sumcheck: Sumcheck,
}

/// Every length in a proof of one configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    out_of_domain: usize,
    first: Sumcheck,
    rounds: Vec<Round>,
    openings: Openings,
    log_last: usize,
    last: Sumcheck,
}

impl Shape {
    /// Reads the lengths off a configuration.
    pub fn of<C>(config: &Config<C>) -> Self
    where
        C: p3_challenger::FieldChallenger<F> + p3_challenger::GrindingChallenger<Witness = F>,
    {
        let folds = config.folding_schedule();
        let rounds = config
            .round_parameters()
            .iter()
            .zip(folds.iter().skip(1))
            .map(|(round, &rounds)| Round {
                out_of_domain: round.ood_samples,
                openings: Openings::new(
                    round.num_queries,
                    1 << round.folding_factor,
                    round.domain_size >> round.folding_factor,
                ),
                sumcheck: Sumcheck { rounds, grinds: round.folding_pow_bits > 0 },
            })
            .collect();
        let last = config.final_round_config();
        Self {
            out_of_domain: config.commitment_ood_samples(),
            first: Sumcheck {
                rounds: config.round_folding_factor(0),
                grinds: config.starting_folding_pow_bits() > 0,
            },
            rounds,
            openings: Openings::new(
                last.num_queries,
                1 << last.folding_factor,
                last.domain_size >> last.folding_factor,
            ),
            log_last: config.final_sumcheck_rounds(),
            last: Sumcheck {
                rounds: config.final_sumcheck_rounds(),
                grinds: config.final_folding_pow_bits() > 0,
            },
        }
    }

    /// Checks every length of a proof for `points` points.
    ///
    /// # Errors
    /// [`Error::ProofShape`] names the first part that differs.
    pub fn check<T: Tree>(&self, proof: &PcsProof<F, EF, T>, points: usize) -> Result<(), Error> {
        count("values", points, proof.evals.len())?;
        for batch in &proof.evals {
            count("values at a point", 1, batch.current().len())?;
            count("values next to a point", 0, batch.next().len())?;
        }
        let proof = &proof.whir;
        let first = proof.initial_ood_answers.len();
        count("first out-of-domain answers", self.out_of_domain, first)?;
        self.first.check(&proof.initial_sumcheck)?;
        count("rounds", self.rounds.len(), proof.rounds.len())?;
        for (index, (shape, round)) in self.rounds.iter().zip(&proof.rounds).enumerate() {
            let roots = round.commitment.as_ref().map_or(0, T::roots);
            count("roots of a commitment", 1, roots)?;
            count("out-of-domain answers", shape.out_of_domain, round.ood_answers.len())?;
            check_oracle::<T>(&shape.openings, &round.openings, index == 0)?;
            shape.sumcheck.check(&round.sumcheck)?;
        }
        let sent = proof.final_poly.as_ref().map_or(0, |last| last.as_slice().len());
        count("final polynomial", 1 << self.log_last, sent)?;
        check_oracle::<T>(&self.openings, &proof.final_openings, self.rounds.is_empty())?;
        let closes = usize::from(proof.final_sumcheck.is_some());
        count("final sumchecks", usize::from(self.last.rounds > 0), closes)?;
        proof.final_sumcheck.as_ref().map_or(Ok(()), |sumcheck| self.last.check(sumcheck))
    }

    /// An upper bound on the encoded length of a proof for `points` points.
    pub fn max_bytes<T: Tree>(&self, points: usize) -> usize {
        let extensions = |count: usize| LENGTH_BYTES + count * EXTENSION_BYTES;
        let openings = |openings: &Openings| openings.max_bytes(T::NODE_BYTES, 0);
        let rounds: usize = self
            .rounds
            .iter()
            .map(|round| {
                OPTION_BYTES
                    + LENGTH_BYTES
                    + T::NODE_BYTES
                    + extensions(round.out_of_domain)
                    + BASE_BYTES
                    + openings(&round.openings)
                    + round.sumcheck.max_bytes()
            })
            .sum();
        let values = LENGTH_BYTES + points * (extensions(1) + extensions(0));
        values
            + extensions(self.out_of_domain)
            + self.first.max_bytes()
            + LENGTH_BYTES
            + rounds
            + OPTION_BYTES
            + extensions(1 << self.log_last)
            + BASE_BYTES
            + openings(&self.openings)
            + OPTION_BYTES
            + self.last.max_bytes()
    }
}

impl Sumcheck {
    fn check(&self, sumcheck: &SumcheckData<F, EF>) -> Result<(), Error> {
        count("sumcheck rounds", self.rounds, sumcheck.num_rounds())?;
        let grinds = if self.grinds { self.rounds } else { 0 };
        count("sumcheck grinding", grinds, sumcheck.pow_witnesses.len())
    }

    const fn max_bytes(&self) -> usize {
        2 * LENGTH_BYTES + self.rounds * (ROUND_VALUES * EXTENSION_BYTES + BASE_BYTES)
    }
}

/// An opening of the committed polynomial's oracle (base field) or of a folded one.
fn check_oracle<T: Tree>(
    shape: &Openings,
    openings: &QueryOpenings<F, EF, T::MultiProof>,
    base: bool,
) -> Result<(), Error> {
    match (openings, base) {
        (QueryOpenings::Base(openings), true) => check_rows::<T, _>(shape, openings),
        (QueryOpenings::Extension(openings), false) => check_rows::<T, _>(shape, openings),
        _ => other_field(base),
    }
}

fn check_rows<T: Tree, E>(
    shape: &Openings,
    openings: &SharedProofOpening<E, T::MultiProof>,
) -> Result<(), Error> {
    shape.check(&openings.rows, T::nodes(&openings.proof))
}
