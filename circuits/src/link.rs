//! The verifier of a whole link on the wrapped channel, over any element.
//!
//! It follows `zkpot_verifier::link::verify_link` message for message, for links of one shape. What a
//! shape does not fix comes over the channel: the statement's elements, which the transcript starts with
//! the hash of, and the proof.
//!
//! Not verified is what follows from the statement alone: that it fits the program
//! (`zkpot_verifier::link::shape_of`) and the run, and that its elements are those of one statement. That
//! is for whoever knows the statement.
//!
//! # Transcript
//! the hash of the statement's elements; the witness's commitment; the relations' messages; for each
//! committed polynomial its opening ([`crate::openings`]) under the root that its commitment pins; a
//! closing challenge. An envelope's hashes are in the statement, and nothing else of it is absorbed.

pub mod channel;
mod envelope;
pub mod places;
pub mod plan;
pub mod witness;
pub mod wrapped;

use zkpot_ir::Program;
use zkpot_protocol::arithmetization::Polynomial;
use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::claims::{BatchRows, PublicInputs};
use zkpot_protocol::labels;
use zkpot_protocol::rejection::Rejection;
use zkpot_verifier::relations::verify_relations;

pub use channel::{Draws, EnvelopePlace, LinkChannel, Pinned};
pub use envelope::OpenEnvelope;
pub use plan::LinkPlan;
pub use witness::LinkWitness;
pub use wrapped::WrappedLink;

use crate::openings::{self, Check, Claim, OpeningChannel};

/// An element of a link's channel.
type Element<L> = <<L as LinkChannel>::Openings as VerifierChannel>::Element;

/// Verifies a link of a plan; returns the closing challenge.
///
/// # Errors
/// Those of [`verify_relations`] and [`openings::verify`], and the refusal of [`Check::Pinned`].
pub fn verify_link<L: LinkChannel>(
    channel: &mut L,
    program: &Program,
    plan: &LinkPlan,
) -> Result<Element<L>, Rejection> {
    let inputs = start(channel, plan)?;
    let witness = channel.receive_commitment(labels::COMMITMENT)?;
    let evaluations = verify_relations(channel.openings(), program, &plan.system, &inputs)?;
    for (opened, evaluation) in plan.openings.iter().zip(evaluations) {
        let commitment = match opened.role {
            Polynomial::Witness => witness.clone(),
            Polynomial::StatesIn => channel.openings().commitment(0)?,
            Polynomial::StatesOut => channel.openings().commitment(1)?,
            Polynomial::ShardIn(position) | Polynomial::ShardOut(position) => {
                channel.openings().commitment(2 + position)?
            }
        };
        if opened.role == Polynomial::StatesOut && plan.places.envelope {
            envelope::verify(channel, plan, &evaluation)?;
        }
        let polynomial = &opened.role.to_string();
        let refusal = Check::Pinned.refusal(polynomial);
        let pinned = channel.pin(&commitment, opened.plan.variables, refusal)?;
        let points = &[evaluation.point, pinned.point];
        let values = &[evaluation.value, pinned.value];
        let claim = Claim { polynomial, points, values };
        openings::verify(channel.openings(), &opened.plan, &pinned.root, &claim)?;
    }
    Ok(channel.openings().challenge(labels::CLOSING))
}

/// Starts the transcript; returns what is public.
fn start<L: LinkChannel>(
    channel: &mut L,
    plan: &LinkPlan,
) -> Result<PublicInputs<Element<L>>, Rejection> {
    let places = &plan.places;
    channel.start(labels::STATEMENT, places.count())?;
    let scalars = (0..).zip(&plan.scalars).map(|(scalar, &interval)| {
        let steps = places.scalar(scalar);
        steps.map(|element| channel.integer(element, interval)).collect::<Result<Vec<_>, _>>()
    });
    let scalars = scalars.collect::<Result<_, _>>()?;
    let totals = places.outputs().zip(&plan.totals);
    let outputs = totals.map(|(element, &interval)| channel.integer(element, interval));
    let outputs = outputs.collect::<Result<_, _>>()?;
    let rows = channel.draw_rows(plan.draws)?;
    Ok(PublicInputs {
        counted: rows.len(),
        rows: BatchRows::Drawn(rows),
        scalars,
        outputs,
        // A wrapped run starts from its owner's commitment, and its programs draw no tensors.
        seed: None,
        schedule_seed: [0; 32],
        first_step: 0,
    })
}
