//! Sums of products with labelled axes.

use zkpot_ir::{Operand, Program, Term};

use super::matmul::{Extent, Product, Scratch, Side};
use super::strided::{Axis, Loops, strides};
use super::values::Values;
use super::view::View;

/// A term, ready to be added to its output.
#[derive(Clone, Debug)]
pub(super) struct Summand {
    pub(super) coefficient: i64,
    pub(super) scalar: Option<usize>,
    pub(super) left: usize,
    pub(super) right: Option<usize>,
    /// Number of products that one element of the output sums.
    pub(super) summed: usize,
    views: (View, Option<View>),
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
    left: Option<isize>,
    right: Option<isize>,
}

/// Multiplications below which plain loops are faster than conversions.
const SMALL: usize = 1 << 10;

impl Summand {
    /// Prepares a term of a checked program.
    pub(super) fn new(program: &Program, out: u32, summed: &[u32], term: &Term) -> Self {
        let shape = &program.tensors[out as usize].shape;
        let lengths: Vec<u32> = shape.iter().chain(summed).copied().collect();
        // A summed label of one operand alone, where there are two.
        let folds = |operand: Option<&Operand>, label: u8| {
            usize::from(label) >= shape.len()
                && operand.is_some_and(|operand| operand.labels().all(|other| other != label))
        };
        let left = View::new(program, &term.left, &lengths, |l| folds(term.right.as_ref(), l));
        let right = term.right.as_ref().map(|right| {
            View::new(program, right, &lengths, |label| folds(Some(&term.left), label))
        });
        let labels = labels(shape, &lengths, &left, right.as_ref());
        // Those that the term lacks belong to other terms.
        let own = |label: usize| {
            let mut operands = core::iter::once(&term.left).chain(&term.right);
            operands.any(|operand| operand.labels().any(|used| usize::from(used) == label))
        };
        let summed = (shape.len()..lengths.len()).filter(|&label| own(label));
        let summed = summed.map(|label| lengths[label] as usize).product();
        let start = (left.start, right.as_ref().map_or(0, |right| right.start));
        let way = match product(&labels, start) {
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
            views: (left, right),
            way,
        }
    }

    /// Multiplications of a product of matrices, and turns of loops where the term is none.
    pub(super) fn turns(&self) -> (u64, u64) {
        match &self.way {
            Way::Product(product) => (product.multiplications() as u64, 0),
            Way::Loops(loops) => (0, loops.turns() as u64),
        }
    }

    /// Numbers that its operands and its result are as floating point.
    pub(super) fn scratch(&self) -> u64 {
        match &self.way {
            Way::Product(product) => product.scratch() as u64,
            Way::Loops(_) => 0,
        }
    }

    /// `out += factor * left * right`, modulo 2^64.
    pub(super) fn add(
        &mut self,
        factor: i64,
        (left, right): (&Values, Option<&Values>),
        scratch: &mut Scratch,
        out: &mut [i64],
    ) {
        let (left_view, right_view) = &mut self.views;
        let left_start = left_view.start;
        let left = left_view.array(left);
        let right = right_view.as_mut().zip(right).map(|(view, tensor)| {
            let start = view.start;
            (view.array(tensor), start)
        });
        match (&self.way, right) {
            (Way::Product(product), Some((right, _))) => {
                product.run(factor, (left, right), scratch, out);
            }
            (Way::Loops(loops), right) => {
                let right = right.map(|(values, start)| (values.data.as_slice(), start));
                loops.run(factor, (&left.data, left_start), right, out);
            }
            // A product is planned for two operands only.
            (Way::Product(_), None) => {}
        }
    }
}

