//! The hiding channel's products, prover's half (see the verifier's file of this name).

use p3_challenger::FieldChallenger;
use p3_field::{Field, PrimeCharacteristicRing};
use zkpot_protocol::channel::ProverChannel;
use zkpot_protocol::channel::hiding::HidingProver;
use zkpot_protocol::field::{EF, F, eq_table};
use zkpot_protocol::labels;
use zkpot_protocol::layout::axis_bits;

/// Proves all products that the channel has recorded; `row` are two uniform elements, drawn for
/// this proof.
pub fn prove_multiplications<C: FieldChallenger<F>>(
    channel: &mut HidingProver<'_, C>,
    row: [EF; 2],
) {
    channel.send(labels::MULTIPLICATION_ROW, &row);
    channel.multiply(row[0], row[1]);
    let products = channel.take_products();
    prove_zero_check(channel, &products);
}

/// Proves the given products, the random row among them.
pub fn prove_zero_check<C: ProverChannel>(channel: &mut C, products: &[[EF; 3]]) {
    let variables = axis_bits(products.len());
    let point: Vec<EF> =
        (0..variables).map(|_| channel.challenge(labels::MULTIPLICATION_POINT)).collect();
    let mut tables: [Vec<EF>; 3] = [0, 1, 2].map(|factor: usize| {
        let mut table: Vec<EF> = products.iter().map(|product| product[factor]).collect();
        table.resize(1 << variables, EF::ZERO);
        table
    });
    for round in 0..variables {
        let (zero, leading) = round_of(&tables, &point[round + 1..]);
        channel.send(labels::MULTIPLICATION_ROUND, &[zero, leading]);
        let challenge = channel.challenge(labels::MULTIPLICATION_ROUND);
        tables.iter_mut().for_each(|table| fold(table, challenge));
    }
    channel.reveal(labels::MULTIPLICATION_FACTORS, &[tables[0][0], tables[1][0]]);
}

/// Value at zero and leading coefficient of `sum of eq(rest, .) (left * right - product)`.
fn round_of([left, right, product]: &[Vec<EF>; 3], rest: &[EF]) -> (EF, EF) {
    let half = left.len() / 2;
    let mut sums = (EF::ZERO, EF::ZERO);
    for (index, weight) in eq_table(rest, half).into_iter().enumerate() {
        let (low, high) = (index, index + half);
        sums.0 += weight * (left[low] * right[low] - product[low]);
        sums.1 += weight * (left[high] - left[low]) * (right[high] - right[low]);
    }
    sums
}

/// Binds the most significant variable.
pub fn fold<A: Field>(table: &mut Vec<A>, challenge: A) {
    let half = table.len() / 2;
    let (low, high) = table.split_at_mut(half);
    low.iter_mut().zip(high).for_each(|(low, high)| *low += challenge * (*high - *low));
    table.truncate(half);
}
