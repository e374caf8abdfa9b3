//! The types of a program. All of them are plain data with a canonical encoding.

use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use crate::{Operand, Table};

/// Index of a tensor in [`Program::tensors`].
pub type TensorId = u32;

/// One training step on integers, or a window of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Version of the integer semantics, [`crate::ARITHMETIC_VERSION`].
    pub arithmetic: u32,
    /// What the author calls it; shown, and part of the digest.
    pub name: String,
    /// Rows of data that a step reads.
    pub batch: u32,
    /// Training steps that one step of the program makes, one after another, each with its own
    /// part of the rows. Like scales, a label that people and the digest read.
    pub window: u32,
    /// The longest link (in steps) for which the integer bounds hold.
    pub max_steps: u32,
    /// Every tensor, with its shape within one step.
    pub tensors: Vec<Tensor>,
    /// Tables of the non-linear functions.
    pub tables: Vec<Table>,
    /// The fields of one data row, in the order in which a row stores them.
    pub data: Vec<DataField>,
    /// Parameters and optimizer state, carried from step to step and committed between links.
    pub states: Vec<State>,
    /// Public integers that may change from step to step (learning rates).
    pub scalars: Vec<Scalar>,
    /// The computation, in topological order.
    pub nodes: Vec<Node>,
    /// In which order steps read the dataset.
    pub reading: Reading,
    /// What links make public: totals over all rows that they read.
    pub outputs: Vec<Output>,
    /// What to show of a step; not proven.
    pub monitor: Option<Monitor>,
}

/// In which order steps read the dataset's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reading {
    /// By the public schedule, epoch after epoch.
    Shuffled,
    /// As they are stored, each row once; the last batch is filled up from the start, and what
    /// fills it up does not count in [`Program::outputs`].
    InOrder,
}

/// A public total: the sum of a tensor over the rows that a link reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Name in statements and receipts.
    pub name: String,
    /// What is summed; its first axis is the batch.
    pub tensor: TensorId,
    /// How far each of its elements may be from the real number that it stands for, in units: zero
    /// where it is exact. A label, as scales are.
    pub error: u64,
}

/// A tensor of integers; its real value is `integer * scale`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tensor {
    /// Unique name, from the ONNX graph where there is one.
    pub name: String,
    /// Lengths of the axes within one step; empty for a scalar.
    pub shape: Vec<u32>,
    /// Real value of one unit.
    pub scale: Scale,
    /// The proven range. Present exactly on committed tensors: data, states and the outputs
    /// of every node but [`Node::Sum`], [`Node::Constant`] and [`Node::Bernoulli`].
    pub range: Option<Range>,
}

/// One unit of a tensor is `numerator / denominator * 2^-fraction_bits`.
///
/// The proof does not read scales; people, the quantiser and the digest do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scale {
    /// Positive numerator.
    pub numerator: u64,
    /// Positive denominator.
    pub denominator: u64,
    /// Binary places.
    pub fraction_bits: i32,
}

/// The half-open interval `[lo, lo + 2^bits)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// Least admissible value.
    pub lo: i64,
    /// Logarithm of the number of admissible values, 1 to 48.
    pub bits: u32,
}

impl Range {
    /// Greatest admissible value.
    pub fn hi(&self) -> i64 {
        self.lo + ((1i64 << self.bits) - 1)
    }

    /// Whether `value` is admissible.
    pub fn contains(&self, value: i64) -> bool {
        self.lo <= value && value <= self.hi()
    }
}

/// A field of the dataset's rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataField {
    /// Name of the array in the data file (`x`, `y`).
    pub name: String,
    /// The tensor that a batch of this field becomes: shape `[batch, ...row shape]`.
    pub tensor: TensorId,
}

