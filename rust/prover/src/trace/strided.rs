//! Nested loops over strided arrays: `out[...] += factor * left[...] * right[...]`.
//!
//! Arithmetic is modulo 2^64. The caller knows that the true result fits 64 bits, and then
//! the result is exact, whatever the order of the additions.

use rayon::prelude::*;

/// One loop: its length and how far each array moves per turn. Operands may move backwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) length: usize,
    pub(super) out: usize,
    pub(super) left: isize,
    pub(super) right: isize,
}

/// Loops, outermost first, at least one.
#[derive(Clone, Debug)]
pub(super) struct Loops {
    axes: Vec<Axis>,
    turns: usize,
}

/// Turns that are worth a task of their own.
const GRAIN: usize = 1 << 15;
/// Turns below which a loop should not be the innermost.
const SHORT: usize = 8;

impl Loops {
    /// Orders the axes for the memory, widest strides outermost, and joins those that make
    /// one longer axis.
    pub(super) fn new(mut axes: Vec<Axis>) -> Self {
        axes.retain(|a| a.length != 1);
        let reach = |a: &Axis| a.out + a.left.unsigned_abs() + a.right.unsigned_abs();
        axes.sort_by_key(|a| std::cmp::Reverse(reach(a)));
        let mut joined: Vec<Axis> = Vec::new();
        for axis in axes {
            match joined.last_mut() {
                Some(last)
                    if last.out == axis.out * axis.length
                        && last.left == axis.left * axis.length as isize
                        && last.right == axis.right * axis.length as isize =>
                {
                    *last = Axis { length: last.length * axis.length, ..axis };
                }
                _ => joined.push(axis),
            }
        }
        // A short innermost loop costs more than what it does. The outermost stays for the threads.
        if let [_, .., outer, inner] = joined.as_mut_slice()
            && inner.length < SHORT
            && outer.length > inner.length
        {
            std::mem::swap(outer, inner);
        }
        if joined.is_empty() {
            joined.push(Axis { length: 1, out: 1, left: 1, right: 1 });
        }
        let turns = joined.iter().map(|a| a.length).product();
        Self { axes: joined, turns }
    }

    /// Turns of all loops together.
    pub(super) fn turns(&self) -> usize {
        self.turns
    }

    /// Runs the loops. Each operand comes with the place at which all loops start; the right one
    /// is absent where the term has one operand.
    pub(super) fn run(
        &self,
        factor: i64,
        left: Operand<'_>,
        right: Option<Operand<'_>>,
        out: &mut [i64],
    ) {
        let (left_start, right_start) = (left.1, right.map_or(0, |operand| operand.1));
        let term = Term { factor, left: left.0, right: right.map(|operand| operand.0) };
        let first = self.axes[0];
        // The outermost axis cuts the output into parts that different threads may write.
        let separate = first.out > 0 && first.out * first.length == out.len();
        if self.turns < 2 * GRAIN || !separate {
            return term.walk(&self.axes, left_start, right_start, out);
        }
        let part = (GRAIN * first.length / self.turns).max(1);
        out.par_chunks_mut(part * first.out).enumerate().for_each(|(index, out)| {
            let mut axes = self.axes.clone();
            axes[0].length = part.min(first.length - index * part);
            let turn = index * part;
            let left = moved(left_start, turn, first.left);
            term.walk(&axes, left, moved(right_start, turn, first.right), out);
        });
    }
}

/// An array and a place in it.
pub(super) type Operand<'a> = (&'a [i64], usize);

/// A place after some turns of a loop.
fn moved(place: usize, turns: usize, stride: isize) -> usize {
    place.wrapping_add_signed(stride * turns as isize)
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
                let operand = (self.left, left);
                match self.right {
                    None => add(*axis, self.factor, operand, out),
                    Some(values) => add_product(*axis, self.factor, operand, (values, right), out),
                }
            }
            [axis, inner @ ..] => {
                for turn in 0..axis.length {
                    let out = &mut out[turn * axis.out..];
                    let left = moved(left, turn, axis.left);
                    self.walk(inner, left, moved(right, turn, axis.right), out);
                }
            }
        }
    }
}

