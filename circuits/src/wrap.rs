//! A run of wrapped links in one circuit.
//!
//! The circuit verifies each link ([`crate::link`]) and shows three public inputs ([`public`]), which bind
//! the elements of all links' statements. That those are elements of statements, and that each link goes
//! on where the one before it ended, is for whoever knows the statements: a contract computes the elements
//! from typed fields.

mod blank;
pub mod proving;
pub mod public;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use zkpot_ir::{Bounds, Program};
use zkpot_pcs::SecurityLevel;
use zkpot_protocol::arithmetization::{LinkKind, LinkShape, ShardShape, Source};
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;

use crate::circuit::ChipCircuit;
use crate::link::{LinkPlan, LinkWitness, OpenEnvelope, verify_link};
use crate::recording::{Fault, Recording};
use crate::sponge::Hasher;
use public::PublicInputs;

/// Bits that the circuit looks up at once.
pub const LOOKUP_BITS: usize = 16;

/// More links or fewer.
const OTHER_NUMBER: Rejection =
    Rejection::Shape { part: "links", reason: "another number than the circuit verifies" };

/// More envelopes or fewer.
const OTHER_ENVELOPES: Rejection = Rejection::Shape {
    part: "envelopes",
    reason: "one for each link, if the circuit verifies any",
};

/// The ciphertext of a link's states, and its key.
pub type SealedStates = (Vec<zkpot_sponge::Fr>, zkpot_sponge::Fr);

/// What a circuit is made for, beside a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunShape {
    /// Steps of each link.
    pub steps: Vec<u32>,
    /// Rows of the shard.
    pub rows: u32,
    /// What the commitments are made for.
    pub level: SecurityLevel,
    /// Whether each link delivers its states encrypted.
    pub envelopes: bool,
}

/// The verifier of a run's links.
#[derive(Clone, Debug)]
pub struct RunCircuit {
    links: Vec<Arc<Verifier>>,
}

/// The verifier of links of one shape.
#[derive(Debug)]
struct Verifier {
    plan: LinkPlan,
    recording: Recording,
}

impl Verifier {
    fn new(
        program: &Program,
        bounds: &Bounds,
        shape: LinkShape,
        level: SecurityLevel,
        envelope: bool,
    ) -> Result<Self, Rejection> {
        let plan = LinkPlan::new(program, bounds, shape, level, envelope)?;
        let (recording, _) = Recording::of(|recorder| verify_link(recorder, program, &plan))?;
        Ok(Self { plan, recording })
    }
}

impl RunCircuit {
    /// Records the verifiers of a run's links.
    ///
    /// # Errors
    /// [`Rejection::Shape`] for a run without links, or a program that its check refuses; those of
    /// [`LinkPlan::new`].
    pub fn new(program: &Program, shape: &RunShape) -> Result<Self, Rejection> {
        if shape.steps.is_empty() {
            return Err(Rejection::Shape { part: "links", reason: "a run has at least one" });
        }
        let refused = Rejection::Shape { part: "program", reason: "its check refuses it" };
        let bounds = program.check().map_err(|_| refused)?;
        let mut links: Vec<Arc<Verifier>> = Vec::with_capacity(shape.steps.len());
        for &steps in &shape.steps {
            let same = links.iter().find(|link| link.plan.draws.steps == steps).cloned();
            links.push(match same {
                Some(link) => link,
                None => {
                    let one = link_shape(steps, shape.rows);
                    let (level, envelope) = (shape.level, shape.envelopes);
                    Arc::new(Verifier::new(program, &bounds, one, level, envelope)?)
                }
            });
        }
        Ok(Self { links })
    }

    /// What the circuit is given for a run's links; `envelopes` are their ciphertexts with keys, one a link,
    /// or none where its shape has none.
    ///
    /// # Errors
    /// A [`Fault`] for a link that does not verify; [`Rejection::Shape`] where there are more links or
    /// envelopes, or fewer.
    pub fn witness(
        &self,
        links: &[LinkProof],
        envelopes: &[SealedStates],
    ) -> Result<Vec<LinkWitness>, Fault> {
        if links.len() != self.links.len() {
            return Err(OTHER_NUMBER.into());
        }
        let sealed = self.links.iter().filter(|own| own.plan.places.envelope).count();
        if envelopes.len() != sealed {
            return Err(OTHER_ENVELOPES.into());
        }
        let mut envelopes = envelopes.iter();
        let pairs = self.links.iter().zip(links);
        let witness = |(own, link): (&Arc<Verifier>, _)| {
            let open = |(ciphertext, key): &SealedStates| {
                OpenEnvelope::decrypt(&own.plan, ciphertext, *key)
            };
            let opened = envelopes.next().map(open).transpose()?;
            LinkWitness::of(&own.recording, &own.plan, link, opened.as_ref())
        };
        pairs.map(witness).collect()
    }

    /// Lays the verifiers of all links down, and shows the public inputs.
    ///
    /// # Soundness
    /// Each link's transcript starts with the hash of its statement's elements. The public hash is one of
    /// the same cells, and [`public`] says why they are the contract's elements.
    ///
    /// # Errors
    /// [`Rejection::Shape`]: the witnesses are none of this circuit's, or another number.
    pub fn lay(
        &self,
        circuit: &mut ChipCircuit,
        witnesses: &[LinkWitness],
        inputs: &PublicInputs,
    ) -> Result<(), Rejection> {
        if witnesses.len() != self.links.len() {
            return Err(OTHER_NUMBER);
        }
        let arithmetic = circuit.arithmetic();
        let (context, permutations) = circuit.parts();
        let mut hasher = Hasher { arithmetic: &arithmetic, context, permutations };
        let mut elements = Vec::new();
        for (link, witness) in self.links.iter().zip(witnesses) {
            let laid = link.recording.interpret(&mut hasher, witness, &[])?;
            elements.extend(laid.statement);
        }
        for cell in public::lay(&mut hasher, &elements, inputs.challenge) {
            circuit.show(cell);
        }
        Ok(())
    }
}

/// The shape of a training link that opens all it reads and makes.
pub fn link_shape(steps: u32, rows: u32) -> LinkShape {
    LinkShape {
        kind: LinkKind::Training,
        states: Some(Source::Owner),
        steps,
        shards: vec![ShardShape { index: 0, rows, source: Source::Owner, copy: false }],
        masks: None,
        closed: true,
    }
}
