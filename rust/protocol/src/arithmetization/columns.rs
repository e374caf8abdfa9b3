//! What the witness holds: digits of range-proven integers, table outputs, multiplicities.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use zkpot_ir::{Bounds, Node, Program, TensorId, Term};

use super::digits::{Digits, choose_digits};
use super::{Arithmetization, LinkKind, Producer, Source, Target, lengths_of, lengths_over_steps};
use crate::layout::Region;

/// An integer tensor whose range the link proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quantity {
    /// A committed tensor of the program, over all steps.
    Tensor(TensorId),
    /// `(input + 2^(shift-1)) mod 2^shift` of a [`Node::Rescale`].
    Remainder(usize),
    /// A one-hot choice of the largest element, of a [`Node::Max`].
    Choice(usize),
    /// `out - input`, at least zero, of a [`Node::Max`]; of a [`Node::ArgMax`] that times the
    /// places compared, less the first place of the maximum, plus the element's own.
    Gap(usize),
    /// `(2^(shift+1) numerator + denominator) mod (2 denominator)` of a [`Node::Divide`].
    DivisionRemainder(usize),
    /// `2 denominator - 1 - remainder` of a [`Node::Divide`].
    DivisionRoom(usize),
    /// `2^shift input - out^2 + out` of a [`Node::Root`].
    RootRemainder(usize),
    /// `2 out - 1 - remainder` of a [`Node::Root`].
    RootRoom(usize),
    /// `input - 1` where it is positive and `-input` elsewhere, of a [`Node::Positive`].
    Magnitude(usize),
    /// A state's value at the link's start, where that is its owner's.
    FirstState(usize),
    /// A state's value at the end of training.
    FinalState(usize),
    /// A field of a shard that is its owner's (shard, field).
    ShardField(usize, usize),
}

/// `2^scale * (quantity - lo)` is the sum of `2^shift * digit`, and below `2^bits`.
#[derive(Clone, Debug)]
pub struct QuantityColumns {
    /// What it is.
    pub quantity: Quantity,
    /// Least value.
    pub lo: i64,
    /// Bits of all digits together.
    pub bits: u32,
    /// Binary places by which it is scaled up to fill a table that the link has anyway. Only
    /// remainders are: `2^scale * remainder` is a multiple of `2^scale` because everything else
    /// in its relation is.
    pub scale: u32,
    /// Lengths of its axes, steps first where it has them.
    pub lengths: Vec<usize>,
    /// Witness region, binary place and width of each digit.
    pub digits: Vec<(usize, u32, u32)>,
}

/// What a witness region holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// A digit of a quantity: region, quantity, binary place, width.
    Digit {
        /// Witness region.
        region: usize,
        /// Index in [`Arithmetization::quantities`].
        quantity: usize,
        /// Binary place.
        shift: u32,
        /// Width in bits.
        bits: u32,
    },
    /// An output of a lookup node, as the table has it.
    TableOutput {
        /// Witness region.
        region: usize,
        /// The tensor.
        tensor: TensorId,
    },
    /// How often each row of a table is looked up.
    Multiplicity {
        /// Witness region.
        region: usize,
        /// Index in [`Arithmetization::tables`].
        table: usize,
    },
}

/// A table of the lookup argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupTable {
    /// The integers `0 .. 2^bits`.
    Range {
        /// Width.
        bits: u32,
        /// Region of the multiplicities.
        multiplicity: usize,
    },
    /// A table of the program: rows `(argument - first, outputs...)`.
    Function {
        /// Index in [`Program::tables`].
        function: u32,
        /// Width of the argument.
        bits: u32,
        /// Region of the multiplicities.
        multiplicity: usize,
    },
}

impl LookupTable {
    /// Region of the multiplicities.
    pub fn multiplicity(&self) -> usize {
        match *self {
            Self::Range { multiplicity, .. } | Self::Function { multiplicity, .. } => multiplicity,
        }
    }

    /// Logarithm of the number of rows.
    pub fn bits(&self) -> u32 {
        match *self {
            Self::Range { bits, .. } | Self::Function { bits, .. } => bits,
        }
    }
}

/// A tensor of lookups.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Index of the table.
    pub table: usize,
    /// The places of its fractions: those of its region in the witness, or places behind the witness
    /// where the argument stands in another polynomial.
    pub slot: Region,
    /// The argument: a region for a range, a tensor for a function.
    pub argument: Target,
    /// Subtracted from the argument.
    pub first: i64,
    /// Regions of the other columns of the row.
    pub outputs: Vec<usize>,
}

