//! The channel of a recorded verifier.

use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::field::F;
use zkpot_protocol::rejection::Rejection;

use super::element::Recorded;
use super::operations::{Operation, push};
use crate::openings::{Degree, OpeningChannel};

/// The root of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Root {
    /// The statement's commitment of this number.
    Committed(usize),
    /// The root of this number among those that were received.
    Received(usize),
}

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
    /// It absorbs base elements that are the same in every proof.
    AbsorbConstants {
        /// The elements.
        constants: Vec<F>,
    },
    /// It absorbs elements of the extension, without a label.
    Absorb {
        /// The elements.
        elements: Vec<Recorded>,
    },
    /// It absorbs a root, without a label.
    AbsorbRoot {
        /// The root.
        root: Root,
    },
    /// It receives elements of the extension, which become the next inputs, and absorbs them without
    /// the label.
    ReceiveUnlabelled {
        /// For errors.
        label: &'static str,
        /// How many.
        count: usize,
    },
    /// It receives the next root, and absorbs it without the label.
    ReceiveRoot {
        /// For errors.
        label: &'static str,
    },
    /// It draws an element of the extension, without a label, which becomes the next input.
    Draw {
        /// What for.
        label: &'static str,
    },
    /// It draws bits, least significant first, which become the next inputs.
    DrawPosition {
        /// What for.
        label: &'static str,
        /// How many.
        bits: usize,
    },
    /// It receives a base element, absorbs it without the label, and requires bits drawn next to be
    /// zero.
    Grind {
        /// For errors.
        label: &'static str,
        /// How many.
        bits: usize,
        /// What is wrong where one is set.
        otherwise: Rejection,
    },
    /// Rows of a tree become the next inputs, row by row.
    OpenRows {
        /// The tree's root.
        root: Root,
        /// The bits of each row's position, least significant first; some are known.
        positions: Vec<Vec<Recorded>>,
        /// Elements of a row.
        width: usize,
        /// What they are.
        degree: Degree,
        /// What is wrong where the rows are not below the root.
        otherwise: Rejection,
    },
}

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

    fn input(&mut self, degree: Degree) -> Recorded {
        let input = push(Operation::Input(self.inputs.len()));
        self.inputs.push(degree);
        input
    }

    fn inputs(&mut self, count: usize, degree: Degree) -> Vec<Recorded> {
        (0..count).map(|_| self.input(degree)).collect()
    }

    fn receive_inputs(
        &mut self,
        label: &'static str,
        count: usize,
        revealed: bool,
    ) -> Vec<Recorded> {
        self.events.push(Event::Receive { label, count, revealed });
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
        self.events.push(Event::Challenge { label });
        self.input(Degree::Extension)
    }

    fn multiply(&mut self, left: &Recorded, right: &Recorded) -> Result<Recorded, Rejection> {
        Ok(*left * *right)
    }

    fn require_zero(&mut self, zero: Recorded, otherwise: Rejection) -> Result<(), Rejection> {
        self.events.push(Event::Require { zero, otherwise });
        Ok(())
    }
}

impl OpeningChannel for Recorder {
    type Root = Root;

    fn commitment(&mut self, number: usize) -> Result<Root, Rejection> {
        Ok(Root::Committed(number))
    }

    fn absorb_constants(&mut self, constants: &[F]) {
        self.events.push(Event::AbsorbConstants { constants: constants.to_vec() });
    }

    fn absorb(&mut self, elements: &[Recorded]) {
        self.events.push(Event::Absorb { elements: elements.to_vec() });
    }

    fn absorb_root(&mut self, &root: &Root) {
        self.events.push(Event::AbsorbRoot { root });
    }

    fn receive_unlabelled(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<Recorded>, Rejection> {
        self.events.push(Event::ReceiveUnlabelled { label, count });
        Ok(self.inputs(count, Degree::Extension))
    }

    fn receive_root(&mut self, label: &'static str) -> Result<Root, Rejection> {
        self.events.push(Event::ReceiveRoot { label });
        self.roots += 1;
        Ok(Root::Received(self.roots - 1))
    }

    fn draw(&mut self, label: &'static str) -> Recorded {
        self.events.push(Event::Draw { label });
        self.input(Degree::Extension)
    }

    fn draw_position(
        &mut self,
        label: &'static str,
        bits: usize,
    ) -> Result<Vec<Recorded>, Rejection> {
        self.events.push(Event::DrawPosition { label, bits });
        Ok(self.inputs(bits, Degree::Base))
    }

    fn grind(
        &mut self,
        label: &'static str,
        bits: usize,
        otherwise: Rejection,
    ) -> Result<(), Rejection> {
        self.events.push(Event::Grind { label, bits, otherwise });
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
        self.events.push(Event::OpenRows { root, positions, width, degree, otherwise });
        Ok((0..count).map(|_| self.inputs(width, degree)).collect())
    }
}
