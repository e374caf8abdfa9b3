//! The circuit's program over a proof, down to two points and their pairing.

use crate::circuit::{LEFT, OPERATIONS, PAIRING, POINTS, RIGHT};
use crate::encoding::write;
use crate::field::Fr;
use crate::machine::{Point, add, copy, multiply, pair};
use crate::refusal::Refusal;

/// Computes what the circuit's verifier computes with scalars.
#[inline(always)]
pub fn compute(values: &mut [Fr]) -> Result<(), Refusal> {
    for &[kind, a, b, to] in &OPERATIONS {
        let value = |place: u16| values.get(usize::from(place)).ok_or(Refusal::Invalid);
        let (a, b) = (value(a)?, value(b)?);
        let result = match kind {
            0 => a.add(b),
            1 => a.subtract(b),
            2 => a.multiply(b),
            3 => Fr::ZERO.subtract(a),
            _ => a.invert().ok_or(Refusal::Invalid)?,
        };
        *values.get_mut(usize::from(to)).ok_or(Refusal::Invalid)? = result;
    }
    Ok(())
}

/// Refuses a proof whose equation does not hold.
#[inline(always)]
pub fn check(values: &[Fr], proof: &[u8]) -> Result<(), Refusal> {
    let mut input = [0; 384];
    for (number, terms) in [&LEFT[..], &RIGHT[..]].into_iter().enumerate() {
        let mut sum: Point = [0; 64];
        add_up(terms, values, proof, &mut sum)?;
        let place = input.get_mut(192 * number..192 * (number + 1)).ok_or(Refusal::Invalid)?;
        let (first, second) = place.split_at_mut(64);
        copy(first, &sum);
        copy(second, &PAIRING[number]);
    }
    pair(&input)
}

#[inline(never)]
fn add_up(terms: &[[u16; 3]], values: &[Fr], proof: &[u8], sum: &mut Point) -> Result<(), Refusal> {
    let mut both = [0; 128];
    for &[scalar, read, at] in terms {
        let points = if read == 1 { proof } else { &POINTS[..] };
        let at = usize::from(at);
        let point = points.get(at..at + 64).ok_or(Refusal::Invalid)?;
        let mut input = [0; 96];
        let (place, factor) = input.split_at_mut(64);
        copy(place, point);
        write(&values.get(usize::from(scalar)).ok_or(Refusal::Invalid)?.words(), factor);
        let mut multiple: Point = [0; 64];
        multiply(&input, &mut multiple)?;
        let (first, second) = both.split_at_mut(64);
        copy(first, sum);
        copy(second, &multiple);
        add(&both, sum)?;
    }
    Ok(())
}
