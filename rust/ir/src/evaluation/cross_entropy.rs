//! The total cross entropy of a classifier: a sum of integers with a stated error.
//!
//! Of logits `z` with the unit `u`, largest `m` and own logit `o`, a row's loss is
//! `(m - o) u + ln S` with `S = sum exp(-(m - z) u)`, between 1 and the number of classes:
//!
//! - `exp` is a table with 24 binary places over all differences `m - z`, so `S` has them too;
//! - a root: `y = round(2^p sqrt(S))`, so that a table of few arguments covers all sums;
//! - `ln S = 2 ln(y / 2^p)` is a table, in the loss's unit, which is `u` over a power of two.
//!
//! Docs: `docs/spec/arithmetic.md`, 'Evaluation'.

use alloc::borrow::ToOwned;
use alloc::vec;
use alloc::vec::Vec;

use super::logarithms::{FACTOR, exponentials, logarithms};
use super::{Compared, Forward, term};
use crate::{Node, Operand, Output, ProgramError, Range, Scale, Table, TensorId};

/// The output of a classifier's evaluation: its losses, summed.
pub const CROSS_ENTROPY: &str = "cross_entropy";

/// Binary places of exponentials and their sums.
const PLACES: u32 = 24;
/// The loss's unit is at most 2^-20.
const LOSS_PLACES: u32 = 20;
/// Binary places of the root of a sum, most first.
const ROOT_PLACES: [u32; 5] = [16, 15, 14, 13, 12];
/// Rows of the logarithm's table, where the root's places leave a choice.
const ROWS: u64 = 1 << 18;

impl Forward {
    /// Adds the losses of the rows that are compared.
    ///
    /// # Errors
    /// [`ProgramError::Structure`] where the logits' unit leaves no room.
    pub(super) fn sum_cross_entropy(
        &mut self,
        compared: &Compared,
    ) -> Result<Output, ProgramError> {
        let Compared { prediction, range, rows, classes, own, .. } = compared;
        let (prediction, own) = (*prediction, *own);
        let shown = self.tensors[prediction as usize].clone();
        let Some((unit, finer)) = loss_unit(shown.scale) else {
            return Err(ProgramError::Structure {
                place: shown.name,
                reason: "the logits' unit leaves no room for their cross entropy",
            });
        };
        let rank = shown.shape.len() as u8;
        let (outer, all): (Vec<u8>, Vec<u8>) = ((0..rank - 1).collect(), (0..rank).collect());
        let operand = Operand::plain;

        let largest = self.add("largest_logit", prediction, rows, Some(*range));
        self.nodes.push(Node::Max { input: prediction, out: largest });
        let below = self.add("below_largest", prediction, &shown.shape, None);
        let difference = vec![
            term(1, operand(largest, &outer), None),
            term(-1, operand(prediction, &all), None),
        ];
        self.sum(below, Vec::new(), difference);
        let exponential = Table {
            name: "evaluation/exp(-x)".to_owned(),
            first: 0,
            bits: range.bits,
            columns: vec![exponentials(shown.scale, PLACES, 1 << range.bits)],
            gaps: Vec::new(),
        };
        let allowed = Range { lo: 0, bits: PLACES + 1 };
        let scale = power_of_two(PLACES);
        let power = self.look_up("exponential", below, exponential, allowed, scale);
        let total = self.add("exponentials", power, rows, None);
        self.sum(total, vec![*classes], vec![term(1, operand(power, &all), None)]);

        let places = root_places(*classes);
        let (first, last) = (1u64 << places, root_of_all(*classes, places));
        let bits = (u64::BITS - (last - first).leading_zeros()).max(1);
        let root = self.add("root", total, rows, Some(Range { lo: first as i64, bits }));
        self.tensors[root as usize].scale = power_of_two(places);
        self.nodes.push(Node::Root { input: total, out: root, shift: 2 * places - PLACES });
        let column = logarithms(first, unit, 1 << bits);
        let allowed = Range { lo: 0, bits: bits_of(&column) };
        let logarithm = Table {
            name: "evaluation/2 ln(y)".to_owned(),
            first: first as i64,
            bits,
            columns: vec![column],
            gaps: Vec::new(),
        };
        let logarithm = self.look_up("logarithm", root, logarithm, allowed, unit);

        let loss = self.add(CROSS_ENTROPY, logarithm, rows, None);
        let terms = vec![
            term(1 << finer, operand(largest, &outer), None),
            term(-(1 << finer), operand(own, &outer), None),
            term(1, operand(logarithm, &outer), None),
        ];
        self.sum(loss, Vec::new(), terms);
        let error = error(*classes, places, unit);
        Ok(Output { name: CROSS_ENTROPY.to_owned(), tensor: loss, error })
    }