/// A tensor that lives longer than a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Role name: `param.<name>` or `state.<key>.<name>`.
    pub name: String,
    /// Its value when the step starts.
    pub tensor: TensorId,
    /// Its value when the step ends. Either a committed tensor of the same shape and range,
    /// or a [`Node::Sum`] that adds committed tensors to `tensor` itself.
    pub next: TensorId,
    /// Where it starts if it starts from a public seed: uniformly within `-initial..=initial`.
    pub initial: i64,
    /// The shape by which it is known outside, with the same elements in the same order: a
    /// program may split axes of a state.
    pub shape: Vec<u32>,
}

/// A public integer input of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scalar {
    /// Role name, `lr.<group>`.
    pub name: String,
    /// Binary places: the integer is `round(value * 2^fraction_bits)`.
    pub fraction_bits: i32,
    /// Least admissible integer.
    pub lo: i64,
    /// Greatest admissible integer.
    pub hi: i64,
}

/// `coefficient * scalar * left * right`, summed over those of the sum's own labels that an
/// operand has and repeated along the output axes that no operand has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// Integer factor, not zero.
    pub coefficient: i64,
    /// Index of a per-step public factor in [`Program::scalars`].
    pub scalar: Option<u32>,
    /// First operand.
    pub left: Operand,
    /// Second operand of a product.
    pub right: Option<Operand>,
}

/// A computation. Outputs of [`Node::Sum`], [`Node::Constant`] and [`Node::Bernoulli`] are virtual
/// (never committed); the others are committed and their declared range is proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Node {
    /// `out = constant + sum of terms`, exactly.
    Sum {
        /// Output tensor.
        out: TensorId,
        /// Lengths of the labels that are summed over; the first of them is the output's rank.
        summed: Vec<u32>,
        /// The summands.
        terms: Vec<Term>,
        /// Added to every element.
        constant: i64,
    },
    /// A public tensor, the same in every step: masks, positions, weights of classes.
    Constant {
        /// Output tensor.
        out: TensorId,
        /// Its elements, row-major.
        values: Vec<i64>,
    },
    /// `out = floor((input + 2^(shift-1)) / 2^shift)`: division by `2^shift`, half up.
    Rescale {
        /// Dividend.
        input: TensorId,
        /// Quotient, same shape.
        out: TensorId,
        /// 1 to 48.
        shift: u32,
    },
    /// `outs[i] = table.columns[i][input - table.first]`; an input that the
    /// table does not list is an error.
    Lookup {
        /// Argument.
        input: TensorId,
        /// Index in [`Program::tables`].
        table: u32,
        /// One output a column, same shape as the input.
        outs: Vec<TensorId>,
    },
    /// `out[..., c] = 1 if input[...] == c else 0`; an input outside `0..classes` is an error.
    OneHot {
        /// Class numbers.
        input: TensorId,
        /// Shape of the input and one more axis.
        out: TensorId,
    },
    /// `out[...] = max over the trailing axes of input`.
    Max {
        /// At least one axis more than the output.
        input: TensorId,
        /// Its shape is a prefix of the input's; the axes after it are reduced.
        out: TensorId,
    },
    /// `out = floor((2^(shift+1) * numerator + denominator) / (2 * denominator))`: the
    /// quotient `2^shift * numerator / denominator`, half up. The denominator is positive.
    Divide {
        /// Dividend.
        numerator: TensorId,
        /// Divisor; it repeats along the axes of the dividend that it lacks.
        denominator: TensorId,
        /// The dividend's axis that each of its axes is, all different.
        axes: Vec<u8>,
        /// Quotient, shape of the dividend.
        out: TensorId,
        /// Binary places added to the dividend, 0 to 48.
        shift: u32,
    },
    /// `out = floor(sqrt(2^shift * input + 1/4) + 1/2)`: the square root of `2^shift * input`,
    /// rounded to the nearest integer and at least 1. It is the `y` with
    /// `y^2 - y <= 2^shift * input < y^2 + y`. A negative input is an error.
    Root {
        /// Radicand.
        input: TensorId,
        /// Root, same shape.
        out: TensorId,
        /// Binary places added to the radicand, 0 to 48.
        shift: u32,
    },
    /// `out = 1 if input > 0 else 0`.
    Positive {
        /// Argument, of any width below 2^48.
        input: TensorId,
        /// Same shape, range `[0, 2)`.
        out: TensorId,
    },
    /// `max[...]` is the maximum over the trailing axes of the input, `out` is 1 at the first
    /// place (row-major) that attains it and 0 elsewhere.
    ArgMax {
        /// At least one axis more than the maximum.
        input: TensorId,
        /// Its shape is a prefix of the input's; the axes after it are reduced.
        max: TensorId,
        /// Shape of the input, range `[0, 2)`.
        out: TensorId,
    },
    /// A public random tensor of zeros and ones, drawn anew in every step from the seed of the
    /// batch schedule: each element is 1 with probability `numerator / 2^bits`. Which element is 1
    /// follows from the seed, the step's number in the run, the ordinal and the element's place.
    Bernoulli {
        /// Output tensor.
        out: TensorId,
        /// Tells the random tensors of a step apart; no two have the same.
        ordinal: u32,
        /// Odd and below `2^bits`.
        numerator: u32,
        /// 1 to 16.
        bits: u32,
    },
}

