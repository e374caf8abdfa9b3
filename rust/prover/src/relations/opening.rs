//! From all claims to one value of each committed polynomial, prover's half.

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::arithmetization::Arithmetization;
use zkpot_protocol::channel::ProverChannel;
use zkpot_protocol::claims::Claims;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::labels;
use zkpot_protocol::order::own_point;
use zkpot_verifier::relations::opening::Evaluation;

use super::sumcheck::{Term, prove_sumcheck};
use super::weights::Weights;

/// Proves all claims up to the polynomials' values; returns each polynomial's final point and value.
pub fn prove_claims<C: ProverChannel>(
    channel: &mut C,
    system: &Arithmetization,
    claims: Claims<'_, EF>,
    polynomials: &[&[F]],
) -> Vec<Evaluation> {
    let join = channel.challenge(labels::OPENING_JOIN);
    let powers: Vec<EF> = join.powers().take(claims.values.len()).collect();
    let terms = polynomials
        .iter()
        .enumerate()
        .map(|(index, polynomial)| {
            Term::weighted(Weights::new(&system.layout, index, &claims.parts, &powers), polynomial)
        })
        .collect();
    // The polynomials are different summands of one sum, not terms to be told apart.
    let (challenges, values) = prove_sumcheck(channel, labels::OPENING_ROUND, terms, EF::ONE);
    let revealed: Vec<EF> = values.iter().map(|&(_, value)| value).collect();
    channel.reveal(labels::OPENING_VALUE, &revealed);
    revealed
        .into_iter()
        .enumerate()
        .map(|(index, value)| {
            let point = own_point(&challenges, system.variables(index)).1;
            Evaluation { point, value }
        })
        .collect()
}
