//! A recorded verifier, laid down in the chips.
//!
//! What it received is loaded and absorbed, what it drew is squeezed, what it computed is constrained,
//! and what it required to be zero is. A sum that is used once, in another sum, is no element of its
//! own: its terms are terms of that one.

mod plan;
mod terms;

use zkpot_protocol::field::EF;
use zkpot_protocol::rejection::Rejection;

use crate::arithmetic::Extension;
use crate::recording::{Event, Operation, Recorded, Recording};
use crate::sponge::Hasher;
use crate::transcript::Transcript;
use plan::Plan;

/// The messages of a proof.
#[derive(Clone, Copy, Debug)]
pub struct Messages<'a> {
    /// Those that nothing else shows.
    pub scalars: &'a [EF],
    /// Those that an opening shows.
    pub revealed: &'a [EF],
}

impl<'a> Messages<'a> {
    fn take(
        &mut self,
        label: &'static str,
        count: usize,
        revealed: bool,
    ) -> Result<&'a [EF], Rejection> {
        let messages = if revealed { &mut self.revealed } else { &mut self.scalars };
        let (now, later) =
            messages.split_at_checked(count).ok_or(Rejection::MessageMissing { label })?;
        *messages = later;
        Ok(now)
    }
}

/// What is refused so far.
const OPENINGS: Rejection =
    Rejection::Shape { part: "recording", reason: "whole links are not laid down yet" };

impl Recording {
    /// Lays the recorded computation down for the messages of a proof; returns the elements `kept`.
    ///
    /// Messages that the verifier refuses make a circuit that nothing satisfies.
    ///
    /// # Soundness
    /// Every input is a loaded message, absorbed before any challenge that the verifier draws after it,
    /// or a challenge of the transcript. Every operation that a check, an inverse or a kept element
    /// depends on is constrained, every inverse exists, and every check is.
    ///
    /// # Errors
    /// [`Rejection::MessageMissing`] or [`Rejection::MessagesLeft`]: the messages are not as many as the
    /// recording receives. [`Rejection::Shape`]: it verifies openings, for which there are chips, but which
    /// are not laid down yet.
    pub fn interpret(
        &self,
        hasher: &mut Hasher<'_>,
        transcript: &mut Transcript,
        messages: Messages<'_>,
        kept: &[Recorded],
    ) -> Result<Vec<Extension>, Rejection> {
        let inputs = self.communicate(hasher, transcript, messages)?;
        let zeros: Vec<Recorded> = self.zeros().collect();
        let plan = Plan::new(&self.operations, zeros.iter().chain(kept));
        let mut elements: Vec<Option<Extension>> = vec![None; self.operations.len()];
        for index in plan.elements() {
            let element = match self.operations[index] {
                Operation::Input(input) => inputs[input].clone(),
                Operation::Invert(operand) => {
                    let operand = element_of(operand, &elements);
                    hasher.arithmetic.invert_extension(hasher.context, &operand)
                }
                Operation::Bit(..) => return Err(OPENINGS),
                _ => {
                    let terms = plan.terms(&self.operations, index);
                    let sum = terms.lay(hasher, &|operand| element_of(operand, &elements));
                    if plan.is_reduced(index) {
                        hasher.arithmetic.reduce_extension(hasher.context, &sum)
                    } else {
                        sum
                    }
                }
            };
            elements[index] = Some(element);
        }
        for zero in zeros {
            let zero = element_of(zero, &elements);
            hasher.arithmetic.require_zero_extension(hasher.context, &zero);
        }
        Ok(kept.iter().map(|&kept| element_of(kept, &elements)).collect())
    }

    /// What the verifier requires to be zero.
    fn zeros(&self) -> impl Iterator<Item = Recorded> {
        self.events.iter().filter_map(|event| match event {
            Event::Require { zero, .. } => Some(*zero),
            _ => None,
        })
    }

    /// Loads and absorbs what is received, and squeezes challenges.
    fn communicate(
        &self,
        hasher: &mut Hasher<'_>,
        transcript: &mut Transcript,
        mut messages: Messages<'_>,
    ) -> Result<Vec<Extension>, Rejection> {
        let mut inputs = Vec::new();
        for event in &self.events {
            match event {
                Event::Receive { label, count, revealed } => {
                    let values = messages.take(label, *count, *revealed)?;
                    let load = |&value| hasher.arithmetic.load_extension(hasher.context, value);
                    let received: Vec<Extension> = values.iter().map(load).collect();
                    transcript.absorb(hasher, label, &received);
                    inputs.extend(received);
                }
                Event::Challenge { label } => {
                    // Challenges are factors of much, so it pays to reduce them at once.
                    let challenge = transcript.challenge(hasher, label);
                    let arithmetic = hasher.arithmetic;
                    inputs.push(arithmetic.reduce_extension(hasher.context, &challenge));
                }
                Event::Require { .. } => (),
                Event::AbsorbConstants { .. }
                | Event::Absorb { .. }
                | Event::AbsorbRoot { .. }
                | Event::ReceiveUnlabelled { .. }
                | Event::ReceiveRoot { .. }
                | Event::Draw { .. }
                | Event::DrawPosition { .. }
                | Event::Grind { .. }
                | Event::OpenRows { .. }
                | Event::Link(_) => return Err(OPENINGS),
            }
        }
        match messages.scalars.len() + messages.revealed.len() {
            0 => Ok(inputs),
            count => Err(Rejection::MessagesLeft { count }),
        }
    }
}

/// The element of an operand, whose operation was laid down before.
fn element_of(operand: Recorded, elements: &[Option<Extension>]) -> Extension {
    match operand {
        Recorded::Known(value) => value.into(),
        Recorded::Computed(index) => {
            elements[index].clone().expect("operations depend on earlier ones, which are elements")
        }
    }
}