impl Lookup {
    /// The region whose shape its fractions have: the argument's, or the first output's.
    pub(super) fn region(&self) -> Option<usize> {
        match self.argument {
            Target::Region(region) => Some(region),
            _ => self.outputs.first().copied(),
        }
    }
}

impl Arithmetization {
    pub(super) fn add_columns(&mut self, program: &Program, bounds: &Bounds) {
        let wanted = self.range_proven(program, bounds);
        let mut counts = BTreeMap::new();
        for range in &wanted {
            let mut count = range.lengths.iter().fold(1u64, |n, &l| n.saturating_mul(l as u64));
            // Looked up whole it costs the witness nothing, split two elements: twice the difference.
            if self.committed_region(range.quantity).is_some() {
                count = count.saturating_mul(2);
            }
            let known = counts.entry(range.bits).or_insert(0u64);
            *known = known.saturating_add(count);
        }
        let digits = choose_digits(&counts);
        // The widest table that remainders look up whole serves the narrower ones too.
        let whole = |range: &&RangeProven| digits.get(&range.bits).is_some_and(|d| d.len() == 1);
        let widest = wanted
            .iter()
            .filter(|range| matches!(range.quantity, Quantity::Remainder(_)))
            .filter(whole)
            .map(|range| range.bits)
            .max()
            .unwrap_or(0);
        for mut range in wanted {
            let room = widest.saturating_sub(range.bits);
            match range.quantity {
                Quantity::Remainder(node)
                    if room > 0 && whole(&&range) && scales(program, bounds, node, room) =>
                {
                    range.scale = room;
                    range.bits = widest;
                }
                // Any upper bound serves: the lower one is what is proven.
                Quantity::Gap(_) if room > 0 => range.bits = widest,
                _ => {}
            }
            match self.committed_region(range.quantity).filter(|_| whole(&&range)) {
                Some(region) => self.look_up(region, &range),
                None => self.add_quantity(range, &digits),
            }
        }
        self.add_functions(program);
        // Multiplicities come last: their regions depend on nothing else.
        for table in 0..self.tables.len() {
            // The leading axis makes the rows one aligned block.
            let region = self.layout.add(0, &[1, 1 << self.tables[table].bits()]);
            match &mut self.tables[table] {
                LookupTable::Range { multiplicity, .. }
                | LookupTable::Function { multiplicity, .. } => *multiplicity = region,
            }
            self.columns.push(Column::Multiplicity { region, table });
        }
    }

    /// Every quantity whose range this link proves.
    fn range_proven(&self, program: &Program, bounds: &Bounds) -> Vec<RangeProven> {
        let mut wanted = Vec::new();
        let mut want = |quantity, lo, bits, lengths| {
            wanted.push(RangeProven { quantity, lo, bits, scale: 0, lengths });
        };
        let steps = self.shape.steps;
        if self.shape.kind == LinkKind::Training {
            for (index, node) in program.nodes.iter().enumerate() {
                let over = |tensor| lengths_over_steps(program, tensor, steps);
                match *node {
                    Node::Sum { .. }
                    | Node::Constant { .. }
                    | Node::Bernoulli { .. }
                    | Node::Lookup { .. } => continue,
                    Node::Rescale { out, shift, .. } => {
                        want(Quantity::Remainder(index), 0, shift, over(out));
                    }
                    Node::OneHot { .. } => {}
                    Node::ArgMax { input, max, .. } => {
                        let spread = bounds.0[max as usize].hi - bounds.0[input as usize].lo;
                        let places = reduced(program, input, max);
                        // A checked program's largest gap is below 2^48.
                        let largest = (spread.max(0) + 1) * places as i64 - 1;
                        want(Quantity::Gap(index), 0, width(largest.max(1)), over(input));
                    }
                    Node::Positive { input, .. } => {
                        let interval = bounds.0[input as usize];
                        let largest = (interval.hi - 1).max(-interval.lo).max(1);
                        want(Quantity::Magnitude(index), 0, width(largest), over(input));
                    }
                    Node::Root { out, .. } => {
                        let bits = width(2 * bounds.0[out as usize].hi - 1);
                        want(Quantity::RootRemainder(index), 0, bits, over(out));
                        want(Quantity::RootRoom(index), 0, bits, over(out));
                    }
                    Node::Max { input, out } => {
                        let spread =
                            bounds.0[out as usize].hi.saturating_sub(bounds.0[input as usize].lo);
                        let bits = width(spread.max(1));
                        want(Quantity::Choice(index), 0, 1, over(input));
                        if self.gaps[index].is_none() {
                            want(Quantity::Gap(index), 0, bits, over(input));
                        }
                    }
                    Node::Divide { denominator, out, .. } => {
                        let bits = width(2 * bounds.0[denominator as usize].hi - 1);
                        want(Quantity::DivisionRemainder(index), 0, bits, over(out));
                        want(Quantity::DivisionRoom(index), 0, bits, over(out));
                    }
                }
                for out in node.outputs() {
                    if let Some(range) = program.tensors[out as usize].range {
                        want(Quantity::Tensor(out), range.lo, range.bits, over(out));
                    }
                }
            }
        }
        let from_owner = self.shape.states == Some(Source::Owner);
        let trained = self.shape.kind == LinkKind::Training;
        for (index, state) in program.states.iter().enumerate() {
            let Some(range) = program.tensors[state.tensor as usize].range else { continue };
            let lengths = lengths_of(program, state.tensor);
            if from_owner {
                want(Quantity::FirstState(index), range.lo, range.bits, lengths.clone());
            }
            // What a link does not change was proven when it came in.
            if trained && state.next != state.tensor {
                want(Quantity::FinalState(index), range.lo, range.bits, lengths);
            }
        }
        for (position, shard) in self.shape.shards.iter().enumerate() {
            if shard.source == Source::Owner {
                for (field, data) in program.data.iter().enumerate() {
                    if let Some(range) = program.tensors[data.tensor as usize].range {
                        let mut lengths = lengths_of(program, data.tensor);
                        lengths[0] = shard.rows as usize;
                        let name = Quantity::ShardField(position, field);
                        want(name, range.lo, range.bits, lengths);
                    }
                }
            }
        }
        wanted
    }

