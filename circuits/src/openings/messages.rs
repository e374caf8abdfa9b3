//! The messages of the library's openings, in the order in which a verifier receives them.

use std::collections::VecDeque;

use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};
use p3_sumcheck::SumcheckData;
use p3_whir::{PcsProof, QueryOpenings, SharedProofOpening};
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::rejection::Rejection;

use super::Degree;
use super::plan::{Plan, Queries, Sumcheck};
use super::tree::RowTree;

/// What openings send.
#[derive(Debug)]
pub struct Messages<T: RowTree> {
    pub scalars: VecDeque<EF>,
    pub witnesses: VecDeque<F>,
    pub roots: VecDeque<T::Commitment>,
    pub rows: VecDeque<Rows<T::Digest>>,
}

/// Rows of one tree.
#[derive(Debug)]
pub struct Rows<D> {
    pub rows: Vec<Vec<EF>>,
    pub degree: Degree,
    pub siblings: Vec<D>,
}

impl<D> Rows<D> {
    /// A row as it is hashed.
    pub fn hashed(&self, row: &[EF]) -> Vec<F> {
        let coordinates = self.degree.coordinates();
        row.iter()
            .flat_map(|element| &element.as_basis_coefficients_slice()[..coordinates])
            .copied()
            .collect()
    }
}

impl<T: RowTree> Default for Messages<T> {
    fn default() -> Self {
        Self {
            scalars: VecDeque::new(),
            witnesses: VecDeque::new(),
            roots: VecDeque::new(),
            rows: VecDeque::new(),
        }
    }
}

impl<T: RowTree> Messages<T> {
    /// Appends those of one opening.
    ///
    /// # Errors
    /// [`Rejection::Shape`] where a part has another length than the plan says, or is there where
    /// nothing reads it.
    pub fn add(&mut self, plan: &Plan, proof: &PcsProof<F, EF, T>) -> Result<(), Rejection> {
        let whir = &proof.whir;
        count(plan.samples, whir.initial_ood_answers.len(), "another number of first samples")?;
        self.scalars.extend(&whir.initial_ood_answers);
        count(plan.points, proof.evals.len(), "another number of values")?;
        for values in &proof.evals {
            count(1, values.current().len(), "another number of values at a point")?;
            count(0, values.next().len(), "a value next to a point")?;
            self.scalars.extend(values.current());
        }
        self.add_sumcheck(&plan.sumcheck, &whir.initial_sumcheck)?;
        count(plan.rounds.len(), whir.rounds.len(), "another number of rounds")?;
        for (round, sent) in plan.rounds.iter().zip(&whir.rounds) {
            let root = sent.commitment.clone().filter(|root| T::root(root).is_some());
            self.roots.push_back(root.ok_or(shape("a round without one root"))?);
            count(round.samples, sent.ood_answers.len(), "another number of samples")?;
            self.scalars.extend(&sent.ood_answers);
            self.add_queries(&round.queries, sent.pow_witness, &sent.openings)?;
            self.add_sumcheck(&round.sumcheck, &sent.sumcheck)?;
        }
        let last = whir.final_poly.as_ref().map_or(&[][..], |last| last.as_slice());
        count(1 << plan.last.rounds, last.len(), "another last polynomial")?;
        self.scalars.extend(last);
        self.add_queries(&plan.queries, whir.final_pow_witness, &whir.final_openings)?;
        match (&whir.final_sumcheck, plan.last.rounds) {
            (None, 0) => Ok(()),
            (Some(sent), 1..) => self.add_sumcheck(&plan.last, sent),
            _ => Err(shape("another number of sumchecks")),
        }
    }

    fn add_sumcheck(
        &mut self,
        plan: &Sumcheck,
        sent: &SumcheckData<F, EF>,
    ) -> Result<(), Rejection> {
        count(plan.rounds, sent.num_rounds(), "another number of sumcheck rounds")?;
        let grinds = if plan.grinding > 0 { plan.rounds } else { 0 };
        count(grinds, sent.pow_witnesses.len(), "another number of proofs of work")?;
        self.scalars.extend(sent.polynomial_evaluations.iter().flatten());
        self.witnesses.extend(&sent.pow_witnesses);
        Ok(())
    }

    fn add_queries(
        &mut self,
        plan: &Queries,
        witness: F,
        openings: &QueryOpenings<F, EF, T::MultiProof>,
    ) -> Result<(), Rejection> {
        match plan.grinding {
            // Nothing reads it, so one value alone is allowed.
            0 => count(0, usize::from(witness != F::ZERO), "a proof of work that none reads")?,
            _ => self.witnesses.push_back(witness),
        }
        let rows = match (openings, plan.degree) {
            (QueryOpenings::Base(openings), Degree::Base) => rows::<T, F>(plan, openings),
            (QueryOpenings::Extension(openings), Degree::Extension) => {
                rows::<T, EF>(plan, openings)
            }
            _ => Err(shape("rows over another field")),
        }?;
        self.rows.push_back(rows);
        Ok(())
    }
}

fn rows<T: RowTree, E: Copy + Into<EF>>(
    plan: &Queries,
    openings: &SharedProofOpening<E, T::MultiProof>,
) -> Result<Rows<T::Digest>, Rejection> {
    count(plan.count, openings.rows.len(), "another number of rows")?;
    for row in &openings.rows {
        count(1 << plan.log_width, row.len(), "a row of another width")?;
    }
    let element = |&element: &E| element.into();
    Ok(Rows {
        rows: openings.rows.iter().map(|row| row.iter().map(element).collect()).collect(),
        degree: plan.degree,
        siblings: T::siblings(&openings.proof).to_vec(),
    })
}

fn count(expected: usize, actual: usize, otherwise: &'static str) -> Result<(), Rejection> {
    if expected == actual { Ok(()) } else { Err(shape(otherwise)) }
}

const fn shape(reason: &'static str) -> Rejection {
    Rejection::Shape { part: "opening", reason }
}
