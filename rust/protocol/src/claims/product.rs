//! Products of two tensors, which wait for their sumcheck.

use alloc::vec::Vec;

use super::weights::Weight;
use crate::arithmetization::Target;
use crate::field::{EF, Element, eq_table};
use crate::layout::axis_bits;
use crate::window::Window;

/// A factor of a product with the role of each of its axes.
#[derive(Clone, Debug)]
pub struct ProductFactor<E = EF> {
    /// What.
    pub target: Target,
    /// For each axis the position of its variable in the sumcheck, or the weights with which
    /// the axis is summed before it, or both.
    pub axes: Vec<Axis<E>>,
}

/// The role of one axis of a factor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Axis<E = EF> {
    /// Shared with the other factor: a variable of the sumcheck, by index in
    /// [`Product::shared`].
    Shared(usize),
    /// Only this factor has it.
    Own(Weight<E>),
    /// Several labels read it, shared ones among them.
    Window(Window<E>),
}

/// An axis that both factors have.
#[derive(Clone, Debug)]
pub struct SharedAxis<E = EF> {
    /// Its length.
    pub length: usize,
    /// Its weights; `None` for an axis that is just summed over.
    pub weights: Option<Weight<E>>,
}

/// `coefficient * sum over shared axes of weights * left * right`, part of a claim.
#[derive(Clone, Debug)]
pub struct Product<E = EF> {
    /// The claim that it belongs to.
    pub claim: usize,
    /// Factor.
    pub coefficient: E,
    /// The axes over which the sumcheck runs, the first as most significant variables.
    pub shared: Vec<SharedAxis<E>>,
    /// First factor.
    pub left: ProductFactor<E>,
    /// Second factor.
    pub right: ProductFactor<E>,
}

impl<E: Element> Product<E> {
    /// Variables of the sumcheck.
    pub fn variables(&self) -> usize {
        self.shared.iter().map(|axis| axis_bits(axis.length)).sum()
    }

    /// Weights of the claims on the two factors when the sumcheck ends at `point`.
    ///
    /// The left factor's claim carries the weights of the shared axes.
    pub fn factor_weights(&self, point: &[E]) -> (Vec<Weight<E>>, Vec<Weight<E>>) {
        let mut rest = point;
        let mut plain: Vec<Weight<E>> = Vec::new();
        let mut weighted: Vec<Weight<E>> = Vec::new();
        for axis in &self.shared {
            let (mine, others) = rest.split_at(axis_bits(axis.length));
            rest = others;
            let eq = eq_table(mine, axis.length);
            weighted.push(match &axis.weights {
                Some(weights) => eq.iter().zip(weights.iter()).map(|(&e, &w)| e * w).collect(),
                None => eq.iter().copied().collect(),
            });
            plain.push(eq.into());
        }
        let expand = |factor: &ProductFactor<E>, shared: &[Weight<E>]| {
            factor
                .axes
                .iter()
                .map(|axis| match axis {
                    Axis::Shared(position) => shared[*position].clone(),
                    Axis::Own(weights) => weights.clone(),
                    Axis::Window(window) => window.weights(shared),
                })
                .collect()
        };
        (expand(&self.left, &weighted), expand(&self.right, &plain))
    }
}
