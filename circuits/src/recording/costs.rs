//! What a recorded computation costs where it is repeated.

mod labels;
mod reductions;

use super::{Event, LinkEvent, Operation, Recorded, Recording};
use crate::openings::Degree;
use reductions::Large;

/// How often each thing is done. Additions are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// Products of two elements of the extension.
    pub extension: usize,
    /// Products of an element of the extension and a base element.
    pub mixed: usize,
    /// Products of two base elements.
    pub base: usize,
    /// Products with an element that is known.
    pub constant: usize,
    /// Inverses.
    pub inversions: usize,
    /// Bits of integers.
    pub bits: usize,
    /// Base elements, or coordinates, of sums of products that are multiplied again or checked: where
    /// sums wait until then, at most so many are reduced modulo the field's order.
    pub reduced: usize,
    /// Base elements absorbed that are known, without those of labels.
    pub absorbed_constants: usize,
    /// Base elements absorbed that are not known, proofs of work included.
    pub absorbed: usize,
    /// Roots absorbed.
    pub absorbed_roots: usize,
    /// Elements of the extension drawn.
    pub drawn: usize,
    /// Coordinates of points that pin a polynomial, elements of the extension drawn elsewhere.
    pub pinned: usize,
    /// Integers of the statement.
    pub integers: usize,
    /// Rows of the data drawn.
    pub drawn_rows: usize,
    /// Positions drawn, and proofs of work checked.
    pub positions: usize,
    /// Rows opened.
    pub rows: usize,
    /// Base elements in them, which are hashed to leaves.
    pub hashed: usize,
    /// Nodes on their paths, without leaves.
    pub nodes: usize,
    /// Entries of an envelope.
    pub sealed: usize,
}

impl Recording {
    /// Counts everything.
    pub fn costs(&self) -> Costs {
        let degrees = self.degrees();
        let mut costs = Costs::default();
        self.operations.iter().for_each(|operation| costs.count_operation(operation, &degrees));
        let mut large = Large::of(self);
        for operation in &self.operations {
            match *operation {
                Operation::Multiply(a, b) => {
                    large.reduce(a, &degrees);
                    large.reduce(b, &degrees);
                }
                // Its product with its inverse is checked.
                Operation::Invert(a) => large.reduce(a, &degrees),
                Operation::Input(_)
                | Operation::Add(..)
                | Operation::Subtract(..)
                | Operation::Bit(..) => {}
            }
        }
        for event in &self.events {
            costs.count(event);
            if let Event::Require { zero, .. } = event {
                large.reduce(*zero, &degrees);
            }
        }
        costs.reduced = large.reduced;
        costs
    }
}

impl Costs {
    fn count_operation(&mut self, operation: &Operation, degrees: &[Degree]) {
        match operation {
            Operation::Multiply(Recorded::Known(_), _)
            | Operation::Multiply(_, Recorded::Known(_)) => self.constant += 1,
            Operation::Multiply(a, b) => {
                *match (a.degree(degrees), b.degree(degrees)) {
                    (Degree::Extension, Degree::Extension) => &mut self.extension,
                    (Degree::Base, Degree::Base) => &mut self.base,
                    _ => &mut self.mixed,
                } += 1;
            }
            Operation::Invert(_) => self.inversions += 1,
            Operation::Bit(..) => self.bits += 1,
            Operation::Input(_) | Operation::Add(..) | Operation::Subtract(..) => {}
        }
    }

    fn count(&mut self, event: &Event) {
        let coordinates = Degree::Extension.coordinates();
        match event {
            Event::Require { .. } => {}
            Event::Link(event) => self.count_link(event),
            Event::Receive { count, .. } | Event::ReceiveUnlabelled { count, .. } => {
                self.absorbed += coordinates * count;
            }
            Event::Absorb { elements } => self.absorbed += coordinates * elements.len(),
            Event::AbsorbConstants { constants } => self.absorbed_constants += constants.len(),
            Event::AbsorbRoot { .. } | Event::ReceiveRoot { .. } => self.absorbed_roots += 1,
            Event::Challenge { .. } | Event::Draw { .. } => self.drawn += 1,
            Event::DrawPosition { .. } => self.positions += 1,
            Event::Grind { .. } => {
                self.absorbed += 1;
                self.positions += 1;
            }
            Event::OpenRows { positions, width, degree, .. } => {
                self.rows += positions.len();
                self.hashed += positions.len() * width * degree.coordinates();
                self.nodes += positions.iter().map(Vec::len).sum::<usize>();
            }
        }
    }

    fn count_link(&mut self, event: &LinkEvent) {
        match event {
            LinkEvent::Start { .. } | LinkEvent::ReceiveCommitment { .. } => {
                self.absorbed_roots += 1;
            }
            LinkEvent::Integer { .. } => self.integers += 1,
            LinkEvent::DrawRows(draws) => self.drawn_rows += draws.count(),
            LinkEvent::Pin { variables, .. } => self.pinned += variables,
            LinkEvent::OpenEnvelope(envelope) => self.sealed += envelope.entries,
        }
    }
}
