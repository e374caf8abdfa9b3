//! Exact products of integer matrices on floating-point hardware.
//!
//! A product of matrices whose partial sums all stay within 2^53 is exact in `f64`. Where the
//! operands' actual magnitudes allow more, they are split into limbs, `x = sum_i 2^(bits * i)
//! x_i`, such that each product of limbs is exact, and recombined in 64-bit integers.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::strided::{Axis, Loops};
use super::values::{CHUNK, Values};

/// Every integer up to 2^53 is an `f64`.
const MANTISSA: u32 = 53;
/// Multiplications that are worth a second thread.
const GRAIN: usize = 1 << 20;

/// How one operand, read as `[batches, rows, columns]`, lies in memory.
#[derive(Clone, Debug)]
pub(super) struct Side {
    /// Copies the operand into canonical order first, from this place, where its own order is no
    /// matrix.
    gather: Option<(usize, Loops)>,
    /// Start of each matrix.
    starts: Vec<usize>,
    row_stride: usize,
    column_stride: usize,
    elements: usize,
}

/// An axis of an operand: its length and stride.
pub(super) type Extent = (usize, isize);

impl Side {
    /// Describes an operand by the place of its first element and its axes in three groups.
    pub(super) fn new(start: usize, batch: &[Extent], rows: &[Extent], columns: &[Extent]) -> Self {
        let all = || batch.iter().chain(rows).chain(columns);
        let elements = all().map(|e| e.0).product();
        if let (Some(row_stride), Some(column_stride)) = (joined(rows), joined(columns))
            && (row_stride == 1 || column_stride == 1)
            && row_stride.min(column_stride) > 0
        {
            let (row_stride, column_stride) = (row_stride as usize, column_stride as usize);
            let starts = starts(start, batch);
            return Self { gather: None, starts, row_stride, column_stride, elements };
        }
        // The order whose runs in memory are longest: by rows or by columns.
        let by_columns = run(rows) > run(columns);
        let (slow, fast) = if by_columns { (columns, rows) } else { (rows, columns) };
        let order = || batch.iter().chain(slow).chain(fast);
        let lengths: Vec<usize> = order().map(|e| e.0).collect();
        let out = super::strided::strides(&lengths);
        let axes =
            order().zip(&out).map(|(&(length, left), &out)| Axis { length, out, left, right: 0 });
        let gather = Some((start, Loops::new(axes.collect())));
        let canonical: Vec<Extent> = lengths
            .into_iter()
            .zip(out)
            .map(|(length, stride)| (length, stride as isize))
            .collect();
        let starts = starts(0, &canonical[..batch.len()]);
        let stride = fast.iter().map(|e| e.0).product();
        let (row_stride, column_stride) = if by_columns { (1, stride) } else { (stride, 1) };
        Self { gather, starts, row_stride, column_stride, elements }
    }

    /// The matrix of a batch.
    fn matrix<'a>(
        &self,
        values: &'a [f64],
        batch: usize,
        rows: usize,
        columns: usize,
    ) -> MatRef<'a, f64> {
        let start = self.starts[batch];
        if self.column_stride == 1 {
            let end = start + (rows - 1) * self.row_stride + columns;
            MatRef::from_row_major_slice_with_stride(
                &values[start..end],
                rows,
                columns,
                self.row_stride,
            )
        } else {
            let end = start + (columns - 1) * self.column_stride + rows;
            MatRef::from_column_major_slice_with_stride(
                &values[start..end],
                rows,
                columns,
                self.column_stride,
            )
        }
    }

    /// The operand's values in the order that [`Side::matrix`] expects.
    fn integers<'a>(&self, values: &'a [i64], scratch: &'a mut Vec<i64>) -> &'a [i64] {
        match &self.gather {
            None => values,
            Some((start, gather)) => {
                scratch.clear();
                scratch.resize(self.elements, 0);
                gather.run(1, (values, *start), None, scratch);
                scratch
            }
        }
    }
}

/// Neighbours in memory that follow one another along the last of these axes.
fn run(axes: &[Extent]) -> usize {
    axes.iter().rfind(|e| e.0 != 1).map_or(1, |&(length, stride)| match stride {
        1 => length,
        // Not neighbours, but better than a loop of a few turns.
        _ => length.min(8),
    })
}

/// The stride of axes that make one axis together.
fn joined(axes: &[Extent]) -> Option<isize> {
    let mut long = axes.iter().rev().filter(|e| e.0 != 1);
    let &(length, stride) = long.next()?;
    let mut expected = length as isize * stride;
    for &(length, stride) in long {
        if stride != expected {
            return None;
        }
        expected *= length as isize;
    }
    Some(stride)
}

/// Places of all indices of these axes, the last axis fastest.
fn starts(start: usize, axes: &[Extent]) -> Vec<usize> {
    axes.iter().fold(vec![start], |starts, &(length, stride)| {
        let turn = |s: usize| move |i: usize| s.wrapping_add_signed(i as isize * stride);
        starts.iter().flat_map(|&s| (0..length).map(turn(s))).collect()
    })
}

