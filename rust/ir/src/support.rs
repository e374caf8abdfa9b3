//! Which terms of a sum can differ from zero together.
//!
//! Parts of a concatenation, and pieces that fill a tensor, are zero outside their places: at any
//! place of the output few terms meet, and the bound of a sum is that of the terms that do.

use alloc::collections::BTreeSet;
use alloc::vec;

use crate::{Index, Operand, Tensor, Term};

/// Longer axes are not looked at.
const LONGEST_AXIS: u32 = 1 << 12;
/// Nor is an axis whose patterns, combined with the groups so far, are more than this.
const MOST_GROUPS: usize = 1 << 10;

/// Nanoseconds, at most, of one term at one place of an axis that is looked at.
const READING: u64 = 20;
/// The same of one group and one pattern that are combined.
const COMBINING: u64 = 150;
/// The same of one term of a group that is added up.
const ADDING: u64 = 25;

/// Nanoseconds, at most, that [`meeting`] takes and that its groups take to add up: it visits the axes of a sum of
/// parts place by place.
pub fn effort(terms: &[Term], tensors: &[Tensor], lengths: &[u32], rank: usize) -> u64 {
    let count = terms.len() as u64;
    let axes = told_apart(terms, tensors, lengths, rank);
    let one = |(_, length): (u8, u32)| {
        (READING * count).saturating_mul(length.into()) + COMBINING * MOST_GROUPS as u64
    };
    let visits = axes.map(one).fold(0, u64::saturating_add);
    let groups = if visits == 0 { 1 } else { MOST_GROUPS as u64 };
    visits.saturating_add(ADDING * groups * count)
}

/// The axes of the output, and their lengths, along which terms can differ in where they are zero.
fn told_apart(
    terms: &[Term],
    tensors: &[Tensor],
    lengths: &[u32],
    rank: usize,
) -> impl Iterator<Item = (u8, u32)> {
    let axes = (0u8..).zip(lengths.iter().copied()).take(if terms.len() > 1 { rank } else { 0 });
    axes.filter(move |&(label, length)| {
        let reading = Reading { tensors, lengths, label };
        length <= LONGEST_AXIS && !terms.iter().all(|term| reading.everywhere(term))
    })
}

/// Groups of terms that meet somewhere: bit `i` is term `i`, of at most 64. Every place of the
/// output belongs to a group that has all terms which are not zero there.
///
/// `lengths` are those of all labels, the first `rank` of which name the output's axes.
pub fn meeting(terms: &[Term], tensors: &[Tensor], lengths: &[u32], rank: usize) -> BTreeSet<u64> {
    let everyone = u64::MAX >> (64 - terms.len().clamp(1, 64));
    // Sets grow by insertion: collected, they bring a sort into each wasm.
    let mut groups = BTreeSet::new();
    groups.insert(everyone);
    for (label, length) in told_apart(terms, tensors, lengths, rank) {
        let reading = Reading { tensors, lengths, label };
        let mut alive = vec![0u64; length as usize];
        for (number, term) in terms.iter().enumerate() {
            for (value, patterns) in (0i64..).zip(&mut alive) {
                let mut operands = core::iter::once(&term.left).chain(&term.right);
                if operands.all(|operand| reading.reaches(operand, value)) {
                    *patterns |= 1 << number;
                }
            }
        }
        let mut patterns = BTreeSet::new();
        patterns.extend(alive);
        if groups.len() * patterns.len() <= MOST_GROUPS {
            let mut finer = BTreeSet::new();
            finer.extend(groups.iter().flat_map(|group| patterns.iter().map(move |p| group & p)));
            groups = finer;
        }
    }
    groups
}

/// The readings of one value of a label, the others being free.
struct Reading<'a> {
    tensors: &'a [Tensor],
    lengths: &'a [u32],
    label: u8,
}

