//! The shape of a hiding proof.

use alloc::vec::Vec;

use p3_merkle_tree::PrunedMerklePaths;
use p3_whir::{BaseCaseZkProof, QueryOpenings, SharedProofOpening};

use super::{Config, Hiding, SALT_ELEMENTS, Tree};
use crate::scheme::Scheme;
use crate::shape::{
    BASE_BYTES, DIGEST_BYTES, EXTENSION_BYTES, LENGTH_BYTES, Openings, count, other_field,
};
use crate::suite::{EF, F, Root};
use crate::{Error, OpeningChallenger};

/// Coefficients sent for each sumcheck round: constant and quadratic; the linear one follows.
const ROUND_COEFFICIENTS: usize = 2;

/// Encoded length of the salts of one row.
const SALT_BYTES: usize = 2 * LENGTH_BYTES + SALT_ELEMENTS * BASE_BYTES;

/// Salts of every opened row, then the siblings that several rows share.
type MultiProof = (Vec<Vec<Vec<F>>>, PrunedMerklePaths<u8, 32>);
type Proof = <Hiding as Scheme>::Proof;

/// One masked sumcheck batch with the code switch before it, if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Batch {
    sumcheck_rounds: usize,
    grinds: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Round {
    out_of_domain: usize,
    openings: Openings,
}

/// A group of masks committed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct MaskGroup {
    message: usize,
    randomness: usize,
    openings: Openings,
}

/// Every length in a proof of one configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    batches: Vec<Batch>,
    rounds: Vec<Round>,
    message: usize,
    randomness: usize,
    source: Openings,
    mask_groups: Vec<MaskGroup>,
}

impl Shape {
    /// Reads the lengths off a configuration.
    pub fn of<C: OpeningChallenger<Root>>(config: &Config<C>) -> Self {
        let parameters = config.round_parameters();
        let grinding = core::iter::once(config.starting_folding_pow_bits())
            .chain(parameters.iter().map(|round| round.folding_pow_bits));
        let batches = config
            .folding_schedule()
            .iter()
            .zip(grinding)
            .map(|(&sumcheck_rounds, bits)| Batch { sumcheck_rounds, grinds: bits > 0 })
            .collect();
        let rounds = parameters
            .iter()
            .map(|round| Round {
                out_of_domain: round.ood_samples,
                openings: Openings::new(
                    round.num_queries,
                    1 << round.folding_factor,
                    round.domain_size >> round.folding_factor,
                ),
            })
            .collect();
        let base = config.base_case_config();
        let folding = config.final_round_config().folding_factor;
        let mask_groups = base
            .mask_groups
            .iter()
            .map(|group| MaskGroup {
                message: group.shape.message_len,
                randomness: group.shape.randomness_len,
                openings: Openings::new(base.mask_queries, group.width, group.shape.domain_size),
            })
            .collect();
        Self {
            batches,
            rounds,
            message: base.code.message_len,
            randomness: base.code.randomness_len,
            source: Openings::new(base.num_queries, 1 << folding, base.code.domain_size),
            mask_groups,
        }
    }

    /// Checks every length of a proof for `points` points.
    ///
    /// # Errors
    /// [`Error::ProofShape`] names the first part that differs.
    pub fn check(&self, proof: &Proof, points: usize) -> Result<(), Error> {
        count("values", points, proof.evals.len())?;
        count("sumcheck batches", self.batches.len(), proof.sumchecks.len())?;
        for (batch, sumcheck) in self.batches.iter().zip(&proof.sumchecks) {
            count("sumcheck rounds", batch.sumcheck_rounds, sumcheck.round_coefficients.len())?;
            for coefficients in &sumcheck.round_coefficients {
                count("round polynomial", ROUND_COEFFICIENTS, coefficients.len())?;
            }
            let grinds = if batch.grinds { batch.sumcheck_rounds } else { 0 };
            count("sumcheck grinding", grinds, sumcheck.pow_witnesses.len())?;
        }
        count(
            "sumcheck mask commitments",
            self.batches.len(),
            proof.sumcheck_mask_commitments.len(),
        )?;
        for root in &proof.sumcheck_mask_commitments {
            one_root(root)?;
        }
        count("rounds", self.rounds.len(), proof.rounds.len())?;
        for (index, (shape, round)) in self.rounds.iter().zip(&proof.rounds).enumerate() {
            one_root(&round.commitment)?;
            one_root(&round.mask_commitment)?;
            count("out-of-domain answers", shape.out_of_domain, round.ood_answers.len())?;
            check_oracle(&shape.openings, &round.openings, index == 0)?;
        }
        self.check_base_case(&proof.base_case)
    }

