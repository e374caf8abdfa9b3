//! A clear or a hiding channel behind one type, so that a verifier's relations are compiled once.
//!
//! On the clear channel a scalar is a form without masks: its constant is the value.

use alloc::vec::Vec;

use p3_challenger::FieldChallenger;

use super::VerifierChannel;
use super::clear::ClearVerifier;
use super::form::Form;
use super::hiding::HidingVerifier;
use crate::field::{EF, F};
use crate::rejection::Rejection;
use crate::transcript::Transcript;

/// Reads what either prover sent.
#[derive(Debug)]
pub enum EitherVerifier<'t, 'p, C> {
    /// Values as they are.
    Clear(ClearVerifier<'t, C>),
    /// Masked values.
    Hiding(HidingVerifier<'t, 'p, C>),
}

impl<'t, 'p: 't, C: FieldChallenger<F>> EitherVerifier<'t, 'p, C> {
    /// Opens a channel, masked or not, on a transcript and the proof's messages.
    pub fn new(
        masked: bool,
        transcript: &'t mut Transcript<C>,
        scalars: &'p [EF],
        revealed: &'p [EF],
    ) -> Self {
        if masked {
            Self::Hiding(HidingVerifier::new(transcript, scalars, revealed))
        } else {
            Self::Clear(ClearVerifier::new(transcript, scalars, revealed))
        }
    }
}

impl<C: FieldChallenger<F>> VerifierChannel for EitherVerifier<'_, '_, C> {
    type Element = EF;
    type Scalar = Form;

    fn receive(&mut self, label: &'static str, count: usize) -> Result<Vec<Form>, Rejection> {
        match self {
            Self::Clear(channel) => {
                Ok(channel.receive(label, count)?.into_iter().map(Form::from).collect())
            }
            Self::Hiding(channel) => channel.receive(label, count),
        }
    }

    fn receive_revealed(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<EF>, Rejection> {
        match self {
            Self::Clear(channel) => channel.receive_revealed(label, count),
            Self::Hiding(channel) => channel.receive_revealed(label, count),
        }
    }

    fn challenge(&mut self, label: &'static str) -> EF {
        match self {
            Self::Clear(channel) => channel.challenge(label),
            Self::Hiding(channel) => channel.challenge(label),
        }
    }

    fn multiply(&mut self, left: &Form, right: &Form) -> Result<Form, Rejection> {
        match self {
            Self::Clear(channel) => {
                channel.multiply(&left.constant(), &right.constant()).map(Form::from)
            }
            Self::Hiding(channel) => channel.multiply(left, right),
        }
    }

    fn require_zero(&mut self, form: Form, otherwise: Rejection) -> Result<(), Rejection> {
        match self {
            Self::Clear(channel) => channel.require_zero(form.constant(), otherwise),
            Self::Hiding(channel) => channel.require_zero(form, otherwise),
        }
    }
}
