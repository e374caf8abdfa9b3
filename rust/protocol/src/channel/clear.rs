//! The clear channel: values are sent as they are. Not zero knowledge.

use alloc::vec::Vec;
use p3_challenger::FieldChallenger;

use super::{Messages, ProverChannel, VerifierChannel};
use crate::field::{EF, F};
use crate::rejection::Rejection;
use crate::transcript::Transcript;
use p3_field::PrimeCharacteristicRing;

/// Sends values as they are and keeps them for the proof.
#[derive(Debug)]
pub struct ClearProver<'a, C> {
    transcript: &'a mut Transcript<C>,
    messages: Messages,
}

impl<'a, C: FieldChallenger<F>> ClearProver<'a, C> {
    /// Opens a channel on a transcript.
    pub fn new(transcript: &'a mut Transcript<C>) -> Self {
        Self { transcript, messages: Messages::default() }
    }

    /// Everything that was sent, for the proof.
    pub fn close(self) -> Messages {
        self.messages
    }
}

impl<C: FieldChallenger<F>> ProverChannel for ClearProver<'_, C> {
    fn send(&mut self, label: &'static str, scalars: &[EF]) {
        self.transcript.absorb(label, scalars);
        self.messages.scalars.extend_from_slice(scalars);
    }

    fn reveal(&mut self, label: &'static str, values: &[EF]) {
        self.transcript.absorb(label, values);
        self.messages.revealed.extend_from_slice(values);
    }

    fn challenge(&mut self, label: &'static str) -> EF {
        self.transcript.challenge(label)
    }

    fn multiply(&mut self, _left: EF, _right: EF) {
        // The verifier multiplies for itself.
    }
}

/// Reads values as they are and checks every relation at once.
#[derive(Debug)]
pub struct ClearVerifier<'a, C> {
    transcript: &'a mut Transcript<C>,
    scalars: &'a [EF],
    revealed: &'a [EF],
}

impl<'a, C: FieldChallenger<F>> ClearVerifier<'a, C> {
    /// Opens a channel on a transcript and the proof's messages.
    pub fn new(transcript: &'a mut Transcript<C>, scalars: &'a [EF], revealed: &'a [EF]) -> Self {
        Self { transcript, scalars, revealed }
    }

    /// The transcript, for openings that continue on it.
    pub const fn transcript_mut(&mut self) -> &mut Transcript<C> {
        self.transcript
    }

    /// Requires that the proof held no more than was received.
    ///
    /// # Errors
    /// [`Rejection::MessagesLeft`].
    pub fn close(self) -> Result<(), Rejection> {
        match self.scalars.len() + self.revealed.len() {
            0 => Ok(()),
            count => Err(Rejection::MessagesLeft { count }),
        }
    }
}

impl<C: FieldChallenger<F>> VerifierChannel for ClearVerifier<'_, C> {
    type Element = EF;
    type Scalar = EF;

    fn receive(&mut self, label: &'static str, count: usize) -> Result<Vec<EF>, Rejection> {
        let (now, later) =
            self.scalars.split_at_checked(count).ok_or(Rejection::MessageMissing { label })?;
        self.scalars = later;
        self.transcript.absorb(label, now);
        Ok(now.to_vec())
    }

    fn receive_revealed(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<EF>, Rejection> {
        let (now, later) =
            self.revealed.split_at_checked(count).ok_or(Rejection::MessageMissing { label })?;
        self.revealed = later;
        self.transcript.absorb(label, now);
        Ok(now.to_vec())
    }

    fn challenge(&mut self, label: &'static str) -> EF {
        self.transcript.challenge(label)
    }

    fn multiply(&mut self, left: &EF, right: &EF) -> Result<EF, Rejection> {
        Ok(*left * *right)
    }

    fn require_zero(&mut self, scalar: EF, otherwise: Rejection) -> Result<(), Rejection> {
        if scalar == EF::ZERO { Ok(()) } else { Err(otherwise) }
    }
}
