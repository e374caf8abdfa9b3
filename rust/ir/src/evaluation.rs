//! The program that evaluates a trained model: the forward half of a training program, with a
//! public total over the rows of a dataset.
//!
//! It follows from the training program alone, so whoever has that one knows which evaluation is
//! meant. Its states are the training program's, in the same units and places, and stay as they
//! are. Random tensors stand at their means, as dropout does in torch's evaluation mode.

mod cross_entropy;
mod logarithms;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::{
    Loss, Monitor, Node, Operand, Output, Program, ProgramError, Range, Reading, Scale, State,
    Table, Tensor, TensorId, Term, mean::Means,
};

pub use cross_entropy::CROSS_ENTROPY;

/// The output of a classifier's evaluation: rows, or positions of rows, that it gets right.
pub const CORRECT: &str = "correct";
/// The output of a regression's evaluation: the sum of squared differences.
pub const SQUARED_ERROR: &str = "squared_error";

/// The unit of counts.
const ONE: Scale = Scale { numerator: 1, denominator: 1, fraction_bits: 0 };
/// The longest evaluation in one link.
const MAX_STEPS: u32 = 1 << 16;

impl Program {
    /// The program that evaluates this one's model on rows like its training data.
    ///
    /// A classifier's axes before the last are those of its class numbers: rows, or rows and
    /// positions. Each place counts as correct where the logit of its class is larger than every
    /// other: a tie is wrong, so a model cannot gain by predicting everything at once.
    ///
    /// # Errors
    /// [`ProgramError::Structure`] where the program names no prediction (its monitor), or the
    /// prediction depends on a public scalar, or its ranges leave no room for the comparison.
    pub fn evaluation(&self) -> Result<Self, ProgramError> {
        let (monitor, shown, target) = self.shown()?;
        let mut forward = self.forward(&[shown, target])?;
        let outputs = match monitor.loss {
            Loss::CrossEntropy => {
                let compared = forward.compare(shown, target)?;
                vec![forward.count_correct(&compared), forward.sum_cross_entropy(&compared)?]
            }
            Loss::SquaredError => vec![forward.sum_squares(shown, target)?],
        };
        let mut program = Self {
            arithmetic: self.arithmetic,
            name: format!("{}/evaluation", self.name),
            batch: forward.batch,
            window: 1,
            max_steps: MAX_STEPS,
            tensors: forward.tensors,
            tables: forward.tables,
            data: self.data.clone(),
            states: forward.states,
            scalars: Vec::new(),
            nodes: forward.nodes,
            reading: Reading::InOrder,
            outputs,
            monitor: None,
        };
        // Sums of squares leave less room for long links than counts do.
        loop {
            match program.clone().renumbered() {
                Err(ProgramError::Overflow { .. }) if program.max_steps > 1 => {
                    program.max_steps /= 2;
                }
                renumbered => return renumbered,
            }
        }
    }

    /// The forward half of this program: it predicts and shows the same loss, changes nothing, and
    /// has random tensors at their means.
    ///
    /// # Errors
    /// As [`Program::evaluation`].
    pub fn prediction(&self) -> Result<Self, ProgramError> {
        let (monitor, shown, target) = self.shown()?;
        let Forward { batch, tensors, tables, states, nodes } = self.forward(&[shown, target])?;
        let (scalars, outputs) = (Vec::new(), Vec::new());
        let monitor = Some(Monitor { predictions: vec![shown], ..*monitor });
        let window = 1;
        let made = Self {
            batch,
            window,
            tensors,
            tables,
            states,
            nodes,
            scalars,
            outputs,
            monitor,
            ..self.clone()
        };
        made.renumbered()
    }