impl Node {
    /// The tensors that this node computes.
    pub fn outputs(&self) -> Vec<TensorId> {
        match self {
            Node::Lookup { outs, .. } => outs.clone(),
            Node::ArgMax { max, out, .. } => alloc::vec![*max, *out],
            Node::Sum { out, .. }
            | Node::Constant { out, .. }
            | Node::Bernoulli { out, .. }
            | Node::Rescale { out, .. }
            | Node::OneHot { out, .. }
            | Node::Max { out, .. }
            | Node::Divide { out, .. }
            | Node::Root { out, .. }
            | Node::Positive { out, .. } => alloc::vec![*out],
        }
    }

    /// The tensors that this node reads, with repetitions.
    pub fn inputs(&self) -> Vec<TensorId> {
        match self {
            Node::Sum { terms, .. } => terms
                .iter()
                .flat_map(|t| {
                    core::iter::once(t.left.tensor).chain(t.right.iter().map(|r| r.tensor))
                })
                .collect(),
            Node::Constant { .. } | Node::Bernoulli { .. } => Vec::new(),
            Node::Rescale { input, .. }
            | Node::Lookup { input, .. }
            | Node::OneHot { input, .. }
            | Node::Max { input, .. }
            | Node::Root { input, .. }
            | Node::Positive { input, .. }
            | Node::ArgMax { input, .. } => alloc::vec![*input],
            Node::Divide { numerator, denominator, .. } => {
                alloc::vec![*numerator, *denominator]
            }
        }
    }

    /// Whether the node's output is never committed.
    pub fn is_virtual(&self) -> bool {
        matches!(self, Node::Sum { .. } | Node::Constant { .. } | Node::Bernoulli { .. })
    }

    /// The node's kind, as people call it.
    pub fn kind(&self) -> &'static str {
        match self {
            Node::Sum { .. } => "Sum",
            Node::Constant { .. } => "Constant",
            Node::Bernoulli { .. } => "Bernoulli",
            Node::Rescale { .. } => "Rescale",
            Node::Lookup { .. } => "Lookup",
            Node::OneHot { .. } => "OneHot",
            Node::Max { .. } => "Max",
            Node::Divide { .. } => "Divide",
            Node::Root { .. } => "Root",
            Node::Positive { .. } => "Positive",
            Node::ArgMax { .. } => "ArgMax",
        }
    }
}

/// What training shows of a step. Computed by the executor in floating point, not proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Monitor {
    /// The model's output in each of the window's training steps. The first is made of the states
    /// as they are when the step starts.
    pub predictions: Vec<TensorId>,
    /// The data field that the prediction is compared with, an index in [`Program::data`].
    pub target: u32,
    /// How.
    pub loss: Loss,
}

/// Losses that the monitor knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Loss {
    /// Mean softmax cross entropy of logits `[batch, classes]` against class numbers `[batch]`.
    CrossEntropy,
    /// Mean squared difference.
    SquaredError,
}
