//! A term of a sum: a tensor read through indices, or a product of two.

use alloc::vec::Vec;

use zkpot_ir::{Index, Operand, Term};

use super::Claims;
use super::labels::Labels;
use super::product::{Axis, Product, ProductFactor, SharedAxis};
use super::weights::Weight;
use crate::arithmetization::Target;
use crate::channel::Scalar;
use crate::effort::{PRODUCT, PRODUCT_ELEMENTS};
use crate::field::{Element, embed};
use crate::rejection::Rejection;
use crate::window::Window;

impl<S: Scalar<E>, E: Element> Claims<'_, S, E> {
    /// A term of a [`Node::Sum`], whose output has the given weights, steps first.
    pub(super) fn add_term(
        &mut self,
        claim: usize,
        coefficient: E,
        (term, summed): (&Term, &[u32]),
        weights: &[Weight<E>],
    ) -> Result<(), Rejection> {
        let coefficient = coefficient * embed(term.coefficient);
        let summed = summed.iter().map(|&length| length as usize).collect();
        let mut labels = Labels { domain: weights.to_vec(), summed };
        if let Some(scalar) = term.scalar {
            self.effort.hold(labels.domain[0].len() as u64)?;
            let values = &self.inputs.scalars[scalar as usize];
            let steps = labels.domain[0].iter().zip(values);
            labels.domain[0] = steps.map(|(&w, &s)| w * s).collect();
        }
        let with_steps = |operand: &Operand| {
            let shifted = operand.axes.iter().map(|index| Index {
                labels: index.labels.iter().map(|&(label, stride)| (label + 1, stride)).collect(),
                ..*index
            });
            let axes = core::iter::once(Index::plain(0)).chain(shifted).collect();
            (Target::Tensor(operand.tensor), axes)
        };
        let left = with_steps(&term.left);
        match &term.right {
            None => self.add_view(claim, coefficient, left, &labels, None),
            Some(right) => self.add_product(claim, coefficient, left, with_steps(right), &labels),
        }
    }

    /// Adds `coefficient * <labels, target read at the indices>` to a claim, multiplied with a
    /// plain label's index where one is named.
    pub(super) fn add_view(
        &mut self,
        claim: usize,
        coefficient: E,
        (target, axes): (Target, Vec<Index>),
        labels: &Labels<E>,
        multiplied: Option<u8>,
    ) -> Result<(), Rejection> {
        let lengths = self.target_lengths(target);
        labels.count(&mut self.effort, &axes, &lengths)?;
        let weights = axes.iter().enumerate().map(|(axis, index)| {
            // A scalar's region has one axis, of length one.
            let weights = labels.axis(index, lengths.get(axis).copied().unwrap_or(1));
            if multiplied.is_some() && multiplied == index.as_plain() {
                let indexed = weights.iter().enumerate();
                return indexed.map(|(i, &weight)| weight * E::from_usize(i)).collect();
            }
            weights
        });
        let weights = weights.collect();
        self.add(claim, coefficient * labels.absent(&[&axes]), target, weights)
    }

    pub(super) fn add_product(
        &mut self,
        claim: usize,
        coefficient: E,
        (left, left_axes): (Target, Vec<Index>),
        (right, right_axes): (Target, Vec<Index>),
        labels: &Labels<E>,
    ) -> Result<(), Rejection> {
        for (target, axes) in [(left, &left_axes), (right, &right_axes)] {
            let lengths = self.target_lengths(target);
            labels.count(&mut self.effort, axes, &lengths)?;
        }
        let coefficient = coefficient * labels.absent(&[&left_axes, &right_axes]);
        if coefficient == E::ZERO {
            return Ok(());
        }
        let named = |axes: &[Index]| -> Vec<u8> {
            axes.iter().flat_map(|index| index.labels.iter().map(|&(label, _)| label)).collect()
        };
        let others = named(&right_axes);
        let mut common = named(&left_axes);
        common.retain(|label| others.contains(label));
        common.sort_unstable();
        // At the end of its sumcheck each is there with and without weights, and an axis of a factor once more.
        self.effort.spend(PRODUCT)?;
        let shared = common.iter().map(|&label| 4 * labels.length(label) as u64).sum::<u64>();
        self.effort.hold(PRODUCT_ELEMENTS + shared)?;
        let shared = common
            .iter()
            .map(|&label| SharedAxis {
                length: labels.length(label),
                weights: labels.domain.get(usize::from(label)).cloned(),
            })
            .collect();
        let place = |label: u8| common.iter().position(|&c| c == label);
        let axis = |index: &Index, length: usize| -> Axis<E> {
            let mut windowed = index.labels.iter().filter_map(|&(label, _)| place(label));
            let Some(position) = windowed.next() else {
                return Axis::Own(labels.axis(index, length));
            };
            match index.as_plain() {
                Some(label) if labels.length(label) == length => Axis::Shared(position),
                _ => Axis::Window(Window::new(
                    index,
                    length,
                    |label| labels.weight(label),
                    |label| place(label).map(|position| (position, labels.length(label))),
                )),
            }
        };
        let factor = |target: Target, axes: &[Index]| ProductFactor {
            target,
            axes: axes
                .iter()
                .zip(self.target_lengths(target))
                .map(|(index, length)| axis(index, length))
                .collect(),
        };
        let (left, right) = (factor(left, &left_axes), factor(right, &right_axes));
        self.products.push(Product { claim, coefficient, shared, left, right });
        Ok(())
    }
}
