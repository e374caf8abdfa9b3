//! Weights through an index: from the labels of a sum to an axis that an operand reads.
//!
//! A claim weighs a tensor with one vector an axis. Where labels `a` and `b` with weights `u` and
//! `v` read an axis at `p(a, b)`, the sum over both labels weighs the axis' place `i` with the sum
//! of `u[a] v[b]` over all `p(a, b) = i`. So windows, slices, merged axes and padding are never
//! committed: they only rewrite the vectors (docs/spec/protocol.md, 'Claims').

use alloc::vec;
use alloc::vec::Vec;
use zkpot_ir::Index;

use crate::claims::Weight;
use crate::field::{EF, Element};

/// An axis of a product's factor that several labels read, some of which the other factor has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Window<E = EF> {
    /// Numerators of the labels that only this factor has, with their weights.
    pub own: Vec<(i64, E)>,
    /// The shared labels: position in [`crate::claims::Product::shared`], stride and length.
    pub shared: Vec<(usize, i64, usize)>,
    /// What numerators are divided by.
    pub divisor: i64,
    /// The axis' length.
    pub length: usize,
}

impl<E: Element> Window<E> {
    /// The window of an index, given the weights of its own labels and the positions and lengths of
    /// the shared ones.
    pub fn new(
        index: &Index,
        length: usize,
        weight: impl Fn(u8) -> Weight<E>,
        shared: impl Fn(u8) -> Option<(usize, usize)>,
    ) -> Self {
        let mut own = vec![(i64::from(index.offset), E::ONE)];
        let mut positions = Vec::new();
        for &(label, stride) in &index.labels {
            let stride = i64::from(stride);
            match shared(label) {
                Some((position, length)) => positions.push((position, stride, length)),
                None => own = spread(&own, &weight(label), stride),
            }
        }
        Self { own, shared: positions, divisor: i64::from(index.divisor), length }
    }

    /// The place that a numerator reads, if the axis has it.
    pub fn place(&self, numerator: i64) -> Option<usize> {
        if numerator % self.divisor != 0 {
            return None;
        }
        usize::try_from(numerator / self.divisor).ok().filter(|&place| place < self.length)
    }

    /// Weights of the axis, given those of all shared labels.
    pub fn weights(&self, shared: &[Weight<E>]) -> Weight<E> {
        let mut numerators = self.own.clone();
        for &(position, stride, _) in &self.shared {
            numerators = spread(&numerators, &shared[position], stride);
        }
        let mut weights = vec![E::ZERO; self.length];
        for (numerator, weight) in numerators {
            if let Some(place) = self.place(numerator) {
                weights[place] += weight;
            }
        }
        weights.into()
    }
}

/// All numerators with one more label.
fn spread<E: Element>(numerators: &[(i64, E)], weights: &[E], stride: i64) -> Vec<(i64, E)> {
    numerators
        .iter()
        .flat_map(|&(numerator, factor)| {
            let places = weights.iter().zip(0i64..);
            places.map(move |(&weight, label)| (numerator + stride * label, factor * weight))
        })
        .collect()
}
