//! Square roots, rounded to the nearest integer and at least 1.

use rayon::prelude::*;

use super::values::CHUNK;

/// Why there is no root.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unrooted {
    /// This radicand is negative.
    Negative(i64),
    /// The radicand leaves 61 bits.
    Overflow,
}

/// `out = floor(sqrt(2^shift * input + 1/4) + 1/2)`.
///
/// # Errors
/// An [`Unrooted`]: the first negative radicand.
pub(super) fn root(input: &[i64], shift: u32, out: &mut [i64]) -> Result<(), Unrooted> {
    if let Some(&negative) = input.iter().find(|x| **x < 0) {
        return Err(Unrooted::Negative(negative));
    }
    out.par_chunks_mut(CHUNK).zip(input.par_chunks(CHUNK)).try_for_each(|(out, input)| {
        for (y, &x) in out.iter_mut().zip(input) {
            // y - 1/2 <= sqrt(X + 1/4) is 2y - 1 <= sqrt(4X + 1).
            let four = (x as u64).checked_mul(1u64 << shift).and_then(|x| x.checked_mul(4));
            let inside = four.and_then(|x| x.checked_add(1)).ok_or(Unrooted::Overflow)?;
            *y = inside.isqrt().div_ceil(2) as i64;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::{Unrooted, root};

    #[test]
    fn a_root_is_the_one_whose_square_is_nearest() {
        let input: Vec<i64> = (0..20_000).chain([(1 << 47) - 1, 1 << 47]).collect();
        for shift in [0, 1, 12] {
            let mut out = vec![0; input.len()];
            assert_eq!(root(&input, shift, &mut out), Ok(()));
            for (y, x) in out.iter().zip(&input) {
                let x = x << shift;
                assert!(y * y - y <= x && x < y * y + y && *y >= 1, "{x} {y}");
            }
        }
    }

    #[test]
    fn what_has_no_root_is_returned() {
        let mut out = [0; 3];
        assert_eq!(root(&[4, -2, -3], 0, &mut out), Err(Unrooted::Negative(-2)));
        assert_eq!(root(&[4, 1 << 40, 0], 30, &mut out), Err(Unrooted::Overflow));
    }
}
