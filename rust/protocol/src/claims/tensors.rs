//! A claim on a tensor of the program becomes claims on what it is made of.

use alloc::vec::Vec;

use zkpot_ir::Node;

use super::weights::{Weight, ones, places, total, weighted_sum};
use super::{BatchRows, Claims, Part, PartWeights};
use crate::arithmetization::Producer;
use crate::bernoulli::{self, Bernoulli};
use crate::channel::Scalar;
use crate::effort::{CLAIM, DRAWN, ELEMENT, PART, ROW, SINGLE};
use crate::field::{Element, embed};
use crate::layout::axis_bits;
use crate::rejection::Rejection;

impl<S: Scalar<E>, E: Element> Claims<'_, S, E> {
    pub(super) fn add_tensor(
        &mut self,
        claim: usize,
        coefficient: E,
        tensor: u32,
        weights: Vec<Weight<E>>,
    ) -> Result<(), Rejection> {
        self.effort.spend(CLAIM)?;
        self.effort.hold(places(&weights))?;
        match self.system.producers[tensor as usize] {
            Some(Producer::Field(field)) => self.add_data(claim, coefficient, field, weights),
            Some(Producer::State(state)) => self.add_state(claim, coefficient, state, weights),
            Some(Producer::Node(node)) => {
                if let Some(quantity) = self.system.tensor_quantities[tensor as usize] {
                    return self.add_quantity(claim, coefficient, quantity, weights);
                }
                if let Some(region) = self.system.table_outputs[tensor as usize] {
                    return self.add_region(claim, coefficient, region, weights);
                }
                self.add_computed(claim, coefficient, node, weights)
            }
            // A checked program has none.
            None => Ok(()),
        }
    }

    /// A tensor that is not committed, by its node.
    fn add_computed(
        &mut self,
        claim: usize,
        coefficient: E,
        node: usize,
        weights: Vec<Weight<E>>,
    ) -> Result<(), Rejection> {
        match &self.program.nodes[node] {
            Node::Sum { summed, terms, constant, .. } => {
                let everywhere: E = weights.iter().map(|w| total(w)).product();
                self.subtract(claim, coefficient * everywhere * embed(*constant));
                for term in terms {
                    self.add_term(claim, coefficient, (term, summed), &weights)?;
                }
            }
            Node::Constant { values, .. } => {
                self.effort.spend(SINGLE.saturating_mul(values.len() as u64))?;
                // The verifier knows the tensor, which is the same in every step.
                let mut axes = weights[1..].to_vec();
                if axes.is_empty() {
                    axes.push(ones(1));
                }
                let sum = weighted_sum(&axes, values.iter().copied());
                self.subtract(claim, coefficient * total(&weights[0]) * sum);
            }
            Node::Bernoulli { .. } => {
                let sum = self.weigh_random(node, &weights)?;
                self.subtract(claim, coefficient * sum);
            }
            // Committed outputs were found before.
            _ => {}
        }
        Ok(())
    }

    /// The weighted sum over a random tensor, whose elements the verifier draws itself.
    fn weigh_random(&mut self, node: usize, weights: &[Weight<E>]) -> Result<E, Rejection> {
        let Some(tensor) = Bernoulli::of(self.program, &self.program.nodes[node]) else {
            return Ok(E::ZERO);
        };
        // Drawn once, weighed by each claim.
        let elements = weights.iter().fold(1u64, |all, w| all.saturating_mul(w.len() as u64));
        let uses = if self.drawn.contains_key(&node) { 1 } else { 2 };
        self.effort.spend(elements.saturating_mul(uses * SINGLE))?;
        let inputs = self.inputs;
        let steps = u64::from(self.system.shape.steps);
        let drawn = self.drawn.entry(node).or_insert_with(|| {
            let numbers = (0..steps).map(|step| inputs.first_step.wrapping_add(step));
            numbers.flat_map(|step| tensor.draw(&inputs.schedule_seed, step)).collect()
        });
        Ok(bernoulli::weighted_sum(drawn, weights))
    }

    /// A batch is a public selection of the shards' rows: few of many, so that no vector is as long as a shard.
    fn add_data(
        &mut self,
        claim: usize,
        coefficient: E,
        field: usize,
        weights: Vec<Weight<E>>,
    ) -> Result<(), Rejection> {
        let (system, inputs) = (self.system, self.inputs);
        let batch = weights[1].len();
        let weight = |position: usize| weights[0][position / batch] * weights[1][position % batch];
        let axes = &weights[2..];
        let positions = inputs.rows.len() as u64;
        self.effort.spend(ROW.saturating_mul(positions))?;
        self.effort.hold(2 * positions)?;
        match &inputs.rows {
            BatchRows::Scheduled(read) => {
                let mut rows: Vec<Vec<(usize, E)>> =
                    alloc::vec![Vec::new(); system.shape.shards.len()];
                for (position, &(shard, row)) in read.iter().enumerate() {
                    rows[shard].push((row, weight(position)));
                }
                for (shard, rows) in rows.into_iter().enumerate() {
                    let region = system.shards_in[shard][field];
                    // Two tables, each of half of a number's bits.
                    let tables =
                        2 << axis_bits(system.shape.shards[shard].rows as usize).div_ceil(2);
                    self.effort.spend(PART + ELEMENT * (tables + places(axes)))?;
                    let weights = PartWeights::Chosen(rows, axes.to_vec());
                    self.parts.push(Part { claim, region, coefficient, weights });
                }
            }
            BatchRows::Drawn(numbers) => {
                let rows = numbers.iter().enumerate();
                let rows = rows.map(|(position, &row)| (weight(position), row)).collect();
                let region = system.shards_in[0][field];
                self.effort.spend(PART + DRAWN * positions + ELEMENT * places(axes))?;
                let weights = PartWeights::Rows(rows, axes.to_vec());
                self.parts.push(Part { claim, region, coefficient, weights });
            }
        }
        Ok(())
    }
}