/// A product `[batches, rows, inner] * [batches, inner, columns]`, added to an output.
#[derive(Clone, Debug)]
pub(super) struct Product {
    pub(super) left: Side,
    pub(super) right: Side,
    pub(super) rows: usize,
    pub(super) inner: usize,
    pub(super) columns: usize,
    /// From `[batches, rows, columns]` to the output; absent where both have one order.
    pub(super) scatter: Option<Loops>,
}

/// Memory of one product, which the next one uses again: fresh pages cost more than products.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    gathered: [Vec<i64>; 2],
    left: Vec<f64>,
    right: Vec<f64>,
    product: Vec<f64>,
    exact: Vec<i64>,
}

impl Product {
    /// Multiplications, of one pair of limbs.
    pub(super) fn multiplications(&self) -> usize {
        self.left.starts.len() * self.rows * self.inner * self.columns
    }

    /// Numbers that the operands and the product are as floating point.
    pub(super) fn scratch(&self) -> usize {
        let product = self.left.starts.len() * self.rows * self.columns;
        self.left.elements + self.right.elements + product
    }

    /// `out += factor * left * right`, modulo 2^64.
    pub(super) fn run(
        &self,
        factor: i64,
        (left, right): (&Values, &Values),
        scratch: &mut Scratch,
        out: &mut [i64],
    ) {
        let [gathered_left, gathered_right] = &mut scratch.gathered;
        let plan = Limbs::new(self.inner, left.magnitude(), right.magnitude());
        let left = self.left.integers(&left.data, gathered_left);
        let right = self.right.integers(&right.data, gathered_right);
        let length = self.left.starts.len() * self.rows * self.columns;
        scratch.product.resize(length, 0.0);

        if plan.single() && self.scatter.is_none() {
            convert(left, &mut scratch.left);
            convert(right, &mut scratch.right);
            self.multiply(&scratch.left, &scratch.right, &mut scratch.product);
            accumulate(&scratch.product, factor, out);
        } else {
            scratch.exact.clear();
            scratch.exact.resize(length, 0);
            for i in 0..plan.left.count {
                plan.left.convert(i, left, &mut scratch.left);
                for j in 0..plan.right.count {
                    plan.right.convert(j, right, &mut scratch.right);
                    self.multiply(&scratch.left, &scratch.right, &mut scratch.product);
                    // The weight may leave 64 bits only together with the value it belongs to.
                    let shift = plan.left.bits * i + plan.right.bits * j;
                    let weight = 1i64.checked_shl(shift).unwrap_or(0);
                    accumulate(&scratch.product, weight, &mut scratch.exact);
                }
            }
            match &self.scatter {
                Some(scatter) => scatter.run(factor, (&scratch.exact, 0), None, out),
                None => {
                    for (y, x) in out.iter_mut().zip(&scratch.exact) {
                        *y = y.wrapping_add(factor.wrapping_mul(*x));
                    }
                }
            }
        }
    }

    fn multiply(&self, left: &[f64], right: &[f64], out: &mut [f64]) {
        let (rows, inner, columns) = (self.rows, self.inner, self.columns);
        let one = |batch: usize, out: &mut [f64], par: Par| {
            let left = self.left.matrix(left, batch, rows, inner);
            let right = self.right.matrix(right, batch, inner, columns);
            let out = MatMut::from_row_major_slice_mut(out, rows, columns);
            matmul(out, Accum::Replace, left, right, 1.0, par);
        };
        let work = rows * inner * columns;
        if self.left.starts.len() == 1 {
            one(0, out, if work < GRAIN { Par::Seq } else { Par::rayon(0) });
        } else if work * self.left.starts.len() < GRAIN {
            out.chunks_mut(rows * columns).enumerate().for_each(|(b, out)| one(b, out, Par::Seq));
        } else {
            out.par_chunks_mut(rows * columns)
                .enumerate()
                .for_each(|(b, out)| one(b, out, Par::Seq));
        }
    }
}

/// `out += factor * product` for a product of exact integers.
fn accumulate(product: &[f64], factor: i64, out: &mut [i64]) {
    let add = |out: &mut [i64], product: &[f64]| {
        if factor == 1 {
            out.iter_mut().zip(product).for_each(|(y, x)| *y = y.wrapping_add(*x as i64));
        } else {
            for (y, x) in out.iter_mut().zip(product) {
                *y = y.wrapping_add(factor.wrapping_mul(*x as i64));
            }
        }
    };
    if out.len() <= 4 * CHUNK {
        add(out, product);
    } else {
        let parts = out.par_chunks_mut(CHUNK).zip(product.par_chunks(CHUNK));
        parts.for_each(|(out, product)| add(out, product));
    }
}

fn convert(values: &[i64], out: &mut Vec<f64>) {
    map(values, out, |v| v as f64);
}

fn map(values: &[i64], out: &mut Vec<f64>, f: impl Fn(i64) -> f64 + Sync) {
    out.resize(values.len(), 0.0);
    let apply = |out: &mut [f64], values: &[i64]| {
        out.iter_mut().zip(values).for_each(|(y, v)| *y = f(*v));
    };
    if values.len() <= 4 * CHUNK {
        apply(out, values);
    } else {
        out.par_chunks_mut(CHUNK)
            .zip(values.par_chunks(CHUNK))
            .for_each(|(out, values)| apply(out, values));
    }
}

