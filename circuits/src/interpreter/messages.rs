//! Messages that are loaded and absorbed, and challenges that are squeezed.

use zkpot_protocol::rejection::Rejection;

use super::Interpreter;
use crate::arithmetic::{Extension, Residue};
use crate::recording::{Event, Root};
use crate::sponge::Word;

impl Interpreter<'_, '_> {
    /// Does what the verifier does on its channel, checks excepted. What the event depends on is laid
    /// down.
    pub fn follow(&mut self, event: &Event) -> Result<(), Rejection> {
        match event {
            Event::Require { .. } => {}
            Event::Link(event) => self.follow_link(event)?,
            Event::Receive { label, count, .. } => {
                let received = self.receive(*count)?;
                self.transcript.absorb(self.hasher, label, &received);
            }
            Event::Challenge { label } => {
                let challenge = self.transcript.challenge(self.hasher, label);
                self.draw(&challenge)?;
            }
            Event::AbsorbConstants { constants } => {
                for &constant in constants {
                    self.transcript.sponge_mut().absorb_element(self.hasher, &constant.into());
                }
            }
            Event::Absorb { elements } => {
                let elements: Vec<Extension> =
                    elements.iter().map(|&element| self.element(element)).collect();
                self.absorb(&elements);
            }
            Event::AbsorbRoot { root } => {
                let root = self.root(*root);
                self.transcript.sponge_mut().absorb_digest(root);
            }
            Event::ReceiveUnlabelled { count, .. } => {
                let received = self.receive(*count)?;
                self.absorb(&received);
            }
            Event::ReceiveRoot { .. } => {
                let root = self.receive_root()?;
                self.transcript.sponge_mut().absorb_digest(root);
            }
            Event::Draw { .. } => {
                let drawn = self.transcript.sponge_mut().squeeze_extension(self.hasher);
                self.draw(&drawn)?;
            }
            Event::DrawPosition { bits, .. } => {
                for bit in self.transcript.sponge_mut().squeeze_bits(self.hasher, *bits) {
                    self.given.computed()?;
                    self.bits.insert(self.inputs.len(), bit);
                    self.inputs.push(Residue::from(bit).into());
                }
            }
            Event::Grind { bits, .. } => {
                let witness = self.given.grinding()?;
                let witness = self.hasher.arithmetic.load_element(self.hasher.context, witness);
                self.transcript.sponge_mut().check_work(self.hasher, *bits, &witness);
            }
            Event::OpenRows { root, positions, width, degree, .. } => {
                self.open_rows(*root, positions, *width, *degree)?;
            }
        }
        Ok(())
    }

    /// Loads the next inputs.
    fn receive(&mut self, count: usize) -> Result<Vec<Extension>, Rejection> {
        let received = (0..count).map(|_| self.load()).collect::<Result<Vec<_>, _>>()?;
        self.inputs.extend(received.iter().cloned());
        Ok(received)
    }

    /// Loads an element of a message.
    pub fn load(&mut self) -> Result<Extension, Rejection> {
        let value = self.given.input()?;
        Ok(self.hasher.arithmetic.load_extension(self.hasher.context, value))
    }

    /// Takes what was drawn as the next input. Challenges are factors of much, so it pays to reduce
    /// them at once.
    pub fn draw(&mut self, drawn: &Extension) -> Result<(), Rejection> {
        self.given.computed()?;
        self.inputs.push(self.hasher.arithmetic.reduce_extension(self.hasher.context, drawn));
        Ok(())
    }

    fn absorb(&mut self, elements: &[Extension]) {
        for element in elements {
            self.transcript.sponge_mut().absorb_extension(self.hasher, element);
        }
    }

    /// Loads the next digest.
    pub fn receive_root(&mut self) -> Result<Word, Rejection> {
        let root = self.given.root()?;
        let root = Word::Held(self.hasher.context.load_witness(root));
        self.roots.push(root);
        Ok(root)
    }

    /// A digest of the statement, or one that was received.
    pub fn root(&self, root: Root) -> Word {
        match root {
            Root::Committed(number) => {
                Word::Held(self.statement[crate::link::places::COMMITMENTS + number])
            }
            Root::Received(number) => self.roots[number],
        }
    }
}
