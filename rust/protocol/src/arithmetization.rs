//! The constraint system of a link: what is committed, what is looked up, which relations hold.
//!
//! Derived from the program and the public shape of the link alone, by the same code on both
//! sides; nothing in it comes from a proof.

mod columns;
mod digits;
mod relations;

use alloc::vec::Vec;
use core::fmt;
use zkpot_ir::{Program, TensorId};

pub use columns::{Column, Lookup, LookupTable, Quantity, QuantityColumns};
pub use relations::{Factor, Relation, RelationName, RelationTerm, Target};

use crate::commitment::Binding;
use crate::layout::{Layout, axis_bits};
use crate::masks::{MAX_MASKS, mask_lengths};
use crate::rejection::Rejection;

use columns::gap_lookups;

/// What a link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum LinkKind {
    /// Takes owners' commitments into the run without training: proves ranges, copies to fresh ones.
    Import,
    /// Trains.
    Training,
    /// Copies the last weights to a fresh commitment, which proves all claims on them.
    Seal,
}

/// Who committed to what a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Source {
    /// A link of the same run, which proved what it holds.
    Run,
    /// Whoever owns it: the link proves that every integer is in its range.
    Owner,
}

/// A data shard that a link reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardShape {
    /// Number of the shard in the dataset.
    pub index: u32,
    /// Its rows.
    pub rows: u32,
    /// Who committed to it.
    pub source: Source,
    /// Whether a fresh copy comes out, for a later link to read.
    pub copy: bool,
}

/// The public shape of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkShape {
    /// What the link does.
    pub kind: LinkKind,
    /// Who committed to the states that come in; `None` for an import that brings data alone, and has
    /// no states polynomial, neither in nor out.
    pub states: Option<Source>,
    /// Training steps; zero for the other kinds.
    pub steps: u32,
    /// The shards that it opens, in ascending order.
    pub shards: Vec<ShardShape>,
    /// Scalars that the hiding channel masks; `None` on the other channels.
    pub masks: Option<usize>,
    /// Whether it opens what comes out, too, and leaves no claim pending, as on the wrapped channel.
    pub closed: bool,
}

/// The role of a committed polynomial in a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Polynomial {
    /// Everything committed for this proof alone.
    Witness,
    /// Weights and optimizer state at the link's start; opened here.
    StatesIn,
    /// The same at its end; left pending, if the link is not closed.
    StatesOut,
    /// A data shard; opened here.
    ShardIn(usize),
    /// Its fresh copy; left pending.
    ShardOut(usize),
}

impl LinkShape {
    /// Whether the link opens a polynomial (or leaves a claim on it pending).
    pub fn opens(&self, role: Polynomial) -> bool {
        match role {
            Polynomial::Witness | Polynomial::StatesIn | Polynomial::ShardIn(_) => true,
            Polynomial::StatesOut | Polynomial::ShardOut(_) => self.closed,
        }
    }
}

impl Polynomial {
    /// How long its commitment must bind.
    pub fn binding(self) -> Binding {
        if self == Self::Witness { Binding::Ephemeral } else { Binding::Lasting }
    }
}

impl fmt::Display for Polynomial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Witness => write!(f, "witness"),
            Self::StatesIn => write!(f, "first states"),
            Self::StatesOut => write!(f, "last states"),
            Self::ShardIn(position) => write!(f, "data shard at position {position}"),
            Self::ShardOut(position) => write!(f, "data shard copy at position {position}"),
        }
    }
}

