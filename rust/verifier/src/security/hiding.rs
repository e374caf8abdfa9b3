//! Errors of the hiding channel's own relations (`relations/multiplication.rs`,
//! `relations/masks.rs`). The masks are in the witness polynomial, so its candidates count here too.

use alloc::vec::Vec;

use zkpot_protocol::arithmetization::Arithmetization;
use zkpot_protocol::layout::axis_bits;
use zkpot_protocol::masks::MASK_ROWS;
use zkpot_protocol::security::ErrorTerm;

use super::interactive::term;
use super::tally::Tally;

/// Error terms of the products' zero-check and of the relations on the masks; none on the clear
/// channel.
pub fn hiding_terms(
    system: &Arithmetization,
    tally: &Tally,
    log_candidates: f64,
) -> Vec<ErrorTerm> {
    let Some(region) = system.masks.and_then(|masks| system.layout.regions.get(masks)) else {
        return Vec::new();
    };
    // The prover adds one random product.
    let products = tally.products + 1;
    let variables = axis_bits(products as usize) as u64;
    // What the zero-check leaves: both factors, and the claim.
    let relations = tally.relations + 3;
    let rounds = axis_bits(region.block / MASK_ROWS) as u64;
    let rows = axis_bits(MASK_ROWS) as u64;
    [
        // Multilinear in the point.
        ("multiplication point", variables, variables),
        // Without the factor of eq a round polynomial is quadratic.
        ("multiplication rounds", variables, 2 * variables),
        // Powers of one challenge.
        ("mask join", 1, relations.saturating_sub(1)),
        // A false sum of the masks and a false one of the blinding vector cancel once.
        ("blinding factor", 1, 1),
        ("mask rounds", rounds, 2 * rounds),
        // Multilinear in the rows' point.
        ("mask row point", rows, rows),
    ]
    .into_iter()
    .map(|(name, challenges, roots)| term(name, challenges, roots, log_candidates))
    .collect()
}
