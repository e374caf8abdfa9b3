//! Claims: what a link has yet to show about its committed polynomials.
//!
//! A claim says that a weighted sum over a tensor has a value. The weight is a product of one
//! vector an axis, so everything linear in the program (transposes, broadcasts, sums over axes,
//! the selection of batch rows, a weight's history of increments) rewrites a claim on its output
//! into claims on its inputs by rewriting those vectors, and nothing needs to be sent. Products
//! stop the rewriting: the prover sends the product's value, and a sumcheck
//! (`relations/product.rs` of prover and verifier) turns it into claims on both factors.
//!
//! Thaler, 'Time-optimal interactive proofs for circuit evaluation', section 5 (matrix products);
//! Sun, Li, Zhang, 'zkDL', section 4 (steps and layers as one more dimension).

mod labels;
mod product;
mod relations;
mod states;
mod tensors;
mod terms;
mod weights;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use zkpot_ir::Program;

use crate::arithmetization::{Arithmetization, Target, lengths_of, lengths_over_steps};
use crate::channel::Scalar;
use crate::effort::{CLAIM, Effort, PART, PART_ELEMENTS};
use crate::field::{EF, Element, embed};
use crate::layout::Region;
use crate::rejection::Rejection;

pub use product::{Axis, Product, ProductFactor, SharedAxis};
pub use weights::{Weight, ones};

use weights::{places, total};

/// What is public about a link's steps.
#[derive(Clone, Debug, Default)]
pub struct PublicInputs<E = EF> {
    /// The rows of all batches, in order.
    pub rows: BatchRows<E>,
    /// `scalars[scalar][step]`.
    pub scalars: Vec<Vec<E>>,
    /// The program's public totals.
    pub outputs: Vec<E>,
    /// How many of `rows`, from the first, count in them.
    pub counted: usize,
    /// The seed that the states of an import come from, if they do.
    pub seed: Option<[u8; 32]>,
    /// The seed of the schedule, which random tensors are drawn from.
    pub schedule_seed: [u8; 32],
    /// Number of the first step, counted from the start of the run.
    pub first_step: u64,
}

impl PublicInputs {
    /// The same, known to a verifier that computes with other elements.
    pub fn known<E: From<EF>>(self) -> PublicInputs<E> {
        let Self { rows, scalars, outputs, counted, seed, schedule_seed, first_step } = self;
        let known = |values: Vec<EF>| values.into_iter().map(E::from).collect();
        let rows = match rows {
            BatchRows::Scheduled(rows) => BatchRows::Scheduled(rows),
            BatchRows::Drawn(rows) => BatchRows::Drawn(known(rows)),
        };
        let scalars = scalars.into_iter().map(known).collect();
        let outputs = known(outputs);
        PublicInputs { rows, scalars, outputs, counted, seed, schedule_seed, first_step }
    }
}

/// Rows that the batches of a link read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchRows<E = EF> {
    /// Known from the schedule: position of the shard in the link, row in it.
    Scheduled(Vec<(usize, usize)>),
    /// Drawn from the link's one shard, and computed with: a circuit finds them itself.
    Drawn(Vec<E>),
}

impl<E> BatchRows<E> {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Scheduled(rows) => rows.len(),
            Self::Drawn(rows) => rows.len(),
        }
    }

    /// Whether there are none, as in a link that does not train.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<E> Default for BatchRows<E> {
    fn default() -> Self {
        Self::Scheduled(Vec::new())
    }
}

/// `coefficient * sum of weights * region`, part of a claim.
#[derive(Clone, Debug)]
pub struct Part<E = EF> {
    /// The claim that it belongs to.
    pub claim: usize,
    /// The committed region.
    pub region: usize,
    /// Factor.
    pub coefficient: E,
    /// What it weighs the region with.
    pub weights: PartWeights<E>,
}

/// The weights of a [`Part`].
#[derive(Clone, Debug)]
pub enum PartWeights<E = EF> {
    /// One vector an axis of the region.
    Axes(Vec<Weight<E>>),
    /// `eq(point, index)` over a region that is one aligned block, without the long vector.
    Eq(Vec<E>),
    /// The weights that the region has as another one of its lengths, at a point of that one's cube
    /// ([`Region::eq_weights`]), without the long vectors.
    Elsewhere(Region, Vec<E>),
    /// Rows by their number, each with its weight, and one vector for each axis after the first.
    Chosen(Vec<(usize, E)>, Vec<Weight<E>>),
    /// Weights of rows, by a number that is computed with, and one vector for each axis after the first.
    Rows(Vec<(E, E)>, Vec<Weight<E>>),
}

/// All claims of a link, and the rules that rewrite them.
#[derive(Debug)]
pub struct Claims<'a, S, E = EF> {
    program: &'a Program,
    system: &'a Arithmetization,
    inputs: &'a PublicInputs<E>,
    /// Value of each claim.
    pub values: Vec<S>,
    /// Parts on committed regions.
    pub parts: Vec<Part<E>>,
    /// Products that wait for their sumcheck.
    pub products: Vec<Product<E>>,
    /// What all of this has taken.
    pub effort: Effort,
    /// The elements of random tensors that were drawn, by node, 64 a word and step by step.
    drawn: BTreeMap<usize, Vec<u64>>,
}

