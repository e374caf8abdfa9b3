//! A claim on a state becomes claims on what it was and on what steps have added to it.

use alloc::vec::Vec;

use zkpot_ir::Node;

use super::Claims;
use super::weights::{Weight, ones, places, total};
use crate::channel::Scalar;
use crate::field::{Element, embed};
use crate::rejection::Rejection;

impl<S: Scalar<E>, E: Element> Claims<'_, S, E> {
    /// A state at the start of each step: what it was, or the increments since.
    pub(super) fn add_state(
        &mut self,
        claim: usize,
        coefficient: E,
        state: usize,
        weights: Vec<Weight<E>>,
    ) -> Result<(), Rejection> {
        let (steps, rest) = (weights[0].clone(), weights[1..].to_vec());
        let region = self.system.states_in[state];
        let declared = &self.program.states[state];
        let Some((node, own)) = self.system.accumulations[state] else {
            if declared.next == declared.tensor {
                return self.add_region(claim, coefficient * total(&steps), region, rest);
            }
            // The value at step t is the next value of step t - 1.
            self.add_region(claim, coefficient * steps[0], region, rest.clone())?;
            let mut earlier: Vec<E> = steps[1..].to_vec();
            earlier.push(E::ZERO);
            let mut weights = rest;
            weights.insert(0, earlier.into());
            return self.add_tensor(claim, coefficient, declared.next, weights);
        };
        self.add_region(claim, coefficient * total(&steps), region, rest.clone())?;
        // The increment of step i is in the state at every later step.
        let mut later = alloc::vec![E::ZERO; steps.len()];
        let mut sum = E::ZERO;
        for step in (0..steps.len()).rev() {
            later[step] = sum;
            sum += steps[step];
        }
        self.add_increments(claim, coefficient, node, own, later.into(), rest)
    }

    pub(super) fn add_final_state(
        &mut self,
        claim: usize,
        coefficient: E,
        state: usize,
        weights: Vec<Weight<E>>,
    ) -> Result<(), Rejection> {
        let declared = &self.program.states[state];
        let steps = self.system.shape.steps as usize;
        if declared.next == declared.tensor {
            self.add_region(claim, coefficient, self.system.states_in[state], weights)
        } else if let Some((node, own)) = self.system.accumulations[state] {
            self.add_region(claim, coefficient, self.system.states_in[state], weights.clone())?;
            self.add_increments(claim, coefficient, node, own, ones(steps), weights)
        } else {
            let mut last = alloc::vec![E::ZERO; steps];
            if let Some(last) = last.last_mut() {
                *last = E::ONE;
            }
            let mut weights = weights;
            weights.insert(0, last.into());
            self.add_tensor(claim, coefficient, declared.next, weights)
        }
    }

    /// What a step adds to an accumulated state, without the state itself.
    fn add_increments(
        &mut self,
        claim: usize,
        coefficient: E,
        node: usize,
        own: usize,
        steps: Weight<E>,
        rest: Vec<Weight<E>>,
    ) -> Result<(), Rejection> {
        let Node::Sum { summed, terms, constant, .. } = &self.program.nodes[node] else {
            return Ok(());
        };
        self.effort.hold(2 * steps.len() as u64 + places(&rest))?;
        let mut weights = rest;
        weights.insert(0, steps);
        let everywhere: E = weights.iter().map(|w| total(w)).product();
        self.subtract(claim, coefficient * everywhere * embed(*constant));
        for (index, term) in terms.iter().enumerate() {
            if index != own {
                self.add_term(claim, coefficient, (term, summed), &weights)?;
            }
        }
        Ok(())
    }
}