    fn look_up(
        &mut self,
        name: &str,
        input: TensorId,
        table: Table,
        range: Range,
        scale: Scale,
    ) -> TensorId {
        let shape = self.tensors[input as usize].shape.clone();
        let out = self.add(name, input, &shape, Some(range));
        self.tensors[out as usize].scale = scale;
        let number = self.tables.len() as u32;
        self.tables.push(table);
        self.nodes.push(Node::Lookup { input, table: number, outs: vec![out] });
        out
    }
}

fn power_of_two(places: u32) -> Scale {
    Scale { numerator: 1, denominator: 1, fraction_bits: places as i32 }
}

/// Bits of the largest entry.
fn bits_of(column: &[i64]) -> u32 {
    let largest = column.iter().copied().max().unwrap_or_default();
    (i64::BITS - largest.leading_zeros()).max(1)
}

/// The loss's unit, and the power of two by which it is finer than the logits'.
fn loss_unit(logits: Scale) -> Option<(Scale, u32)> {
    let Scale { numerator, denominator, fraction_bits } = logits;
    if !(1..FACTOR).contains(&numerator) || !(1..FACTOR).contains(&denominator) {
        return None;
    }
    let fine = |finer: &u32| {
        let places = fraction_bits.saturating_add(*finer as i32 - LOSS_PLACES as i32);
        // numerator / denominator <= 2^places
        let (numerator, denominator) = (u128::from(numerator), u128::from(denominator));
        match u32::try_from(places) {
            Ok(places) => places >= 64 || numerator <= denominator << places,
            Err(_) => numerator << places.unsigned_abs().min(64) <= denominator,
        }
    };
    let finer = (0..=40).find(fine)?;
    let fraction_bits = fraction_bits.checked_add(finer as i32)?;
    let unit = Scale { numerator, denominator, fraction_bits };
    // A product with a weight of 2^-20 at least, so that the losses themselves fit.
    (fraction_bits <= 48).then_some((unit, finer))
}

/// The root of the largest sum, which is the number of classes.
fn root_of_all(classes: u32, places: u32) -> u64 {
    ((u64::from(classes) << (2 * places + 2)) + 1).isqrt().div_ceil(2)
}

fn root_places(classes: u32) -> u32 {
    let rows = |places: u32| root_of_all(classes, places) - (1 << places);
    let fits = |places: &&u32| rows(**places) <= ROWS;
    *ROOT_PLACES.iter().find(fits).unwrap_or(&ROOT_PLACES[ROOT_PLACES.len() - 1])
}

/// Units by which a loss may differ from that of its logits.
///
/// Each exponential but the largest is within half of 2^-24, of a sum of at least one; the root is
/// within half of `2^-places` of itself and counts twice; the logarithm is within half a unit. A
/// sixteenth more holds what is quadratic in these.
fn error(classes: u32, places: u32, unit: Scale) -> u64 {
    let relative = u128::from(classes) + (1 << (PLACES + 1 - places));
    let scaled = relative * 17 * u128::from(unit.denominator);
    let shift = PLACES + 1 + 4;
    let units = match u32::try_from(unit.fraction_bits) {
        Ok(places) => (scaled << places) / u128::from(unit.numerator),
        Err(_) => scaled / u128::from(unit.numerator),
    };
    (units >> shift) as u64 + 2
}
