//! The channel of a recorded verifier.

use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::field::F;
use zkpot_protocol::rejection::Rejection;

use super::element::Recorded;
use super::event::{Event, Root};
use super::operations::{Operation, push};
use crate::openings::{Degree, OpeningChannel};

/// A channel that answers with inputs and writes down what is asked.
///
/// It is the clear channel's: what it multiplies are values, and no message is needed for that.
#[derive(Debug, Default)]
pub struct Recorder {
    events: Vec<Event>,
    inputs: Vec<Degree>,
    roots: usize,
}

impl Recorder {
    /// What was done, and which field each input is in.
    pub(super) fn into_parts(self) -> (Vec<Event>, Vec<Degree>) {
        (self.events, self.inputs)
    }

    pub(super) fn push(&mut self, event: Event) {
        self.events.push(event);
    }

    /// The next digest.
    pub(super) const fn root(&mut self) -> Root {
        self.roots += 1;
        Root::Received(self.roots - 1)
    }

    pub(super) fn input(&mut self, degree: Degree) -> Recorded {
        let input = push(Operation::Input(self.inputs.len()));
        self.inputs.push(degree);
        input
    }

    pub(super) fn inputs(&mut self, count: usize, degree: Degree) -> Vec<Recorded> {
        (0..count).map(|_| self.input(degree)).collect()
    }

    fn receive_inputs(
        &mut self,
        label: &'static str,
        count: usize,
        revealed: bool,
    ) -> Vec<Recorded> {
        self.push(Event::Receive { label, count, revealed });
        self.inputs(count, Degree::Extension)
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
        self.push(Event::Challenge { label });
        self.input(Degree::Extension)
    }

    fn multiply(&mut self, left: &Recorded, right: &Recorded) -> Result<Recorded, Rejection> {
        Ok(*left * *right)
    }

    fn require_zero(&mut self, zero: Recorded, otherwise: Rejection) -> Result<(), Rejection> {
        self.push(Event::Require { zero, otherwise });
        Ok(())
    }
}

impl OpeningChannel for Recorder {
    type Root = Root;

    fn commitment(&mut self, number: usize) -> Result<Root, Rejection> {
        Ok(Root::Committed(number))
    }

    fn absorb_constants(&mut self, constants: &[F]) {
        self.push(Event::AbsorbConstants { constants: constants.to_vec() });
    }

    fn absorb(&mut self, elements: &[Recorded]) {
        self.push(Event::Absorb { elements: elements.to_vec() });
    }

    fn absorb_root(&mut self, &root: &Root) {
        self.push(Event::AbsorbRoot { root });
    }

    fn receive_unlabelled(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<Recorded>, Rejection> {
        self.push(Event::ReceiveUnlabelled { label, count });
        Ok(self.inputs(count, Degree::Extension))
    }

    fn receive_root(&mut self, label: &'static str) -> Result<Root, Rejection> {
        self.push(Event::ReceiveRoot { label });
        Ok(self.root())
    }

    fn draw(&mut self, label: &'static str) -> Recorded {
        self.push(Event::Draw { label });
        self.input(Degree::Extension)
    }

    fn draw_position(
        &mut self,
        label: &'static str,
        bits: usize,
    ) -> Result<Vec<Recorded>, Rejection> {
        self.push(Event::DrawPosition { label, bits });
        Ok(self.inputs(bits, Degree::Base))
    }

    fn grind(
        &mut self,
        label: &'static str,
        bits: usize,
        otherwise: Rejection,
    ) -> Result<(), Rejection> {
        self.push(Event::Grind { label, bits, otherwise });
        Ok(())
    }

    fn open_rows(
        &mut self,
        &root: &Root,
        positions: &[Vec<Recorded>],
        width: usize,
        degree: Degree,
        otherwise: Rejection,
    ) -> Result<Vec<Vec<Recorded>>, Rejection> {
        let positions = positions.to_vec();
        let count = positions.len();
        self.push(Event::OpenRows { root, positions, width, degree, otherwise });
        Ok((0..count).map(|_| self.inputs(width, degree)).collect())
    }
}