    /// The integers that stand in a region of a polynomial that comes in or goes out.
    pub fn committed_integers(&self, region: usize) -> Option<Quantity> {
        let within = |regions: &[usize]| regions.iter().position(|&own| own == region);
        if let Some(state) = within(&self.states_in) {
            return Some(Quantity::FirstState(state));
        }
        if let Some(state) = within(&self.states_out) {
            return Some(Quantity::FinalState(state));
        }
        let mut shards = self.shards_in.iter().enumerate();
        shards.find_map(|(shard, fields)| Some(Quantity::ShardField(shard, within(fields)?)))
    }

    /// Where the integers of a quantity stand, if in a polynomial that comes in or goes out.
    fn committed_region(&self, quantity: Quantity) -> Option<usize> {
        match quantity {
            Quantity::FirstState(state) => Some(self.states_in[state]),
            Quantity::FinalState(state) => Some(self.states_out[state]),
            Quantity::ShardField(shard, field) => Some(self.shards_in[shard][field]),
            _ => None,
        }
    }

    /// Looks integers up where they stand, without a digit that would only repeat them.
    fn look_up(&mut self, region: usize, range: &RangeProven) {
        let table = self.range_table(range.bits);
        self.add_lookup(table, Target::Region(region), range.lo, Vec::new());
    }

    /// Adds a lookup whose fractions have no place yet.
    fn add_lookup(&mut self, table: usize, argument: Target, first: i64, outputs: Vec<usize>) {
        self.lookups.push(Lookup { table, slot: Region::default(), argument, first, outputs });
    }

    fn add_quantity(&mut self, range: RangeProven, digits: &Digits) {
        let RangeProven { quantity, lo, bits, scale, lengths } = range;
        let index = self.quantities.len();
        let mut columns = Vec::new();
        let mut shift = 0;
        let alone = [bits];
        for &width in digits.get(&bits).map_or(alone.as_slice(), Vec::as_slice) {
            let region = self.layout.add(0, &lengths);
            let table = self.range_table(width);
            self.columns.push(Column::Digit { region, quantity: index, shift, bits: width });
            self.add_lookup(table, Target::Region(region), 0, Vec::new());
            columns.push((region, shift, width));
            shift += width;
        }
        if let Quantity::Tensor(tensor) = quantity {
            self.tensor_quantities[tensor as usize] = Some(index);
        }
        if let Some(place) = self.quantity_place(quantity) {
            self.quantity_places[place].push(index);
        }
        let digits = columns;
        self.quantities.push(QuantityColumns { quantity, lo, bits, scale, lengths, digits });
    }

    fn range_table(&mut self, width: u32) -> usize {
        let tables = &mut self.tables;
        *self.range_tables[width as usize].get_or_insert_with(|| {
            tables.push(LookupTable::Range { bits: width, multiplicity: 0 });
            tables.len() - 1
        })
    }