/// The labels that occur, those of the output first.
fn labels(shape: &[u32], lengths: &[u32], left: &View, right: Option<&View>) -> Vec<Label> {
    let out: Vec<usize> = shape.iter().map(|&l| l as usize).collect();
    let mut labels: Vec<Label> = lengths
        .iter()
        .map(|&length| Label { length: length as usize, out: None, left: None, right: None })
        .collect();
    for (label, stride) in labels.iter_mut().zip(strides(&out)) {
        label.out = Some(stride);
    }
    for &(label, stride) in &left.labels {
        labels[usize::from(label)].left = Some(stride);
    }
    for &(label, stride) in right.iter().flat_map(|right| &right.labels) {
        labels[usize::from(label)].right = Some(stride);
    }
    labels.retain(|l| l.out.is_some() || l.left.is_some() || l.right.is_some());
    labels
}

/// The term as a product of matrices, where it is one and large enough.
fn product(labels: &[Label], start: (usize, usize)) -> Option<Product> {
    let (mut batch, mut rows, mut columns, mut inner) = (vec![], vec![], vec![], vec![]);
    for label in labels.iter().filter(|l| l.length != 1) {
        match (label.out, label.left, label.right) {
            (Some(_), Some(_), Some(_)) => batch.push(label),
            (Some(_), Some(_), None) => rows.push(label),
            (Some(_), None, Some(_)) => columns.push(label),
            (None, _, _) => inner.push(label),
            (Some(_), None, None) => return None,
        }
    }
    let length = |group: &[&Label]| group.iter().map(|l| l.length).product::<usize>();
    let (m, n, k) = (length(&rows), length(&columns), length(&inner));
    if m < 2 || n < 2 || k < 2 || m * n * k < SMALL {
        return None;
    }
    // Sums over several axes follow the left operand's order in memory.
    inner.sort_by_key(|l| std::cmp::Reverse(l.left));
    let extents = |group: &[&Label], stride: fn(&Label) -> Option<isize>| -> Vec<Extent> {
        group.iter().map(|l| (l.length, stride(l).unwrap_or(0))).collect()
    };
    let left = Side::new(
        start.0,
        &extents(&batch, |l| l.left),
        &extents(&rows, |l| l.left),
        &extents(&inner, |l| l.left),
    );
    let right = Side::new(
        start.1,
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
                left: left as isize,
                right: 0,
            })
            .collect(),
        )
    });
    Some(Product { left, right, rows: m, inner: k, columns: n, scatter })
}

#[cfg(test)]
mod tests {
    use zkpot_ir::{ARITHMETIC_VERSION, Index, Reading, Scale, Tensor};

    use super::*;

