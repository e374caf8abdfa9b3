//! Recording what a link has beside relations and openings, and repeating it.

use zkpot_ir::Interval;
use zkpot_protocol::field::EF;
use zkpot_protocol::rejection::Rejection;

use super::channel::Recorder;
use super::element::Recorded;
use super::event::{Event, LinkEvent, Root};
use super::replay::Received;
use crate::link::{Draws, EnvelopePlace, LinkChannel, Pinned};
use crate::openings::{Degree, OpeningChannel};

impl LinkChannel for Recorder {
    type Openings = Self;

    fn openings(&mut self) -> &mut Self {
        self
    }

    fn start(&mut self, label: &'static str, elements: usize) -> Result<(), Rejection> {
        self.push(Event::Link(LinkEvent::Start { label, elements }));
        Ok(())
    }

    fn integer(&mut self, element: usize, interval: Interval) -> Result<Recorded, Rejection> {
        self.push(Event::Link(LinkEvent::Integer { element, interval }));
        Ok(self.input(Degree::Base))
    }

    fn draw_rows(&mut self, draws: Draws) -> Result<Vec<Recorded>, Rejection> {
        self.push(Event::Link(LinkEvent::DrawRows(draws)));
        Ok(self.inputs(draws.count(), Degree::Base))
    }

    fn receive_commitment(&mut self, label: &'static str) -> Result<Root, Rejection> {
        self.push(Event::Link(LinkEvent::ReceiveCommitment { label }));
        Ok(self.root())
    }

    fn pin(
        &mut self,
        &commitment: &Root,
        variables: usize,
        otherwise: Rejection,
    ) -> Result<Pinned<Root, Recorded>, Rejection> {
        self.push(Event::Link(LinkEvent::Pin { commitment, variables, otherwise }));
        let (root, value) = (self.root(), self.input(Degree::Extension));
        Ok(Pinned { root, value, point: self.inputs(variables, Degree::Extension) })
    }

    fn open_envelope(&mut self, envelope: EnvelopePlace) -> Result<Vec<Recorded>, Rejection> {
        self.push(Event::Link(LinkEvent::OpenEnvelope(envelope)));
        Ok(self.inputs(envelope.entries, Degree::Base))
    }
}

impl<R: Clone> Received<R> {
    /// Repeats one event of a link.
    pub(super) fn next_of_link<L>(
        &mut self,
        event: &LinkEvent,
        channel: &mut L,
    ) -> Result<(), Rejection>
    where
        L: LinkChannel<Openings: OpeningChannel<Element = EF, Scalar = EF, Root = R>>,
    {
        match event {
            LinkEvent::Start { label, elements } => channel.start(label, *elements)?,
            LinkEvent::Integer { element, interval } => {
                self.inputs.push(channel.integer(*element, *interval)?);
            }
            LinkEvent::DrawRows(draws) => self.inputs.extend(channel.draw_rows(*draws)?),
            LinkEvent::ReceiveCommitment { label } => {
                self.roots.push(channel.receive_commitment(label)?);
            }
            LinkEvent::Pin { commitment, variables, otherwise } => {
                let commitment = self.root(*commitment, channel.openings())?;
                let pinned = channel.pin(&commitment, *variables, otherwise.clone())?;
                self.roots.push(pinned.root);
                self.inputs.push(pinned.value);
                self.inputs.extend(pinned.point);
            }
            LinkEvent::OpenEnvelope(envelope) => {
                self.inputs.extend(channel.open_envelope(*envelope)?);
            }
        }
        Ok(())
    }
}

/// A channel without a statement, for recordings of parts of a link.
pub(super) struct Unstated<'a, C>(pub(super) &'a mut C);

const NONE: Rejection =
    Rejection::Shape { part: "statement", reason: "the recorded channel has one" };

impl<C: OpeningChannel> LinkChannel for Unstated<'_, C> {
    type Openings = C;

    fn openings(&mut self) -> &mut C {
        self.0
    }

    fn start(&mut self, _: &'static str, _: usize) -> Result<(), Rejection> {
        Err(NONE)
    }

    fn integer(&mut self, _: usize, _: Interval) -> Result<C::Element, Rejection> {
        Err(NONE)
    }

    fn draw_rows(&mut self, _: Draws) -> Result<Vec<C::Element>, Rejection> {
        Err(NONE)
    }

    fn receive_commitment(&mut self, _: &'static str) -> Result<C::Root, Rejection> {
        Err(NONE)
    }

    fn pin(
        &mut self,
        _: &C::Root,
        _: usize,
        _: Rejection,
    ) -> Result<Pinned<C::Root, C::Element>, Rejection> {
        Err(NONE)
    }

    fn open_envelope(&mut self, _: EnvelopePlace) -> Result<Vec<C::Element>, Rejection> {
        Err(NONE)
    }
}
