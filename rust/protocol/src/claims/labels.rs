//! The labels that a sum or relation gives to the axes of its operands.

use alloc::vec::Vec;

use zkpot_ir::Index;

use super::weights::{Weight, ones, total};
use crate::field::Element;
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
