//! Maxima over trailing axes, and comparisons with zero.

use rayon::prelude::*;

use super::values::CHUNK;

/// `out[...] = max over the trailing axes of input`.
pub(super) fn max(input: &[i64], out: &mut [i64]) {
    // An axis has at least one element.
    let width = input.len() / out.len();
    for (y, row) in out.iter_mut().zip(input.chunks_exact(width)) {
        *y = row.iter().copied().fold(i64::MIN, i64::max);
    }
}

/// `out = 1` at the first element of each row that equals the row's largest, zero elsewhere.
pub(super) fn first_largest(input: &[i64], largest: &[i64], out: &mut [i64]) {
    let width = input.len() / largest.len();
    out.fill(0);
    let rows = out.chunks_exact_mut(width).zip(input.chunks_exact(width)).zip(largest);
    for ((out, row), largest) in rows {
        if let Some(place) = row.iter().position(|value| value == largest) {
            out[place] = 1;
        }
    }
}

/// `out = 1 if input > 0 else 0`.
pub(super) fn positive(input: &[i64], out: &mut [i64]) {
    out.par_chunks_mut(CHUNK).zip(input.par_chunks(CHUNK)).for_each(|(out, input)| {
        for (y, x) in out.iter_mut().zip(input) {
            *y = i64::from(*x > 0);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{first_largest, max, positive};

    #[test]
    fn the_first_of_equals_is_chosen() {
        let input = [1, 5, 5, -3, -3, -3];
        let (mut largest, mut out) = ([0; 2], [7; 6]);
        max(&input, &mut largest);
        assert_eq!(largest, [5, -3]);
        first_largest(&input, &largest, &mut out);
        assert_eq!(out, [0, 1, 0, 1, 0, 0]);
    }

    #[test]
    fn zero_is_not_positive() {
        let mut out = [7; 4];
        positive(&[-1, 0, 1, i64::MAX], &mut out);
        assert_eq!(out, [0, 0, 1, 1]);
    }
}
