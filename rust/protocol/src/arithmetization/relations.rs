//! The relations between columns, tensors and committed states.

mod functions;

use alloc::vec;
use alloc::vec::Vec;
use zkpot_ir::{Node, Program, TensorId};

use super::{Arithmetization, LinkKind, Quantity, lengths_of, lengths_over_steps};

/// Something that a relation or lookup refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A tensor of the program, over all steps of the link.
    Tensor(TensorId),
    /// A range-proven integer, by index in [`Arithmetization::quantities`].
    Quantity(usize),
    /// A region as it is committed.
    Region(usize),
    /// A state after the link's last step.
    FinalState(usize),
}

/// A target with a label for each of its axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// What.
    pub target: Target,
    /// Labels below the rank of the relation's domain name its axes; others are summed over.
    pub labels: Vec<u8>,
}

/// `coefficient * left * right`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationTerm {
    /// Factor.
    pub coefficient: i64,
    /// First factor.
    pub left: Factor,
    /// Second factor of a product.
    pub right: Option<Factor>,
    /// A label along which the term is also multiplied by the index.
    pub index: Option<u8>,
}

/// Which relation it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RelationName {
    /// `input + 2^(shift-1) = 2^shift out + remainder`, times `2^scale` (node).
    Rescale(usize),
    /// The entries of a one-hot row sum to one (node).
    OneHotSum(usize),
    /// The entries times their index sum to the class (node).
    OneHotClass(usize),
    /// `out = input + gap` (node).
    MaxGap(usize),
    /// The choice is one-hot (node).
    MaxChoice(usize),
    /// The chosen gap is zero (node).
    MaxAttained(usize),
    /// `2^(shift+1) numerator + denominator = 2 denominator out + remainder` (node).
    Divide(usize),
    /// `remainder < 2 denominator` (node).
    DivideRemainder(usize),
    /// `2^shift input + out = out^2 + remainder` (node).
    Root(usize),
    /// `remainder < 2 out` (node).
    RootRemainder(usize),
    /// `magnitude = (2 out - 1) input - out` (node).
    Positive(usize),
    /// The places of maxima are one-hot (node).
    ArgMaxChoice(usize),
    /// `places (max - input) - first place + own place = gap` (node).
    ArgMaxGap(usize),
    /// The gap at the place of the maximum is zero (node).
    ArgMaxAttained(usize),
    /// The committed final state is the trained one, or the imported or sealed copy (state).
    FinalState(usize),
    /// The owner's first state lies in its range (state).
    FirstStateRange(usize),
    /// The trained final state lies in its range (state).
    FinalStateRange(usize),
    /// A shard's copy is the shard (shard, field).
    ShardCopy(usize, usize),
    /// A field of an owner's shard lies in its range (shard, field).
    ShardRange(usize, usize),
}

/// `constant + sum of terms = 0` at every place of the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Which one.
    pub name: RelationName,
    /// Lengths of the domain's axes.
    pub lengths: Vec<usize>,
    /// The terms.
    pub terms: Vec<RelationTerm>,
    /// Added everywhere.
    pub constant: i64,
}

fn term(coefficient: i64, target: Target, labels: Vec<u8>) -> RelationTerm {
    RelationTerm { coefficient, left: Factor { target, labels }, right: None, index: None }
}

fn axes(rank: usize) -> Vec<u8> {
    (0..rank as u8).collect()
}

impl Arithmetization {
    pub(super) fn add_relations(&mut self, program: &Program) {
        if self.shape.kind == LinkKind::Training {
            for index in 0..program.nodes.len() {
                self.add_node(program, index);
            }
        }
        self.add_states(program);
        self.add_shards(program);
    }

    fn find_quantity(&self, quantity: Quantity) -> Option<Target> {
        let near =
            self.quantity_place(quantity).and_then(|place| self.quantity_places.get(place))?;
        let own = near.iter().find(|&&index| self.quantities[index].quantity == quantity);
        own.copied().map(Target::Quantity)
    }

    fn quantity(&self, quantity: Quantity) -> Target {
        // Nodes ask only for quantities that `add_columns` added.
        self.find_quantity(quantity).unwrap_or(Target::Quantity(usize::MAX))
    }

    /// Relates what is committed to the digits of its range, if it has any: a range that is one
    /// table is looked up where it stands.
    fn add_range(
        &mut self,
        name: RelationName,
        lengths: &[usize],
        committed: RelationTerm,
        quantity: Quantity,
    ) {
        if let Some(range) = self.find_quantity(quantity) {
            let terms = vec![committed, term(-1, range, axes(lengths.len()))];
            self.push(name, lengths.to_vec(), terms, 0);
        }
    }

    /// Binary places by which a quantity is scaled up.
    fn scale(&self, target: Target) -> u32 {
        match target {
            Target::Quantity(index) => self.quantities.get(index).map_or(0, |q| q.scale),
            _ => 0,
        }
    }

    fn push(
        &mut self,
        name: RelationName,
        lengths: Vec<usize>,
        terms: Vec<RelationTerm>,
        constant: i64,
    ) {
        self.relations.push(Relation { name, lengths, terms, constant });
    }

