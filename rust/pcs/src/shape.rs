//! The shape of a proof: what the parameters say about every length in it.
//!
//! The verifier checks it before the library sees the proof, and the decoder's size limit is its
//! encoded size. Only Merkle siblings vary: their number depends on the positions drawn.

use alloc::vec::Vec;

use p3_whir::{BaseCaseZkProof, QueryOpenings, SharedProofOpening};

use crate::Error;
use crate::challenger::OpeningChallenger;
use crate::suite::{EF, F, MultiProof, Root, SALT_ELEMENTS, SaltedTree, WhirConfig, WhirProof};

/// Coefficients sent for each sumcheck round: constant and quadratic; the linear one follows.
const ROUND_COEFFICIENTS: usize = 2;

const BASE_BYTES: usize = 8;
const EXTENSION_BYTES: usize = 24;
const DIGEST_BYTES: usize = 32;
/// The most a length takes in the encoding: shapes stay below `2^28`.
const LENGTH_BYTES: usize = 4;

/// Rows opened at the queried positions of one tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Openings {
    rows: usize,
    width: usize,
    log_height: usize,
}

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
pub(crate) struct Shape {
    batches: Vec<Batch>,
    rounds: Vec<Round>,
    message: usize,
    randomness: usize,
    source: Openings,
    mask_groups: Vec<MaskGroup>,
}

impl Shape {
    /// Reads the lengths off a configuration.
    pub fn of<C: OpeningChallenger>(config: &WhirConfig<C>) -> Self {
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
    pub fn check(&self, proof: &WhirProof, points: usize) -> Result<(), Error> {
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
            shape.openings.check_oracle(&round.openings, index == 0)?;
        }
        self.check_base_case(&proof.base_case)
    }

    fn check_base_case(&self, proof: &BaseCaseZkProof<F, EF, SaltedTree>) -> Result<(), Error> {
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
        self.source.check_oracle(&proof.source_openings, self.rounds.is_empty())?;
        Openings { width: 1, ..self.source }.check(&proof.fresh_main_openings)?;
        count("mask openings", groups, proof.mask_openings.len())?;
        for (shape, pair) in self.mask_groups.iter().zip(&proof.mask_openings) {
            shape.openings.check(&pair.carried)?;
            shape.openings.check(&pair.fresh)?;
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
                roots(2) + extensions(round.out_of_domain) + BASE_BYTES + round.openings.max_bytes()
            })
            .sum();
        let masks: usize = self
            .mask_groups
            .iter()
            .map(|group| {
                let blinded = extensions(group.message) + extensions(group.randomness);
                roots(1) + group.openings.width * blinded + 2 * group.openings.max_bytes()
            })
            .sum();
        let fresh = Openings { width: 1, ..self.source };
        let base_case = roots(1)
            + EXTENSION_BYTES
            + extensions(self.message)
            + extensions(self.randomness)
            + BASE_BYTES
            + self.source.max_bytes()
            + fresh.max_bytes()
            + masks;
        extensions(points)
            + roots(self.batches.len())
            + sumchecks
            + rounds
            + base_case
            + 16 * LENGTH_BYTES
    }
}

impl Openings {
    fn new(queries: usize, width: usize, height: usize) -> Self {
        Self {
            // A phase with more queries than rows opens every row once.
            rows: queries.min(height),
            width,
            log_height: height.ilog2() as usize,
        }
    }

    /// An opening of the committed polynomial's oracle (base field) or of a folded one.
    fn check_oracle(
        &self,
        openings: &QueryOpenings<F, EF, MultiProof>,
        base: bool,
    ) -> Result<(), Error> {
        match (openings, base) {
            (QueryOpenings::Base(openings), true) => self.check(openings),
            (QueryOpenings::Extension(openings), false) => self.check(openings),
            _ => Err(Error::ProofShape {
                part: "degree of the opened field",
                expected: if base { 1 } else { 3 },
                actual: if base { 3 } else { 1 },
            }),
        }
    }

    fn check<T>(&self, openings: &SharedProofOpening<T, MultiProof>) -> Result<(), Error> {
        count("opened rows", self.rows, openings.rows.len())?;
        for row in &openings.rows {
            count("opened row", self.width, row.len())?;
        }
        let (salts, paths) = &openings.proof;
        count("salts", self.rows, salts.len())?;
        for row in salts {
            count("salts of a row", 1, row.len())?;
            for salt in row {
                count("salt", SALT_ELEMENTS, salt.len())?;
            }
        }
        let siblings = paths.sibling_hashes.len();
        let most = self.max_siblings();
        if siblings > most {
            return Err(Error::ProofShape {
                part: "Merkle siblings",
                expected: most,
                actual: siblings,
            });
        }
        Ok(())
    }

    /// At each level, a sibling is sent for at most every query and every parent.
    fn max_siblings(&self) -> usize {
        (0..self.log_height).map(|log_parents| self.rows.min(1 << log_parents)).sum()
    }

    /// Encoded length, at the width of extension elements.
    fn max_bytes(&self) -> usize {
        let row = LENGTH_BYTES + self.width * EXTENSION_BYTES;
        let salt = 2 * LENGTH_BYTES + SALT_ELEMENTS * BASE_BYTES;
        4 * LENGTH_BYTES + self.rows * (row + salt) + self.max_siblings() * DIGEST_BYTES
    }
}

fn count(part: &'static str, expected: usize, actual: usize) -> Result<(), Error> {
    if expected == actual { Ok(()) } else { Err(Error::ProofShape { part, expected, actual }) }
}

fn one_root(root: &Root) -> Result<(), Error> {
    count("roots of a commitment", 1, root.num_roots())
}
