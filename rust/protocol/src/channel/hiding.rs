//! The hiding channel: every scalar travels masked.
//!
//! The masks are committed before the first challenge (`masks.rs`), one for each scalar, and
//! none is used twice. The verifier's checks become relations on the masks: linear ones are
//! recorded as they are, and a product of two values is sent like any other scalar, with the
//! relation `left * right = product` recorded for one zero-check at the end
//! (`relations/multiplication.rs` of prover and verifier). What is left, linear relations alone, is
//! proven against the commitment (`relations/masks.rs`).
//!
//! Ben-Or, Goldreich, Goldwasser, Håstad, Kilian, Micali, Rogaway, 'Everything provable is provable
//! in zero-knowledge' (send commitments, prove what the verifier would have checked).

use alloc::vec::Vec;

use p3_challenger::FieldChallenger;
use p3_field::PrimeCharacteristicRing;

use super::form::Form;
use super::{Messages, ProverChannel, VerifierChannel};
use crate::field::{EF, F};
use crate::labels;
use crate::rejection::Rejection;
use crate::transcript::Transcript;

/// Masks what is sent.
#[derive(Debug)]
pub struct HidingProver<'a, C> {
    transcript: &'a mut Transcript<C>,
    masks: Vec<EF>,
    messages: Messages,
    products: Vec<[EF; 3]>,
}

impl<'a, C: FieldChallenger<F>> HidingProver<'a, C> {
    /// Opens a channel on a transcript that has absorbed the commitment to `masks`.
    pub fn new(transcript: &'a mut Transcript<C>, masks: Vec<EF>) -> Self {
        Self { transcript, masks, messages: Messages::default(), products: Vec::new() }
    }

    /// The products `left * right = product` that the verifier has recorded so far; they are
    /// handed over to be proven.
    pub fn take_products(&mut self) -> Vec<[EF; 3]> {
        core::mem::take(&mut self.products)
    }

    /// Everything that was sent; `None` unless every mask was used exactly once.
    pub fn close(self) -> Option<Messages> {
        (self.messages.scalars.len() == self.masks.len()).then_some(self.messages)
    }
}

impl<C: FieldChallenger<F>> ProverChannel for HidingProver<'_, C> {
    fn send(&mut self, label: &'static str, scalars: &[EF]) {
        let first = self.messages.scalars.len();
        for (index, &scalar) in scalars.iter().enumerate() {
            // Without a mask nothing about the scalar is sent; the channel will not close then.
            let masked = self.masks.get(first + index).map_or(EF::ZERO, |&mask| scalar + mask);
            self.messages.scalars.push(masked);
        }
        self.transcript.absorb(label, &self.messages.scalars[first..]);
    }

    fn reveal(&mut self, label: &'static str, values: &[EF]) {
        self.transcript.absorb(label, values);
        self.messages.revealed.extend_from_slice(values);
    }

    fn challenge(&mut self, label: &'static str) -> EF {
        self.transcript.challenge(label)
    }

    fn multiply(&mut self, left: EF, right: EF) {
        let product = left * right;
        self.send(labels::CHANNEL_PRODUCT, &[product]);
        self.products.push([left, right, product]);
    }
}

/// Records what has to hold for the masks.
#[derive(Debug)]
pub struct HidingVerifier<'t, 'p, C> {
    transcript: &'t mut Transcript<C>,
    scalars: &'p [EF],
    position: usize,
    revealed: &'p [EF],
    products: Vec<[Form; 3]>,
    relations: Vec<Form>,
}

/// What a hiding channel leaves to show: each form is zero for the committed masks.
#[derive(Clone, Debug)]
pub struct MaskRelations<'p> {
    /// The forms.
    pub relations: Vec<Form>,
    /// Revealed values that nobody has received yet.
    pub revealed: &'p [EF],
}

impl<'t, 'p, C: FieldChallenger<F>> HidingVerifier<'t, 'p, C> {
    /// Opens a channel on a transcript and the proof's messages.
    pub fn new(transcript: &'t mut Transcript<C>, scalars: &'p [EF], revealed: &'p [EF]) -> Self {
        let (products, relations) = (Vec::new(), Vec::new());
        Self { transcript, scalars, position: 0, revealed, products, relations }
    }

    /// The products that were recorded so far, handed over to be verified.
    pub fn take_products(&mut self) -> Vec<[Form; 3]> {
        core::mem::take(&mut self.products)
    }

    /// The recorded relations, once every mask was used.
    ///
    /// # Errors
    /// [`Rejection::MessagesLeft`]; [`Rejection::Masks`] where a product was recorded after
    /// [`Self::take_products`], so that nothing would prove it.
    pub fn close(self) -> Result<MaskRelations<'p>, Rejection> {
        if !self.products.is_empty() {
            return Err(Rejection::Masks);
        }
        match self.scalars.len() - self.position {
            0 => Ok(MaskRelations { relations: self.relations, revealed: self.revealed }),
            count => Err(Rejection::MessagesLeft { count }),
        }
    }
}

impl<C: FieldChallenger<F>> VerifierChannel for HidingVerifier<'_, '_, C> {
    type Element = EF;
    type Scalar = Form;

    fn receive(&mut self, label: &'static str, count: usize) -> Result<Vec<Form>, Rejection> {
        let rest = &self.scalars[self.position..];
        let now = rest.get(..count).ok_or(Rejection::MessageMissing { label })?;
        self.transcript.absorb(label, now);
        let first = self.position;
        self.position += count;
        Ok(now
            .iter()
            .enumerate()
            .map(|(index, &sent)| Form::unmasked((first + index) as u32, sent))
            .collect())
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

    fn multiply(&mut self, left: &Form, right: &Form) -> Result<Form, Rejection> {
        let received = self.receive(labels::CHANNEL_PRODUCT, 1)?.pop();
        let product =
            received.ok_or(Rejection::MessageMissing { label: labels::CHANNEL_PRODUCT })?;
        self.products.push([left.clone(), right.clone(), product.clone()]);
        Ok(product)
    }

    fn require_zero(&mut self, form: Form, _otherwise: Rejection) -> Result<(), Rejection> {
        // Which of the joined relations fails cannot be told.
        self.relations.push(form);
        Ok(())
    }
}
