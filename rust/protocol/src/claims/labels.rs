//! The labels that a sum or relation gives to the axes of its operands.

use alloc::vec::Vec;

use zkpot_ir::Index;

use super::weights::{Weight, ones, places, total};
use crate::effort::{CLAIM, ELEMENT, Effort, PLACE};
use crate::field::Element;
use crate::rejection::Rejection;
use crate::window::Window;

/// The labels of a sum or relation: those of its domain have weights, the others are summed over.
#[derive(Clone, Debug)]
pub(super) struct Labels<E> {
    pub(super) domain: Vec<Weight<E>>,
    pub(super) summed: Vec<usize>,
}

impl<E: Element> Labels<E> {
    pub(super) fn length(&self, label: u8) -> usize {
        let label = usize::from(label);
        match self.domain.get(label) {
            Some(weights) => weights.len(),
            None => self.summed.get(label - self.domain.len()).copied().unwrap_or(1),
        }
    }

    pub(super) fn weight(&self, label: u8) -> Weight<E> {
        let known = self.domain.get(usize::from(label)).cloned();
        known.unwrap_or_else(|| ones(self.length(label)))
    }

    /// Weights of an axis that none but these labels read.
    pub(super) fn axis(&self, index: &Index, length: usize) -> Weight<E> {
        match index.as_plain() {
            Some(label) if self.length(label) == length => self.weight(label),
            _ => Window::new(index, length, |label| self.weight(label), |_| None).weights(&[]),
        }
    }

    /// Counts reading a target of these lengths at the indices: weights of the labels that it lacks are added up, an
    /// axis that several labels read is visited for all of their values, and what is found there is kept.
    ///
    /// # Errors
    /// [`Rejection::Limit`].
    pub(super) fn count(
        &self,
        effort: &mut Effort,
        axes: &[Index],
        lengths: &[usize],
    ) -> Result<(), Rejection> {
        effort.spend(CLAIM.saturating_add(ELEMENT.saturating_mul(places(&self.domain))))?;
        for (index, &length) in axes.iter().zip(lengths) {
            if index.as_plain().is_some_and(|label| self.length(label) == length) {
                continue;
            }
            let labels = index.labels.iter().map(|&(label, _)| self.length(label) as u64);
            let places = labels.fold(1, u64::saturating_mul);
            effort.spend(
                PLACE.saturating_mul(places).saturating_mul(1 + index.labels.len() as u64),
            )?;
            // A place has its number beside its weight.
            effort.hold(places.saturating_mul(2).saturating_add(length as u64))?;
        }
        Ok(())
    }

    /// The total weight of the domain axes that no factor has: a repeated value counts each time.
    pub(super) fn absent(&self, factors: &[&[Index]]) -> E {
        let used = |axis: usize| {
            let mut labels = factors.iter().flat_map(|axes| axes.iter()).flat_map(|i| &i.labels);
            labels.any(|&(label, _)| usize::from(label) == axis)
        };
        let absent = self.domain.iter().enumerate().filter(|(axis, _)| !used(*axis));
        absent.map(|(_, weights)| total(weights)).product()
    }
}