    /// The place in [`Self::quantity_places`] of those of one node, state or field.
    pub(super) fn quantity_place(&self, quantity: Quantity) -> Option<usize> {
        let (nodes, states) = (self.gaps.len(), self.accumulations.len());
        match quantity {
            Quantity::Tensor(_) => None,
            Quantity::Remainder(node)
            | Quantity::Choice(node)
            | Quantity::Gap(node)
            | Quantity::DivisionRemainder(node)
            | Quantity::DivisionRoom(node)
            | Quantity::RootRemainder(node)
            | Quantity::RootRoom(node)
            | Quantity::Magnitude(node) => Some(node),
            Quantity::FirstState(state) | Quantity::FinalState(state) => Some(nodes + state),
            Quantity::ShardField(shard, field) => {
                let fields = self.shards_in.first().map_or(0, Vec::len);
                Some(nodes + states + shard * fields + field)
            }
        }
    }

    fn add_functions(&mut self, program: &Program) {
        if self.shape.kind != LinkKind::Training {
            return;
        }
        for node in &program.nodes {
            let Node::Lookup { input, table, outs } = node else { continue };
            let function = &program.tables[*table as usize];
            let tables = &mut self.tables;
            let index = *self.function_tables[*table as usize].get_or_insert_with(|| {
                let bits = function.bits;
                tables.push(LookupTable::Function { function: *table, bits, multiplicity: 0 });
                tables.len() - 1
            });
            let mut outputs = Vec::new();
            for &out in outs {
                let lengths = lengths_over_steps(program, out, self.shape.steps);
                let region = self.layout.add(0, &lengths);
                self.columns.push(Column::TableOutput { region, tensor: out });
                self.table_outputs[out as usize] = Some(region);
                outputs.push(region);
            }
            self.add_lookup(index, Target::Tensor(*input), function.first, outputs);
        }
    }
}

/// For each [`Node::Max`] the tensor `out - input`, if the program looks it up in a table that starts at zero: the
/// lookup then proves that no element exceeds the largest.
pub(super) fn gap_lookups(
    program: &Program,
    producers: &[Option<Producer>],
) -> Vec<Option<TensorId>> {
    let mut gaps = alloc::vec![None; program.nodes.len()];
    let shape = |tensor: TensorId| &program.tensors[tensor as usize].shape;
    let sum_of = |tensor: TensorId| match producers[tensor as usize]? {
        Producer::Node(node) => program.nodes.get(node),
        Producer::Field(_) | Producer::State(_) => None,
    };
    for lookup in &program.nodes {
        let Node::Lookup { input: gap, table, .. } = lookup else { continue };
        let Some(Node::Sum { terms, constant: 0, .. }) = sum_of(*gap) else { continue };
        let [a, b] = terms.as_slice() else { continue };
        let (plus, minus) = if a.coefficient == 1 { (a, b) } else { (b, a) };
        let (out, input) = (plus.left.tensor, minus.left.tensor);
        let Some(Producer::Node(max)) = producers[out as usize] else { continue };
        if !matches!(program.nodes[max], Node::Max { input: of, out: to } if of == input && to == out)
        {
            continue;
        }
        let is = |term: &Term, coefficient, tensor| {
            let labels: Vec<u8> = (0..shape(tensor).len() as u8).collect();
            term.coefficient == coefficient
                && term.scalar.is_none()
                && term.right.is_none()
                && term.left.is_plain(tensor, &labels)
        };
        // With an axis less, one lookup would stand for a whole row.
        let same_shape = shape(*gap) == shape(input);
        let from_zero = program.tables.get(*table as usize).is_some_and(|table| table.first == 0);
        if is(plus, 1, out) && is(minus, -1, input) && same_shape && from_zero {
            gaps[max].get_or_insert(*gap);
        }
    }
    gaps
}

/// A range that a link proves.
#[derive(Debug)]
struct RangeProven {
    quantity: Quantity,
    lo: i64,
    bits: u32,
    scale: u32,
    lengths: Vec<usize>,
}

/// Whether a rescaling's relation, times `2^room`, still cannot wrap around.
fn scales(program: &Program, bounds: &Bounds, node: usize, room: u32) -> bool {
    let Node::Rescale { input, out, shift } = program.nodes[node] else { return false };
    let largest = |tensor: TensorId| {
        let interval = bounds.0[tensor as usize];
        i128::from(interval.lo).abs().max(i128::from(interval.hi).abs())
    };
    let half = i128::from(zkpot_ir::MODULUS / 2);
    let wide = largest(input).max(largest(out) << shift) + (1i128 << shift);
    shift + room <= 48 && wide << room < half
}

/// The number of places that a reduction of trailing axes compares.
pub(super) fn reduced(program: &Program, input: TensorId, out: TensorId) -> usize {
    let kept = program.tensors[out as usize].shape.len();
    lengths_of(program, input).iter().skip(kept).product()
}

/// Bits that hold every integer from 0 to `largest`.
pub(super) fn width(largest: i64) -> u32 {
    i64::BITS - largest.leading_zeros()
}
