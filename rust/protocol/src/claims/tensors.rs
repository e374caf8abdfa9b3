//! A claim on a tensor of the program becomes claims on what it is made of.

use alloc::vec::Vec;

use zkpot_ir::Node;

use super::weights::{Weight, ones, total, weighted_sum};
use super::{BatchRows, Claims, Part, PartWeights};
use crate::bernoulli::{self, Bernoulli};
use crate::channel::Scalar;
use crate::field::{Element, embed};

impl<S: Scalar<E>, E: Element> Claims<'_, S, E> {
    pub(super) fn add_tensor(
        &mut self,
        claim: usize,
        coefficient: E,
        tensor: u32,
        weights: Vec<Weight<E>>,
    ) {
        if let Some(field) = self.program.data.iter().position(|field| field.tensor == tensor) {
            self.add_data(claim, coefficient, field, weights);
        } else if let Some(state) = self.program.states.iter().position(|s| s.tensor == tensor) {
            self.add_state(claim, coefficient, state, weights);
        } else if let Some(quantity) = self.system.tensor_quantities[tensor as usize] {
            self.add_quantity(claim, coefficient, quantity, weights);
        } else if let Some(region) = self.system.table_outputs[tensor as usize] {
            self.add_region(claim, coefficient, region, weights);
        } else if let Some(node) = self.system.producers[tensor as usize] {
            match &self.program.nodes[node] {
                Node::Sum { summed, terms, constant, .. } => {
                    let everywhere: E = weights.iter().map(|w| total(w)).product();
                    self.subtract(claim, coefficient * everywhere * embed(*constant));
                    for term in terms {
                        self.add_term(claim, coefficient, (term, summed), &weights);
                    }
                }
                Node::Constant { values, .. } => {
                    // The verifier knows the tensor, which is the same in every step.
                    let mut axes = weights[1..].to_vec();
                    if axes.is_empty() {
                        axes.push(ones(1));
                    }
                    let sum = weighted_sum(&axes, values.iter().copied());
                    self.subtract(claim, coefficient * total(&weights[0]) * sum);
                }
                Node::Bernoulli { .. } => {
                    let sum = self.weigh_random(node, &weights);
                    self.subtract(claim, coefficient * sum);
                }
                // Committed outputs were found above.
                _ => {}
            }
        }
    }

    /// The weighted sum over a random tensor, whose elements the verifier draws itself.
    fn weigh_random(&mut self, node: usize, weights: &[Weight<E>]) -> E {
        let Some(tensor) = Bernoulli::of(self.program, &self.program.nodes[node]) else {
            return E::ZERO;
        };
        let inputs = self.inputs;
        let steps = u64::from(self.system.shape.steps);
        let drawn = self.drawn.entry(node).or_insert_with(|| {
            let numbers = (0..steps).map(|step| inputs.first_step.wrapping_add(step));
            numbers.flat_map(|step| tensor.draw(&inputs.schedule_seed, step)).collect()
        });
        bernoulli::weighted_sum(drawn, weights)
    }

    /// A batch is a public selection of the shards' rows.
    fn add_data(&mut self, claim: usize, coefficient: E, field: usize, weights: Vec<Weight<E>>) {
        let (system, inputs) = (self.system, self.inputs);
        let batch = weights[1].len();
        let weight = |position: usize| weights[0][position / batch] * weights[1][position % batch];
        match &inputs.rows {
            BatchRows::Scheduled(places) => {
                let mut rows: Vec<Vec<E>> = system
                    .shape
                    .shards
                    .iter()
                    .map(|shard| alloc::vec![E::ZERO; shard.rows as usize])
                    .collect();
                for (position, &(shard, row)) in places.iter().enumerate() {
                    rows[shard][row] += weight(position);
                }
                for (shard, rows) in rows.into_iter().enumerate() {
                    let mut axes: Vec<Weight<E>> = weights[2..].to_vec();
                    axes.insert(0, rows.into());
                    self.add_region(claim, coefficient, system.shards_in[shard][field], axes);
                }
            }
            BatchRows::Drawn(numbers) => {
                let rows = numbers.iter().enumerate();
                let rows = rows.map(|(position, &row)| (weight(position), row)).collect();
                let (region, axes) = (system.shards_in[0][field], weights[2..].to_vec());
                let weights = PartWeights::Rows(rows, axes);
                self.parts.push(Part { claim, region, coefficient, weights });
            }
        }
    }
}
