//! Public random tensors of zeros and ones.
//!
//! Their seed is that of the batch schedule, so nobody can choose one without the other
//! (docs/spec/statement.md, 'Random tensors').
//!
//! # Elements
//! Let `w[0], w[1], ...` be the little-endian 64-bit words of `BLAKE3
//! derive_key("zkpot/v1/bernoulli", seed || step || ordinal)` read as an extendable output; `step`
//! is 8 bytes and counts from the start of the run, `ordinal` is 4, both little-endian. With the
//! probability `numerator / 2^bits`, the elements `64 j .. 64 j + 63` (row-major) are the bits of a
//! word, from the least significant, that the words `w[bits j .. bits (j + 1)]` make: start with
//! zero and, for each bit of the numerator from the least significant, take the `or` with the next
//! word where it is 1 and the `and` where it is 0. Each step halves the chance of a 1, and adds a
//! half where the bit is 1: the result's binary places are the numerator's.

use alloc::vec;
use alloc::vec::Vec;

use blake3::Hasher;
use zkpot_ir::{Node, Program};

use crate::claims::Weight;
use crate::field::Element;

/// Key of every random tensor.
const CONTEXT: &str = "zkpot/v1/bernoulli";
/// Elements of a word.
const WORD: usize = 64;
/// Bytes drawn from the output at a time.
const PORTION: usize = 1 << 12;
/// Elements whose sums of weights stand in one table.
const GROUP: usize = 8;
/// Weights of trailing axes are multiplied out until there are this many.
const INNER: usize = 1 << 8;

/// A random tensor of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bernoulli {
    /// Which of the step's random tensors it is.
    pub ordinal: u32,
    /// Of `2^bits`: how often an element is 1.
    pub numerator: u32,
    /// Binary places of the probability, 1 to 16.
    pub bits: u32,
    /// Elements within one step.
    pub elements: usize,
}

impl Bernoulli {
    /// The random tensor that a node draws, if it draws one.
    pub fn of(program: &Program, node: &Node) -> Option<Self> {
        let Node::Bernoulli { out, ordinal, numerator, bits } = *node else { return None };
        let shape = &program.tensors.get(out as usize)?.shape;
        let elements = shape.iter().map(|&length| length as usize).product();
        Some(Self { ordinal, numerator, bits, elements })
    }

    /// Words that hold one step's elements.
    pub fn words(&self) -> usize {
        self.elements.div_ceil(WORD)
    }

    /// The elements of a step, 64 a word; what is behind the last one is random too.
    pub fn draw(&self, seed: &[u8; 32], step: u64) -> Vec<u64> {
        let mut hasher = Hasher::new_derive_key(CONTEXT);
        hasher.update(seed).update(&step.to_le_bytes()).update(&self.ordinal.to_le_bytes());
        let mut output = hasher.finalize_xof();
        let bits = self.bits as usize;
        let mut drawn = Vec::with_capacity(self.words());
        let mut bytes = vec![0; PORTION / (8 * bits) * 8 * bits];
        while drawn.len() < self.words() {
            output.fill(&mut bytes);
            let missing = self.words() - drawn.len();
            drawn.extend(bytes.chunks_exact(8 * bits).take(missing).map(|words| {
                words.chunks_exact(8).enumerate().fold(0, |word, (place, bytes)| {
                    let next = bytes.iter().rev().fold(0, |all, &byte| all << 8 | u64::from(byte));
                    if self.numerator >> place & 1 == 1 { word | next } else { word & next }
                })
            }));
        }
        drawn
    }

    /// The elements of a step as integers.
    pub fn fill(&self, seed: &[u8; 32], step: u64, values: &mut [i64]) {
        let words = self.draw(seed, step);
        for (word, part) in words.into_iter().zip(values.chunks_mut(WORD)) {
            for (place, value) in part.iter_mut().enumerate() {
                *value = (word >> place & 1) as i64;
            }
        }
    }
}

/// The sum of a tensor's elements over all steps, weighed with one vector an axis, steps first.
///
/// `steps` holds the words of each step, one step after another.
pub fn weighted_sum<E: Element>(steps: &[u64], weights: &[Weight<E>]) -> E {
    let Some((first, axes)) = weights.split_first() else { return E::ZERO };
    let words = steps.len() / first.len().max(1);
    let (inner, outer) = multiply_out(axes);
    let rows = Rows::new(&inner, first.len() * outer.len());
    let mut sum = E::ZERO;
    for (step, &weight) in steps.chunks_exact(words.max(1)).zip(first.iter()) {
        if weight == E::ZERO {
            continue;
        }
        let row = |(row, &weight): (usize, &E)| weight * rows.sum(step, row * inner.len());
        sum += weight * outer.iter().enumerate().map(row).sum::<E>();
    }
    sum
}

/// Weights of the trailing axes together, at least [`INNER`] if there are as many, and of the
/// axes before them.
fn multiply_out<E: Element>(axes: &[Weight<E>]) -> (Vec<E>, Vec<E>) {
    let (mut inner, mut outer) = (vec![E::ONE], vec![E::ONE]);
    for weights in axes.iter().rev() {
        let target = if inner.len() < INNER { &mut inner } else { &mut outer };
        *target = weights.iter().flat_map(|&w| target.iter().map(move |&t| w * t)).collect();
    }
    (inner, outer)
}

