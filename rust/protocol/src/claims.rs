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

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use p3_field::PrimeCharacteristicRing;
use zkpot_ir::{Index, Node, Operand, Program, Term};

use crate::arithmetization::{Arithmetization, Factor, Relation, RelationTerm, Target};
use crate::bernoulli::{self, Bernoulli};
use crate::channel::Scalar;
use crate::field::{EF, embed, eq_table};
use crate::initial::initial_values;
use crate::layout::axis_bits;
use crate::window::Window;

/// The weights along one axis.
pub type Weight = Arc<[EF]>;

/// What is public about a link's steps.
#[derive(Clone, Debug, Default)]
pub struct PublicInputs {
    /// For each row of each batch, in order: position of the shard in the link, row in it.
    pub rows: Vec<(usize, usize)>,
    /// `scalars[scalar][step]`.
    pub scalars: Vec<Vec<i64>>,
    /// The program's public totals.
    pub outputs: Vec<i64>,
    /// How many of `rows`, from the first, count in them.
    pub counted: usize,
    /// The seed that the states of an import come from, if they do.
    pub seed: Option<[u8; 32]>,
    /// The seed of the schedule, which random tensors are drawn from.
    pub schedule_seed: [u8; 32],
    /// Number of the first step, counted from the start of the run.
    pub first_step: u64,
}

/// `coefficient * sum of weights * region`, part of a claim.
#[derive(Clone, Debug)]
pub struct Part {
    /// The claim that it belongs to.
    pub claim: usize,
    /// The committed region.
    pub region: usize,
    /// Factor.
    pub coefficient: EF,
    /// What it weighs the region with.
    pub weights: PartWeights,
}

/// The weights of a [`Part`].
#[derive(Clone, Debug)]
pub enum PartWeights {
    /// One vector an axis of the region.
    Axes(Vec<Weight>),
    /// `eq(point, index)` over a region that is one aligned block, without the long vector.
    Eq(Vec<EF>),
}

/// A factor of a product with the role of each of its axes.
#[derive(Clone, Debug)]
pub struct ProductFactor {
    /// What.
    pub target: Target,
    /// For each axis the position of its variable in the sumcheck, or the weights with which
    /// the axis is summed before it, or both.
    pub axes: Vec<Axis>,
}

/// The role of one axis of a factor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Axis {
    /// Shared with the other factor: a variable of the sumcheck, by index in
    /// [`Product::shared`].
    Shared(usize),
    /// Only this factor has it.
    Own(Weight),
    /// Several labels read it, shared ones among them.
    Window(Window),
}

/// An axis that both factors have.
#[derive(Clone, Debug)]
pub struct SharedAxis {
    /// Its length.
    pub length: usize,
    /// Its weights; `None` for an axis that is just summed over.
    pub weights: Option<Weight>,
}

/// `coefficient * sum over shared axes of weights * left * right`, part of a claim.
#[derive(Clone, Debug)]
pub struct Product {
    /// The claim that it belongs to.
    pub claim: usize,
    /// Factor.
    pub coefficient: EF,
    /// The axes over which the sumcheck runs, the first as most significant variables.
    pub shared: Vec<SharedAxis>,
    /// First factor.
    pub left: ProductFactor,
    /// Second factor.
    pub right: ProductFactor,
}

impl Product {
    /// Variables of the sumcheck.
    pub fn variables(&self) -> usize {
        self.shared.iter().map(|axis| axis_bits(axis.length)).sum()
    }