    /// The monitor, the prediction of the states as they are when a step starts, and its target.
    fn shown(&self) -> Result<(&Monitor, TensorId, TensorId), ProgramError> {
        let monitor = self.monitor.as_ref();
        let first = monitor.and_then(|monitor| Some((monitor, *monitor.predictions.first()?)));
        let (monitor, shown) = first.ok_or_else(|| ProgramError::Structure {
            place: self.name.clone(),
            reason: "the program names no prediction, so it cannot be evaluated",
        })?;
        Ok((monitor, shown, self.data[monitor.target as usize].tensor))
    }

    /// Whether a step draws random tensors.
    pub fn is_random(&self) -> bool {
        self.nodes.iter().any(|node| matches!(node, Node::Bernoulli { .. }))
    }

    /// The nodes that `wanted` depend on, and all states, frozen. Tensors keep their numbers. Of a
    /// window's rows only those of its first training step are left.
    fn forward(&self, wanted: &[TensorId]) -> Result<Forward, ProgramError> {
        let mut needed = vec![false; self.tensors.len()];
        wanted.iter().for_each(|&id| needed[id as usize] = true);
        let mut nodes = Vec::new();
        for node in self.nodes.iter().rev() {
            if !node.outputs().iter().any(|&out| needed[out as usize]) {
                continue;
            }
            if let Node::Sum { out, terms, .. } = node
                && terms.iter().any(|term| term.scalar.is_some())
            {
                return Err(ProgramError::Structure {
                    place: self.tensors[*out as usize].name.clone(),
                    reason: "the prediction depends on a public scalar",
                });
            }
            node.inputs().into_iter().for_each(|id| needed[id as usize] = true);
            nodes.push(node.clone());
        }
        nodes.reverse();
        let mut tensors = self.tensors.clone();
        if self.is_random() {
            let bounds = self.check()?;
            nodes = Means::new(&mut tensors, &bounds.0, wanted).take(&nodes)?;
        }
        let frozen = |state: &State| State { next: state.tensor, ..state.clone() };
        let batch = self.batch / self.window.max(1);
        for field in &self.data {
            if let Some(rows) = tensors[field.tensor as usize].shape.first_mut() {
                *rows = batch;
            }
        }
        Ok(Forward {
            batch,
            tensors,
            tables: self.tables.clone(),
            states: self.states.iter().map(frozen).collect(),
            nodes,
        })
    }

    /// The same program without tensors and tables that nothing uses.
    fn renumbered(mut self) -> Result<Self, ProgramError> {
        let mut used = vec![false; self.tensors.len()];
        let mut tables = vec![false; self.tables.len()];
        self.data.iter().for_each(|field| used[field.tensor as usize] = true);
        self.states.iter().for_each(|state| used[state.tensor as usize] = true);
        for node in &self.nodes {
            node.outputs().iter().for_each(|&id| used[id as usize] = true);
            if let Node::Lookup { table, .. } = node {
                tables[*table as usize] = true;
            }
        }
        let (tensor_places, table_places) = (places(&used), places(&tables));
        let at = |id: &mut TensorId| *id = tensor_places[*id as usize];
        self.data.iter_mut().for_each(|field| at(&mut field.tensor));
        for state in &mut self.states {
            at(&mut state.tensor);
            at(&mut state.next);
        }
        self.outputs.iter_mut().for_each(|output| at(&mut output.tensor));
        self.monitor.iter_mut().for_each(|shown| shown.predictions.iter_mut().for_each(at));
        for node in &mut self.nodes {
            match node {
                Node::Sum { out, terms, .. } => {
                    at(out);
                    for term in terms {
                        at(&mut term.left.tensor);
                        term.right.iter_mut().for_each(|right| at(&mut right.tensor));
                    }
                }
                Node::Constant { out, .. } | Node::Bernoulli { out, .. } => at(out),
                Node::Rescale { input, out, .. }
                | Node::OneHot { input, out }
                | Node::Max { input, out }
                | Node::Root { input, out, .. }
                | Node::Positive { input, out } => {
                    at(input);
                    at(out);
                }
                Node::Lookup { input, table, outs } => {
                    at(input);
                    outs.iter_mut().for_each(at);
                    *table = table_places[*table as usize];
                }
                Node::Divide { numerator, denominator, out, .. } => {
                    at(numerator);
                    at(denominator);
                    at(out);
                }
                Node::ArgMax { input, max, out } => {
                    at(input);
                    at(max);
                    at(out);
                }
            }
        }
        let mut keep = used.iter();
        self.tensors.retain(|_| keep.next().copied().unwrap_or_default());
        let mut keep = tables.iter();
        self.tables.retain(|_| keep.next().copied().unwrap_or_default());
        self.check()?;
        Ok(self)
    }
}