/// The innermost loop with one operand.
fn add(axis: Axis, factor: i64, (values, start): Operand<'_>, out: &mut [i64]) {
    let Axis { length, out: step, left: stride, .. } = axis;
    let left = &values[start..];
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
                let value = factor.wrapping_mul(values[moved(start, turn, stride)]);
                out[turn * step] = out[turn * step].wrapping_add(value);
            }
        }
    }
}

/// The innermost loop with two operands.
fn add_product(
    axis: Axis,
    factor: i64,
    (left_values, left_start): Operand<'_>,
    (right_values, right_start): Operand<'_>,
    out: &mut [i64],
) {
    let length = axis.length;
    let (left, right) = (&left_values[left_start..], &right_values[right_start..]);
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
            add(axis, factor.wrapping_mul(right[0]), (left_values, left_start), out);
        }
        (step, 0, stride) => {
            let axis = Axis { out: step, left: stride, ..axis };
            add(axis, factor.wrapping_mul(left[0]), (right_values, right_start), out);
        }
        _ => {
            for turn in 0..length {
                let a = left_values[moved(left_start, turn, axis.left)];
                let b = right_values[moved(right_start, turn, axis.right)];
                let product = a.wrapping_mul(b);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Enough turns for several threads.
    const LENGTHS: [usize; 3] = [41, 40, 47];

    /// Strides of an array that has some of the axes, in this order, and its size.
    fn array(axes: &[usize]) -> ([usize; 3], usize) {
        let lengths: Vec<usize> = axes.iter().map(|a| LENGTHS[*a]).collect();
        let mut all = [0; 3];
        for (axis, stride) in axes.iter().zip(strides(&lengths)) {
            all[*axis] = stride;
        }
        (all, lengths.iter().product())
    }

    #[test]
    fn threads_share_the_work_and_agree_with_one_loop() {
        let layouts: [&[usize]; 9] =
            [&[0, 1, 2], &[2, 1, 0], &[1, 0, 2], &[0, 1], &[2, 1], &[0], &[1], &[2], &[]];
        for out in layouts {
            for left in layouts {
                for right in layouts {
                    compare(out, left, right);
                }
            }
        }
    }

    fn compare(out: &[usize], left: &[usize], right: &[usize]) {
        let (out_strides, out_size) = array(out);
        let (left_strides, left_size) = array(left);
        let (right_strides, right_size) = array(right);
        let axes = (0..3).map(|i| Axis {
            length: LENGTHS[i],
            out: out_strides[i],
            left: left_strides[i] as isize,
            right: right_strides[i] as isize,
        });
        let draw = |size: usize, by: i64| -> Vec<i64> {
            (0..size as i64).map(|i| i * by % 1009 - 500).collect()
        };
        let (a, b) = (draw(left_size, 31), draw(right_size, 17));
        let mut found = vec![1; out_size];
        Loops::new(axes.clone().collect()).run(-7, (&a, 0), Some((&b, 0)), &mut found);
        let mut expected = vec![1; out_size];
        let at = |strides: [usize; 3], i, j, k| i * strides[0] + j * strides[1] + k * strides[2];
        for i in 0..LENGTHS[0] {
            for j in 0..LENGTHS[1] {
                for k in 0..LENGTHS[2] {
                    expected[at(out_strides, i, j, k)] -=
                        7 * a[at(left_strides, i, j, k)] * b[at(right_strides, i, j, k)];
                }
            }
        }
        assert!(found == expected, "{out:?} {left:?} {right:?}");

        // One operand.
        let mut found = vec![1; out_size];
        let axes = axes.map(|axis| Axis { right: 0, ..axis }).collect();
        Loops::new(axes).run(1, (&a, 0), None, &mut found);
        let mut expected = vec![1; out_size];
        for i in 0..LENGTHS[0] {
            for j in 0..LENGTHS[1] {
                for k in 0..LENGTHS[2] {
                    expected[at(out_strides, i, j, k)] += a[at(left_strides, i, j, k)];
                }
            }
        }
        assert!(found == expected, "{out:?} {left:?}");
    }
}
