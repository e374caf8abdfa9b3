//! Everything that a link sends between its commitments and their openings.

use p3_challenger::FieldChallenger;
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};
use zkpot_protocol::arithmetization::Polynomial;
use zkpot_protocol::channel::clear::ClearProver;
use zkpot_protocol::channel::hiding::{HidingProver, HidingVerifier};
use zkpot_protocol::channel::{Messages, ProverChannel};
use zkpot_protocol::claims::{Claims, PublicInputs};
use zkpot_protocol::effort::Effort;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::labels;
use zkpot_protocol::lookup::{LookupChallenges, add_lookup_claims};
use zkpot_protocol::masks::{MASKS, read_vector};
use zkpot_protocol::transcript::Transcript;
use zkpot_verifier::relations::multiplication::verify_multiplications;
use zkpot_verifier::relations::opening::Evaluation;
use zkpot_verifier::relations::verify_relations;

use crate::error::ProveError;
use crate::held::{PRODUCT_ROW, fill_random};
use crate::phases::Clock;
use crate::relations::lookup::prove_fractions;
use crate::relations::masks::prove_masks;
use crate::relations::multiplication::prove_multiplications;
use crate::relations::opening::prove_claims;
use crate::relations::product::prove_products;
use crate::witness::Witness;

/// Everything that is sent, over the link's channel. Returns each polynomial's point and value,
/// and on the hiding channel the second claim on the witness polynomial. What is uniform besides the
/// masks comes from `seed`.
pub(crate) fn prove_messages<C: FieldChallenger<F> + Clone>(
    transcript: &mut Transcript<C>,
    witness: &Witness<'_>,
    inputs: &PublicInputs,
    polynomials: &[&[F]],
    seed: &[u8; 32],
    clock: &mut Clock<'_>,
) -> Result<(Vec<Evaluation>, Option<Evaluation>, Messages), ProveError> {
    let (program, system) = (witness.program, witness.system);
    let Some((masks, index)) = system.masks.zip(system.position(Polynomial::Witness)) else {
        let mut channel = ClearProver::new(transcript);
        let evaluations = prove_relations(&mut channel, witness, inputs, polynomials, clock)?;
        return Ok((evaluations, None, channel.close()));
    };
    let mut replayed = transcript.clone();
    let region = &system.layout.regions[masks];
    let mut vector = read_vector(region, polynomials[index], MASKS);
    vector.truncate(system.shape.masks.unwrap_or_default());
    let mut channel = HidingProver::new(transcript, vector);
    let evaluations = prove_relations(&mut channel, witness, inputs, polynomials, clock)?;
    prove_multiplications(&mut channel, random_elements(seed));
    let mut messages = channel.close().ok_or(ProveError::Masks)?;
    // The verifier's own record says what has to hold for the masks.
    let mut recorder = HidingVerifier::new(&mut replayed, &messages.scalars, &messages.revealed);
    verify_relations(&mut recorder, program, system, inputs)?;
    verify_multiplications(&mut recorder)?;
    let recorded = recorder.close()?;
    let variables = system.variables(index);
    let (revealed, evaluation) =
        prove_masks(transcript, &recorded, region, variables, polynomials[index]);
    messages.revealed.extend(revealed);
    clock.mark("masks")?;
    Ok((evaluations, Some(evaluation), messages))
}

/// Two uniform elements.
fn random_elements(seed: &[u8; 32]) -> [EF; 2] {
    let mut entries = [F::ZERO; 6];
    fill_random(PRODUCT_ROW, seed, &mut entries);
    [0, 3].map(|first| EF::from_basis_coefficients_fn(|index| entries[first + index]))
}

/// The interactive part, over any channel.
fn prove_relations<C: ProverChannel>(
    channel: &mut C,
    witness: &Witness<'_>,
    inputs: &PublicInputs,
    polynomials: &[&[F]],
    clock: &mut Clock<'_>,
) -> Result<Vec<Evaluation>, ProveError> {
    let (program, system) = (witness.program, witness.system);
    let mut claims = Claims::new(program, system, inputs, Effort::unlimited());
    if !system.lookups.is_empty() {
        let challenges = LookupChallenges {
            shift: channel.challenge(labels::LOOKUP_SHIFT),
            tag: channel.challenge(labels::LOOKUP_TAG),
            row: channel.challenge(labels::LOOKUP_ROW),
        };
        let leaves = witness.leaves(polynomials, &challenges);
        clock.mark("lookup leaves")?;
        let (point, numerator, denominator) = prove_fractions(channel, &leaves);
        drop(leaves);
        add_lookup_claims(
            &mut claims,
            system,
            program,
            &challenges,
            &point,
            numerator,
            denominator,
        )?;
        clock.mark("lookup")?;
    }
    let point: Vec<Vec<EF>> = system
        .relation_variables()
        .into_iter()
        .map(|count| (0..count).map(|_| channel.challenge(labels::RELATION_POINT)).collect())
        .collect();
    for relation in &system.relations {
        claims.add_relation(relation, &point)?;
    }
    claims.add_initial(&point)?;
    claims.add_outputs()?;
    prove_products(channel, witness, &mut claims)?;
    clock.mark("products")?;
    let evaluations = prove_claims(channel, system, claims, polynomials);
    clock.mark("claims")?;
    Ok(evaluations)
}