    /// Weights of the claims on the two factors when the sumcheck ends at `point`.
    ///
    /// The left factor's claim carries the weights of the shared axes.
    pub fn factor_weights(&self, point: &[EF]) -> (Vec<Weight>, Vec<Weight>) {
        let mut rest = point;
        let mut plain: Vec<Weight> = Vec::new();
        let mut weighted: Vec<Weight> = Vec::new();
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
        let expand = |factor: &ProductFactor, shared: &[Weight]| {
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

/// Weights that pick everything.
pub fn ones(length: usize) -> Weight {
    alloc::vec![EF::ONE; length].into()
}

/// Weights that pick `count` places from `first`.
fn range(first: usize, count: usize, length: usize) -> Weight {
    (0..length)
        .map(|i| if (first..first + count).contains(&i) { EF::ONE } else { EF::ZERO })
        .collect()
}

/// The sum of a row-major tensor's elements, weighed with one vector an axis.
fn weighted_sum(weights: &[Weight], mut elements: impl Iterator<Item = i64>) -> EF {
    let Some((inner, outer)) = weights.split_last() else {
        return EF::ZERO;
    };
    let rows: usize = outer.iter().map(|weights| weights.len()).product();
    (0..rows)
        .map(|row| {
            let (mut rest, mut factor) = (row, EF::ONE);
            for weights in outer.iter().rev() {
                factor *= weights[rest % weights.len()];
                rest /= weights.len();
            }
            let sum: EF = inner.iter().zip(&mut elements).map(|(&w, e)| w * embed(e)).sum();
            factor * sum
        })
        .sum()
}

fn total(weights: &[EF]) -> EF {
    weights.iter().copied().sum()
}

/// The labels of a sum or relation: those of its domain have weights, the others are summed over.
#[derive(Clone, Debug)]
struct Labels {
    domain: Vec<Weight>,
    summed: Vec<usize>,
}

impl Labels {
    fn length(&self, label: u8) -> usize {
        let label = usize::from(label);
        match self.domain.get(label) {
            Some(weights) => weights.len(),
            None => self.summed.get(label - self.domain.len()).copied().unwrap_or(1),
        }
    }

    fn weight(&self, label: u8) -> Weight {
        let known = self.domain.get(usize::from(label)).cloned();
        known.unwrap_or_else(|| ones(self.length(label)))
    }

    /// Weights of an axis that none but these labels read.
    fn axis(&self, index: &Index, length: usize) -> Weight {
        match index.as_plain() {
            Some(label) if self.length(label) == length => self.weight(label),
            _ => Window::new(index, length, |label| self.weight(label), |_| None).weights(&[]),
        }
    }

    /// The total weight of the domain axes that no factor has: a repeated value counts each time.
    fn absent(&self, factors: &[&[Index]]) -> EF {
        let used = |axis: usize| {
            let mut labels = factors.iter().flat_map(|axes| axes.iter()).flat_map(|i| &i.labels);
            labels.any(|&(label, _)| usize::from(label) == axis)
        };
        let absent = self.domain.iter().enumerate().filter(|(axis, _)| !used(*axis));
        absent.map(|(_, weights)| total(weights)).product()
    }
}

/// All claims of a link, and the rules that rewrite them.
#[derive(Debug)]
pub struct Claims<'a, S> {
    program: &'a Program,
    system: &'a Arithmetization,
    inputs: &'a PublicInputs,
    /// Value of each claim.
    pub values: Vec<S>,
    /// Parts on committed regions.
    pub parts: Vec<Part>,
    /// Products that wait for their sumcheck.
    pub products: Vec<Product>,
    /// The elements of random tensors that were drawn, by node, 64 a word and step by step.
    drawn: BTreeMap<usize, Vec<u64>>,
}

impl<'a, S: Scalar> Claims<'a, S> {
    /// No claims yet.
    pub fn new(
        program: &'a Program,
        system: &'a Arithmetization,
        inputs: &'a PublicInputs,
    ) -> Self {
        Self {
            program,
            system,
            inputs,
            values: Vec::new(),
            parts: Vec::new(),
            products: Vec::new(),
            drawn: BTreeMap::new(),
        }
    }

    /// Opens a claim with a value; parts are added to it with [`Claims::add`].
    pub fn open(&mut self, value: S) -> usize {
        self.values.push(value);
        self.values.len() - 1
    }

    /// Moves a public term to the claim's value.
    pub fn subtract(&mut self, claim: usize, amount: EF) {
        self.values[claim] = self.values[claim].clone() - S::from(amount);
    }

    /// Adds `coefficient * <weights, target>` to a claim.
    pub fn add(&mut self, claim: usize, coefficient: EF, target: Target, weights: Vec<Weight>) {
        if coefficient == EF::ZERO {
            return;
        }
        match target {
            Target::Region(region) => self.add_region(claim, coefficient, region, weights),
            Target::Quantity(quantity) => self.add_quantity(claim, coefficient, quantity, weights),
            Target::Tensor(tensor) => self.add_tensor(claim, coefficient, tensor, weights),
            Target::FinalState(state) => self.add_final_state(claim, coefficient, state, weights),
        }
    }

    /// Adds `coefficient * <eq(point), region>` for a region that is one aligned block.
    pub fn add_block(&mut self, claim: usize, coefficient: EF, region: usize, point: &[EF]) {
        let (factor, inner) = self.system.layout.regions[region].within_block(point);
        let weights = PartWeights::Eq(inner.to_vec());
        self.parts.push(Part { claim, region, coefficient: coefficient * factor, weights });
    }

    /// Opens a claim for a relation at a point: for each domain axis a vector of at least as many
    /// coordinates as the axis has variables.
    pub fn add_relation(&mut self, relation: &Relation, point: &[Vec<EF>]) {
        let domain: Vec<Weight> = relation
            .lengths
            .iter()
            .zip(point)
            .map(|(&length, coordinates)| {
                eq_table(&coordinates[..axis_bits(length)], length).into()
            })
            .collect();
        let everywhere: EF = domain.iter().map(|weights| total(weights)).product();
        let claim = self.open(S::from(EF::ZERO));
        self.subtract(claim, everywhere * embed(relation.constant));
        for term in &relation.terms {
            self.add_relation_term(claim, term, &domain);
        }
    }

    /// Opens a claim for each public total of the program.
    pub fn add_outputs(&mut self) {
        let steps = self.system.shape.steps as usize;
        let batch = self.program.batch as usize;
        let (full, rest) = (self.inputs.counted / batch, self.inputs.counted % batch);
        for (output, &total) in self.program.outputs.iter().zip(&self.inputs.outputs) {
            let claim = self.open(S::from(EF::from(embed(total))));
            let target = Target::Tensor(output.tensor);
            let lengths = self.target_lengths(target);
            // Whole batches, then the rows of the last one that count.
            for (first, count, rows) in [(0, full, batch), (full, 1, rest)] {
                if count == 0 || rows == 0 {
                    continue;
                }
                let mut weights: Vec<Weight> = lengths.iter().map(|&length| ones(length)).collect();
                weights[0] = range(first, count, steps);
                weights[1] = range(0, rows, batch);
                self.add(claim, EF::ONE, target, weights);
            }
        }
    }

    /// Opens a claim for each state that comes in and has to come from a public seed; `point` is
    /// the relations'.
    pub fn add_initial(&mut self, point: &[Vec<EF>]) {
        let Some(seed) = self.inputs.seed else { return };
        for state in 0..self.system.states_in.len() {
            let region = self.system.states_in[state];
            let lengths = self.system.layout.regions[region].lengths.clone();
            let weights: Vec<Weight> = lengths
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
            self.add(claim, EF::ONE, Target::Region(region), weights);
        }
    }

    fn add_relation_term(&mut self, claim: usize, term: &RelationTerm, domain: &[Weight]) {
        let factors = || core::iter::once(&term.left).chain(&term.right);
        let mut labels = Labels { domain: domain.to_vec(), summed: Vec::new() };
        // Along a label of the domain the index may weigh a term that lacks it, too.
        let among = term.index.and_then(|label| labels.domain.get_mut(usize::from(label)));
        if let Some(weights) = among {
            let indexed = weights.iter().enumerate();
            *weights = indexed.map(|(i, &weight)| weight * EF::from_usize(i)).collect();
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
        let coefficient = EF::from(embed(term.coefficient));
        let left = (term.left.target, plain(&term.left));
        match &term.right {
            Some(right) => {
                let right = (right.target, plain(right));
                self.add_product(claim, coefficient, left, right, &labels);
            }
            None => {
                let multiplied = term.index.filter(|&label| usize::from(label) >= domain.len());
                self.add_view(claim, coefficient, left, &labels, multiplied);
            }
        }
    }

    /// Adds `coefficient * <labels, target read at the indices>` to a claim, multiplied with a
    /// plain label's index where one is named.
    fn add_view(
        &mut self,
        claim: usize,
        coefficient: EF,
        (target, axes): (Target, Vec<Index>),
        labels: &Labels,
        multiplied: Option<u8>,
    ) {
        let lengths = self.target_lengths(target);
        let weights = axes.iter().enumerate().map(|(axis, index)| {
            // A scalar's region has one axis, of length one.
            let weights = labels.axis(index, lengths.get(axis).copied().unwrap_or(1));
            if multiplied.is_some() && multiplied == index.as_plain() {
                let indexed = weights.iter().enumerate();
                return indexed.map(|(i, &weight)| weight * EF::from_usize(i)).collect();
            }
            weights
        });
        let weights = weights.collect();
        self.add(claim, coefficient * labels.absent(&[&axes]), target, weights);
    }

    fn target_lengths(&self, target: Target) -> Vec<usize> {
        match target {
            Target::Region(region) => self.system.layout.regions[region].lengths.clone(),
            Target::Quantity(quantity) => self.system.quantities[quantity].lengths.clone(),
            Target::Tensor(tensor) => crate::arithmetization::lengths_over_steps(
                self.program,
                tensor,
                self.system.shape.steps,
            ),
            Target::FinalState(state) => {
                crate::arithmetization::lengths_of(self.program, self.program.states[state].tensor)
            }
        }
    }

    fn add_region(
        &mut self,
        claim: usize,
        coefficient: EF,
        region: usize,
        mut weights: Vec<Weight>,
    ) {
        if weights.is_empty() {
            // A scalar's region has one axis of length one.
            weights.push(ones(1));
        }
        self.parts.push(Part { claim, region, coefficient, weights: PartWeights::Axes(weights) });
    }

    fn add_quantity(
        &mut self,
        claim: usize,
        coefficient: EF,
        quantity: usize,
        weights: Vec<Weight>,
    ) {
        let columns = &self.system.quantities[quantity];
        let everywhere: EF = weights.iter().map(|w| total(w)).product();
        self.subtract(claim, coefficient * everywhere * embed(columns.lo));
        for &(region, shift, _) in &columns.digits {
            let place = coefficient * EF::from_u64(1 << shift);
            self.add_region(claim, place, region, weights.clone());
        }
    }

    fn add_tensor(&mut self, claim: usize, coefficient: EF, tensor: u32, weights: Vec<Weight>) {
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
                    let everywhere: EF = weights.iter().map(|w| total(w)).product();
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
    fn weigh_random(&mut self, node: usize, weights: &[Weight]) -> EF {
        let Some(tensor) = Bernoulli::of(self.program, &self.program.nodes[node]) else {
            return EF::ZERO;
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
    fn add_data(&mut self, claim: usize, coefficient: EF, field: usize, weights: Vec<Weight>) {
        let system = self.system;
        let mut rows: Vec<Vec<EF>> = system
            .shape
            .shards
            .iter()
            .map(|shard| alloc::vec![EF::ZERO; shard.rows as usize])
            .collect();
        let batch = weights[1].len();
        for (position, &(shard, row)) in self.inputs.rows.iter().enumerate() {
            rows[shard][row] += weights[0][position / batch] * weights[1][position % batch];
        }
        for (shard, rows) in rows.into_iter().enumerate() {
            let mut weights: Vec<Weight> = weights[2..].to_vec();
            weights.insert(0, rows.into());
            self.add_region(claim, coefficient, system.shards_in[shard][field], weights);
        }
    }

    /// A state at the start of each step: what it was, or the increments since.
    fn add_state(&mut self, claim: usize, coefficient: EF, state: usize, weights: Vec<Weight>) {
        let (steps, rest) = (weights[0].clone(), weights[1..].to_vec());
        let region = self.system.states_in[state];
        let declared = &self.program.states[state];
        let Some((node, own)) = self.program.accumulation(state) else {
            if declared.next == declared.tensor {
                self.add_region(claim, coefficient * total(&steps), region, rest);
                return;
            }
            // The value at step t is the next value of step t - 1.
            self.add_region(claim, coefficient * steps[0], region, rest.clone());
            let mut earlier: Vec<EF> = steps[1..].to_vec();
            earlier.push(EF::ZERO);
            let mut weights = rest;
            weights.insert(0, earlier.into());
            self.add_tensor(claim, coefficient, declared.next, weights);
            return;
        };
        self.add_region(claim, coefficient * total(&steps), region, rest.clone());
        // The increment of step i is in the state at every later step.
        let mut later = alloc::vec![EF::ZERO; steps.len()];
        let mut sum = EF::ZERO;
        for step in (0..steps.len()).rev() {
            later[step] = sum;
            sum += steps[step];
        }
        self.add_increments(claim, coefficient, node, own, later.into(), rest);
    }

    fn add_final_state(
        &mut self,
        claim: usize,
        coefficient: EF,
        state: usize,
        weights: Vec<Weight>,
    ) {
        let declared = &self.program.states[state];
        let steps = self.system.shape.steps as usize;
        if declared.next == declared.tensor {
            self.add_region(claim, coefficient, self.system.states_in[state], weights);
        } else if let Some((node, own)) = self.program.accumulation(state) {
            self.add_region(claim, coefficient, self.system.states_in[state], weights.clone());
            self.add_increments(claim, coefficient, node, own, ones(steps), weights);
        } else {
            let mut last = alloc::vec![EF::ZERO; steps];
            if let Some(last) = last.last_mut() {
                *last = EF::ONE;
            }
            let mut weights = weights;
            weights.insert(0, last.into());
            self.add_tensor(claim, coefficient, declared.next, weights);
        }
    }

    /// What a step adds to an accumulated state, without the state itself.
    fn add_increments(
        &mut self,
        claim: usize,
        coefficient: EF,
        node: usize,
        own: usize,
        steps: Weight,
        rest: Vec<Weight>,
    ) {
        let Node::Sum { summed, terms, constant, .. } = &self.program.nodes[node] else { return };
        let mut weights = rest;
        weights.insert(0, steps);
        let everywhere: EF = weights.iter().map(|w| total(w)).product();
        self.subtract(claim, coefficient * everywhere * embed(*constant));
        for (index, term) in terms.iter().enumerate() {
            if index != own {
                self.add_term(claim, coefficient, (term, summed), &weights);
            }
        }
    }

    /// A term of a [`Node::Sum`], whose output has the given weights, steps first.
    fn add_term(
        &mut self,
        claim: usize,
        coefficient: EF,
        (term, summed): (&Term, &[u32]),
        weights: &[Weight],
    ) {
        let coefficient = coefficient * embed(term.coefficient);
        let summed = summed.iter().map(|&length| length as usize).collect();
        let mut labels = Labels { domain: weights.to_vec(), summed };
        if let Some(scalar) = term.scalar {
            let values = &self.inputs.scalars[scalar as usize];
            let steps = labels.domain[0].iter().zip(values);
            labels.domain[0] = steps.map(|(&w, &s)| w * embed(s)).collect();
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

    fn add_product(
        &mut self,
        claim: usize,
        coefficient: EF,
        (left, left_axes): (Target, Vec<Index>),
        (right, right_axes): (Target, Vec<Index>),
        labels: &Labels,
    ) {
        let coefficient = coefficient * labels.absent(&[&left_axes, &right_axes]);
        if coefficient == EF::ZERO {
            return;
        }
        let named = |axes: &[Index]| -> Vec<u8> {
            axes.iter().flat_map(|index| index.labels.iter().map(|&(label, _)| label)).collect()
        };
        let others = named(&right_axes);
        let mut common = named(&left_axes);
        common.retain(|label| others.contains(label));
        common.sort_unstable();
        let shared = common
            .iter()
            .map(|&label| SharedAxis {
                length: labels.length(label),
                weights: labels.domain.get(usize::from(label)).cloned(),
            })
            .collect();
        let place = |label: u8| common.iter().position(|&c| c == label);
        let axis = |index: &Index, length: usize| -> Axis {
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
    }
}