    const PERMUTATIONS: [[usize; 3]; 6] =
        [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    /// Of batch, rows, columns and the summed label.
    const LENGTHS: [u32; 4] = [3, 11, 13, 9];

    fn tensor(labels: [usize; 3]) -> Tensor {
        Tensor {
            name: String::new(),
            shape: labels.iter().map(|l| LENGTHS[*l]).collect(),
            scale: Scale { numerator: 1, denominator: 1, fraction_bits: 0 },
            range: None,
        }
    }

    fn values(tensor: &Tensor, factor: i64) -> Values {
        let count: u32 = tensor.shape.iter().product();
        let mut values = Values::zeros(0);
        let drawn: Vec<i64> = (0..i64::from(count)).map(|i| (i * 37 % 101 - 50) * factor).collect();
        values.copy_from(&drawn);
        values
    }

    fn at(tensor: &Tensor, labels: [usize; 3], index: [usize; 4]) -> usize {
        labels.iter().zip(&tensor.shape).fold(0, |at, (l, n)| at * *n as usize + index[*l])
    }

    /// Every arrangement of the axes, in one product of numbers and, with `large`, in limbs.
    fn check(large: i64) {
        for order in PERMUTATIONS {
            for left in PERMUTATIONS {
                for right in PERMUTATIONS {
                    // Labels 0 batch, 1 rows, 2 columns of the output, 3 summed.
                    let left = left.map(|i| [0, 1, 3][i]);
                    let right = right.map(|i| [0, 2, 3][i]);
                    product(order, left, right, large);
                }
            }
        }
    }

    fn program(tensors: Vec<Tensor>) -> Program {
        Program {
            arithmetic: ARITHMETIC_VERSION,
            name: String::new(),
            batch: 1,
            window: 1,
            max_steps: 1,
            tensors,
            tables: vec![],
            data: vec![],
            states: vec![],
            scalars: vec![],
            nodes: vec![],
            reading: Reading::Shuffled,
            outputs: vec![],
            monitor: None,
        }
    }

    fn product(order: [usize; 3], left: [usize; 3], right: [usize; 3], large: i64) {
        let program = program(vec![tensor(order), tensor(left), tensor(right)]);
        let label = |of: usize| order.iter().position(|l| *l == of).unwrap_or(3) as u8;
        let term = Term {
            coefficient: -3,
            scalar: None,
            left: Operand::plain(1, &left.map(label)),
            right: Some(Operand::plain(2, &right.map(label))),
        };
        let mut summand = Summand::new(&program, 0, &[LENGTHS[3]], &term);
        assert!(matches!(summand.way, Way::Product(_)));
        let [out, a, b] = [0, 1, 2].map(|i| &program.tensors[i]);
        let (x, y) = (values(a, large), values(b, large + 1));
        let mut found = vec![5; values(out, 1).data.len()];
        summand.add(-3, (&x, Some(&y)), &mut Scratch::default(), &mut found);
        let lengths = LENGTHS.map(|l| l as usize);
        for i in 0..lengths[0] {
            for m in 0..lengths[1] {
                for n in 0..lengths[2] {
                    let sum: i64 = (0..lengths[3])
                        .map(|k| {
                            x.data[at(a, left, [i, m, 0, k])] * y.data[at(b, right, [i, 0, n, k])]
                        })
                        .sum();
                    assert_eq!(found[at(out, order, [i, m, n, 0])], 5 - 3 * sum);
                }
            }
        }
    }

    /// The gradient of a pool behind a convolution: the window of the pool is a label of the left
    /// operand alone.
    #[test]
    fn labels_of_one_operand_are_summed_before_the_product() {
        let tensor = |shape: &[u32]| Tensor {
            name: String::new(),
            shape: shape.to_vec(),
            scale: Scale { numerator: 1, denominator: 1, fraction_bits: 0 },
            range: None,
        };
        let program = program(vec![tensor(&[3, 4, 12]), tensor(&[3, 9, 7]), tensor(&[4, 9, 5])]);
        let window = Index { labels: vec![(2, 1), (4, -2), (5, -1)], offset: 1, divisor: 2 };
        let left = vec![Index::plain(0), Index::plain(3), window];
        let term = Term {
            coefficient: 1,
            scalar: None,
            left: Operand { tensor: 1, axes: left },
            right: Some(Operand::plain(2, &[1, 3, 4])),
        };
        let mut summand = Summand::new(&program, 0, &[9, 5, 2], &term);
        assert!(matches!(summand.way, Way::Product(_)));
        assert_eq!(summand.summed, 90);
        let (x, y) = (values(&program.tensors[1], 1 << 20), values(&program.tensors[2], 1 << 20));
        let mut expected = vec![0; 3 * 4 * 12];
        for (at, sum) in expected.iter_mut().enumerate() {
            let (n, m, place) = (at / 48, at / 12 % 4, at % 12);
            for (k, t, p) in (0..90).map(|i| (i / 10, i / 2 % 5, i % 2)) {
                let numerator = 1 + place as i64 - 2 * t as i64 - p as i64;
                if numerator >= 0 && numerator % 2 == 0 && numerator / 2 < 7 {
                    let element = x.data[(n * 9 + k) * 7 + numerator as usize / 2];
                    *sum += element * y.data[(m * 9 + k) * 5 + t];
                }
            }
        }
        // Twice, since the copy with the sums is used again.
        for _ in 0..2 {
            let mut found = vec![0; expected.len()];
            summand.add(1, (&x, Some(&y)), &mut Scratch::default(), &mut found);
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn products_in_every_arrangement_of_the_axes() {
        check(1);
    }

    #[test]
    fn products_in_limbs_in_every_arrangement_of_the_axes() {
        check(1 << 22);
    }
}