    fn check_base_case(&self, proof: &BaseCaseZkProof<F, EF, Tree>) -> Result<(), Error> {
        let groups = self.mask_groups.len();
        one_root(&proof.fresh_main_commitment)?;
        count("fresh mask commitments", groups, proof.fresh_mask_commitments.len())?;
        for root in &proof.fresh_mask_commitments {
            one_root(root)?;
        }
        count("final message", self.message, proof.blinded_message.len())?;
        count("final randomness", self.randomness, proof.blinded_randomness.len())?;
        let masks = self
            .mask_groups
            .iter()
            .flat_map(|group| core::iter::repeat_n(group, group.openings.width));
        count("blinded masks", masks.clone().count(), proof.blinded_masks.len())?;
        for (shape, mask) in masks.zip(&proof.blinded_masks) {
            count("blinded mask message", shape.message, mask.message.len())?;
            count("blinded mask randomness", shape.randomness, mask.randomness.len())?;
        }
        check_oracle(&self.source, &proof.source_openings, self.rounds.is_empty())?;
        check_rows(&Openings { width: 1, ..self.source }, &proof.fresh_main_openings)?;
        count("mask openings", groups, proof.mask_openings.len())?;
        for (shape, pair) in self.mask_groups.iter().zip(&proof.mask_openings) {
            check_rows(&shape.openings, &pair.carried)?;
            check_rows(&shape.openings, &pair.fresh)?;
        }
        Ok(())
    }

    /// An upper bound on the encoded length of a proof for `points` points.
    pub fn max_bytes(&self, points: usize) -> usize {
        let roots = |count: usize| LENGTH_BYTES + count * (LENGTH_BYTES + DIGEST_BYTES);
        let extensions = |count: usize| LENGTH_BYTES + count * EXTENSION_BYTES;
        let sumchecks: usize = self
            .batches
            .iter()
            .map(|batch| {
                let round = extensions(ROUND_COEFFICIENTS) + BASE_BYTES;
                EXTENSION_BYTES + 2 * LENGTH_BYTES + batch.sumcheck_rounds * round
            })
            .sum();
        let rounds: usize = self
            .rounds
            .iter()
            .map(|round| {
                roots(2)
                    + extensions(round.out_of_domain)
                    + BASE_BYTES
                    + round.openings.max_bytes(DIGEST_BYTES, SALT_BYTES)
            })
            .sum();
        let masks: usize = self
            .mask_groups
            .iter()
            .map(|group| {
                let blinded = extensions(group.message) + extensions(group.randomness);
                roots(1)
                    + group.openings.width * blinded
                    + 2 * group.openings.max_bytes(DIGEST_BYTES, SALT_BYTES)
            })
            .sum();
        let fresh = Openings { width: 1, ..self.source };
        let base_case = roots(1)
            + EXTENSION_BYTES
            + extensions(self.message)
            + extensions(self.randomness)
            + BASE_BYTES
            + self.source.max_bytes(DIGEST_BYTES, SALT_BYTES)
            + fresh.max_bytes(DIGEST_BYTES, SALT_BYTES)
            + masks;
        extensions(points)
            + roots(self.batches.len())
            + sumchecks
            + rounds
            + base_case
            + 16 * LENGTH_BYTES
    }
}

/// An opening of the committed polynomial's oracle (base field) or of a folded one.
fn check_oracle(
    shape: &Openings,
    openings: &QueryOpenings<F, EF, MultiProof>,
    base: bool,
) -> Result<(), Error> {
    match (openings, base) {
        (QueryOpenings::Base(openings), true) => check_rows(shape, openings),
        (QueryOpenings::Extension(openings), false) => check_rows(shape, openings),
        _ => other_field(base),
    }
}

fn check_rows<T>(
    shape: &Openings,
    openings: &SharedProofOpening<T, MultiProof>,
) -> Result<(), Error> {
    let (salts, paths) = &openings.proof;
    shape.check(&openings.rows, paths.sibling_hashes.len())?;
    count("salts", openings.rows.len(), salts.len())?;
    for row in salts {
        count("salts of a row", 1, row.len())?;
        for salt in row {
            count("salt", SALT_ELEMENTS, salt.len())?;
        }
    }
    Ok(())
}

fn one_root(root: &Root) -> Result<(), Error> {
    count("roots of a commitment", 1, root.num_roots())
}