/// The constraint system of one link.
#[derive(Clone, Debug)]
pub struct Arithmetization {
    /// Shape that it was made for.
    pub shape: LinkShape,
    /// Role of each polynomial; the index is [`crate::layout::Region::polynomial`].
    pub polynomials: Vec<Polynomial>,
    /// Where everything lies.
    pub layout: Layout,
    /// What each witness region holds.
    pub columns: Vec<Column>,
    /// Range-proven integers and their digits.
    pub quantities: Vec<QuantityColumns>,
    /// Tables of the lookup argument; a table's tag is its index plus one.
    pub tables: Vec<LookupTable>,
    /// What is looked up.
    pub lookups: Vec<Lookup>,
    /// Linear and quadratic relations that hold everywhere on their domain.
    pub relations: Vec<Relation>,
    /// Logarithm of the number of the lookups' fractions: those at the witness's places, and behind them
    /// those of what is looked up in other polynomials.
    pub lookup_variables: usize,
    /// Region of the hiding channel's masks in the witness.
    pub masks: Option<usize>,
    /// Region of each state in [`Polynomial::StatesIn`].
    pub states_in: Vec<usize>,
    /// Region of each state in [`Polynomial::StatesOut`].
    pub states_out: Vec<usize>,
    /// Region of each field of each shard in [`Polynomial::ShardIn`].
    pub shards_in: Vec<Vec<usize>>,
    /// Region of each field of each shard in [`Polynomial::ShardOut`].
    pub shards_out: Vec<Vec<usize>>,
    /// Where each tensor comes from; a checked program has none that comes from nowhere.
    pub producers: Vec<Option<Producer>>,
    /// For each state that its own sum goes on adding to, that node and the state's own term
    /// ([`Program::accumulations`]).
    pub accumulations: Vec<Option<(usize, usize)>>,
    /// For each [`Node::Max`](zkpot_ir::Node::Max) the tensor `out - input` that a table shows to be no less than zero,
    /// if there is one.
    pub gaps: Vec<Option<TensorId>>,
    /// Quantity of each committed tensor that has one.
    pub tensor_quantities: Vec<Option<usize>>,
    /// Witness region of each lookup output.
    pub table_outputs: Vec<Option<usize>>,
    /// Places in `quantities`, by node, state, or field of a shard.
    quantity_places: Vec<Vec<usize>>,
    /// Places of range tables in `tables`, by width.
    range_tables: [Option<usize>; u64::BITS as usize],
    /// Places of the program's tables in `tables`.
    function_tables: Vec<Option<usize>>,
}

/// Where a tensor of the program comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Producer {
    /// A field of the batch's rows.
    Field(usize),
    /// A state, as it is at the start of each step.
    State(usize),
    /// A node.
    Node(usize),
}

/// The fewest variables that the commitment scheme takes.
pub const MIN_VARIABLES: usize = 14;
/// The most.
pub const MAX_VARIABLES: usize = 28;

impl Arithmetization {
    /// Derives the constraint system.
    ///
    /// `program` has passed [`Program::check`]; `bounds` is what the check returned.
    ///
    /// # Errors
    /// [`Rejection::Limit`] where a polynomial would have more than 2^[`MAX_VARIABLES`] entries;
    /// nothing large is allocated before.
    pub fn new(
        program: &Program,
        bounds: &zkpot_ir::Bounds,
        shape: LinkShape,
    ) -> Result<Self, Rejection> {
        let mut this = Self::with_polynomials(program, shape);
        if this.shape.kind != LinkKind::Seal {
            this.add_columns(program, bounds);
        }
        this.add_masks()?;
        this.add_relations(program);
        this.drop_empty_witness();
        for polynomial in 0..this.polynomials.len() {
            let limit = (1 << MAX_VARIABLES) - 2 * crate::layout::RANDOM_ENTRIES;
            if this.layout.size(polynomial) > limit {
                return Err(Rejection::Limit {
                    part: "a committed polynomial",
                    limit: limit as u64,
                });
            }
            this.layout.place(polynomial, MIN_VARIABLES);
        }
        this.place_fractions()?;
        Ok(this)
    }

    fn with_polynomials(program: &Program, shape: LinkShape) -> Self {
        let mut layout = Layout::default();
        let mut polynomials = alloc::vec![Polynomial::Witness];
        let (mut states_in, mut states_out) = (Vec::new(), Vec::new());
        if shape.states.is_some() {
            for (role, regions) in
                [(Polynomial::StatesIn, &mut states_in), (Polynomial::StatesOut, &mut states_out)]
            {
                polynomials.push(role);
                for state in &program.states {
                    let lengths = lengths_of(program, state.tensor);
                    regions.push(layout.add(polynomials.len() - 1, &lengths));
                }
            }
        }
        let (mut shards_in, mut shards_out) = (Vec::new(), Vec::new());
        for (position, shard) in shape.shards.iter().enumerate() {
            for (role, regions) in [
                (Polynomial::ShardIn(position), &mut shards_in),
                (Polynomial::ShardOut(position), &mut shards_out),
            ] {
                if role == Polynomial::ShardOut(position) && !shard.copy {
                    regions.push(Vec::new());
                    continue;
                }
                polynomials.push(role);
                let fields = program.data.iter().map(|field| {
                    let mut lengths = lengths_of(program, field.tensor);
                    lengths[0] = shard.rows as usize;
                    layout.add(polynomials.len() - 1, &lengths)
                });
                regions.push(fields.collect());
            }
        }
        let mut producers = alloc::vec![None; program.tensors.len()];
        for (index, field) in program.data.iter().enumerate() {
            producers[field.tensor as usize] = Some(Producer::Field(index));
        }
        for (index, state) in program.states.iter().enumerate() {
            producers[state.tensor as usize] = Some(Producer::State(index));
        }
        for (index, node) in program.nodes.iter().enumerate() {
            for out in node.outputs() {
                producers[out as usize] = Some(Producer::Node(index));
            }
        }
        let gaps = gap_lookups(program, &producers);
        let places =
            program.nodes.len() + program.states.len() + shape.shards.len() * program.data.len();
        Self {
            shape,
            polynomials,
            layout,
            columns: Vec::new(),
            quantities: Vec::new(),
            tables: Vec::new(),
            lookups: Vec::new(),
            lookup_variables: 0,
            relations: Vec::new(),
            masks: None,
            states_in,
            states_out,
            shards_in,
            shards_out,
            producers,
            accumulations: program.accumulations(),
            gaps,
            tensor_quantities: alloc::vec![None; program.tensors.len()],
            table_outputs: alloc::vec![None; program.tensors.len()],
            quantity_places: alloc::vec![Vec::new(); places],
            range_tables: [None; u64::BITS as usize],
            function_tables: alloc::vec![None; program.tables.len()],
        }
    }

