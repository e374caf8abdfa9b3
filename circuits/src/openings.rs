//! The verifier of polynomial openings on the clear channel, over any element: WHIR (eprint
//! 2024/1586) as p3-whir runs it for one polynomial at some points.
//!
//! Tests hold it against the library's verifier, message for message and check for check.
//!
//! # Transcript
//! the commitment; the points; a challenge and an answer for each sample of the polynomial; the values;
//! a challenge that joins the claims; a sumcheck. For each round: a root; a challenge and an answer for
//! each sample; a proof of work; positions; a challenge that joins the claims; a sumcheck. Then the
//! last polynomial; a proof of work; positions; a sumcheck. Constants come before some of these
//! ([`seeds`]).

pub mod channel;
pub mod check;
pub mod clear;
mod last;
mod messages;
pub mod paths;
pub mod plan;
mod queries;
pub mod seeds;
mod sumcheck;
pub mod tree;
mod weights;

use zkpot_protocol::rejection::Rejection;

pub use channel::{Degree, OpeningChannel};
pub use check::{Check, Phase};
pub use clear::ClearOpenings;
pub use plan::Plan;

use weights::{Joined, Weight, join};

const SAMPLE: &str = "opening sample";
const VALUE: &str = "opening value";
const JOIN: &str = "opening join";
const ROOT: &str = "opening root";
const LAST: &str = "opening last polynomial";

/// What an opening proves.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a, E> {
    /// The polynomial's name, for errors.
    pub polynomial: &'a str,
    /// Points, each with a coordinate for every variable, the most significant first.
    pub points: &'a [Vec<E>],
    /// The polynomial's values there.
    pub values: &'a [E],
}

/// Verifies that the polynomial behind a root has the claimed values.
///
/// # Errors
/// [`Rejection::Shape`] where the claim is not the plan's; [`Rejection::MessageMissing`]; otherwise the
/// refusal of a [`Check`].
pub fn verify<C: OpeningChannel>(
    channel: &mut C,
    plan: &Plan,
    root: &C::Root,
    claim: &Claim<'_, C::Element>,
) -> Result<(), Rejection> {
    check_shape(plan, claim)?;
    let name = claim.polynomial;
    channel.absorb_constants(&plan.seeds.commitment);
    channel.absorb_root(root);
    for point in claim.points {
        channel.absorb(point);
    }
    let (first, mut sum) = join_claims(channel, plan, claim)?;
    let mut joined = vec![first];
    let mut root = root.clone();
    let phase = |round: usize| match round < plan.rounds.len() {
        true => Phase::Round(round),
        false => Phase::Last,
    };
    let (left, mut latest) = sumcheck::verify(channel, &plan.sumcheck, Some(phase(0)), name, sum)?;
    sum = left;
    let mut challenges = latest.clone();
    for (index, round) in plan.rounds.iter().enumerate() {
        let folded = channel.receive_root(ROOT)?;
        let (mut weights, mut values) = (Vec::new(), Vec::new());
        for _ in 0..round.samples {
            weights.push(Weight::Sample(channel.draw(SAMPLE)));
            values.extend(channel.receive_unlabelled(SAMPLE, 1)?);
        }
        let queries = &round.queries;
        for answer in queries::verify(channel, queries, phase(index), name, &root, &latest)? {
            weights.push(Weight::Powers(answer.at));
            values.push(answer.value);
        }
        let by = channel.draw(JOIN);
        sum += join(values.into_iter(), by, true);
        joined.push(Joined { variables: round.variables, join: by, carries: true, weights });
        let next = Some(phase(index + 1));
        (sum, latest) = sumcheck::verify(channel, &round.sumcheck, next, name, sum)?;
        challenges.extend(&latest);
        root = folded;
    }
    let sent = channel.receive_unlabelled(LAST, 1 << plan.last.rounds)?;
    let answers = queries::verify(channel, &plan.queries, Phase::Last, name, &root, &latest)?;
    for (query, answer) in answers.iter().enumerate() {
        let refusal = Check::LastPolynomial { query }.refusal(name);
        channel.require_zero(last::evaluate(&sent, answer.at) - answer.value, refusal)?;
    }
    let (sum, latest) = sumcheck::verify(channel, &plan.last, None, name, sum)?;
    challenges.extend(&latest);
    let weight: C::Element = joined.iter().map(|joined| joined.at(&challenges)).sum();
    let remains = sum - weight * last::fold(&sent, &latest);
    channel.require_zero(remains, Check::Sum.refusal(name))
}

fn check_shape<E>(plan: &Plan, claim: &Claim<'_, E>) -> Result<(), Rejection> {
    let shape = |reason| Err(Rejection::Shape { part: "opening", reason });
    if claim.points.len() != plan.points || claim.values.len() != plan.points {
        return shape("another number of points or values");
    }
    if claim.points.iter().any(|point| point.len() != plan.variables) {
        return shape("a point of another number of coordinates");
    }
    Ok(())
}

/// Samples the polynomial out of the domain, receives the values, and joins all these claims (WHIR,
/// section 5, where there is one claim and no sample). Values come first, then samples.
fn join_claims<C: OpeningChannel>(
    channel: &mut C,
    plan: &Plan,
    claim: &Claim<'_, C::Element>,
) -> Result<(Joined<C::Element>, C::Element), Rejection> {
    let (mut samples, mut answers) = (Vec::new(), Vec::new());
    for _ in 0..plan.samples {
        channel.absorb_constants(&plan.seeds.sample);
        samples.push(Weight::Sample(channel.draw(SAMPLE)));
        answers.extend(channel.receive_unlabelled(SAMPLE, 1)?);
    }
    let mut values = Vec::new();
    for (point, &claimed) in claim.values.iter().enumerate() {
        channel.absorb_constants(&plan.seeds.value);
        for value in channel.receive_unlabelled(VALUE, 1)? {
            let refusal = Check::Value { point }.refusal(claim.polynomial);
            channel.require_zero(value - claimed, refusal)?;
            values.push(value);
        }
    }
    channel.absorb_constants(&plan.seeds.run);
    channel.absorb_constants(&plan.seeds.join);
    let by = channel.draw(JOIN);
    let weights = claim.points.iter().cloned().map(Weight::Point).chain(samples).collect();
    let joined = Joined { variables: plan.variables, join: by, carries: false, weights };
    let sum = join(values.into_iter().chain(answers), by, false);
    Ok((joined, sum))
}
