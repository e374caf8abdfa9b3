//! Nested loops over strided arrays: `out[...] += factor * left[...] * right[...]`.
//!
//! Arithmetic is modulo 2^64. The caller knows that the true result fits 64 bits, and then
//! the result is exact, whatever the order of the additions.

use rayon::prelude::*;

/// One loop: its length and how far each array moves per turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) length: usize,
    pub(super) out: usize,
    pub(super) left: usize,
    pub(super) right: usize,
}

/// Loops, outermost first, at least one.
#[derive(Clone, Debug)]
pub(super) struct Loops {
    axes: Vec<Axis>,
    turns: usize,
}

/// Turns that are worth a task of their own.
const GRAIN: usize = 1 << 15;

impl Loops {
    /// Orders the axes for the memory, widest strides outermost, and joins those that make
    /// one longer axis.
    pub(super) fn new(mut axes: Vec<Axis>) -> Self {
        axes.retain(|a| a.length != 1);
        axes.sort_by_key(|a| std::cmp::Reverse(a.out + a.left + a.right));
        let mut joined: Vec<Axis> = Vec::new();
        for axis in axes {
            match joined.last_mut() {
                Some(last)
                    if last.out == axis.out * axis.length
                        && last.left == axis.left * axis.length
                        && last.right == axis.right * axis.length =>
                {
                    *last = Axis { length: last.length * axis.length, ..axis };
                }
                _ => joined.push(axis),
            }
        }
        if joined.is_empty() {
            joined.push(Axis { length: 1, out: 1, left: 1, right: 1 });
        }
        let turns = joined.iter().map(|a| a.length).product();
        Self { axes: joined, turns }
    }

    /// Runs the loops. `right` is absent where the term has one operand.
    pub(super) fn run(&self, factor: i64, left: &[i64], right: Option<&[i64]>, out: &mut [i64]) {
        let term = Term { factor, left, right };
        let first = self.axes[0];
        // The outermost axis cuts the output into parts that different threads may write.
        let separate = first.out > 0 && first.out * first.length == out.len();
        if self.turns < 2 * GRAIN || !separate {
            return term.walk(&self.axes, 0, 0, out);
        }
        let part = (GRAIN * first.length / self.turns).max(1);
        out.par_chunks_mut(part * first.out).enumerate().for_each(|(index, out)| {
            let mut axes = self.axes.clone();
            axes[0].length = part.min(first.length - index * part);
            let start = index * part;
            term.walk(&axes, start * first.left, start * first.right, out);
        });
    }
}

#[derive(Clone, Copy)]
struct Term<'a> {
    factor: i64,
    left: &'a [i64],
    right: Option<&'a [i64]>,
}

impl Term<'_> {
    /// Runs `axes`, starting at these places of the operands and at the start of `out`.
    fn walk(self, axes: &[Axis], left: usize, right: usize, out: &mut [i64]) {
        match axes {
            [] => {}
            [axis] => {
                let operand = &self.left[left..];
                match self.right {
                    None => add(*axis, self.factor, operand, out),
                    Some(values) => add_product(*axis, self.factor, operand, &values[right..], out),
                }
            }
            [axis, inner @ ..] => {
                for turn in 0..axis.length {
                    let out = &mut out[turn * axis.out..];
                    self.walk(inner, left + turn * axis.left, right + turn * axis.right, out);
                }
            }
        }
    }
}

/// The innermost loop with one operand.
fn add(axis: Axis, factor: i64, left: &[i64], out: &mut [i64]) {
    let Axis { length, out: step, left: stride, .. } = axis;
    match (step, stride) {
        (0, 1) => {
            let sum = left[..length].iter().fold(0i64, |s, v| s.wrapping_add(*v));
            out[0] = out[0].wrapping_add(factor.wrapping_mul(sum));
        }
        (1, 0) => {
            let value = factor.wrapping_mul(left[0]);
            out[..length].iter_mut().for_each(|y| *y = y.wrapping_add(value));
        }
        (1, 1) if factor == 1 => {
            for (y, v) in out[..length].iter_mut().zip(&left[..length]) {
                *y = y.wrapping_add(*v);
            }
        }
        (1, 1) => {
            for (y, v) in out[..length].iter_mut().zip(&left[..length]) {
                *y = y.wrapping_add(factor.wrapping_mul(*v));
            }
        }
        _ => {
            for turn in 0..length {
                let value = factor.wrapping_mul(left[turn * stride]);
                out[turn * step] = out[turn * step].wrapping_add(value);
            }
        }
    }
}

/// The innermost loop with two operands.
fn add_product(axis: Axis, factor: i64, left: &[i64], right: &[i64], out: &mut [i64]) {
    let length = axis.length;
    match (axis.out, axis.left, axis.right) {
        (0, 1, 1) => {
            let pairs = left[..length].iter().zip(&right[..length]);
            let sum = pairs.fold(0i64, |s, (a, b)| s.wrapping_add(a.wrapping_mul(*b)));
            out[0] = out[0].wrapping_add(factor.wrapping_mul(sum));
        }
        (1, 1, 1) => {
            for ((y, a), b) in out[..length].iter_mut().zip(&left[..length]).zip(&right[..length]) {
                *y = y.wrapping_add(factor.wrapping_mul(*a).wrapping_mul(*b));
            }
        }
        (step, stride, 0) => {
            let axis = Axis { out: step, left: stride, ..axis };
            add(axis, factor.wrapping_mul(right[0]), left, out);
        }
        (step, 0, stride) => {
            let axis = Axis { out: step, left: stride, ..axis };
            add(axis, factor.wrapping_mul(left[0]), right, out);
        }
        _ => {
            for turn in 0..length {
                let product = left[turn * axis.left].wrapping_mul(right[turn * axis.right]);
                let entry = &mut out[turn * axis.out];
                *entry = entry.wrapping_add(factor.wrapping_mul(product));
            }
        }
    }
}

/// Distance between neighbours along each axis of a row-major array.
pub(super) fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    strides
}
