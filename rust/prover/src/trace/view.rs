//! Operands of a sum as strided arrays.
//!
//! Where every place that an operand reads lies on the tensor, its indices are strides into the
//! tensor itself. Otherwise the tensor is first copied with the zeros that surround its elements
//! or lie between them. Labels over which this operand alone is summed are summed in the copy,
//! so that the other operand meets one sum instead of each of its terms: the windows of a pool
//! behind a convolution are such.

use zkpot_ir::{Index, Interval, Operand, Program};

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

/// A copy with zeros, or with sums.
#[derive(Clone, Debug)]
struct Copy {
    /// For each place on an axis of the copy the places of the tensor's axis that it sums.
    axes: Vec<Vec<Vec<usize>>>,
    /// Strides of the tensor.
    strides: Vec<usize>,
    /// The most elements that a place of the copy sums.
    terms: i64,
    values: Values,
}

impl View {
    /// Plans an operand of a checked program, for labels of these lengths; sums over the labels
    /// that `folds` names.
    pub(super) fn new(
        program: &Program,
        operand: &Operand,
        lengths: &[u32],
        folds: impl Fn(u8) -> bool,
    ) -> Self {
        let shape = &program.tensors[operand.tensor as usize].shape;
        let length = |label: u8| lengths[usize::from(label)];
        let own: Vec<usize> = shape.iter().map(|&l| l as usize).collect();
        let covered = operand.axes.iter().zip(shape).all(|(i, &axis)| i.covers(axis, length));
        if covered && !operand.labels().any(&folds) {
            let first: Vec<i64> = vec![0; own.len()];
            return Self::over(operand.axes.iter(), &own, &first, None);
        }
        let (kept, folded): (Vec<Index>, Vec<Index>) =
            operand.axes.iter().map(|index| split(index, &folds)).unzip();
        let spans: Vec<(i64, i64)> = kept.iter().map(|index| index.span(length)).collect();
        let first: Vec<i64> = spans.iter().map(|span| span.0).collect();
        let axes: Vec<Vec<Vec<usize>>> = folded
            .iter()
            .zip(&own)
            .zip(&spans)
            .map(|((index, &axis), &(lo, hi))| {
                let steps = numerators(index, length);
                let places = |n| steps.iter().filter_map(move |s| place(index, n + s, axis));
                (lo..=hi).map(|n| places(n).collect()).collect()
            })
            .collect();
        let shape: Vec<usize> = axes.iter().map(Vec::len).collect();
        let most = |axis: &Vec<Vec<usize>>| axis.iter().map(Vec::len).max().unwrap_or(0);
        let terms = axes.iter().map(most).product::<usize>() as i64;
        let values = Values::zeros(shape.iter().product());
        let copy = Copy { axes, strides: strides(&own), terms, values };
        Self::over(kept.iter(), &shape, &first, Some(copy))
    }

    /// Strides over an array of this shape whose first places are these numerators.
    fn over<'a>(
        axes: impl Iterator<Item = &'a Index>,
        shape: &[usize],
        first: &[i64],
        copy: Option<Copy>,
    ) -> Self {
        let mut start = 0;
        let mut labels = Vec::new();
        for ((index, stride), &first) in axes.zip(strides(shape)).zip(first) {
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
        let Interval { lo, hi } = tensor.interval;
        // A place may also sum fewer elements, or none.
        let times = |end: i64| end.saturating_mul(copy.terms);
        copy.values.interval = Interval { lo: times(lo).min(0), hi: times(hi).max(0) };
        let out = copy.values.data.as_mut_slice();
        out.fill(0);
        fill(&copy.axes, &copy.strides, &tensor.data, out);
        &copy.values
    }
}

/// An index without the labels that are folded, and what is left of it with them alone.
fn split(index: &Index, folds: impl Fn(u8) -> bool) -> (Index, Index) {
    let (folded, kept) = index.labels.iter().partition(|label| folds(label.0));
    let with = |labels| Index { labels, ..*index };
    (with(kept), Index { offset: 0, ..with(folded) })
}

/// What the labels of an index add to its numerator, for each of their values.
fn numerators(index: &Index, length: impl Fn(u8) -> u32) -> Vec<i64> {
    index.labels.iter().fold(vec![0], |sums, &(label, stride)| {
        let steps = 0..i64::from(length(label));
        steps.flat_map(|n| sums.iter().map(move |s| s + n * i64::from(stride))).collect()
    })
}

/// The place that a numerator reads.
fn place(index: &Index, numerator: i64, axis: usize) -> Option<usize> {
    let divisor = i64::from(index.divisor);
    let place = usize::try_from(numerator.checked_div_euclid(divisor)?).ok()?;
    (numerator % divisor == 0 && place < axis).then_some(place)
}

/// Adds the elements that exist to places that are zero.
fn fill(axes: &[Vec<Vec<usize>>], strides: &[usize], tensor: &[i64], out: &mut [i64]) {
    let ([axis, inner @ ..], [stride, rest @ ..]) = (axes, strides) else {
        out[0] = out[0].wrapping_add(tensor[0]);
        return;
    };
    let block: usize = inner.iter().map(Vec::len).product();
    for (to, places) in axis.iter().enumerate() {
        for from in places {
            if inner.is_empty() {
                out[to] = out[to].wrapping_add(tensor[from * stride]);
            } else {
                let part = &mut out[to * block..(to + 1) * block];
                fill(inner, rest, &tensor[from * stride..], part);
            }
        }
    }
}