    fn add_masks(&mut self) -> Result<(), Rejection> {
        let Some(masks) = self.shape.masks else { return Ok(()) };
        if masks > MAX_MASKS {
            return Err(Rejection::Limit { part: "masked scalars", limit: MAX_MASKS as u64 });
        }
        self.masks = Some(self.layout.add(0, &mask_lengths(masks)));
        Ok(())
    }

    /// A link with neither columns nor masks (a clear seal) has no witness polynomial.
    fn drop_empty_witness(&mut self) {
        if self.columns.is_empty() && self.masks.is_none() {
            self.polynomials.remove(0);
            self.layout.drop_first();
        }
    }

    /// Gives every lookup's fractions their places: those of the witness, or places behind it.
    fn place_fractions(&mut self) -> Result<(), Rejection> {
        let Some(witness) = self.position(Polynomial::Witness) else { return Ok(()) };
        let mut behind = Layout::default();
        let mut elsewhere = Vec::new();
        for (index, lookup) in self.lookups.iter_mut().enumerate() {
            let Some(region) = lookup.region() else { continue };
            lookup.slot = self.layout.regions[region].clone();
            if lookup.slot.polynomial != witness {
                elsewhere.push((index, behind.add(0, &lookup.slot.lengths)));
            }
        }
        let start = self.layout.random[witness];
        let alignment = behind.regions.iter().map(|region| region.block).max().unwrap_or(0);
        let limit = 1 << MAX_VARIABLES;
        if start.saturating_add(behind.size(0)).saturating_add(alignment) > limit {
            return Err(Rejection::Limit { part: "lookups", limit: limit as u64 });
        }
        let end = behind.arrange(0, start);
        for (index, region) in elsewhere {
            self.lookups[index].slot = behind.regions[region].clone();
        }
        self.lookup_variables = axis_bits(end).max(self.layout.variables[witness]);
        Ok(())
    }

    /// Index of a polynomial in this link.
    pub fn position(&self, role: Polynomial) -> Option<usize> {
        self.polynomials.iter().position(|&p| p == role)
    }

    /// Variables of a polynomial, by index.
    pub fn variables(&self, polynomial: usize) -> usize {
        self.layout.variables[polynomial]
    }

    /// Coordinates that a point for all relations needs: for each axis position the largest
    /// number of variables of any domain.
    pub fn relation_variables(&self) -> Vec<usize> {
        let mut variables = Vec::new();
        for relation in &self.relations {
            for (axis, &length) in relation.lengths.iter().enumerate() {
                if variables.len() == axis {
                    variables.push(0);
                }
                variables[axis] = axis_bits(length).max(variables[axis]);
            }
        }
        variables
    }

    /// Relation of the given name, for tests that break just one.
    pub fn relation(&self, name: &RelationName) -> Option<usize> {
        self.relations.iter().position(|relation| relation.name == *name)
    }
}

/// Lengths of a tensor's axes within one step.
pub(crate) fn lengths_of(program: &Program, tensor: TensorId) -> Vec<usize> {
    program.tensors[tensor as usize].shape.iter().map(|&length| length as usize).collect()
}

/// The same with the steps as first axis.
pub(crate) fn lengths_over_steps(program: &Program, tensor: TensorId, steps: u32) -> Vec<usize> {
    let mut lengths = alloc::vec![steps as usize];
    lengths.extend(lengths_of(program, tensor));
    lengths
}