/// New numbers of what is used.
fn places(used: &[bool]) -> Vec<u32> {
    let mut next = 0;
    used.iter()
        .map(|&used| {
            next += u32::from(used);
            next.saturating_sub(1)
        })
        .collect()
}

fn term(coefficient: i64, left: Operand, right: Option<Operand>) -> Term {
    Term { coefficient, scalar: None, left, right }
}

/// Logits `[...rows, classes]` beside the classes that they should name.
struct Compared {
    prediction: TensorId,
    /// The logits' range.
    range: Range,
    rows: Vec<u32>,
    classes: u32,
    /// One at the place of each row's class.
    class: TensorId,
    /// Its logit.
    own: TensorId,
}

/// A program in the making.
struct Forward {
    batch: u32,
    tensors: Vec<Tensor>,
    tables: Vec<Table>,
    states: Vec<State>,
    nodes: Vec<Node>,
}

impl Forward {
    fn add(&mut self, name: &str, like: TensorId, shape: &[u32], range: Option<Range>) -> TensorId {
        let scale = self.tensors[like as usize].scale;
        let name = format!("evaluation/{name}");
        self.tensors.push(Tensor { name, shape: shape.to_vec(), scale, range });
        (self.tensors.len() - 1) as TensorId
    }

    fn sum(&mut self, out: TensorId, summed: Vec<u32>, terms: Vec<Term>) {
        self.nodes.push(Node::Sum { out, summed, terms, constant: 0 });
    }

    /// One for each class: the graph's own, if the prediction needs it anyway.
    fn one_hot(&mut self, target: TensorId, prediction: TensorId) -> TensorId {
        let shape = self.tensors[prediction as usize].shape.clone();
        let known = self.nodes.iter().find_map(|node| match node {
            Node::OneHot { input, out } if *input == target => Some(*out),
            _ => None,
        });
        known.unwrap_or_else(|| {
            let range = Some(Range { lo: 0, bits: 1 });
            let out = self.add("class", target, &shape, range);
            self.nodes.push(Node::OneHot { input: target, out });
            out
        })
    }

