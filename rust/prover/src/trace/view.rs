//! Operands of a sum as strided arrays.
//!
//! Where every place that an operand reads lies on the tensor, its indices are strides into the
//! tensor itself. Otherwise the tensor is first copied with the zeros that surround its elements
//! or lie between them.

use zkpot_ir::{Index, Operand, Program};

use super::strided::strides;
use super::values::Values;

/// How an operand is read.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// The place of the operand where all labels are zero.
    pub(super) start: usize,
    /// Each label with its stride.
    pub(super) labels: Vec<(u8, isize)>,
    copy: Option<Copy>,
}

/// A copy with zeros.
#[derive(Clone, Debug)]
struct Copy {
    /// For each axis of the copy the place of the tensor's axis, where there is one.
    axes: Vec<Vec<Option<usize>>>,
    /// Strides of the tensor.
    strides: Vec<usize>,
    values: Values,
}

impl View {
    /// Plans an operand of a checked program, for labels of these lengths.
    pub(super) fn new(program: &Program, operand: &Operand, lengths: &[u32]) -> Self {
        let shape = &program.tensors[operand.tensor as usize].shape;
        let length = |label: u8| lengths[usize::from(label)];
        let own: Vec<usize> = shape.iter().map(|&l| l as usize).collect();
        let covered = operand.axes.iter().zip(shape).all(|(i, &axis)| i.covers(axis, length));
        if covered {
            let first: Vec<i64> = vec![0; own.len()];
            return Self::over(operand, &own, &first, None);
        }
        let spans: Vec<(i64, i64)> = operand.axes.iter().map(|index| index.span(length)).collect();
        let first: Vec<i64> = spans.iter().map(|span| span.0).collect();
        let axes: Vec<Vec<Option<usize>>> = operand
            .axes
            .iter()
            .zip(&own)
            .zip(&spans)
            .map(|((index, &axis), &(lo, hi))| (lo..=hi).map(|n| place(index, n, axis)).collect())
            .collect();
        let shape: Vec<usize> = axes.iter().map(Vec::len).collect();
        let values = Values::zeros(shape.iter().product());
        let copy = Copy { axes, strides: strides(&own), values };
        Self::over(operand, &shape, &first, Some(copy))
    }

    /// Strides over an array of this shape whose first places are these numerators.
    fn over(operand: &Operand, shape: &[usize], first: &[i64], copy: Option<Copy>) -> Self {
        let mut start = 0;
        let mut labels = Vec::new();
        for ((index, stride), &first) in operand.axes.iter().zip(strides(shape)).zip(first) {
            // Both are places of the array, so they fit.
            start += (i64::from(index.offset) - first) as isize * stride as isize;
            let steps = index.labels.iter();
            labels.extend(steps.map(|&(label, step)| (label, step as isize * stride as isize)));
        }
        Self { start: start as usize, labels, copy }
    }

    /// The array that the strides are over.
    pub(super) fn array<'a>(&'a mut self, tensor: &'a Values) -> &'a Values {
        let Some(copy) = &mut self.copy else { return tensor };
        copy.values.interval = tensor.interval;
        let out = copy.values.data.as_mut_slice();
        fill(&copy.axes, &copy.strides, &tensor.data, out);
        &copy.values
    }
}

/// The place that a numerator reads.
fn place(index: &Index, numerator: i64, axis: usize) -> Option<usize> {
    let divisor = i64::from(index.divisor);
    let place = usize::try_from(numerator.checked_div_euclid(divisor)?).ok()?;
    (numerator % divisor == 0 && place < axis).then_some(place)
}

/// Copies the elements that exist; the others are zero already.
fn fill(axes: &[Vec<Option<usize>>], strides: &[usize], tensor: &[i64], out: &mut [i64]) {
    let ([axis, inner @ ..], [stride, rest @ ..]) = (axes, strides) else {
        out[0] = tensor[0];
        return;
    };
    let block: usize = inner.iter().map(Vec::len).product();
    for (to, from) in axis.iter().enumerate() {
        let Some(from) = from else { continue };
        if inner.is_empty() {
            out[to] = tensor[from * stride];
        } else {
            let part = &mut out[to * block..(to + 1) * block];
            fill(inner, rest, &tensor[from * stride..], part);
        }
    }
}
