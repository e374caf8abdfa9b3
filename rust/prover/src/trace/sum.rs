//! Sums of products with labelled axes.

use zkpot_ir::{Operand, Program, Term};

use super::matmul::{Extent, Product, Scratch, Side};
use super::strided::{Axis, Loops, strides};
use super::values::Values;

/// A term, ready to be added to its output.
#[derive(Clone, Debug)]
pub(super) struct Summand {
    pub(super) coefficient: i64,
    pub(super) scalar: Option<usize>,
    pub(super) left: usize,
    pub(super) right: Option<usize>,
    /// Number of products that one element of the output sums.
    pub(super) summed: usize,
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    Loops(Loops),
    Product(Box<Product>),
}

/// A label of a term: its length and its stride in the output and the operands that have it.
struct Label {
    length: usize,
    out: Option<usize>,
    left: Option<usize>,
    right: Option<usize>,
}

/// Multiplications below which plain loops are faster than conversions.
const SMALL: usize = 1 << 10;

impl Summand {
    /// Prepares a term of a checked program.
    pub(super) fn new(program: &Program, out: u32, term: &Term) -> Self {
        let labels = labels(program, out, term);
        let summed = labels.iter().filter(|l| l.out.is_none()).map(|l| l.length).product();
        let way = match product(&labels) {
            Some(product) => Way::Product(Box::new(product)),
            None => Way::Loops(Loops::new(
                labels
                    .iter()
                    .map(|l| Axis {
                        length: l.length,
                        out: l.out.unwrap_or(0),
                        left: l.left.unwrap_or(0),
                        right: l.right.unwrap_or(0),
                    })
                    .collect(),
            )),
        };
        Self {
            coefficient: term.coefficient,
            scalar: term.scalar.map(|s| s as usize),
            left: term.left.tensor as usize,
            right: term.right.as_ref().map(|r| r.tensor as usize),
            summed,
            way,
        }
    }

    /// `out += factor * left * right`, modulo 2^64.
    pub(super) fn add(
        &mut self,
        factor: i64,
        left: &Values,
        right: Option<&Values>,
        out: &mut [i64],
    ) {
        match (&mut self.way, right) {
            (Way::Product(product), Some(right)) => product.run(factor, left, right, out),
            (Way::Loops(loops), right) => {
                loops.run(factor, &left.data, right.map(|r| r.data.as_slice()), out);
            }
            // A product is planned for two operands only.
            (Way::Product(_), None) => {}
        }
    }
}

/// The labels that occur, those of the output first.
fn labels(program: &Program, out: u32, term: &Term) -> Vec<Label> {
    let shape = |tensor: u32| -> Vec<usize> {
        program.tensors[tensor as usize].shape.iter().map(|&l| l as usize).collect()
    };
    let out = shape(out);
    let mut labels: Vec<Option<Label>> = out
        .iter()
        .zip(strides(&out))
        .map(|(&length, stride)| Some(Label { length, out: Some(stride), left: None, right: None }))
        .collect();
    let mut record = |operand: &Operand, is_left: bool| {
        let shape = shape(operand.tensor);
        let axes = operand.axes.iter().zip(shape.iter().zip(strides(&shape)));
        for (&label, (&length, stride)) in axes {
            let label = usize::from(label);
            if labels.len() <= label {
                labels.resize_with(label + 1, || None);
            }
            let entry =
                labels[label].get_or_insert(Label { length, out: None, left: None, right: None });
            *(if is_left { &mut entry.left } else { &mut entry.right }) = Some(stride);
        }
    };
    record(&term.left, true);
    if let Some(right) = &term.right {
        record(right, false);
    }
    labels.into_iter().flatten().collect()
}

/// The term as a product of matrices, where it is one and large enough.
fn product(labels: &[Label]) -> Option<Product> {
    let (mut batch, mut rows, mut columns, mut inner) = (vec![], vec![], vec![], vec![]);
    for label in labels.iter().filter(|l| l.length != 1) {
        match (label.out, label.left, label.right) {
            (Some(_), Some(_), Some(_)) => batch.push(label),
            (Some(_), Some(_), None) => rows.push(label),
            (Some(_), None, Some(_)) => columns.push(label),
            (None, Some(_), Some(_)) => inner.push(label),
            _ => return None,
        }
    }
    let length = |group: &[&Label]| group.iter().map(|l| l.length).product::<usize>();
    let (m, n, k) = (length(&rows), length(&columns), length(&inner));
    if m < 2 || n < 2 || k < 2 || m * n * k < SMALL {
        return None;
    }
    // Sums over several axes follow the left operand's order in memory.
    inner.sort_by_key(|l| std::cmp::Reverse(l.left));
    let extents = |group: &[&Label], stride: fn(&Label) -> Option<usize>| -> Vec<Extent> {
        group.iter().map(|l| (l.length, stride(l).unwrap_or(0))).collect()
    };
    let left = Side::new(
        &extents(&batch, |l| l.left),
        &extents(&rows, |l| l.left),
        &extents(&inner, |l| l.left),
    );
    let right = Side::new(
        &extents(&batch, |l| l.right),
        &extents(&inner, |l| l.right),
        &extents(&columns, |l| l.right),
    );
    let ordered: Vec<&Label> = batch.iter().chain(&rows).chain(&columns).copied().collect();
    let canonical = strides(&ordered.iter().map(|l| l.length).collect::<Vec<_>>());
    let same = ordered.iter().zip(&canonical).all(|(l, c)| l.out == Some(*c));
    let scatter = (!same).then(|| {
        let axes = ordered.iter().zip(canonical);
        Loops::new(
            axes.map(|(l, left)| Axis {
                length: l.length,
                out: l.out.unwrap_or(0),
                left,
                right: 0,
            })
            .collect(),
        )
    });
    Some(Product {
        left,
        right,
        rows: m,
        inner: k,
        columns: n,
        scatter,
        scratch: Scratch::default(),
    })
}