    /// Each place's own logit, where the logits can be compared.
    fn compare(
        &mut self,
        prediction: TensorId,
        target: TensorId,
    ) -> Result<Compared, ProgramError> {
        let shown = self.tensors[prediction as usize].clone();
        let refused = |reason: &'static str| {
            Err(ProgramError::Structure { place: shown.name.clone(), reason })
        };
        let Some(range) = shown.range else {
            return refused("a prediction that is compared has a declared range");
        };
        // Differences of two logits take one bit more, and tables end at 22 bits.
        if range.bits > 20 {
            return refused("logits of more than 20 bits are too wide to be compared");
        }
        let Some((&classes, rows)) = shown.shape.split_last() else {
            return refused("a prediction that is compared has classes along its last axis");
        };
        let all: Vec<u8> = (0..shown.shape.len() as u8).collect();
        let class = self.one_hot(target, prediction);
        let own = self.add("own_logit", prediction, rows, None);
        let product = (Operand::plain(prediction, &all), Operand::plain(class, &all));
        self.sum(own, vec![classes], vec![term(1, product.0, Some(product.1))]);
        Ok(Compared { prediction, range, rows: rows.to_vec(), classes, class, own })
    }

    fn count_correct(&mut self, compared: &Compared) -> Output {
        let Compared { prediction, range, rows, class, own, .. } = compared;
        let (prediction, range) = (*prediction, *range);
        let shape = self.tensors[prediction as usize].shape.clone();
        let rank = shape.len() as u8;
        let (outer, all): (Vec<u8>, Vec<u8>) = ((0..rank - 1).collect(), (0..rank).collect());
        let operand = Operand::plain;
        // The row's own class is put below all others before the largest is taken.
        let below = 1i64 << (range.bits + 1);
        let others = self.add("other_logits", prediction, &shape, None);
        let terms = vec![
            term(1, operand(prediction, &all), None),
            term(-below, operand(*class, &all), None),
        ];
        self.sum(others, Vec::new(), terms);
        let best = self.add("best_other", prediction, rows, Some(range));
        self.nodes.push(Node::Max { input: others, out: best });
        let margin = self.add("margin", prediction, rows, None);
        let terms =
            vec![term(1, operand(*own, &outer), None), term(-1, operand(best, &outer), None)];
        self.sum(margin, Vec::new(), terms);
        let bits = range.bits + 1;
        let first = -(1i64 << range.bits);
        let positive = (0..1i64 << bits).map(|row| i64::from(row + first > 0)).collect();
        let table = self.tables.len() as u32;
        let name = "evaluation/positive".to_owned();
        self.tables.push(Table { name, first, bits, columns: vec![positive], gaps: vec![] });
        let correct = self.add(CORRECT, prediction, rows, Some(Range { lo: 0, bits: 1 }));
        self.tensors[correct as usize].scale = ONE;
        self.nodes.push(Node::Lookup { input: margin, table, outs: vec![correct] });
        Output { name: CORRECT.to_owned(), tensor: correct, error: 0 }
    }

    fn sum_squares(
        &mut self,
        prediction: TensorId,
        target: TensorId,
    ) -> Result<Output, ProgramError> {
        let (shown, wanted) = (&self.tensors[prediction as usize], &self.tensors[target as usize]);
        let (left, right) = (shown.scale, wanted.scale);
        let refused = |place: &String, reason: &'static str| {
            Err(ProgramError::Structure { place: place.clone(), reason })
        };
        if shown.shape != wanted.shape {
            return refused(&shown.name, "a prediction has its target's shape");
        }
        if (left.numerator, left.denominator) != (right.numerator, right.denominator) {
            return refused(&shown.name, "prediction and target differ by a power of two only");
        }
        let finer = left.fraction_bits.max(right.fraction_bits);
        let factor = |scale: Scale| 1i64.checked_shl((finer - scale.fraction_bits) as u32);
        let (Some(a), Some(b)) = (factor(left), factor(right)) else {
            return refused(&shown.name, "the units of prediction and target are too far apart");
        };
        let squared = |scale: Scale| {
            Some(Scale {
                numerator: scale.numerator.checked_mul(scale.numerator)?,
                denominator: scale.denominator.checked_mul(scale.denominator)?,
                fraction_bits: finer.checked_mul(2)?,
            })
        };
        let Some(unit) = squared(left) else {
            return refused(&shown.name, "the square of its unit leaves no room");
        };
        let shape = shown.shape.clone();
        let all: Vec<u8> = (0..shape.len() as u8).collect();
        let operand = |tensor| Operand::plain(tensor, &all);
        let difference = self.add("difference", prediction, &shape, None);
        self.tensors[difference as usize].scale = Scale { fraction_bits: finer, ..left };
        let terms = vec![term(a, operand(prediction), None), term(-b, operand(target), None)];
        self.sum(difference, Vec::new(), terms);
        let square = self.add(SQUARED_ERROR, difference, &shape, None);
        self.tensors[square as usize].scale = unit;
        let own = (operand(difference), operand(difference));
        self.sum(square, Vec::new(), vec![term(1, own.0, Some(own.1))]);
        Ok(Output { name: SQUARED_ERROR.to_owned(), tensor: square, error: 0 })
    }
}
