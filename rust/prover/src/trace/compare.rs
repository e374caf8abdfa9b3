//! Maxima and quotients along rows.

/// `out[...] = max over c of input[..., c]`.
pub(super) fn max(input: &[i64], out: &mut [i64]) {
    // An axis has at least one element.
    let width = input.len() / out.len();
    for (y, row) in out.iter_mut().zip(input.chunks_exact(width)) {
        *y = row.iter().copied().fold(i64::MIN, i64::max);
    }
}

/// Why a division is impossible.
pub(super) enum Undivided {
    /// This divisor is below 1.
    Divisor(i64),
    /// The dividend leaves 64 bits.
    Overflow,
}

/// `out = floor((2^(shift+1) * numerator + denominator) / (2 * denominator))`, where each
/// divisor serves `numerator.len() / denominator.len()` successive dividends.
///
/// # Errors
/// An [`Undivided`].
pub(super) fn divide(
    numerator: &[i64],
    denominator: &[i64],
    shift: u32,
    out: &mut [i64],
) -> Result<(), Undivided> {
    let width = numerator.len() / denominator.len();
    let rows = out.chunks_exact_mut(width).zip(numerator.chunks_exact(width)).zip(denominator);
    for ((out, numerator), &d) in rows {
        if d < 1 {
            return Err(Undivided::Divisor(d));
        }
        let twice = d.checked_mul(2).ok_or(Undivided::Overflow)?;
        for (y, n) in out.iter_mut().zip(numerator) {
            let top = n.checked_mul(1i64 << (shift + 1)).and_then(|n| n.checked_add(d));
            // The divisor is positive, so this is the floor.
            *y = top.ok_or(Undivided::Overflow)?.div_euclid(twice);
        }
    }
    Ok(())
}
