//! The clear channel of a link and its openings, on native elements.

use p3_challenger::CanObserve;
use p3_field::PrimeCharacteristicRing;
use p3_whir::PcsProof;
use zkpot_pcs::OpeningChallenger;
use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::channel::clear::ClearVerifier;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::transcript::Transcript;

use super::channel::{Degree, OpeningChannel};
use super::messages::Messages;
use super::paths::{Path, expand};
use super::plan::Plan;
use super::tree::RowTree;

/// Reads the scalars of a link and the messages of its openings, and checks everything at once.
#[derive(Debug)]
pub struct ClearOpenings<'a, C, T: RowTree> {
    link: ClearVerifier<'a, C>,
    commitments: Vec<T::Commitment>,
    messages: Messages<T>,
    shown: Shown<T::Digest>,
}

/// What openings showed beside what a verifier computes with, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown<D> {
    /// The path of each row.
    pub paths: Vec<Path<D>>,
    /// Each proof of work.
    pub witnesses: Vec<F>,
}

impl<'a, C, T> ClearOpenings<'a, C, T>
where
    C: OpeningChallenger<T::Commitment>,
    T: RowTree,
{
    /// Extends a link's channel by the statement's commitments.
    pub fn new(link: ClearVerifier<'a, C>, commitments: Vec<T::Commitment>) -> Self {
        let shown = Shown { paths: Vec::new(), witnesses: Vec::new() };
        Self { link, commitments, messages: Messages::default(), shown }
    }

    /// Appends an opening, in the order in which they are verified.
    ///
    /// # Errors
    /// [`Rejection::Shape`] where the proof is none of the plan's.
    pub fn add(&mut self, plan: &Plan, proof: &PcsProof<F, EF, T>) -> Result<(), Rejection> {
        self.messages.add(plan, proof)
    }

    /// The link's transcript.
    pub(crate) const fn transcript_mut(&mut self) -> &mut Transcript<C> {
        self.link.transcript_mut()
    }

    /// Requires that everything was read.
    ///
    /// # Errors
    /// [`Rejection::MessagesLeft`].
    pub fn close(self) -> Result<Shown<T::Digest>, Rejection> {
        self.link.close()?;
        let Messages { scalars, witnesses, roots, rows } = &self.messages;
        match scalars.len() + witnesses.len() + roots.len() + rows.len() {
            0 => Ok(self.shown),
            count => Err(Rejection::MessagesLeft { count }),
        }
    }

    fn sponge(&mut self) -> &mut C {
        self.transcript_mut().sponge_mut()
    }
}

impl<C, T> VerifierChannel for ClearOpenings<'_, C, T>
where
    C: OpeningChallenger<T::Commitment>,
    T: RowTree,
{
    type Element = EF;
    type Scalar = EF;

    fn receive(&mut self, label: &'static str, count: usize) -> Result<Vec<EF>, Rejection> {
        self.link.receive(label, count)
    }

    fn receive_revealed(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<EF>, Rejection> {
        self.link.receive_revealed(label, count)
    }

    fn challenge(&mut self, label: &'static str) -> EF {
        self.link.challenge(label)
    }

    fn multiply(&mut self, left: &EF, right: &EF) -> Result<EF, Rejection> {
        self.link.multiply(left, right)
    }

    fn require_zero(&mut self, scalar: EF, otherwise: Rejection) -> Result<(), Rejection> {
        self.link.require_zero(scalar, otherwise)
    }
}

impl<C, T> OpeningChannel for ClearOpenings<'_, C, T>
where
    C: OpeningChallenger<T::Commitment>,
    T: RowTree,
{
    type Root = T::Commitment;

    fn commitment(&mut self, number: usize) -> Result<T::Commitment, Rejection> {
        let missing = Rejection::MessageMissing { label: "opening commitment" };
        self.commitments.get(number).cloned().ok_or(missing)
    }

    fn absorb_constants(&mut self, constants: &[F]) {
        self.sponge().observe_slice(constants);
    }

    fn absorb(&mut self, elements: &[EF]) {
        self.sponge().observe_algebra_slice(elements);
    }

    fn absorb_root(&mut self, root: &T::Commitment) {
        CanObserve::<T::Commitment>::observe(self.sponge(), root.clone());
    }

    fn receive_unlabelled(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<EF>, Rejection> {
        let scalars = &mut self.messages.scalars;
        if scalars.len() < count {
            return Err(Rejection::MessageMissing { label });
        }
        let now: Vec<EF> = scalars.drain(..count).collect();
        self.absorb(&now);
        Ok(now)
    }

    fn receive_root(&mut self, label: &'static str) -> Result<T::Commitment, Rejection> {
        let root = self.messages.roots.pop_front();
        let root = root.ok_or(Rejection::MessageMissing { label })?;
        self.absorb_root(&root);
        Ok(root)
    }

    fn draw(&mut self, _: &'static str) -> EF {
        self.sponge().sample_algebra_element()
    }

    fn draw_position(&mut self, label: &'static str, bits: usize) -> Result<Vec<EF>, Rejection> {
        let drawn = self.sponge().sample_uniform_bits::<true>(bits);
        let position = drawn.map_err(|_| Rejection::MessageMissing { label })?;
        Ok((0..bits).map(|bit| EF::from_bool(position >> bit & 1 == 1)).collect())
    }

    fn grind(
        &mut self,
        label: &'static str,
        bits: usize,
        otherwise: Rejection,
    ) -> Result<(), Rejection> {
        let witness = self.messages.witnesses.pop_front();
        let witness = witness.ok_or(Rejection::MessageMissing { label })?;
        self.shown.witnesses.push(witness);
        if self.sponge().check_witness(bits, witness) { Ok(()) } else { Err(otherwise) }
    }

    fn open_rows(
        &mut self,
        root: &T::Commitment,
        positions: &[Vec<EF>],
        width: usize,
        degree: Degree,
        otherwise: Rejection,
    ) -> Result<Vec<Vec<EF>>, Rejection> {
        let missing = Rejection::MessageMissing { label: "opening rows" };
        let opened = self.messages.rows.pop_front().ok_or(missing.clone())?;
        let wide = opened.rows.iter().all(|row| row.len() == width);
        if opened.rows.len() != positions.len() || opened.degree != degree || !wide {
            return Err(missing);
        }
        let leaves: Vec<(usize, T::Digest)> = positions
            .iter()
            .zip(&opened.rows)
            .map(|(position, row)| (number(position), T::leaf(&opened.hashed(row))))
            .collect();
        let log_rows = positions.first().map_or(0, Vec::len);
        let paths = T::root(root)
            .and_then(|root| expand::<T>(&root, log_rows, &leaves, &opened.siblings))
            .ok_or(otherwise)?;
        self.shown.paths.extend(paths);
        Ok(opened.rows)
    }
}

/// The number with these bits, least significant first.
fn number(bits: &[EF]) -> usize {
    bits.iter().rev().fold(0, |number, &bit| number << 1 | usize::from(bit == EF::ONE))
}
