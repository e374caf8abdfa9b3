//! The relations on the masks that a hiding channel has recorded, against their commitment.
//!
//! Joined by powers of a challenge they are one inner product, `<weights, masks> = value`. A
//! committed blinding vector `n` makes the masks uniform: the prover sends `<weights, n>`, draws a
//! factor, and a plain sumcheck runs over `<weights, masks + factor n>`. It ends with one value of
//! each row of the block of masks, and all rows are opened at one point.
//!
//! # Transcript
//! a challenge that joins the relations; `<weights, n>`; the factor; two scalars and a challenge
//! a round; every row's value; the point that joins the rows.

use alloc::vec::Vec;

use p3_challenger::FieldChallenger;
use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::channel::clear::ClearVerifier;
use zkpot_protocol::channel::hiding::MaskRelations;
use zkpot_protocol::field::{EF, F, eq_table};
use zkpot_protocol::labels;
use zkpot_protocol::layout::{Region, dot};
use zkpot_protocol::masks::{BLINDING, MASK_ROWS, MASKS, join_coordinates, opening_point};
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::transcript::Transcript;

use super::opening::Evaluation;
use super::sumcheck::next_claim;

/// Joins all relations: one weight a slot, and the value of their inner product with the masks.
pub fn join_relations(recorded: &MaskRelations<'_>, slots: usize, join: EF) -> (Vec<EF>, EF) {
    let mut weights = alloc::vec![EF::ZERO; slots];
    let mut value = EF::ZERO;
    for (form, power) in recorded.relations.iter().zip(join.powers()) {
        form.add_to(power, &mut weights);
        value -= power * form.constant();
    }
    (weights, value)
}

/// Verifies the recorded relations up to the value of the witness polynomial at a point, which its
/// opening has to show as well.
///
/// # Errors
/// [`Rejection::Masks`], [`Rejection::MessageMissing`], [`Rejection::MessagesLeft`].
pub fn verify_masks<C: FieldChallenger<F>>(
    transcript: &mut Transcript<C>,
    recorded: &MaskRelations<'_>,
    region: &Region,
    variables: usize,
) -> Result<Evaluation, Rejection> {
    let slots = region.block / MASK_ROWS;
    let mut channel = ClearVerifier::new(transcript, &[], recorded.revealed);
    let join = channel.challenge(labels::MASKS_JOIN);
    let (weights, value) = join_relations(recorded, slots, join);
    let blinding = channel.receive_revealed(labels::MASKS_BLINDING, 1)?[0];
    let factor = channel.challenge(labels::MASKS_FACTOR);
    let mut claim = value + factor * blinding;
    let mut slot = Vec::new();
    for _ in 0..slots.trailing_zeros() {
        let round = channel.receive_revealed(labels::MASKS_ROUND, 2)?;
        let challenge = channel.challenge(labels::MASKS_ROUND);
        claim = next_claim(claim, round[0], round[1], challenge);
        slot.push(challenge);
    }
    let rows = channel.receive_revealed(labels::MASKS_ROWS, MASK_ROWS)?;
    let blinded = join_coordinates(&rows, MASKS) + factor * join_coordinates(&rows, BLINDING);
    let weight = dot(&eq_table(&slot, slots), &weights);
    channel.require_zero(claim - weight * blinded, Rejection::Masks)?;
    let row: Vec<EF> = (0..MASK_ROWS.trailing_zeros())
        .map(|_| channel.challenge(labels::MASKS_ROW_POINT))
        .collect();
    channel.close()?;
    let (point, value) = opening_point(region, variables, &row, &slot, &rows);
    Ok(Evaluation { point, value })
}
