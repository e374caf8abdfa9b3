//! The order in which sumchecks bind the bits of an index.
//!
//! Bit 3 first, then 4, 5 and so on up to the top, in the end bits 2, 1, 0 (of an index with
//! fewer bits those that it has). A round then pairs neighbouring groups of eight entries: what
//! is zero behind a prefix stays zero behind half that prefix, so that the prover's work follows
//! the entries in use and not the power of two above them, and a group fills the lanes of any
//! vector unit until the last three rounds.

use alloc::vec::Vec;

use crate::field::Element;

/// Bits that are bound last.
pub const GROUP_BITS: usize = 3;

/// Entries that stay together until the last rounds.
pub const GROUP: usize = 1 << GROUP_BITS;

/// Turns a point whose coordinates are in the order of binding into one with the most significant
/// bit first, and back.
pub fn reorder<E: Element>(point: &[E]) -> Vec<E> {
    let (high, low) = point.split_at(point.len().saturating_sub(GROUP_BITS));
    high.iter().rev().chain(low).copied().collect()
}

/// What the challenges of a joint sumcheck leave for a polynomial that may have fewer variables
/// than it has rounds: the factor that the rounds without it contribute, and the polynomial's own
/// point, most significant bit first.
///
/// The polynomial lives where the bits that it does not have are zero.
pub fn own_point<E: Element>(challenges: &[E], variables: usize) -> (E, Vec<E>) {
    let absent = absent_rounds(challenges.len(), variables);
    let late = challenges[absent.clone()].iter().map(|&z| E::ONE - z).product();
    let own = [&challenges[..absent.start], &challenges[absent.end..]].concat();
    (late, reorder(&own))
}

/// The rounds of a joint sumcheck that bind bits which a polynomial does not have.
pub fn absent_rounds(rounds: usize, variables: usize) -> core::ops::Range<usize> {
    let low = variables.min(GROUP_BITS);
    variables - low..rounds - low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{EF, eq_table};
    use p3_field::PrimeCharacteristicRing;

    fn element(seed: usize) -> EF {
        EF::from_usize(seed * seed + 7)
    }

    /// Binding a table entry by entry, in the order that the module describes.
    fn bind_all(mut table: Vec<EF>, challenges: &[EF]) -> EF {
        for &z in challenges {
            let bit = GROUP.min(table.len() / 2);
            let entry = |i: usize| {
                let low = i / bit * 2 * bit + i % bit;
                table[low] + z * (table[low + bit] - table[low])
            };
            table = (0..table.len() / 2).map(entry).collect();
        }
        table[0]
    }

    #[test]
    fn a_polynomial_alone_is_evaluated_at_its_own_point() {
        for variables in 0..8 {
            let challenges: Vec<EF> = (0..variables).map(element).collect();
            let table: Vec<EF> = (0..1 << variables).map(|i| element(i + 100)).collect();
            let (late, point) = own_point(&challenges, variables);
            let value: EF = eq_table(&point, 1 << variables)
                .into_iter()
                .zip(&table)
                .map(|(weight, &entry)| weight * entry)
                .sum();
            assert_eq!((late, value), (EF::ONE, bind_all(table, &challenges)));
            assert_eq!(reorder(&reorder(&challenges)), challenges);
        }
    }

    #[test]
    fn a_smaller_polynomial_lives_where_the_other_bits_are_zero() {
        for (rounds, variables) in [(8, 5), (8, 3), (6, 2), (5, 0), (3, 1), (2, 1), (4, 4)] {
            let challenges: Vec<EF> = (0..rounds).map(element).collect();
            let mut table = alloc::vec![EF::ZERO; 1 << rounds];
            for (i, entry) in table[..1 << variables].iter_mut().enumerate() {
                *entry = element(i + 100);
            }
            let (late, point) = own_point(&challenges, variables);
            let value: EF = eq_table(&point, 1 << variables)
                .into_iter()
                .zip(&table)
                .map(|(weight, &entry)| weight * entry)
                .sum();
            assert_eq!(late * value, bind_all(table, &challenges));
        }
    }
}
