//! The verifier's half of each protocol, in the order in which a link uses them.

pub mod lookup;
pub mod masks;
pub mod multiplication;
pub mod opening;
pub mod product;
pub mod sumcheck;

use alloc::vec::Vec;

use zkpot_ir::Program;
use zkpot_protocol::arithmetization::Arithmetization;
use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::claims::{Claims, PublicInputs};
use zkpot_protocol::effort::Effort;
use zkpot_protocol::labels;
use zkpot_protocol::rejection::Rejection;

use lookup::verify_lookups;
use opening::{Evaluation, verify_claims};
use product::verify_products;

/// The interactive part of a link, over any channel: everything between the commitments and
/// their openings, the hiding channel's own relations excepted.
///
/// # Errors
/// Those of [`lookup`], [`product`] and [`opening`].
pub fn verify_relations<C: VerifierChannel>(
    channel: &mut C,
    program: &Program,
    system: &Arithmetization,
    inputs: &PublicInputs<C::Element>,
) -> Result<Vec<Evaluation<C::Element>>, Rejection> {
    verify_relations_within(channel, program, system, inputs, &mut Effort::unlimited())
}

/// [`verify_relations`] with an effort that it may take; it counts what was taken.
///
/// # Errors
/// Those of [`verify_relations`], and [`Rejection::Limit`].
pub fn verify_relations_within<C: VerifierChannel>(
    channel: &mut C,
    program: &Program,
    system: &Arithmetization,
    inputs: &PublicInputs<C::Element>,
    effort: &mut Effort,
) -> Result<Vec<Evaluation<C::Element>>, Rejection> {
    let mut claims = Claims::new(program, system, inputs, *effort);
    let evaluations = verify_with(channel, program, system, &mut claims);
    *effort = claims.effort;
    evaluations
}

fn verify_with<C: VerifierChannel>(
    channel: &mut C,
    program: &Program,
    system: &Arithmetization,
    claims: &mut Claims<'_, C::Scalar, C::Element>,
) -> Result<Vec<Evaluation<C::Element>>, Rejection> {
    verify_lookups(channel, program, system, claims)?;
    let point: Vec<Vec<C::Element>> = system
        .relation_variables()
        .into_iter()
        .map(|count| (0..count).map(|_| channel.challenge(labels::RELATION_POINT)).collect())
        .collect();
    for relation in &system.relations {
        claims.add_relation(relation, &point)?;
    }
    claims.add_initial(&point)?;
    claims.add_outputs()?;
    verify_products(channel, claims)?;
    verify_claims(channel, system, claims)
}
