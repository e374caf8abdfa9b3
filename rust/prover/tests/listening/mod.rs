//! The real verifier's interactive part, heard through a channel that lets everything pass.
#![allow(dead_code)]

use p3_field::PrimeCharacteristicRing;
use zkpot_pcs::Whir;
use zkpot_protocol::arithmetization::{Arithmetization, Polynomial};
use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::channel::clear::ClearVerifier;
use zkpot_protocol::claims::Claims;
use zkpot_protocol::commitment::CommitmentScheme;
use zkpot_protocol::effort::Effort;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::labels;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::start::start_transcript;
use zkpot_protocol::transcript::Transcript;
use zkpot_verifier::link::public_inputs;
use zkpot_verifier::relations::lookup::verify_lookups;
use zkpot_verifier::relations::opening::{Evaluation, verify_claims};
use zkpot_verifier::relations::product::verify_products;

use crate::links::Link;

pub type Sponge = <Whir as CommitmentScheme<F, EF>>::Challenger;

/// What was heard of a link.
pub struct Heard {
    /// The label of each scalar, and the check that would refuse another one.
    pub scalars: Vec<(&'static str, Rejection)>,
    /// By how much the last check fails.
    pub residual: EF,
    /// Points and values of the polynomials.
    pub evaluations: Vec<Evaluation>,
    /// The transcript after the last message.
    pub transcript: Transcript<Sponge>,
}

struct Listener<'a> {
    channel: ClearVerifier<'a, Sponge>,
    /// Labels of the scalars that no check has seen yet.
    waiting: Vec<&'static str>,
    scalars: Vec<(&'static str, Rejection)>,
    residual: EF,
}

impl VerifierChannel for Listener<'_> {
    type Element = EF;
    type Scalar = EF;

    fn receive(&mut self, label: &'static str, count: usize) -> Result<Vec<EF>, Rejection> {
        self.waiting.extend(std::iter::repeat_n(label, count));
        self.channel.receive(label, count)
    }

    fn receive_revealed(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<EF>, Rejection> {
        self.waiting.extend(std::iter::repeat_n(label, count));
        self.channel.receive_revealed(label, count)
    }

    fn challenge(&mut self, label: &'static str) -> EF {
        self.channel.challenge(label)
    }

    fn multiply(&mut self, left: &EF, right: &EF) -> Result<EF, Rejection> {
        self.channel.multiply(left, right)
    }

    fn require_zero(&mut self, scalar: EF, otherwise: Rejection) -> Result<(), Rejection> {
        self.residual = scalar;
        self.scalars.extend(self.waiting.drain(..).map(|label| (label, otherwise.clone())));
        Ok(())
    }
}

/// Listens to a link up to its openings.
pub fn listen(link: &LinkProof, told: &Link<'_>, system: &Arithmetization) -> Heard {
    let program = &told.running.program;
    let inputs = public_inputs(&link.statement, &told.rows, told.rows.len()).unwrap();
    let mut transcript = start_transcript(
        Whir::challenger(link.statement.channel),
        &link.statement,
        None,
        link.witness.as_ref(),
    );
    let channel = ClearVerifier::new(&mut transcript, &link.scalars, &link.revealed);
    let mut listener =
        Listener { channel, waiting: Vec::new(), scalars: Vec::new(), residual: EF::ZERO };
    let mut claims = Claims::new(program, system, &inputs, Effort::unlimited());
    verify_lookups(&mut listener, program, system, &mut claims).unwrap();
    let point: Vec<Vec<EF>> = system
        .relation_variables()
        .into_iter()
        .map(|count| (0..count).map(|_| listener.challenge(labels::RELATION_POINT)).collect())
        .collect();
    for relation in &system.relations {
        claims.add_relation(relation, &point).unwrap();
    }
    verify_products(&mut listener, &mut claims).unwrap();
    let evaluations = verify_claims(&mut listener, system, &claims).unwrap();
    let Listener { channel, scalars, residual, .. } = listener;
    channel.close().unwrap();
    Heard { scalars, residual, evaluations, transcript }
}

/// Replaces the value that a link reveals of the states that come out so that its last check
/// holds, whatever those states are. Returns what was heard of the result.
pub fn solve_for_states_out(
    link: &mut LinkProof,
    told: &Link<'_>,
    system: &Arithmetization,
) -> Heard {
    let position = system.position(Polynomial::StatesOut).unwrap();
    let before = listen(link, told, system).residual;
    link.revealed[position] += EF::ONE;
    let slope = listen(link, told, system).residual - before;
    link.revealed[position] -= EF::ONE + before / slope;
    listen(link, told, system)
}