/// Sums of a row's weights by the bits that are set.
struct Rows<'a, E> {
    weights: &'a [E],
    /// Of each full group of weights all sums, where there are rows enough to pay for them.
    tables: Vec<[E; 1 << GROUP]>,
}

impl<'a, E: Element> Rows<'a, E> {
    fn new(weights: &'a [E], rows: usize) -> Self {
        // A table takes 256 additions, and saves three a row.
        let groups = if rows < 1 << GROUP { 0 } else { weights.len() / GROUP };
        let tables = weights.chunks_exact(GROUP).take(groups).map(|weights| {
            let mut sums = [E::ZERO; 1 << GROUP];
            for (place, &weight) in weights.iter().enumerate() {
                let (known, next) = sums.split_at_mut(1 << place);
                next.iter_mut().zip(known).for_each(|(next, known)| *next = *known + weight);
            }
            sums
        });
        Self { weights, tables: tables.collect() }
    }

    /// The weights of the elements that are 1, of the row that starts at this element.
    fn sum(&self, words: &[u64], start: usize) -> E {
        let mut sum = E::ZERO;
        for (group, table) in self.tables.iter().enumerate() {
            sum += table[read(words, start + group * GROUP) as usize & ((1 << GROUP) - 1)];
        }
        let mut place = self.tables.len() * GROUP;
        while place < self.weights.len() {
            let part = &self.weights[place..self.weights.len().min(place + WORD)];
            let mut set = read(words, start + place);
            if part.len() < WORD {
                set &= (1 << part.len()) - 1;
            }
            while set != 0 {
                sum += part[set.trailing_zeros() as usize];
                set &= set - 1;
            }
            place += WORD;
        }
        sum
    }
}

/// 64 elements from any place on; zeros behind the last word.
fn read(words: &[u64], start: usize) -> u64 {
    let (word, shift) = (start / WORD, start % WORD);
    let at = |index: usize| words.get(index).copied().unwrap_or(0);
    let low = at(word) >> shift;
    if shift == 0 { low } else { low | at(word + 1) << (WORD - shift) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::EF;
    use p3_field::PrimeCharacteristicRing;

    fn tensor(numerator: u32, bits: u32, elements: usize) -> Bernoulli {
        Bernoulli { ordinal: 3, numerator, bits, elements }
    }

    fn values(tensor: Bernoulli, seed: u8, step: u64) -> Vec<i64> {
        let mut values = vec![0; tensor.elements];
        tensor.fill(&[seed; 32], step, &mut values);
        values
    }

    /// Five standard deviations of a binomial distribution.
    #[test]
    fn ones_are_as_frequent_as_declared() {
        let elements = 1 << 20;
        for (numerator, bits) in [(1, 1), (1, 2), (3, 2), (29491, 15), (1, 16), (65535, 16)] {
            let ones: i64 = values(tensor(numerator, bits, elements), 7, 5).iter().sum();
            let p = f64::from(numerator) / f64::from(1 << bits);
            let (mean, variance) = (p * elements as f64, p * (1.0 - p) * elements as f64);
            let far = (ones as f64 - mean).powi(2) / variance;
            assert!(far < 25.0, "{ones} ones where {mean} are expected");
        }
    }

    #[test]
    fn seeds_steps_and_ordinals_differ() {
        let one = tensor(1, 1, 256);
        let first = values(one, 7, 5);
        assert_eq!(first, values(one, 7, 5));
        for other in
            [values(one, 8, 5), values(one, 7, 6), values(Bernoulli { ordinal: 4, ..one }, 7, 5)]
        {
            let equal = first.iter().zip(&other).filter(|(a, b)| a == b).count();
            assert!((80..176).contains(&equal), "{equal} of 256 are equal");
        }
        // A shorter tensor is the beginning of a longer one.
        assert_eq!(values(tensor(1, 1, 70), 7, 5), first[..70]);
    }

    #[test]
    fn the_weighted_sum_is_the_sum_of_weighted_elements() {
        let shapes: [&[usize]; 7] =
            [&[], &[1], &[5, 7], &[300, 9], &[2, 300], &[40, 3, 70], &[600, 1, 1]];
        for shape in shapes {
            let steps = 3;
            let elements = shape.iter().product();
            let tensor = tensor(5, 3, elements);
            let mut words = Vec::new();
            let mut all = Vec::new();
            for step in 0..steps {
                words.extend(tensor.draw(&[1; 32], step));
                all.extend(values(tensor, 1, step));
            }
            let weights: Vec<Weight> = core::iter::once(steps as usize)
                .chain(shape.iter().copied())
                .enumerate()
                .map(|(axis, length)| {
                    (0..length).map(|i| EF::from_usize(i * i + 3 * axis + 1)).collect()
                })
                .collect();
            let mut expected = EF::ZERO;
            for (flat, &value) in all.iter().enumerate() {
                let (mut rest, mut product) = (flat, EF::from_u64(value as u64));
                for weights in weights.iter().rev() {
                    product *= weights[rest % weights.len()];
                    rest /= weights.len();
                }
                expected += product;
            }
            assert_eq!(weighted_sum(&words, &weights), expected, "{shape:?}");
        }
    }
}
