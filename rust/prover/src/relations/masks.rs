//! The relations on the masks, prover's half (see the verifier's file of this name).

use p3_challenger::FieldChallenger;
use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::channel::ProverChannel;
use zkpot_protocol::channel::clear::ClearProver;
use zkpot_protocol::channel::hiding::MaskRelations;
use zkpot_protocol::field::{EF, F, eq_table};
use zkpot_protocol::labels;
use zkpot_protocol::layout::{Region, dot};
use zkpot_protocol::masks::{BLINDING, MASK_ROWS, MASKS, opening_point, read_vector};
use zkpot_protocol::transcript::Transcript;
use zkpot_verifier::relations::masks::join_relations;
use zkpot_verifier::relations::opening::Evaluation;

use super::multiplication::fold;

/// Proves the recorded relations; returns what it reveals and the value of the witness polynomial
/// that its opening has to show.
///
/// `values` are those of the witness polynomial in `variables` variables.
pub fn prove_masks<C: FieldChallenger<F>>(
    transcript: &mut Transcript<C>,
    recorded: &MaskRelations<'_>,
    region: &Region,
    variables: usize,
    values: &[F],
) -> (Vec<EF>, Evaluation) {
    let join = transcript.challenge(labels::MASKS_JOIN);
    let (weights, _) = join_relations(recorded, region.block / MASK_ROWS, join);
    let sum = dot(&weights, &read_vector(region, values, BLINDING));
    prove_blinded(transcript, weights, sum, region, variables, values)
}

/// The part after the relations are joined: `sum` is what the blinding vector's weighted sum is
/// said to be.
pub fn prove_blinded<C: FieldChallenger<F>>(
    transcript: &mut Transcript<C>,
    mut weights: Vec<EF>,
    sum: EF,
    region: &Region,
    variables: usize,
    values: &[F],
) -> (Vec<EF>, Evaluation) {
    let masks = read_vector(region, values, MASKS);
    let blinding = read_vector(region, values, BLINDING);
    let mut channel = ClearProver::new(transcript);
    channel.reveal(labels::MASKS_BLINDING, &[sum]);
    let factor = channel.challenge(labels::MASKS_FACTOR);
    let mut blinded: Vec<EF> =
        masks.iter().zip(&blinding).map(|(&mask, &n)| mask + factor * n).collect();
    let mut slot = Vec::new();
    while blinded.len() > 1 {
        channel.reveal(labels::MASKS_ROUND, &round_of(&weights, &blinded));
        let challenge = channel.challenge(labels::MASKS_ROUND);
        fold(&mut weights, challenge);
        fold(&mut blinded, challenge);
        slot.push(challenge);
    }
    let slots = region.block / MASK_ROWS;
    let at_slot = eq_table(&slot, slots);
    let rows: Vec<EF> = values[region.offset..][..region.block]
        .chunks_exact(slots)
        .map(|row| at_slot.iter().zip(row).map(|(&weight, &value)| weight * value).sum())
        .collect();
    channel.reveal(labels::MASKS_ROWS, &rows);
    let row: Vec<EF> = (0..MASK_ROWS.trailing_zeros())
        .map(|_| channel.challenge(labels::MASKS_ROW_POINT))
        .collect();
    let (point, value) = opening_point(region, variables, &row, &slot, &rows);
    (channel.close().revealed, Evaluation { point, value })
}

/// Value at zero and leading coefficient of `sum of left * right`.
fn round_of(left: &[EF], right: &[EF]) -> [EF; 2] {
    let half = left.len() / 2;
    let mut sums = [EF::ZERO; 2];
    for (low, high) in (0..half).zip(half..) {
        sums[0] += left[low] * right[low];
        sums[1] += (left[high] - left[low]) * (right[high] - right[low]);
    }
    sums
}
