//! Quotients, rounded half up.

use rayon::prelude::*;

/// Why a division is impossible.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Undivided {
    /// This divisor is below 1.
    Divisor(i64),
    /// The dividend leaves 64 bits.
    Overflow,
}

/// `out = floor((2^(shift+1) * numerator + denominator) / (2 * denominator))`. The divisor's
/// axes are those of `shape` that `axes` names; it repeats along the others.
///
/// # Errors
/// An [`Undivided`]: the first divisor that is too small.
pub(super) fn divide(
    numerator: &[i64],
    denominator: &[i64],
    axes: &[u8],
    shape: &[usize],
    shift: u32,
    out: &mut [i64],
) -> Result<(), Undivided> {
    if let Some(&small) = denominator.iter().find(|d| **d < 1) {
        return Err(Undivided::Divisor(small));
    }
    // How far each axis of the quotient moves in the divisor.
    let mut strides = vec![0; shape.len()];
    let mut stride = 1;
    for &axis in axes.iter().rev() {
        strides[usize::from(axis)] = stride;
        stride *= shape[usize::from(axis)];
    }
    let (last, outer) = match shape.split_last() {
        Some((&last, outer)) => (last, outer),
        None => (1, shape),
    };
    let step = strides.last().copied().unwrap_or(0);
    let rows = out.par_chunks_mut(last).zip(numerator.par_chunks(last)).enumerate();
    rows.try_for_each(|(row, (out, numerator))| {
        let (mut rest, mut place) = (row, 0);
        for (length, stride) in outer.iter().zip(&strides).rev() {
            place += rest % length * stride;
            rest /= length;
        }
        for (position, (y, n)) in out.iter_mut().zip(numerator).enumerate() {
            let d = denominator[place + position * step];
            let top = n.checked_mul(1i64 << (shift + 1)).and_then(|n| n.checked_add(d));
            let (Some(top), Some(twice)) = (top, d.checked_mul(2)) else {
                return Err(Undivided::Overflow);
            };
            // The divisor is positive, so this is the floor.
            *y = top.div_euclid(twice);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::{Undivided, divide};

    #[test]
    fn divisors_repeat_along_the_axes_that_they_lack() {
        let numerator: Vec<i64> = (-12..12).map(|v| v * 7).collect();
        let shape = [2, 3, 4];
        for axes in [vec![], vec![0], vec![1], vec![2], vec![2, 0], vec![1, 2], vec![0, 1, 2]] {
            let lengths: Vec<usize> = axes.iter().map(|&a: &u8| shape[usize::from(a)]).collect();
            let denominator: Vec<i64> = (1..=lengths.iter().product::<usize>() as i64).collect();
            let mut out = vec![0; 24];
            assert_eq!(divide(&numerator, &denominator, &axes, &shape, 3, &mut out), Ok(()));
            for (flat, (y, n)) in out.iter().zip(&numerator).enumerate() {
                let index = [flat / 12, flat / 4 % 3, flat % 4];
                let place = axes
                    .iter()
                    .zip(&lengths)
                    .fold(0, |place, (&axis, length)| place * length + index[usize::from(axis)]);
                let d = denominator[place];
                assert_eq!(*y, (16 * n + d).div_euclid(2 * d));
            }
        }
    }

    #[test]
    fn a_divisor_below_one_is_returned() {
        let mut out = [0; 2];
        let zero = divide(&[1, 2], &[1, 0], &[0], &[2], 0, &mut out);
        assert_eq!(zero, Err(Undivided::Divisor(0)));
        let wide = divide(&[i64::MAX, 2], &[1, 1], &[0], &[2], 0, &mut out);
        assert_eq!(wide, Err(Undivided::Overflow));
    }
}
