//! Division by a power of two, half up, with its remainder.

use rayon::prelude::*;

use super::values::CHUNK;

/// `out = floor((input + 2^(shift-1)) / 2^shift)` and, where asked for,
/// `remainder = (input + 2^(shift-1)) mod 2^shift`.
///
/// # Contract
/// `input + 2^(shift-1)` fits 64 bits for every element (the caller knows the interval).
pub(super) fn rescale(
    input: &[i64],
    shift: u32,
    out: &mut [i64],
    remainder: Option<&mut Vec<i64>>,
) {
    let half = 1i64 << (shift - 1);
    let mask = (1i64 << shift) - 1;
    let divide = |input: &[i64], out: &mut [i64]| {
        for (y, x) in out.iter_mut().zip(input) {
            *y = x.wrapping_add(half) >> shift;
        }
    };
    let rest = |input: &[i64], rest: &mut [i64]| {
        for (r, x) in rest.iter_mut().zip(input) {
            *r = x.wrapping_add(half) & mask;
        }
    };
    match remainder {
        None if input.len() <= 4 * CHUNK => divide(input, out),
        None => {
            out.par_chunks_mut(CHUNK)
                .zip(input.par_chunks(CHUNK))
                .for_each(|(out, input)| divide(input, out));
        }
        Some(remainder) => {
            remainder.resize(input.len(), 0);
            if input.len() <= 4 * CHUNK {
                divide(input, out);
                rest(input, remainder);
            } else {
                out.par_chunks_mut(CHUNK)
                    .zip(remainder.par_chunks_mut(CHUNK))
                    .zip(input.par_chunks(CHUNK))
                    .for_each(|((out, remainder), input)| {
                        divide(input, out);
                        rest(input, remainder);
                    });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::rescale;

    #[test]
    fn threads_agree_with_one_loop() {
        let input: Vec<i64> = (0..100_000).map(|i| i * 7919 % 65_537 - 30_000).collect();
        let (mut out, mut remainder) = (vec![0; input.len()], Vec::new());
        rescale(&input, 5, &mut out, Some(&mut remainder));
        let mut alone = vec![0; input.len()];
        rescale(&input, 5, &mut alone, None);
        assert!(input.iter().zip(&out).all(|(x, y)| *y == (x + 16).div_euclid(32)));
        assert!(input.iter().zip(&remainder).all(|(x, r)| *r == (x + 16).rem_euclid(32)));
        assert!(out == alone);
    }

    #[test]
    fn halves_go_up_and_remainders_are_not_negative() {
        let input: Vec<i64> = (-20..20).collect();
        let (mut out, mut remainder) = (vec![0; 40], Vec::new());
        rescale(&input, 3, &mut out, Some(&mut remainder));
        for ((x, y), r) in input.iter().zip(out).zip(remainder) {
            assert_eq!(8 * y + r, x + 4);
            assert!((0..8).contains(&r));
        }
    }
}
