//! A program's forward half with every random tensor at its mean: what a trained model predicts.
//!
//! A random tensor is linear in what reads it where it is a factor of dropout, and `E[mask] / keep`
//! is one: the result is what torch computes in evaluation mode. The mean `numerator / 2^bits` is
//! no integer, so a tensor that depends on it is computed `2^bits` times as large. It is rounded half
//! up to its own unit where the program rounds it anyway, or, if something else than a rounding
//! reads it and it is narrow enough to be committed, at once.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use crate::{Interval, Node, Operand, ProgramError, Range, Scale, Tensor, TensorId, Term};

/// The number one, for means of every shape.
const ONE: &str = "evaluation/one";

/// Sums of more bits are left to whatever rounds them.
const NARROW: u32 = 32;
/// The most that a rescale rounds away.
const MAX_SHIFT: u32 = 48;
const NO_ROOM: &str = "a mean's binary places leave no room for an evaluation";

/// Nodes in the making.
pub(crate) struct Means<'a> {
    /// All tensors; new ones are added.
    pub(crate) tensors: &'a mut Vec<Tensor>,
    /// What each of the program's own tensors can be.
    pub(crate) intervals: &'a [Interval],
    /// Tensors that depend on random ones: binary places that they are too large by.
    places: BTreeMap<TensorId, u32>,
    /// Those that depend on random ones alone, and so are the same everywhere.
    means: BTreeSet<TensorId>,
    /// Tensors that something else than a rescale reads.
    read: BTreeSet<TensorId>,
    /// Tensors that have to be in their own units, whoever reads them.
    wanted: BTreeSet<TensorId>,
    one: Option<TensorId>,
    nodes: Vec<Node>,
}

impl<'a> Means<'a> {
    pub(crate) fn new(
        tensors: &'a mut Vec<Tensor>,
        intervals: &'a [Interval],
        wanted: &[TensorId],
    ) -> Self {
        Self {
            tensors,
            intervals,
            places: BTreeMap::new(),
            means: BTreeSet::new(),
            read: BTreeSet::new(),
            wanted: wanted.iter().copied().collect(),
            one: None,
            nodes: Vec::new(),
        }
    }

    /// The nodes without random tensors; they compute the same tensors.
    ///
    /// # Errors
    /// [`ProgramError::Structure`] where a random tensor is read by something else than sums and
    /// products, or a sum has no room for the binary places of a mean.
    pub(crate) fn take(mut self, nodes: &[Node]) -> Result<Vec<Node>, ProgramError> {
        let rounded = |node: &&Node| !matches!(node, Node::Rescale { .. });
        self.read = nodes.iter().filter(rounded).flat_map(Node::inputs).collect();
        for node in nodes {
            match node {
                Node::Bernoulli { out, numerator, bits, .. } => {
                    let one = self.one();
                    let term = Term {
                        coefficient: i64::from(*numerator),
                        scalar: None,
                        left: Operand::plain(one, &[]),
                        right: None,
                    };
                    self.places.insert(*out, *bits);
                    self.means.insert(*out);
                    self.sum(*out, Vec::new(), vec![term], 0);
                }
                Node::Sum { out, summed, terms, constant } => {
                    self.add_sum(*out, summed, terms, *constant)?;
                }
                Node::Rescale { input, out, shift } if self.places.contains_key(input) => {
                    let shift = shift + self.places[input];
                    if shift > MAX_SHIFT {
                        return self.refuse(*out, NO_ROOM);
                    }
                    self.nodes.push(Node::Rescale { input: *input, out: *out, shift });
                }
                _ => {
                    let read = node.inputs();
                    if let Some(&id) = read.iter().find(|id| self.places.contains_key(id)) {
                        return self.refuse(
                            id,
                            "only sums and products may read a random tensor, whose mean an \
                             evaluation takes",
                        );
                    }
                    self.nodes.push(node.clone());
                }
            }
        }
        Ok(self.nodes)
    }

    fn refuse<T>(&self, tensor: TensorId, reason: &'static str) -> Result<T, ProgramError> {
        let place = self.tensors[tensor as usize].name.clone();
        Err(ProgramError::Structure { place, reason })
    }

    fn sum(&mut self, out: TensorId, summed: Vec<u32>, terms: Vec<Term>, constant: i64) {
        self.nodes.push(Node::Sum { out, summed, terms, constant });
    }

    /// A tensor without axes that is one; sums repeat it.
    fn one(&mut self) -> TensorId {
        if let Some(one) = self.one {
            return one;
        }
        let scale = Scale { numerator: 1, denominator: 1, fraction_bits: 0 };
        let tensor = Tensor { name: ONE.into(), shape: Vec::new(), scale, range: None };
        self.tensors.push(tensor);
        let one = (self.tensors.len() - 1) as TensorId;
        self.nodes.push(Node::Constant { out: one, values: vec![1] });
        self.one = Some(one);
        one
    }

    /// Brings the terms to as many binary places as the one that has most of them.
    fn add_sum(
        &mut self,
        out: TensorId,
        summed: &[u32],
        terms: &[Term],
        constant: i64,
    ) -> Result<(), ProgramError> {
        let known = |operand: &Operand| self.places.get(&operand.tensor).copied();
        let places = |term: &Term| {
            let operands = core::iter::once(&term.left).chain(&term.right);
            operands.map(|operand| known(operand).unwrap_or(0)).sum::<u32>()
        };
        let most = terms.iter().map(places).max().unwrap_or(0);
        if most == 0 {
            self.sum(out, summed.to_vec(), terms.to_vec(), constant);
            return Ok(());
        }
        let mean = |operand: &Operand| self.means.contains(&operand.tensor);
        let random_alone =
            terms.iter().all(|term| mean(&term.left) && term.right.as_ref().is_none_or(mean));
        let mut aligned = Vec::with_capacity(terms.len());
        for term in terms {
            let Some(coefficient) = scaled(term.coefficient, most - places(term)) else {
                return self.refuse(out, NO_ROOM);
            };
            aligned.push(Term { coefficient, ..term.clone() });
        }
        let Some(constant) = scaled(constant, most) else { return self.refuse(out, NO_ROOM) };
        let interval = self.intervals[out as usize];
        let bits = 64 - interval.hi.wrapping_sub(interval.lo).leading_zeros();
        let wanted = self.wanted.contains(&out);
        if wanted && (bits > MAX_SHIFT || most > MAX_SHIFT) {
            return self.refuse(out, NO_ROOM);
        }
        let rounded = !self.read.contains(&out);
        if !wanted && (random_alone || bits > NARROW || most > MAX_SHIFT || rounded) {
            self.places.insert(out, most);
            if random_alone {
                self.means.insert(out);
            }
            self.sum(out, summed.to_vec(), aligned, constant);
            return Ok(());
        }
        let mut wide = self.tensors[out as usize].clone();
        wide.name = format!("evaluation/{}", wide.name);
        wide.scale.fraction_bits += most as i32;
        self.tensors.push(wide);
        let input = (self.tensors.len() - 1) as TensorId;
        self.tensors[out as usize].range = Some(Range { lo: interval.lo, bits: bits.max(1) });
        self.sum(input, summed.to_vec(), aligned, constant);
        self.nodes.push(Node::Rescale { input, out, shift: most });
        Ok(())
    }
}

fn scaled(value: i64, places: u32) -> Option<i64> {
    1i64.checked_shl(places)
        .filter(|factor| *factor > 0)
        .and_then(|factor| value.checked_mul(factor))
}
