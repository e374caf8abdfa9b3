//! A link's channel on native elements.

use std::collections::VecDeque;

use p3_field::PrimeCharacteristicRing;
use zkpot_ir::Interval;
use zkpot_pcs::{OpeningChallenger, OpeningProof, Poseidon2Root, pin, pinning_point};
use zkpot_protocol::channel::clear::ClearVerifier;
use zkpot_protocol::field::{EF, embed};
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::schedule::draws::draw_from;
use zkpot_protocol::transcript::{AbsorbDigest, Transcript};
use zkpot_sponge::{Digest, Fr, from_bytes, hash_elements, to_bytes, to_words};

use super::channel::{Draws, EnvelopePlace, LinkChannel, Pinned};
use super::envelope::{OTHER_CIPHERTEXT, OpenEnvelope};
use super::places::{COMMITMENTS, FIRST_STEP, SEED};
use super::plan::LinkPlan;
use crate::openings::clear::{ClearOpenings, Shown};
use crate::openings::tree::{Poseidon2Tree, RowTree};

/// Reads a decoded link, and checks everything at once.
#[derive(Debug)]
pub struct WrappedLink<'a, C> {
    openings: ClearOpenings<'a, C, Poseidon2Tree>,
    elements: Vec<Fr>,
    commitment: Option<[u8; 32]>,
    pins: VecDeque<(Fr, EF)>,
    envelope: Option<&'a OpenEnvelope>,
}

impl<'a, C> WrappedLink<'a, C>
where
    C: OpeningChallenger<Poseidon2Root> + AbsorbDigest,
{
    /// Opens a channel on an empty transcript and a link of a plan.
    ///
    /// # Errors
    /// [`Rejection::Shape`] for another number of openings; [`Rejection::Opening`] for bytes that are
    /// none of the plan's openings.
    pub fn new(
        transcript: &'a mut Transcript<C>,
        link: &'a LinkProof,
        plan: &LinkPlan,
    ) -> Result<Self, Rejection> {
        let elements = link.statement.elements();
        let commitments =
            elements.iter().skip(COMMITMENTS).take(plan.places.commitments).map(|&root| cap(root));
        let messages = ClearVerifier::new(transcript, &link.scalars, &link.revealed);
        let mut openings = ClearOpenings::new(messages, commitments.collect());
        if link.openings.len() != plan.openings.len() {
            let reason = "one for each opened polynomial";
            return Err(Rejection::Shape { part: "openings", reason });
        }
        let mut pins = VecDeque::new();
        for (opened, bytes) in plan.openings.iter().zip(&link.openings) {
            let fault =
                |reason: String| Rejection::Opening { polynomial: opened.role.to_string(), reason };
            let decoded = OpeningProof::from_bytes(bytes, &opened.parameters)
                .map_err(|error| fault(error.to_string()))?;
            let proof = decoded.wrapped().ok_or_else(|| fault("of another channel".into()))?;
            let root = from_bytes(&proof.root).ok_or_else(|| fault("the root is none".into()))?;
            let value = proof.opening.evals.last().and_then(|values| values.current().first());
            pins.push_back((root, value.copied().unwrap_or_default()));
            openings
                .add(&opened.plan, &proof.opening)
                .map_err(|rejection| fault(rejection.to_string()))?;
        }
        Ok(Self { openings, elements, commitment: link.witness, pins, envelope: None })
    }

    /// Opens the link's envelope with this.
    #[must_use]
    pub const fn opening(mut self, envelope: Option<&'a OpenEnvelope>) -> Self {
        self.envelope = envelope;
        self
    }

    /// The statement's elements.
    pub fn elements(&self) -> &[Fr] {
        &self.elements
    }

    /// Requires that everything was read.
    ///
    /// # Errors
    /// [`Rejection::MessagesLeft`].
    pub fn close(self) -> Result<Shown<Digest>, Rejection> {
        match self.pins.len() {
            0 => self.openings.close(),
            count => Err(Rejection::MessagesLeft { count }),
        }
    }
}

impl<'a, C> LinkChannel for WrappedLink<'a, C>
where
    C: OpeningChallenger<Poseidon2Root> + AbsorbDigest,
{
    type Openings = ClearOpenings<'a, C, Poseidon2Tree>;

    fn openings(&mut self) -> &mut Self::Openings {
        &mut self.openings
    }

    fn start(&mut self, label: &'static str, elements: usize) -> Result<(), Rejection> {
        if self.elements.len() != elements {
            return Err(unfit("another number of elements"));
        }
        let hash = to_bytes(hash_elements(&self.elements));
        self.openings.transcript_mut().absorb_digest(label, &hash);
        Ok(())
    }

    fn integer(&mut self, element: usize, interval: Interval) -> Result<EF, Rejection> {
        let integer = match self.elements.get(element).map(|&element| to_words(element)) {
            Some([word, 0, 0, 0]) => (word ^ 1 << 63).cast_signed(),
            _ => return Err(unfit("an integer of more than 64 bits")),
        };
        if integer < interval.lo || integer > interval.hi {
            return Err(unfit("a value is outside the program's range"));
        }
        Ok(embed(integer).into())
    }

    fn draw_rows(&mut self, draws: Draws) -> Result<Vec<EF>, Rejection> {
        let (Some(&[high, low]), Some(&first)) =
            (self.elements.get(SEED), self.elements.get(FIRST_STEP))
        else {
            return Err(unfit("no seed of the schedule"));
        };
        let rows = (0..draws.steps).flat_map(|step| {
            draw_from([high, low], first + Fr::from_u32(step), draws.batch, draws.rows.into())
        });
        Ok(rows.map(EF::from_u64).collect())
    }

    fn receive_commitment(&mut self, label: &'static str) -> Result<Poseidon2Root, Rejection> {
        let commitment = self.commitment.take().ok_or(Rejection::MessageMissing { label })?;
        self.openings.transcript_mut().absorb_digest(label, &commitment);
        // As the sponge absorbs it: what is no hash counts as zero.
        Ok(cap(from_bytes(&commitment).unwrap_or_default()))
    }

    fn pin(
        &mut self,
        commitment: &Poseidon2Root,
        variables: usize,
        otherwise: Rejection,
    ) -> Result<Pinned<Poseidon2Root, EF>, Rejection> {
        let missing = Rejection::MessageMissing { label: "opening root and value" };
        let (root, value) = self.pins.pop_front().ok_or(missing)?;
        if Poseidon2Tree::root(commitment) != Some([pin(root, value)]) {
            return Err(otherwise);
        }
        Ok(Pinned { root: cap(root), point: pinning_point(root, variables), value })
    }

    fn open_envelope(&mut self, place: EnvelopePlace) -> Result<Vec<EF>, Rejection> {
        let envelope = self.envelope.ok_or(Rejection::MessageMissing { label: "envelope" })?;
        let stated = self.elements.get(place.element..).and_then(|hashes| hashes.first_chunk());
        if envelope.entries.len() != place.entries || stated != Some(&envelope.hashes()) {
            return Err(OTHER_CIPHERTEXT);
        }
        Ok(envelope.entries.iter().map(|&entry| entry.into()).collect())
    }
}

fn cap(root: Fr) -> Poseidon2Root {
    Poseidon2Root::new(vec![[root]])
}

const fn unfit(reason: &'static str) -> Rejection {
    Rejection::Shape { part: "statement", reason }
}
