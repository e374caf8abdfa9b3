//! Errors of everything between commitments and openings, the hiding channel's part excepted.
//!
//! A false statement survives a challenge if the challenge is a root of a non-zero polynomial, so
//! an error is a number of roots over `|E|` (Schwartz, Zippel). As long as a committed polynomial
//! is one of several candidates, a challenge has to fail for each of them: the error is multiplied
//! by their number.

use alloc::string::ToString;
use alloc::vec::Vec;

use zkpot_protocol::arithmetization::Arithmetization;
use zkpot_protocol::labels;
use zkpot_protocol::security::{ErrorTerm, field_bits};

use super::tally::Tally;

/// Error terms of a link's lookups, relations, products and claims.
pub fn interactive_terms(
    system: &Arithmetization,
    tally: &Tally,
    log_candidates: f64,
) -> Vec<ErrorTerm> {
    let products: u64 = tally.levels.iter().sum();
    let mut terms = Vec::new();
    for (&label, &count) in &tally.challenges {
        let (name, challenges, roots) = match label {
            labels::LOOKUP_SHIFT => ("lookup fractions", 3 * count, fraction_roots(system)),
            // Drawn together with the shift.
            labels::LOOKUP_TAG | labels::LOOKUP_ROW => continue,
            // Numerator and denominator are joined: one linear polynomial a layer (Papini, Haböck,
            // eprint 2023/1284, section 3).
            labels::LOOKUP_LAYER => ("lookup layers", count, count),
            // Without the factor of eq a round polynomial is quadratic.
            labels::LOOKUP_ROUND => ("lookup rounds", count, 2 * count),
            labels::LOOKUP_BRANCH => ("lookup branches", count, count),
            // Multilinear in the point: one root for each coordinate.
            labels::RELATION_POINT => ("relation point", count, count),
            // Powers of one challenge: as many roots as products, less one.
            labels::PRODUCT_JOIN => ("product joins", count, products.saturating_sub(count)),
            // Quadratic (Thaler, eprint 2013/351, section 5; Lund, Fortnow, Karloff, Nisan).
            labels::PRODUCT_ROUND => ("product rounds", count, 2 * count),
            labels::OPENING_JOIN => {
                // Two for the lookups' leaves, one a relation, two for the factors of a product.
                let leaves = 2 * u64::from(tally.challenges.contains_key(labels::LOOKUP_SHIFT));
                let claims = leaves + system.relations.len() as u64 + 2 * products;
                ("claim join", count, claims.saturating_sub(1))
            }
            labels::OPENING_ROUND => ("claim rounds", count, 2 * count),
            // Nobody has said what this challenge is for, so it is good for nothing.
            _ => {
                terms.push(ErrorTerm { name: label.to_string(), challenges: count, bits: 0.0 });
                continue;
            }
        };
        terms.push(term(name, challenges, roots, log_candidates));
    }
    terms
}

/// `roots / |E|` for each of as many candidates as the logarithm says.
pub(super) fn term(name: &str, challenges: u64, roots: u64, log_candidates: f64) -> ErrorTerm {
    // A challenge without roots is counted as if it had one.
    let bits = field_bits() - libm::log2(roots.max(challenges).max(1) as f64) - log_candidates;
    ErrorTerm { name: name.to_string(), challenges, bits }
}

/// Roots of the lookups' sum of fractions in `shift`, `tag` and `row` (Haböck, eprint 2022/1530,
/// lemma 5, with the columns of a row joined).
///
/// A denominator is `shift` plus a polynomial in the other two, another one for each table and
/// row, so fractions with equal denominators are equal rows, and if the looked-up rows are not
/// those of the tables, the sum is no zero function. Over the common denominator its numerator has
/// at most the degree of all denominators together: one each, or the number of columns behind the
/// argument where that is more.
fn fraction_roots(system: &Arithmetization) -> u64 {
    let elements = |region: usize| {
        system.layout.regions.get(region).map_or(0, |region| region.elements() as u64)
    };
    let degree = system.lookups.iter().map(|lookup| lookup.outputs.len()).max().unwrap_or(0);
    let looked_up: u64 = system.lookups.iter().map(|l| l.slot.elements() as u64).sum();
    let rows: u64 = system.tables.iter().map(|table| elements(table.multiplicity())).sum();
    (looked_up + rows).saturating_mul(degree.max(1) as u64)
}
