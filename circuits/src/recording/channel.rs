//! The channel of a recorded verifier.

use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::rejection::Rejection;

use super::element::Recorded;
use super::operations::{Operation, push};

/// What a verifier does on its channel.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// It receives scalars, which become the next inputs.
    Receive {
        /// Under this label.
        label: &'static str,
        /// How many.
        count: usize,
        /// Whether an opening shows them.
        revealed: bool,
    },
    /// It draws a challenge, which becomes the next input.
    Challenge {
        /// Under this label.
        label: &'static str,
    },
    /// It requires an element to be zero.
    Require {
        /// The element.
        zero: Recorded,
        /// What is wrong where it is not.
        otherwise: Rejection,
    },
}

/// A channel that answers with inputs and writes down what is asked.
///
/// It is the clear channel's: what it multiplies are values, and no message is needed for that.
#[derive(Debug, Default)]
pub struct Recorder {
    events: Vec<Event>,
    inputs: usize,
}

impl Recorder {
    pub(super) fn into_events(self) -> Vec<Event> {
        self.events
    }

    fn input(&mut self) -> Recorded {
        let input = push(Operation::Input(self.inputs));
        self.inputs += 1;
        input
    }

    fn receive_inputs(
        &mut self,
        label: &'static str,
        count: usize,
        revealed: bool,
    ) -> Vec<Recorded> {
        self.events.push(Event::Receive { label, count, revealed });
        (0..count).map(|_| self.input()).collect()
    }
}

impl VerifierChannel for Recorder {
    type Element = Recorded;
    type Scalar = Recorded;

    fn receive(&mut self, label: &'static str, count: usize) -> Result<Vec<Recorded>, Rejection> {
        Ok(self.receive_inputs(label, count, false))
    }

    fn receive_revealed(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<Recorded>, Rejection> {
        Ok(self.receive_inputs(label, count, true))
    }

    fn challenge(&mut self, label: &'static str) -> Recorded {
        self.events.push(Event::Challenge { label });
        self.input()
    }

    fn multiply(&mut self, left: &Recorded, right: &Recorded) -> Result<Recorded, Rejection> {
        Ok(*left * *right)
    }

    fn require_zero(&mut self, zero: Recorded, otherwise: Rejection) -> Result<(), Rejection> {
        self.events.push(Event::Require { zero, otherwise });
        Ok(())
    }
}
