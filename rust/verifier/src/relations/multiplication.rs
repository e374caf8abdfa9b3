//! The products that a hiding channel has recorded: `left * right = product` for each, by one
//! zero-check.
//!
//! `sum over k of eq(t, k) (left_k right_k - product_k) = 0` at a random `t`. The prover has added
//! one product of two random values, so what is left of all left factors, and of all right ones,
//! at the sumcheck's end is uniform and is revealed; then the last check is linear in the masks.
//!
//! # Transcript
//! two random values and their product; the point `t`; two scalars and a challenge a round; both
//! factors at the end.

use alloc::vec::Vec;

use p3_challenger::FieldChallenger;
use p3_field::{Field, PrimeCharacteristicRing};
use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::channel::counting::CountingVerifier;
use zkpot_protocol::channel::form::Form;
use zkpot_protocol::channel::hiding::HidingVerifier;
use zkpot_protocol::field::{EF, F, eq_table};
use zkpot_protocol::labels;
use zkpot_protocol::layout::axis_bits;
use zkpot_protocol::rejection::Rejection;

use super::sumcheck::interpolate;

/// Verifies all products that the channel has recorded.
///
/// # Errors
/// [`Rejection::MessageMissing`]; what does not hold is refused with the masks' relations.
pub fn verify_multiplications<C: FieldChallenger<F>>(
    channel: &mut HidingVerifier<'_, '_, C>,
) -> Result<(), Rejection> {
    receive_row(channel)?;
    let products = channel.take_products();
    verify_zero_check(channel, products)
}

/// Verifies that the given products hold, their random row among them.
///
/// # Errors
/// As [`verify_multiplications`].
pub fn verify_zero_check<C: VerifierChannel<Element = EF, Scalar = Form>>(
    channel: &mut C,
    products: Vec<[Form; 3]>,
) -> Result<(), Rejection> {
    let variables = axis_bits(products.len());
    let point = draw_point(channel, variables);
    let mut claim: Form = EF::ZERO.into();
    let mut end = Vec::with_capacity(variables);
    for &coordinate in &point {
        let [at_zero, leading] = receive_pair(channel, labels::MULTIPLICATION_ROUND)?;
        let inverse = coordinate.try_inverse().ok_or(Rejection::Masks)?;
        let at_one = (claim - at_zero.clone() * (EF::ONE - coordinate)) * inverse;
        let challenge = channel.challenge(labels::MULTIPLICATION_ROUND);
        claim = interpolate(at_zero, at_one, leading, challenge);
        end.push(challenge);
    }
    let revealed = channel.receive_revealed(labels::MULTIPLICATION_FACTORS, 2)?;
    let weights = eq_table(&end, products.len());
    let (left, right) = (revealed[0], revealed[1]);
    let mut sums: [Form; 3] =
        [left * -EF::ONE, right * -EF::ONE, left * right * -EF::ONE].map(Form::from);
    for (product, &weight) in products.into_iter().zip(&weights) {
        sums = add_weighted(sums, product, weight);
    }
    let [left, right, product] = sums;
    for form in [left, right, claim + product] {
        channel.require_zero(form, Rejection::Masks)?;
    }
    Ok(())
}

/// Counts the scalars that [`verify_multiplications`] receives.
pub fn count_multiplications(channel: &mut CountingVerifier) -> Result<(), Rejection> {
    receive_row(channel)?;
    let variables = axis_bits(channel.take_products());
    for _ in 0..variables {
        channel.receive(labels::MULTIPLICATION_ROUND, 2)?;
    }
    Ok(())
}

/// Receives the random row and its product.
///
/// # Errors
/// [`Rejection::MessageMissing`].
pub fn receive_row<C: VerifierChannel>(channel: &mut C) -> Result<(), Rejection> {
    let [left, right] = receive_pair(channel, labels::MULTIPLICATION_ROW)?;
    channel.multiply(&left, &right)?;
    Ok(())
}

fn draw_point<C: VerifierChannel>(channel: &mut C, variables: usize) -> Vec<C::Element> {
    (0..variables).map(|_| channel.challenge(labels::MULTIPLICATION_POINT)).collect()
}

fn receive_pair<C: VerifierChannel>(
    channel: &mut C,
    label: &'static str,
) -> Result<[C::Scalar; 2], Rejection> {
    channel.receive(label, 2)?.try_into().map_err(|_| Rejection::MessageMissing { label })
}

fn add_weighted(sums: [Form; 3], product: [Form; 3], weight: EF) -> [Form; 3] {
    let ([a, b, c], [left, right, product]) = (sums, product);
    [a + left * weight, b + right * weight, c + product * weight]
}
