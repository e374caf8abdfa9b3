//! LogUp with a GKR tree of fractions (protocol: `zkpot_protocol::lookup`).
//!
//! # Transcript
//! shift, tag, row; root denominator and its inverse; for each layer from the root: a challenge
//! that joins numerator and denominator, two scalars a round, four children, a branch challenge.

use alloc::vec::Vec;
use p3_field::PrimeCharacteristicRing;
use zkpot_ir::Program;
use zkpot_protocol::arithmetization::Arithmetization;
use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::claims::Claims;
use zkpot_protocol::field::Element;
use zkpot_protocol::labels;
use zkpot_protocol::lookup::{LookupChallenges, add_lookup_claims};
use zkpot_protocol::order::reorder;
use zkpot_protocol::rejection::Rejection;

use super::sumcheck::interpolate;

/// Checks that all fractions sum to zero, up to claims on the witness.
///
/// # Errors
/// [`Rejection::LookupRoot`], [`Rejection::LookupLayer`], [`Rejection::MessageMissing`].
pub fn verify_lookups<C: VerifierChannel>(
    channel: &mut C,
    program: &Program,
    system: &Arithmetization,
    claims: &mut Claims<'_, C::Scalar, C::Element>,
) -> Result<(), Rejection> {
    if system.lookups.is_empty() {
        return Ok(());
    }
    let challenges = LookupChallenges {
        shift: channel.challenge(labels::LOOKUP_SHIFT),
        tag: channel.challenge(labels::LOOKUP_TAG),
        row: channel.challenge(labels::LOOKUP_ROW),
    };
    let leaf = verify_fractions(channel, system.lookup_variables)?;
    let Leaf { point, numerator, denominator } = leaf;
    add_lookup_claims(claims, system, program, &challenges, &point, numerator, denominator)
}

/// What the tree leaves to show: numerator and denominator of the leaves at a point.
#[derive(Clone, Debug)]
pub struct Leaf<S, E> {
    /// Most significant variable first.
    pub point: Vec<E>,
    /// The numerators' claimed value there.
    pub numerator: S,
    /// The denominators'.
    pub denominator: S,
}

/// The GKR tree: from a zero sum at the root to the leaves' numerator and denominator at a point.
///
/// # Errors
/// As [`verify_lookups`].
pub fn verify_fractions<C: VerifierChannel>(
    channel: &mut C,
    variables: usize,
) -> Result<Leaf<C::Scalar, C::Element>, Rejection> {
    let [root, inverse] = receive::<_, 2>(channel, labels::LOOKUP_ROOT)?;
    let one = channel.multiply(&root, &inverse)?;
    channel.require_zero(one - C::Element::ONE.into(), Rejection::LookupRoot)?;
    let mut numerator: C::Scalar = C::Element::ZERO.into();
    let mut denominator = root;
    let mut point: Vec<C::Element> = Vec::new();
    for layer in 0..variables {
        let join = channel.challenge(labels::LOOKUP_LAYER);
        let mut claim = numerator + denominator * join;
        let mut next = Vec::with_capacity(layer + 1);
        for &coordinate in &point {
            let [at_zero, leading] = receive::<_, 2>(channel, labels::LOOKUP_ROUND)?;
            // The sum weighs the two halves with 1 - coordinate and coordinate.
            let inverse = coordinate.inverse().ok_or(Rejection::LookupLayer { layer })?;
            let at_one = (claim - at_zero.clone() * (C::Element::ONE - coordinate)) * inverse;
            let challenge = channel.challenge(labels::LOOKUP_ROUND);
            claim = interpolate(at_zero, at_one, leading, challenge);
            next.push(challenge);
        }
        let [n0, d0, n1, d1] = receive::<_, 4>(channel, labels::LOOKUP_CHILDREN)?;
        let left = channel.multiply(&n0, &d1)?;
        let right = channel.multiply(&n1, &d0)?;
        let below = channel.multiply(&d0, &d1)?;
        let gate = left + right + below * join;
        channel.require_zero(claim - gate, Rejection::LookupLayer { layer })?;
        let branch = channel.challenge(labels::LOOKUP_BRANCH);
        numerator = n0.clone() + (n1 - n0) * branch;
        denominator = d0.clone() + (d1 - d0) * branch;
        // A layer's children differ in the bit that is bound first.
        next.insert(0, branch);
        point = next;
    }
    Ok(Leaf { point: reorder(&point), numerator, denominator })
}

fn receive<C: VerifierChannel, const N: usize>(
    channel: &mut C,
    label: &'static str,
) -> Result<[C::Scalar; N], Rejection> {
    channel.receive(label, N)?.try_into().map_err(|_| Rejection::MessageMissing { label })
}
