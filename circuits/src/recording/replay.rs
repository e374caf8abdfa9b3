//! Repeating a recorded computation on native elements.

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::field::{EF, Element, integer};
use zkpot_protocol::rejection::Rejection;

use super::link::Unstated;
use super::{Event, Fault, Operation, Recording, Root};
use crate::link::LinkChannel;
use crate::openings::OpeningChannel;

/// What came over the channel so far.
pub(super) struct Received<R> {
    pub(super) inputs: Vec<EF>,
    pub(super) roots: Vec<R>,
}

/// A repeated computation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed<R> {
    /// What came over the channel.
    pub inputs: Vec<EF>,
    /// The value of each operation.
    pub values: Vec<EF>,
    /// The digests that were received.
    pub roots: Vec<R>,
}

impl Recording {
    /// Repeats the computation of a part of a link on a channel of native elements; returns the value of
    /// each operation.
    ///
    /// # Errors
    /// A [`Fault`] where the recorded verifier would have refused; [`Rejection::Shape`] where a
    /// statement was recorded.
    pub fn replay<C>(&self, channel: &mut C) -> Result<Vec<EF>, Fault>
    where
        C: OpeningChannel<Element = EF, Scalar = EF>,
    {
        Ok(self.replay_link(&mut Unstated(channel))?.values)
    }

    /// Repeats the computation on a link's channel of native elements.
    ///
    /// # Errors
    /// A [`Fault`] where the recorded verifier would have refused.
    pub fn replay_link<L, R: Clone>(&self, channel: &mut L) -> Result<Replayed<R>, Fault>
    where
        L: LinkChannel<Openings: OpeningChannel<Element = EF, Scalar = EF, Root = R>>,
    {
        let mut received = Received { inputs: Vec::new(), roots: Vec::new() };
        let mut values = Vec::with_capacity(self.operations.len());
        for event in &self.events {
            // What the event depends on was received before.
            self.compute(event.operations(), &received.inputs, &mut values)?;
            match event {
                Event::Link(event) => received.next_of_link(event, channel)?,
                event => received.next(event, &values, channel.openings())?,
            }
        }
        self.compute(self.operations.len(), &received.inputs, &mut values)?;
        Ok(Replayed { inputs: received.inputs, values, roots: received.roots })
    }

    /// Computes the first `count` operations, as far as that was not done before.
    fn compute(&self, count: usize, inputs: &[EF], values: &mut Vec<EF>) -> Result<(), Fault> {
        for operation in values.len()..count {
            values.push(match self.operations[operation] {
                Operation::Input(index) => inputs[index],
                Operation::Add(a, b) => a.value(values) + b.value(values),
                Operation::Subtract(a, b) => a.value(values) - b.value(values),
                Operation::Multiply(a, b) => a.value(values) * b.value(values),
                Operation::Invert(a) => {
                    a.value(values).inverse().ok_or(Fault::Inverse { operation })?
                }
                Operation::Bit(a, _, place) => EF::from_u64(integer(a.value(values)) >> place & 1),
            });
        }
        Ok(())
    }
}

impl<R: Clone> Received<R> {
    /// Repeats one event, given the values of all operations that it depends on.
    fn next<C>(&mut self, event: &Event, values: &[EF], channel: &mut C) -> Result<(), Fault>
    where
        C: OpeningChannel<Element = EF, Scalar = EF, Root = R>,
    {
        match event {
            // Repeated on the link's channel.
            Event::Link(_) => {}
            Event::Receive { label, count, revealed: false } => {
                self.inputs.extend(channel.receive(label, *count)?);
            }
            Event::Receive { label, count, revealed: true } => {
                self.inputs.extend(channel.receive_revealed(label, *count)?);
            }
            Event::Challenge { label } => self.inputs.push(channel.challenge(label)),
            Event::Require { zero, otherwise } => {
                channel.require_zero(zero.value(values), otherwise.clone())?;
            }
            Event::AbsorbConstants { constants } => channel.absorb_constants(constants),
            Event::Absorb { elements } => {
                let elements: Vec<EF> =
                    elements.iter().map(|element| element.value(values)).collect();
                channel.absorb(&elements);
            }
            Event::AbsorbRoot { root } => {
                let root = self.root(*root, channel)?;
                channel.absorb_root(&root);
            }
            Event::ReceiveUnlabelled { label, count } => {
                self.inputs.extend(channel.receive_unlabelled(label, *count)?);
            }
            Event::ReceiveRoot { label } => self.roots.push(channel.receive_root(label)?),
            Event::Draw { label } => self.inputs.push(channel.draw(label)),
            Event::DrawPosition { label, bits } => {
                self.inputs.extend(channel.draw_position(label, *bits)?);
            }
            Event::Grind { label, bits, otherwise } => {
                channel.grind(label, *bits, otherwise.clone())?;
            }
            Event::OpenRows { root, positions, width, degree, otherwise } => {
                let root = self.root(*root, channel)?;
                let positions: Vec<Vec<EF>> = positions
                    .iter()
                    .map(|position| position.iter().map(|bit| bit.value(values)).collect())
                    .collect();
                let rows =
                    channel.open_rows(&root, &positions, *width, *degree, otherwise.clone())?;
                self.inputs.extend(rows.into_iter().flatten());
            }
        }
        Ok(())
    }

    pub(super) fn root<C>(&self, root: Root, channel: &mut C) -> Result<R, Rejection>
    where
        C: OpeningChannel<Element = EF, Scalar = EF, Root = R>,
    {
        Ok(match root {
            Root::Committed(number) => channel.commitment(number)?,
            Root::Received(number) => self.roots[number].clone(),
        })
    }
}
