//! The sumchecks of an opening (WHIR, eprint 2024/1586, section 5, the initial sumcheck and the sumcheck
//! rounds): each folds the polynomial, variable 0 of what is left first.

use zkpot_protocol::rejection::Rejection;
use zkpot_verifier::relations::sumcheck::next_claim;

use super::channel::OpeningChannel;
use super::check::{Check, Phase};
use super::plan::Sumcheck;

const LABEL: &str = "opening sumcheck";
const GRINDING: &str = "opening sumcheck grinding";

/// Verifies the rounds of one sumcheck; returns the claim that is left, and the challenges.
///
/// # Transcript
/// The description; for each round its polynomial at zero and its leading coefficient, the proof of
/// work, a challenge. Nothing for no rounds.
///
/// # Errors
/// [`Check::SumcheckGrinding`].
pub fn verify<C: OpeningChannel>(
    channel: &mut C,
    plan: &Sumcheck,
    before: Option<Phase>,
    polynomial: &str,
    mut claim: C::Element,
) -> Result<(C::Element, Vec<C::Element>), Rejection> {
    let mut challenges = Vec::with_capacity(plan.rounds);
    if plan.rounds > 0 {
        channel.absorb_constants(&plan.seed);
    }
    for round in 0..plan.rounds {
        let sent = channel.receive_unlabelled(LABEL, 2)?;
        let [at_zero, leading] = sent[..] else {
            return Err(Rejection::MessageMissing { label: LABEL });
        };
        if plan.grinding > 0 {
            let check = Check::SumcheckGrinding { before, round };
            channel.grind(GRINDING, plan.grinding, check.refusal(polynomial))?;
        }
        let challenge = channel.draw(LABEL);
        claim = next_claim::<C::Element, C::Element>(claim, at_zero, leading, challenge);
        challenges.push(challenge);
    }
    Ok((claim, challenges))
}
