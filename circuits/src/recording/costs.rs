//! What a recorded computation costs where it is repeated.

use super::{Event, LinkEvent, Operation, Recorded, Recording};
use crate::openings::Degree;

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
}

impl Recording {
    /// Counts everything.
    pub fn costs(&self) -> Costs {
        let degrees = self.degrees();
        let mut costs = Costs::default();
        self.operations.iter().for_each(|operation| costs.count_operation(operation, &degrees));
        let mut large = Large::of(self, &degrees);
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

/// Results that are sums of products, as long as nothing reduced them.
struct Large {
    operations: Vec<bool>,
    reduced: usize,
}

impl Large {
    fn of(recording: &Recording, degrees: &[Degree]) -> Self {
        let mut operations: Vec<bool> = Vec::with_capacity(recording.operations.len());
        let is_bit = |element: Recorded| match element {
            Recorded::Computed(operation) => {
                let input = matches!(recording.operations[operation], Operation::Input(_));
                input && degrees[operation] == Degree::Base
            }
            Recorded::Known(_) => false,
        };
        for operation in &recording.operations {
            let is_large = |element: &Recorded| match *element {
                Recorded::Known(_) => false,
                Recorded::Computed(operation) => operations[operation],
            };
            operations.push(match operation {
                Operation::Input(_) | Operation::Invert(_) | Operation::Bit(..) => false,
                Operation::Add(a, b) | Operation::Subtract(a, b) => is_large(a) || is_large(b),
                // A base element that a constant multiplies is a position's bit.
                Operation::Multiply(a, Recorded::Known(_)) => !is_bit(*a),
                Operation::Multiply(Recorded::Known(_), b) => !is_bit(*b),
                Operation::Multiply(..) => true,
            });
        }
        Self { operations, reduced: 0 }
    }

    /// Counts an element that has to be reduced, the first time.
    fn reduce(&mut self, element: Recorded, degrees: &[Degree]) {
        if let Recorded::Computed(operation) = element
            && core::mem::take(&mut self.operations[operation])
        {
            self.reduced += degrees[operation].coordinates();
        }
    }
}

impl Recording {
    /// Products and inverses between what comes over the channel under one label, or for openings
    /// under one name, and what comes under the next; in the order of the computation.
    pub fn costs_by_label(&self) -> Vec<(&'static str, Costs)> {
        let degrees = self.degrees();
        let labels: Vec<(&'static str, usize)> =
            self.events.iter().filter_map(Event::labelled_inputs).collect();
        let mut labels = labels.into_iter().flat_map(|(label, count)| vec![label; count]);
        let mut parts: Vec<(&'static str, Costs)> = Vec::new();
        for operation in &self.operations {
            if let Operation::Input(_) = operation {
                let label = labels.next().unwrap_or_default();
                if parts.last().is_none_or(|(last, _)| *last != label) {
                    parts.push((label, Costs::default()));
                }
            }
            if let Some((_, costs)) = parts.last_mut() {
                costs.count_operation(operation, &degrees);
            }
        }
        parts
    }
}

impl Event {
    /// What its inputs are called, and how many there are.
    fn labelled_inputs(&self) -> Option<(&'static str, usize)> {
        Some(match self {
            Self::Receive { label, count, .. } | Self::ReceiveUnlabelled { label, count } => {
                (*label, *count)
            }
            Self::Challenge { label } | Self::Draw { label } => (*label, 1),
            Self::DrawPosition { label, bits } => (*label, *bits),
            Self::OpenRows { positions, width, .. } => ("opening rows", positions.len() * width),
            Self::Link(LinkEvent::Integer { .. }) => ("integer of the statement", 1),
            Self::Link(LinkEvent::DrawRows(draws)) => ("drawn rows", draws.count()),
            Self::Link(LinkEvent::Pin { variables, .. }) => ("opening pin", 1 + variables),
            Self::Require { .. }
            | Self::AbsorbConstants { .. }
            | Self::Absorb { .. }
            | Self::AbsorbRoot { .. }
            | Self::ReceiveRoot { .. }
            | Self::Grind { .. }
            | Self::Link(LinkEvent::Start { .. } | LinkEvent::ReceiveCommitment { .. }) => {
                return None;
            }
        })
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
        }
    }
}