impl Reading<'_> {
    /// Whether a term is read for every value of the label.
    fn everywhere(&self, term: &Term) -> bool {
        core::iter::once(&term.left).chain(&term.right).all(|operand| {
            let shape = &self.tensors[operand.tensor as usize].shape;
            operand.axes.iter().zip(shape).all(|(index, &axis)| self.covers(index, axis))
        })
    }

    /// Whether the index names a place of the axis for every value: between two that are inside lie no others, and
    /// where nothing is divided none is left out.
    fn covers(&self, index: &Index, axis: u32) -> bool {
        let last = i64::from(self.lengths[usize::from(self.label)]) - 1;
        let free = index.labels.iter().all(|(label, _)| *label != self.label);
        let ends = || self.reads(index, axis, 0) && self.reads(index, axis, last);
        free || (index.divisor == 1 && ends())
    }

    fn reaches(&self, operand: &Operand, value: i64) -> bool {
        let shape = &self.tensors[operand.tensor as usize].shape;
        operand.axes.iter().zip(shape).all(|(index, &axis)| self.reads(index, axis, value))
    }

    /// Whether the index can name a place of the axis.
    fn reads(&self, index: &Index, axis: u32, value: i64) -> bool {
        let Some(&(_, stride)) = index.labels.iter().find(|(label, _)| *label == self.label) else {
            return true;
        };
        let length = |label| if label == self.label { 1 } else { self.lengths[usize::from(label)] };
        let (lo, hi) = index.span(length);
        let moved = i64::from(stride) * value;
        let divisor = i64::from(index.divisor);
        let inside = moved + hi >= 0 && moved + lo <= (i64::from(axis) - 1) * divisor;
        inside && (lo != hi || (moved + lo) % divisor == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ARITHMETIC_VERSION, DataField, Effort, Node, Program, ProgramError, Range, Reading, Scale,
        State,
    };
    use alloc::string::ToString;
    use alloc::vec::Vec;

    fn tensor(shape: &[u32]) -> Tensor {
        Tensor {
            name: "t".to_string(),
            shape: shape.to_vec(),
            scale: Scale { numerator: 1, denominator: 1, fraction_bits: 0 },
            range: Some(Range { lo: 0, bits: 1 }),
        }
    }

    fn term(axes: Vec<Index>) -> Term {
        Term { coefficient: 1, scalar: None, left: Operand { tensor: 0, axes }, right: None }
    }

    fn index(label: u8, stride: i32, offset: i32, divisor: u32) -> Index {
        Index { labels: vec![(label, stride)], offset, divisor }
    }

    /// Terms that read the tensor at one place of the output.
    fn alive(terms: &[Term], tensors: &[Tensor], place: &[i64]) -> u64 {
        terms.iter().enumerate().fold(0, |alive, (number, term)| {
            let shape = &tensors[term.left.tensor as usize].shape;
            let inside = term.left.axes.iter().zip(shape).all(|(index, &axis)| {
                let start = i64::from(index.offset);
                let moved = index.labels.iter().fold(start, |sum, &(label, stride)| {
                    sum + i64::from(stride) * place[usize::from(label)]
                });
                let divisor = i64::from(index.divisor);
                moved % divisor == 0 && (0..i64::from(axis)).contains(&(moved / divisor))
            });
            alive | u64::from(inside) << number
        })
    }

    /// Whatever is not zero somewhere is in a group, for strides, offsets and divisors of all signs.
    #[test]
    fn every_place_has_a_group() {
        let (lengths, tensors) = ([6, 5], [tensor(&[4, 7])]);
        let mut seed = 1u64;
        let mut draw = |count: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % count
        };
        for _ in 0..2_000 {
            let mut axis = |label| {
                let stride = [1, 1, 2, -1, 3][draw(5) as usize];
                index(label, stride, draw(9) as i32 - 4, 1 + draw(3) as u32)
            };
            let terms: Vec<Term> = (0..4).map(|_| term(vec![axis(0), axis(1)])).collect();
            let groups = meeting(&terms, &tensors, &lengths, 2);
            for place in (0..6).flat_map(|a| (0..5).map(move |b| [a, b])) {
                let alive = alive(&terms, &tensors, &place);
                let found = groups.iter().any(|group| alive & !group == 0);
                assert!(found, "{terms:?} at {place:?}");
            }
        }
    }

    /// Parts that are next to each other never meet.
    #[test]
    fn parts_of_a_concatenation_are_apart() {
        let (lengths, tensors) = ([12], [tensor(&[4])]);
        let terms = [0, -4, -8].map(|offset| term(vec![index(0, 1, offset, 1)]));
        let groups = meeting(&terms, &tensors, &lengths, 1);
        assert_eq!(groups, BTreeSet::from([0b001, 0b010, 0b100]));
        assert!(effort(&terms, &tensors, &lengths, 1) > 3 * 12 * READING);
    }

    /// An axis that tells no terms apart is not visited, and takes nothing.
    #[test]
    fn whole_terms_are_not_visited() {
        let (lengths, tensors) = ([4096], [tensor(&[4096])]);
        let whole = [term(vec![Index::plain(0)]), term(vec![Index::plain(0)])];
        assert_eq!(meeting(&whole, &tensors, &lengths, 1), BTreeSet::from([0b11]));
        assert_eq!(effort(&whole, &tensors, &lengths, 1), 2 * ADDING);
        let moved = [term(vec![Index::plain(0)]), term(vec![index(0, 1, 1, 1)])];
        assert!(effort(&moved, &tensors, &lengths, 1) > 2 * 4096 * READING);
    }

    /// An axis with too many patterns for the groups so far leaves them as they are.
    #[test]
    fn groups_are_few() {
        // Along each axis each of 40 terms is alive at one place alone.
        let (lengths, tensors) = ([40, 40], [tensor(&[1, 1])]);
        let apart = |part: i32| term(vec![index(0, 1, -part, 1), index(1, 1, part - 39, 1)]);
        let terms: Vec<Term> = (0..40).map(apart).collect();
        let first: BTreeSet<u64> = (0..40).map(|part| 1 << part).collect();
        assert_eq!(meeting(&terms, &tensors, &lengths, 2), first);
    }

    /// A program with one sum, of two parts of a vector.
    fn two_parts() -> Program {
        let named = |name: &str, tensor: Tensor| Tensor { name: name.to_string(), ..tensor };
        let terms = [0, -4].map(|offset| {
            let axes = vec![index(0, 1, offset, 1)];
            Term { left: Operand { tensor: 1, axes }, ..term(vec![]) }
        });
        let name = "w".to_string();
        Program {
            arithmetic: ARITHMETIC_VERSION,
            name: "parts".to_string(),
            batch: 1,
            window: 1,
            max_steps: 1,
            tensors: vec![
                named("x", tensor(&[1])),
                named("w", tensor(&[4])),
                Tensor { range: None, ..named("both", tensor(&[8])) },
            ],
            tables: vec![],
            data: vec![DataField { name: "x".to_string(), tensor: 0 }],
            states: vec![State { name, tensor: 1, next: 1, shape: vec![4], initial: 0 }],
            scalars: vec![],
            nodes: vec![Node::Sum { out: 2, summed: vec![], terms: terms.into(), constant: 0 }],
            reading: Reading::Shuffled,
            outputs: vec![],
            monitor: None,
        }
    }

    /// A check ends before it takes more than it may, and counts the same wherever it ends.
    #[test]
    fn a_check_has_a_limit() {
        let program = two_parts();
        let mut all = Effort::new(u64::MAX);
        program.check_within(&mut all).unwrap();
        assert!(all.spent() > 0);
        let mut enough = Effort::new(all.spent());
        assert!(program.check_within(&mut enough).is_ok());
        let limit = all.spent() - 1;
        let refused = program.check_within(&mut Effort::new(limit));
        assert_eq!(refused, Err(ProgramError::Effort { limit }));
    }
}