    fn add_node(&mut self, program: &Program, index: usize) {
        let over = |tensor| lengths_over_steps(program, tensor, self.shape.steps);
        match program.nodes[index] {
            Node::Sum { .. }
            | Node::Constant { .. }
            | Node::Bernoulli { .. }
            | Node::Lookup { .. } => {}
            Node::Rescale { input, out, shift } => {
                let lengths = over(out);
                let all = axes(lengths.len());
                let remainder = self.quantity(Quantity::Remainder(index));
                let scale = self.scale(remainder);
                let terms = vec![
                    term(1 << scale, Target::Tensor(input), all.clone()),
                    term(-(1 << (shift + scale)), Target::Tensor(out), all.clone()),
                    term(-1, remainder, all),
                ];
                let half = 1 << (shift - 1 + scale);
                self.push(RelationName::Rescale(index), lengths, terms, half);
            }
            Node::OneHot { input, out } => {
                let lengths = over(input);
                let all = axes(lengths.len() + 1);
                let class = lengths.len() as u8;
                let outer = axes(lengths.len());
                let sum = vec![term(1, Target::Tensor(out), all.clone())];
                let mut weighted = term(1, Target::Tensor(out), all);
                weighted.index = Some(class);
                let classes = vec![weighted, term(-1, Target::Tensor(input), outer)];
                self.push(RelationName::OneHotSum(index), lengths.clone(), sum, -1);
                self.push(RelationName::OneHotClass(index), lengths, classes, 0);
            }
            Node::Max { input, out } => {
                let full = over(input);
                let all = axes(full.len());
                let lengths = over(out);
                let leading = axes(lengths.len());
                let looked_up = self.gaps[index];
                let gap =
                    looked_up.map_or_else(|| self.quantity(Quantity::Gap(index)), Target::Tensor);
                let choice = self.quantity(Quantity::Choice(index));
                let terms = vec![
                    term(1, Target::Tensor(out), leading),
                    term(-1, Target::Tensor(input), all.clone()),
                    term(-1, gap, all.clone()),
                ];
                let attained = RelationTerm {
                    coefficient: 1,
                    left: Factor { target: choice, labels: all.clone() },
                    right: Some(Factor { target: gap, labels: all.clone() }),
                    index: None,
                };
                if looked_up.is_none() {
                    self.push(RelationName::MaxGap(index), full, terms, 0);
                }
                self.push(
                    RelationName::MaxChoice(index),
                    lengths.clone(),
                    vec![term(1, choice, all)],
                    -1,
                );
                self.push(RelationName::MaxAttained(index), lengths, vec![attained], 0);
            }
            Node::Divide { .. }
            | Node::Root { .. }
            | Node::Positive { .. }
            | Node::ArgMax { .. } => self.add_function(program, index),
        }
    }

    fn add_states(&mut self, program: &Program) {
        if self.shape.states.is_none() {
            return;
        }
        for (index, state) in program.states.iter().enumerate() {
            let lengths = lengths_of(program, state.tensor);
            let all = axes(lengths.len());
            let region = |region| Factor {
                target: Target::Region(region),
                labels: region_labels(lengths.len()),
            };
            let source = match self.shape.kind {
                LinkKind::Training => {
                    Factor { target: Target::FinalState(index), labels: all.clone() }
                }
                LinkKind::Import | LinkKind::Seal => region(self.states_in[index]),
            };
            let out = RelationTerm {
                coefficient: 1,
                left: region(self.states_out[index]),
                right: None,
                index: None,
            };
            let source = RelationTerm { coefficient: -1, left: source, right: None, index: None };
            self.push(
                RelationName::FinalState(index),
                lengths.clone(),
                vec![out.clone(), source],
                0,
            );
            let first = RelationTerm {
                coefficient: 1,
                left: region(self.states_in[index]),
                right: None,
                index: None,
            };
            for (committed, quantity, name) in [
                (first, Quantity::FirstState(index), RelationName::FirstStateRange(index)),
                (out, Quantity::FinalState(index), RelationName::FinalStateRange(index)),
            ] {
                self.add_range(name, &lengths, committed, quantity);
            }
        }
    }

    fn add_shards(&mut self, program: &Program) {
        for position in 0..self.shape.shards.len() {
            let shard = self.shape.shards[position];
            for (field, data) in program.data.iter().enumerate() {
                let mut lengths = lengths_of(program, data.tensor);
                lengths[0] = shard.rows as usize;
                let all = axes(lengths.len());
                let region =
                    |coefficient, region| term(coefficient, Target::Region(region), all.clone());
                let opened = self.shards_in[position][field];
                if shard.copy {
                    let copy = region(1, self.shards_out[position][field]);
                    let terms = vec![copy, region(-1, opened)];
                    self.push(RelationName::ShardCopy(position, field), lengths.clone(), terms, 0);
                }
                let name = RelationName::ShardRange(position, field);
                let quantity = Quantity::ShardField(position, field);
                self.add_range(name, &lengths, region(1, opened), quantity);
            }
        }
    }
}

/// A scalar's region has one axis of length one, which no domain axis names.
fn region_labels(rank: usize) -> Vec<u8> {
    if rank == 0 { vec![0] } else { axes(rank) }
}
