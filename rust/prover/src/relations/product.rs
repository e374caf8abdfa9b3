//! Products of two tensors, prover's half (see the verifier's file of this name).

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::channel::ProverChannel;
use zkpot_protocol::claims::Claims;
use zkpot_protocol::field::EF;
use zkpot_protocol::labels;
use zkpot_protocol::order::own_point;
use zkpot_protocol::rejection::Rejection;

use super::factors::factors;
use super::sumcheck::{Term, dot, prove_sumcheck};
use crate::witness::Witness;

/// Reduces all products to claims on committed polynomials.
///
/// # Errors
/// [`Rejection::Limit`] of the claims' effort.
pub fn prove_products<C: ProverChannel>(
    channel: &mut C,
    witness: &Witness<'_>,
    claims: &mut Claims<'_, EF>,
) -> Result<(), Rejection> {
    while !claims.products.is_empty() {
        prove_level(channel, witness, claims)?;
    }
    Ok(())
}

fn prove_level<C: ProverChannel>(
    channel: &mut C,
    witness: &Witness<'_>,
    claims: &mut Claims<'_, EF>,
) -> Result<(), Rejection> {
    let products = core::mem::take(&mut claims.products);
    let (values, terms): (Vec<EF>, Vec<Term<'_>>) = factors(&products, witness)
        .into_iter()
        .map(|[left, right]| (dot(&left, &right), Term::new(left, right)))
        .unzip();
    channel.send(labels::PRODUCT_VALUE, &values);
    for (product, &value) in products.iter().zip(&values) {
        claims.values[product.claim] -= product.coefficient * value;
    }
    let join = channel.challenge(labels::PRODUCT_JOIN);
    let (challenges, factors) = prove_sumcheck(channel, labels::PRODUCT_ROUND, terms, join);
    let flat: Vec<EF> = factors.iter().flat_map(|&(left, right)| [left, right]).collect();
    channel.send(labels::PRODUCT_FACTORS, &flat);
    for (product, (left, right)) in products.iter().zip(factors) {
        channel.multiply(left, right);
        let (_, own) = own_point(&challenges, product.variables());
        let (left_weights, right_weights) = product.factor_weights(&own);
        let claim = claims.open(left);
        claims.add(claim, EF::ONE, product.left.target, left_weights)?;
        let claim = claims.open(right);
        claims.add(claim, EF::ONE, product.right.target, right_weights)?;
    }
    Ok(())
}
