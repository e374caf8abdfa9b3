//! Products of two tensors, matrix products among them, level by level.
//!
//! A level holds all products that wait at the same time. Each is a sum over the axes that both
//! factors share; one sumcheck runs over all of them, and a product with fewer variables waits in
//! the rounds of the others (it lives where their variables are zero). Its end are claims on both
//! factors, which may hold products again: the next level.
//!
//! # Transcript
//! the products' values; a challenge that joins them; two scalars and a challenge a round; both
//! factors of each product.

use alloc::vec::Vec;
use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::claims::Claims;
use zkpot_protocol::labels;
use zkpot_protocol::order::own_point;
use zkpot_protocol::rejection::Rejection;

use super::sumcheck::next_claim;

/// Reduces all products to claims on committed polynomials.
///
/// # Errors
/// [`Rejection::Product`] with the level's number, [`Rejection::MessageMissing`].
pub fn verify_products<C: VerifierChannel>(
    channel: &mut C,
    claims: &mut Claims<'_, C::Scalar, C::Element>,
) -> Result<(), Rejection> {
    let mut level = 0;
    while !claims.products.is_empty() {
        verify_level(channel, claims, level)?;
        level += 1;
    }
    Ok(())
}

fn verify_level<C: VerifierChannel>(
    channel: &mut C,
    claims: &mut Claims<'_, C::Scalar, C::Element>,
    level: usize,
) -> Result<(), Rejection> {
    let products = core::mem::take(&mut claims.products);
    let values = channel.receive(labels::PRODUCT_VALUE, products.len())?;
    let join = channel.challenge(labels::PRODUCT_JOIN);
    let mut sum: C::Scalar = C::Element::ZERO.into();
    let mut power = C::Element::ONE;
    for (product, value) in products.iter().zip(values) {
        let own = value.clone() * product.coefficient;
        claims.change(product.claim, |known| known - own);
        sum = sum + value * power;
        power *= join;
    }
    let rounds = products.iter().map(|product| product.variables()).max().unwrap_or(0);
    let mut challenges = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let mut round = channel.receive(labels::PRODUCT_ROUND, 2)?.into_iter();
        let missing = Rejection::MessageMissing { label: labels::PRODUCT_ROUND };
        let (Some(at_zero), Some(leading)) = (round.next(), round.next()) else {
            return Err(missing);
        };
        let challenge = channel.challenge(labels::PRODUCT_ROUND);
        sum = next_claim(sum, at_zero, leading, challenge);
        challenges.push(challenge);
    }
    let factors = channel.receive(labels::PRODUCT_FACTORS, 2 * products.len())?;
    let mut power = C::Element::ONE;
    for (product, pair) in products.iter().zip(factors.chunks_exact(2)) {
        let (late, own) = own_point(&challenges, product.variables());
        let value = channel.multiply(&pair[0], &pair[1])?;
        sum = sum - value * (power * late);
        power *= join;
        let (left, right) = product.factor_weights(&own);
        let claim = claims.open(pair[0].clone());
        claims.add(claim, C::Element::ONE, product.left.target, left)?;
        let claim = claims.open(pair[1].clone());
        claims.add(claim, C::Element::ONE, product.right.target, right)?;
    }
    channel.require_zero(sum, Rejection::Product { level })
}
