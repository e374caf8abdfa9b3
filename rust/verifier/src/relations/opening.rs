//! From all claims to one value of each committed polynomial.
//!
//! The claims are joined by powers of a challenge; what remains is that the sum over all
//! polynomials of `<weight, polynomial>` has a value. One sumcheck over the largest polynomial's
//! variables (smaller ones wait, as in `product`) ends with one value of each.
//!
//! # Transcript
//! a challenge that joins the claims; two scalars and a challenge a round; each polynomial's value.

use alloc::vec::Vec;
use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::arithmetization::Arithmetization;
use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::claims::{Claims, PartWeights};
use zkpot_protocol::field::{EF, Element, eq_table};
use zkpot_protocol::labels;
use zkpot_protocol::layout::dot;
use zkpot_protocol::order::own_point;
use zkpot_protocol::rejection::Rejection;

use super::sumcheck::next_claim;

/// A polynomial's final point and value.
#[derive(Clone, Debug)]
pub struct Evaluation<E = EF> {
    /// Most significant variable first.
    pub point: Vec<E>,
    /// The claimed value.
    pub value: E,
}

/// Reduces all claims to one value of each polynomial, in the order of
/// [`Arithmetization::polynomials`].
///
/// # Errors
/// [`Rejection::Relation`] where the claims do not follow from the values.
pub fn verify_claims<C: VerifierChannel>(
    channel: &mut C,
    system: &Arithmetization,
    claims: &Claims<'_, C::Scalar, C::Element>,
) -> Result<Vec<Evaluation<C::Element>>, Rejection> {
    let join = channel.challenge(labels::OPENING_JOIN);
    let powers: Vec<C::Element> = join.powers().take(claims.values.len()).collect();
    let mut sum: C::Scalar = C::Element::ZERO.into();
    for (value, &power) in claims.values.iter().zip(&powers) {
        sum = sum + value.clone() * power;
    }
    let variables = &system.layout.variables;
    let rounds = variables.iter().copied().max().unwrap_or(0);
    let mut challenges = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let mut round = channel.receive(labels::OPENING_ROUND, 2)?.into_iter();
        let missing = Rejection::MessageMissing { label: labels::OPENING_ROUND };
        let (Some(at_zero), Some(leading)) = (round.next(), round.next()) else {
            return Err(missing);
        };
        let challenge = channel.challenge(labels::OPENING_ROUND);
        sum = next_claim(sum, at_zero, leading, challenge);
        challenges.push(challenge);
    }
    let values = channel.receive_revealed(labels::OPENING_VALUE, variables.len())?;
    let mut weights = alloc::vec![C::Element::ZERO; variables.len()];
    let points: Vec<(C::Element, Vec<C::Element>)> =
        variables.iter().map(|&count| own_point(&challenges, count)).collect();
    // The same for all parts of a region; many regions have none that needs them.
    let mut blocks: Vec<Option<Vec<C::Element>>> = alloc::vec![None; system.layout.regions.len()];
    for part in &claims.parts {
        let region = &system.layout.regions[part.region];
        let own = &points[region.polynomial].1;
        let weight = match &part.weights {
            PartWeights::Axes(weights) => {
                let blocks = blocks[part.region].get_or_insert_with(|| region.block_weights(own));
                region.weigh(weights, own, blocks)
            }
            PartWeights::Elsewhere(elsewhere, at) => region.weigh_eq(elsewhere, at, own),
            PartWeights::Chosen(rows, axes) => region.weigh_chosen(rows, axes, own),
            PartWeights::Rows(rows, axes) => region.weigh_rows(rows, axes, own),
            PartWeights::Eq(at) => {
                let (factor, inner) = region.within_block(own);
                factor * eq(at, inner)
            }
        };
        weights[region.polynomial] += powers[part.claim] * part.coefficient * weight;
    }
    let mut evaluations = Vec::with_capacity(values.len());
    for (((late, point), value), weight) in points.into_iter().zip(values).zip(weights) {
        sum = sum - (late * weight * value).into();
        evaluations.push(Evaluation { point, value });
    }
    channel.require_zero(sum, Rejection::Relation)?;
    Ok(evaluations)
}

/// `eq` of two points of the same number of variables.
fn eq<E: Element>(left: &[E], right: &[E]) -> E {
    left.iter().zip(right).map(|(&a, &b)| dot(&eq_table(&[a], 2), &eq_table(&[b], 2))).product()
}
