//! What a recorded computation costs where it is repeated.

use core::ops::AddAssign;

use super::{Event, Operation, Recorded, Recording};
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
    /// Base elements absorbed that are known, without those of labels.
    pub absorbed_constants: usize,
    /// Base elements absorbed that are not known, proofs of work included.
    pub absorbed: usize,
    /// Roots absorbed.
    pub absorbed_roots: usize,
    /// Elements of the extension drawn.
    pub drawn: usize,
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
        for operation in &self.operations {
            match operation {
                Operation::Multiply(Recorded::Known(_), _)
                | Operation::Multiply(_, Recorded::Known(_)) => costs.constant += 1,
                Operation::Multiply(a, b) => {
                    *match (a.degree(&degrees), b.degree(&degrees)) {
                        (Degree::Extension, Degree::Extension) => &mut costs.extension,
                        (Degree::Base, Degree::Base) => &mut costs.base,
                        _ => &mut costs.mixed,
                    } += 1;
                }
                Operation::Invert(_) => costs.inversions += 1,
                Operation::Bit(..) => costs.bits += 1,
                Operation::Input(_) | Operation::Add(..) | Operation::Subtract(..) => {}
            }
        }
        for event in &self.events {
            costs.count(event);
        }
        costs
    }
}

impl Costs {
    fn count(&mut self, event: &Event) {
        let coordinates = Degree::Extension.coordinates();
        match event {
            Event::Require { .. } => {}
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
}

impl AddAssign for Costs {
    fn add_assign(&mut self, other: Self) {
        self.extension += other.extension;
        self.mixed += other.mixed;
        self.base += other.base;
        self.constant += other.constant;
        self.inversions += other.inversions;
        self.bits += other.bits;
        self.absorbed_constants += other.absorbed_constants;
        self.absorbed += other.absorbed;
        self.absorbed_roots += other.absorbed_roots;
        self.drawn += other.drawn;
        self.positions += other.positions;
        self.rows += other.rows;
        self.hashed += other.hashed;
        self.nodes += other.nodes;
    }
}