impl<'a, S: Scalar<E>, E: Element> Claims<'a, S, E> {
    /// No claims yet.
    pub fn new(
        program: &'a Program,
        system: &'a Arithmetization,
        inputs: &'a PublicInputs<E>,
        effort: Effort,
    ) -> Self {
        Self {
            program,
            system,
            inputs,
            values: Vec::new(),
            parts: Vec::new(),
            products: Vec::new(),
            effort,
            drawn: BTreeMap::new(),
        }
    }

    /// Opens a claim with a value; parts are added to it with [`Claims::add`].
    pub fn open(&mut self, value: S) -> usize {
        self.values.push(value);
        self.values.len() - 1
    }

    /// Moves a public term to the claim's value.
    pub fn subtract(&mut self, claim: usize, amount: E) {
        self.change(claim, |value| value - S::from(amount));
    }

    /// Changes a claim's value where it is: it may have grown long.
    pub fn change(&mut self, claim: usize, change: impl FnOnce(S) -> S) {
        let value = core::mem::replace(&mut self.values[claim], S::from(E::ZERO));
        self.values[claim] = change(value);
    }

    /// Adds `coefficient * <weights, target>` to a claim.
    ///
    /// # Errors
    /// [`Rejection::Limit`], before what would take too long.
    pub fn add(
        &mut self,
        claim: usize,
        coefficient: E,
        target: Target,
        weights: Vec<Weight<E>>,
    ) -> Result<(), Rejection> {
        if coefficient == E::ZERO {
            return Ok(());
        }
        match target {
            Target::Region(region) => self.add_region(claim, coefficient, region, weights),
            Target::Quantity(quantity) => self.add_quantity(claim, coefficient, quantity, weights),
            Target::Tensor(tensor) => self.add_tensor(claim, coefficient, tensor, weights),
            Target::FinalState(state) => self.add_final_state(claim, coefficient, state, weights),
        }
    }

    /// Adds `coefficient * <eq(point), region>` for a region that is one aligned block.
    ///
    /// # Errors
    /// [`Rejection::Limit`].
    pub fn add_block(
        &mut self,
        claim: usize,
        coefficient: E,
        region: usize,
        point: &[E],
    ) -> Result<(), Rejection> {
        self.effort.spend(PART)?;
        let (factor, inner) = self.system.layout.regions[region].within_block(point);
        let weights = PartWeights::Eq(inner.to_vec());
        self.parts.push(Part { claim, region, coefficient: coefficient * factor, weights });
        Ok(())
    }

    /// Adds `coefficient * <weights of the region as another one at a point, region>` to a claim.
    ///
    /// # Errors
    /// [`Rejection::Limit`].
    pub fn add_elsewhere(
        &mut self,
        claim: usize,
        coefficient: E,
        region: usize,
        elsewhere: &Region,
        point: &[E],
    ) -> Result<(), Rejection> {
        // It takes each bit of each axis two dozen products.
        self.effort.spend(8 * PART)?;
        let weights = PartWeights::Elsewhere(elsewhere.clone(), point.to_vec());
        self.parts.push(Part { claim, region, coefficient, weights });
        Ok(())
    }

    fn target_lengths(&self, target: Target) -> Vec<usize> {
        match target {
            Target::Region(region) => self.system.layout.regions[region].lengths.clone(),
            Target::Quantity(quantity) => self.system.quantities[quantity].lengths.clone(),
            Target::Tensor(tensor) => {
                lengths_over_steps(self.program, tensor, self.system.shape.steps)
            }
            Target::FinalState(state) => {
                lengths_of(self.program, self.program.states[state].tensor)
            }
        }
    }

    fn add_region(
        &mut self,
        claim: usize,
        coefficient: E,
        region: usize,
        mut weights: Vec<Weight<E>>,
    ) -> Result<(), Rejection> {
        self.effort.spend(PART)?;
        // The opening has as many of its own.
        self.effort.hold(PART_ELEMENTS + 2 * places(&weights))?;
        if weights.is_empty() {
            // A scalar's region has one axis of length one.
            weights.push(ones(1));
        }
        self.parts.push(Part { claim, region, coefficient, weights: PartWeights::Axes(weights) });
        Ok(())
    }

    fn add_quantity(
        &mut self,
        claim: usize,
        coefficient: E,
        quantity: usize,
        weights: Vec<Weight<E>>,
    ) -> Result<(), Rejection> {
        self.effort.spend(CLAIM)?;
        self.effort.hold(places(&weights))?;
        let columns = &self.system.quantities[quantity];
        let everywhere: E = weights.iter().map(|w| total(w)).product();
        self.subtract(claim, coefficient * everywhere * embed(columns.lo));
        for &(region, shift, _) in &columns.digits {
            let place = coefficient * E::from_u64(1 << shift);
            self.add_region(claim, place, region, weights.clone())?;
        }
        Ok(())
    }
}
