//! What the witness holds: digits of range-proven integers, table outputs, multiplicities.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use zkpot_ir::{Bounds, Node, Program, TensorId};

use super::digits::{Digits, choose_digits};
use super::{Arithmetization, LinkKind, Target, lengths_of, lengths_over_steps};

/// An integer tensor whose range the link proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quantity {
    /// A committed tensor of the program, over all steps.
    Tensor(TensorId),
    /// `(input + 2^(shift-1)) mod 2^shift` of a [`Node::Rescale`].
    Remainder(usize),
    /// A one-hot choice of the largest element, of a [`Node::Max`].
    Choice(usize),
    /// `out - input`, at least zero, of a [`Node::Max`].
    Gap(usize),
    /// `(2^(shift+1) numerator + denominator) mod (2 denominator)` of a [`Node::Divide`].
    DivisionRemainder(usize),
    /// `2 denominator - 1 - remainder` of a [`Node::Divide`].
    DivisionRoom(usize),
    /// A state's value at the link's end.
    FinalState(usize),
    /// A field of an imported shard (shard, field).
    ShardField(usize, usize),
}

/// A quantity is `lo + sum of 2^shift * digit`.
#[derive(Clone, Debug)]
pub struct QuantityColumns {
    /// What it is.
    pub quantity: Quantity,
    /// Least value.
    pub lo: i64,
    /// The range is `[lo, lo + 2^bits)`.
    pub bits: u32,
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

/// A tensor of lookups. Its fractions stand where `slot` lies in the witness.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Index of the table.
    pub table: usize,
    /// Region whose places the fractions take.
    pub slot: usize,
    /// The argument: a region for a range, a tensor for a function.
    pub argument: Target,
    /// Subtracted from the argument.
    pub first: i64,
    /// Regions of the other columns of the row.
    pub outputs: Vec<usize>,
}

impl Arithmetization {
    pub(super) fn add_columns(&mut self, program: &Program, bounds: &Bounds) {
        let wanted = self.range_proven(program, bounds);
        let mut counts = BTreeMap::new();
        for (_, _, bits, lengths) in &wanted {
            let count: usize = lengths.iter().product();
            *counts.entry(*bits).or_insert(0u64) += count as u64;
        }
        let digits = choose_digits(&counts);
        for (quantity, lo, bits, lengths) in wanted {
            self.add_quantity(quantity, lo, bits, lengths, &digits);
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

    /// Every quantity whose range this link proves: name, least value, bits, axes.
    fn range_proven(
        &self,
        program: &Program,
        bounds: &Bounds,
    ) -> Vec<(Quantity, i64, u32, Vec<usize>)> {
        let mut wanted = Vec::new();
        let steps = self.shape.steps;
        if self.shape.kind == LinkKind::Training {
            for (index, node) in program.nodes.iter().enumerate() {
                let over = |tensor| lengths_over_steps(program, tensor, steps);
                match *node {
                    Node::Sum { .. } | Node::Lookup { .. } => continue,
                    Node::Rescale { out, shift, .. } => {
                        wanted.push((Quantity::Remainder(index), 0, shift, over(out)));
                    }
                    Node::OneHot { .. } => {}
                    Node::Max { input, out } => {
                        let spread = bounds.0[out as usize].hi.saturating_sub(bounds.0[input as usize].lo);
                        let bits = width(spread.max(1));
                        wanted.push((Quantity::Choice(index), 0, 1, over(input)));
                        wanted.push((Quantity::Gap(index), 0, bits, over(input)));
                    }
                    Node::Divide { denominator, out, .. } => {
                        let bits = width(2 * bounds.0[denominator as usize].hi - 1);
                        wanted.push((Quantity::DivisionRemainder(index), 0, bits, over(out)));
                        wanted.push((Quantity::DivisionRoom(index), 0, bits, over(out)));
                    }
                }
                for &out in node.outputs() {
                    if let Some(range) = program.tensors[out as usize].range {
                        wanted.push((Quantity::Tensor(out), range.lo, range.bits, over(out)));
                    }
                }
            }
        }
        if self.shape.states {
            for (index, state) in program.states.iter().enumerate() {
                // A state that a training link does not change was proven when it came in.
                let frozen = self.shape.kind == LinkKind::Training && state.next == state.tensor;
                if let (false, Some(range)) = (frozen, program.tensors[state.tensor as usize].range) {
                    let lengths = lengths_of(program, state.tensor);
                    wanted.push((Quantity::FinalState(index), range.lo, range.bits, lengths));
                }
            }
        }
        if self.shape.kind == LinkKind::Import {
            for (position, shard) in self.shape.shards.iter().enumerate() {
                for (field, data) in program.data.iter().enumerate() {
                    if let Some(range) = program.tensors[data.tensor as usize].range {
                        let mut lengths = lengths_of(program, data.tensor);
                        lengths[0] = shard.rows as usize;
                        let name = Quantity::ShardField(position, field);
                        wanted.push((name, range.lo, range.bits, lengths));
                    }
                }
            }
        }
        wanted
    }

    fn add_quantity(
        &mut self,
        quantity: Quantity,
        lo: i64,
        bits: u32,
        lengths: Vec<usize>,
        digits: &Digits,
    ) {
        let index = self.quantities.len();
        let mut columns = Vec::new();
        let mut shift = 0;
        for &width in digits.get(&bits).map_or(&[][..], Vec::as_slice) {
            let region = self.layout.add(0, &lengths);
            let table = self.range_table(width);
            self.columns.push(Column::Digit { region, quantity: index, shift, bits: width });
            self.lookups.push(Lookup {
                table,
                slot: region,
                argument: Target::Region(region),
                first: 0,
                outputs: Vec::new(),
            });
            columns.push((region, shift, width));
            shift += width;
        }
        if let Quantity::Tensor(tensor) = quantity {
            self.tensor_quantities[tensor as usize] = Some(index);
        }
        self.quantities.push(QuantityColumns { quantity, lo, bits, lengths, digits: columns });
    }

    fn range_table(&mut self, width: u32) -> usize {
        let known = self.tables.iter().position(
            |table| matches!(table, LookupTable::Range { bits, .. } if *bits == width),
        );
        known.unwrap_or_else(|| {
            self.tables.push(LookupTable::Range { bits: width, multiplicity: 0 });
            self.tables.len() - 1
        })
    }

    fn add_functions(&mut self, program: &Program) {
        if self.shape.kind != LinkKind::Training {
            return;
        }
        for node in &program.nodes {
            let Node::Lookup { input, table, outs } = node else { continue };
            let function = &program.tables[*table as usize];
            let known = self.tables.iter().position(|t| {
                matches!(t, LookupTable::Function { function, .. } if function == table)
            });
            let index = known.unwrap_or_else(|| {
                self.tables.push(LookupTable::Function {
                    function: *table,
                    bits: function.bits,
                    multiplicity: 0,
                });
                self.tables.len() - 1
            });
            let mut outputs = Vec::new();
            for &out in outs {
                let lengths = lengths_over_steps(program, out, self.shape.steps);
                let region = self.layout.add(0, &lengths);
                self.columns.push(Column::TableOutput { region, tensor: out });
                self.table_outputs[out as usize] = Some(region);
                outputs.push(region);
            }
            self.lookups.push(Lookup {
                table: index,
                slot: outputs[0],
                argument: Target::Tensor(*input),
                first: function.first,
                outputs,
            });
        }
    }
}

/// Bits that hold every integer from 0 to `largest`.
pub(super) fn width(largest: i64) -> u32 {
    i64::BITS - largest.leading_zeros()
}
