//! What a link opens claims for: its relations, public totals and first states from a seed.

use alloc::vec::Vec;

use zkpot_ir::Index;

use super::Claims;
use super::labels::Labels;
use super::weights::{Weight, ones, range, total, weighted_sum};
use crate::arithmetization::{Factor, Relation, RelationTerm, Target};
use crate::channel::Scalar;
use crate::effort::{CLAIM, SINGLE};
use crate::field::{Element, embed, eq_table};
use crate::initial::initial_values;
use crate::layout::axis_bits;
use crate::rejection::Rejection;

impl<S: Scalar<E>, E: Element> Claims<'_, S, E> {
    /// Opens a claim for a relation at a point: for each domain axis a vector of at least as many
    /// coordinates as the axis has variables.
    ///
    /// # Errors
    /// [`Rejection::Limit`].
    pub fn add_relation(&mut self, relation: &Relation, point: &[Vec<E>]) -> Result<(), Rejection> {
        self.effort.spend(CLAIM)?;
        // A vector is made before it is shared.
        self.effort.hold(relation.lengths.iter().map(|&length| 2 * length as u64).sum())?;
        let domain: Vec<Weight<E>> = relation
            .lengths
            .iter()
            .zip(point)
            .map(|(&length, coordinates)| {
                eq_table(&coordinates[..axis_bits(length)], length).into()
            })
            .collect();
        let everywhere: E = domain.iter().map(|weights| total(weights)).product();
        let claim = self.open(S::from(E::ZERO));
        self.subtract(claim, everywhere * embed(relation.constant));
        relation.terms.iter().try_for_each(|term| self.add_relation_term(claim, term, &domain))
    }

    /// Opens a claim for each public total of the program.
    ///
    /// # Errors
    /// [`Rejection::Limit`].
    pub fn add_outputs(&mut self) -> Result<(), Rejection> {
        let steps = self.system.shape.steps as usize;
        let batch = self.program.batch as usize;
        let (full, rest) = (self.inputs.counted / batch, self.inputs.counted % batch);
        for (output, &total) in self.program.outputs.iter().zip(&self.inputs.outputs) {
            let claim = self.open(S::from(total));
            let target = Target::Tensor(output.tensor);
            let lengths = self.target_lengths(target);
            // Whole batches, then the rows of the last one that count.
            for (first, count, rows) in [(0, full, batch), (full, 1, rest)] {
                if count == 0 || rows == 0 {
                    continue;
                }
                self.effort.hold(lengths.iter().map(|&length| length as u64).sum())?;
                let mut weights: Vec<Weight<E>> =
                    lengths.iter().map(|&length| ones(length)).collect();
                weights[0] = range(first, count, steps);
                weights[1] = range(0, rows, batch);
                self.add(claim, E::ONE, target, weights)?;
            }
        }
        Ok(())
    }

    /// Opens a claim for each state that comes in and has to come from a public seed; `point` is
    /// the relations'.
    ///
    /// # Errors
    /// [`Rejection::Limit`].
    pub fn add_initial(&mut self, point: &[Vec<E>]) -> Result<(), Rejection> {
        let Some(seed) = self.inputs.seed else { return Ok(()) };
        for state in 0..self.system.states_in.len() {
            let region = self.system.states_in[state];
            let lengths = self.system.layout.regions[region].lengths.clone();
            let elements = lengths.iter().fold(1u64, |all, &n| all.saturating_mul(n as u64));
            self.effort.spend(SINGLE.saturating_mul(elements))?;
            self.effort.hold(lengths.iter().map(|&length| length as u64).sum())?;
            let weights: Vec<Weight<E>> = lengths
                .iter()
                .enumerate()
                .map(|(axis, &length)| {
                    // A scalar's region has one axis, of length one, that no relation has.
                    let coordinates = point.get(axis).map_or(&[][..], Vec::as_slice);
                    eq_table(&coordinates[..axis_bits(length)], length).into()
                })
                .collect();
            let value = weighted_sum(&weights, initial_values(self.program, &seed, state));
            let claim = self.open(S::from(value));
            self.add(claim, E::ONE, Target::Region(region), weights)?;
        }
        Ok(())
    }

    fn add_relation_term(
        &mut self,
        claim: usize,
        term: &RelationTerm,
        domain: &[Weight<E>],
    ) -> Result<(), Rejection> {
        let factors = || core::iter::once(&term.left).chain(&term.right);
        let mut labels = Labels { domain: domain.to_vec(), summed: Vec::new() };
        // Along a label of the domain the index may weigh a term that lacks it, too.
        let among = term.index.and_then(|label| labels.domain.get_mut(usize::from(label)));
        if let Some(weights) = among {
            let indexed = weights.iter().enumerate();
            *weights = indexed.map(|(i, &weight)| weight * E::from_usize(i)).collect();
        }
        for factor in factors() {
            for (&label, length) in factor.labels.iter().zip(self.target_lengths(factor.target)) {
                if let Some(place) = usize::from(label).checked_sub(domain.len()) {
                    labels.summed.resize(labels.summed.len().max(place + 1), 1);
                    labels.summed[place] = length;
                }
            }
        }
        let plain = |factor: &Factor| -> Vec<Index> {
            factor.labels.iter().map(|&label| Index::plain(label)).collect()
        };
        let coefficient = E::from(embed(term.coefficient));
        let left = (term.left.target, plain(&term.left));
        match &term.right {
            Some(right) => {
                let right = (right.target, plain(right));
                self.add_product(claim, coefficient, left, right, &labels)
            }
            None => {
                let multiplied = term.index.filter(|&label| usize::from(label) >= domain.len());
                self.add_view(claim, coefficient, left, &labels, multiplied)
            }
        }
    }
}