/// The limbs of one operand: `count` of them, each at most `2^bits` in magnitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Split {
    count: u32,
    bits: u32,
}

impl Split {
    /// Splits values below `2^width` into `count` limbs.
    fn new(width: u32, count: u32) -> Self {
        Self { count, bits: width.div_ceil(count) }
    }

    /// Limb `index` of every value: the highest is signed, the others are not negative.
    fn convert(self, index: u32, values: &[i64], out: &mut Vec<f64>) {
        let shift = self.bits * index;
        let mask = (1i64 << self.bits.min(62)) - 1;
        if self.count == 1 {
            convert(values, out);
        } else if index + 1 == self.count {
            map(values, out, |v| (v >> shift) as f64);
        } else {
            map(values, out, |v| ((v >> shift) & mask) as f64);
        }
    }
}

/// How both operands of a product are split.
#[derive(Clone, Copy, Debug)]
struct Limbs {
    left: Split,
    right: Split,
}

impl Limbs {
    /// The fewest products of limbs that are exact: `inner * 2^(left bits + right bits)` is at
    /// most 2^53.
    fn new(inner: usize, left: u64, right: u64) -> Self {
        let width = |magnitude: u64| (u64::BITS - magnitude.leading_zeros()).max(1);
        let (left_width, right_width) = (width(left), width(right));
        let length = width(inner as u64 - 1);
        let fits = |l: Split, r: Split| length + l.bits + r.bits <= MANTISSA;
        let direct = (inner as u128) * u128::from(left) * u128::from(right) <= 1 << MANTISSA;
        let mut best = Self { left: Split::new(left_width, 1), right: Split::new(right_width, 1) };
        if direct {
            return best;
        }
        // One-bit limbs always fit: an axis is shorter than 2^32.
        best = Self {
            left: Split::new(left_width, left_width),
            right: Split::new(right_width, right_width),
        };
        for l in 1..=left_width {
            for r in 1..=right_width {
                let (left, right) = (Split::new(left_width, l), Split::new(right_width, r));
                if fits(left, right) && l * r < best.left.count * best.right.count {
                    best = Self { left, right };
                }
            }
        }
        best
    }

    fn single(&self) -> bool {
        self.left.count == 1 && self.right.count == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(inner: usize, left_bits: u32, right_bits: u32) {
        let (rows, columns) = (5, 3);
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut draw = |bits: u32| {
            state = state.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(1);
            (state as i64) >> (64 - bits)
        };
        let fill = |n: usize, bits: u32, draw: &mut dyn FnMut(u32) -> i64| {
            let mut values = Values::zeros(0);
            let drawn: Vec<i64> = (0..n).map(|_| draw(bits)).collect();
            values.copy_from(&drawn);
            values
        };
        let left = fill(rows * inner, left_bits, &mut draw);
        let right = fill(inner * columns, right_bits, &mut draw);
        let product = Product {
            left: Side::new(0, &[], &[(rows, inner as isize)], &[(inner, 1)]),
            right: Side::new(0, &[], &[(inner, columns as isize)], &[(columns, 1)]),
            rows,
            inner,
            columns,
            scatter: None,
        };
        let mut out = vec![7; rows * columns];
        product.run(-3, (&left, &right), &mut Scratch::default(), &mut out);
        for i in 0..rows {
            for j in 0..columns {
                let sum: i128 = (0..inner)
                    .map(|k| {
                        i128::from(left.data[i * inner + k])
                            * i128::from(right.data[k * columns + j])
                    })
                    .sum();
                assert_eq!(i128::from(out[i * columns + j]), 7 - 3 * sum);
            }
        }
    }

    #[test]
    fn products_are_exact_at_every_width() {
        for inner in [2, 3, 64, 257] {
            for left in [1, 8, 17, 24, 31, 40] {
                for right in [1, 9, 16, 25] {
                    // Below 2^63 with the factor and the length of the sum.
                    if left + right < 52 {
                        check(inner, left, right);
                    }
                }
            }
        }
        check(4, 50, 10);
        check(300, 5, 48);
    }

    #[test]
    fn limbs_are_few() {
        let limbs = Limbs::new(784, (1 << 24) - 1, (1 << 16) - 1);
        assert!(limbs.single());
        let limbs = Limbs::new(784, 1 << 40, 1 << 16);
        assert_eq!((limbs.left.count, limbs.right.count), (2, 1));
    }

    #[test]
    fn a_group_of_axes_is_one_axis_where_its_strides_allow() {
        assert_eq!(joined(&[(3, 20), (1, 7), (4, 5)]), Some(5));
        assert_eq!(joined(&[(3, 21), (4, 5)]), None);
        assert_eq!(starts(0, &[(2, 10), (3, 1)]), vec![0, 1, 2, 10, 11, 12]);
    }
}
