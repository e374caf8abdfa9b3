//! Permutations of the wrapped channel's hash that repeating a recording takes.

use zkpot_protocol::transcript::pieces;

use super::{Event, LinkEvent, Recording};
use crate::openings::Degree;

/// Base elements that are packed into an element that is hashed.
const PACKED: usize = 3;
/// Elements that a permutation absorbs.
const RATE: usize = 2;
/// Halves of elements that a permutation gives: a base element or a position each.
const SQUEEZED: usize = 4;

/// How many permutations there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permutations {
    /// Of the transcript.
    pub transcript: usize,
    /// Of leaves.
    pub leaves: usize,
    /// Of nodes.
    pub nodes: usize,
    /// Of the statement's elements.
    pub statement: usize,
    /// Of pinned commitments and their points.
    pub pins: usize,
    /// Of drawn rows.
    pub rows: usize,
    /// Of an envelope.
    pub envelope: usize,
}

/// Permutations of a leaf.
pub const fn leaf(width: usize, degree: Degree) -> usize {
    (width * degree.coordinates()).div_ceil(PACKED).div_ceil(RATE)
}

impl Recording {
    /// Counts the permutations, where trees end `cap` levels below the root and all nodes there are
    /// absorbed instead of it.
    pub fn permutations(&self, cap: usize) -> Permutations {
        let mut counted = Permutations::default();
        let mut sponge = Sponge::default();
        for event in &self.events {
            match event {
                Event::Require { .. } => {}
                Event::Receive { label, count, .. } => {
                    sponge.absorb_label(label);
                    sponge.absorb(Degree::Extension.coordinates() * count);
                }
                Event::Challenge { label } => {
                    sponge.absorb_label(label);
                    sponge.squeeze(Degree::Extension.coordinates());
                }
                Event::AbsorbConstants { constants } => sponge.absorb(constants.len()),
                Event::Absorb { elements } => {
                    sponge.absorb(Degree::Extension.coordinates() * elements.len());
                }
                Event::ReceiveUnlabelled { count, .. } => {
                    sponge.absorb(Degree::Extension.coordinates() * count);
                }
                Event::AbsorbRoot { .. } | Event::ReceiveRoot { .. } => {
                    sponge.absorb_digests(1 << cap);
                }
                Event::Draw { .. } => sponge.squeeze(Degree::Extension.coordinates()),
                Event::DrawPosition { .. } => sponge.squeeze(1),
                Event::Grind { .. } => {
                    sponge.absorb(1);
                    sponge.squeeze(1);
                }
                Event::OpenRows { positions, width, degree, .. } => {
                    counted.leaves += positions.len() * leaf(*width, *degree);
                    let levels =
                        positions.iter().map(|position| position.len().saturating_sub(cap));
                    counted.nodes += levels.sum::<usize>();
                }
                Event::Link(event) => counted.count(event, &mut sponge),
            }
        }
        counted.transcript = sponge.permutations;
        counted
    }
}

impl Permutations {
    /// All together.
    pub const fn total(&self) -> usize {
        let Self { transcript, leaves, nodes, statement, pins, rows, envelope } = *self;
        transcript + leaves + nodes + statement + pins + rows + envelope
    }

    fn count(&mut self, event: &LinkEvent, sponge: &mut Sponge) {
        match event {
            LinkEvent::Start { label, elements } => {
                self.statement += elements.div_ceil(RATE);
                sponge.absorb_label(label);
                sponge.absorb_digests(1);
            }
            LinkEvent::Integer { .. } => {}
            LinkEvent::DrawRows(draws) => {
                // Tag, seed and step.
                let step = Sponge::alone(4, draws.batch as usize);
                self.rows += draws.steps as usize * step;
            }
            LinkEvent::ReceiveCommitment { label } => {
                sponge.absorb_label(label);
                sponge.absorb_digests(1);
            }
            LinkEvent::Pin { variables, .. } => {
                // Root and packed value; tag and root.
                let point = Sponge::alone(2, variables * Degree::Extension.coordinates());
                self.pins += 2usize.div_ceil(RATE) + point;
            }
            LinkEvent::OpenEnvelope(envelope) => {
                // Stream and hash of the ciphertext; hash of the key.
                self.envelope += 2 * envelope.entries.div_ceil(PACKED).div_ceil(RATE) + 1;
            }
        }
    }
}

/// A transcript, as far as numbers go.
#[derive(Default)]
struct Sponge {
    unpacked: usize,
    absorbed: usize,
    left: usize,
    permutations: usize,
}

impl Sponge {
    /// Permutations of a transcript that absorbs some digests and is then squeezed.
    fn alone(digests: usize, squeezed: usize) -> usize {
        let mut sponge = Self::default();
        sponge.absorb_digests(digests);
        sponge.squeeze(squeezed);
        sponge.permutations
    }

    fn absorb(&mut self, elements: usize) {
        self.unpacked += elements;
        self.absorbed += self.unpacked / PACKED;
        self.unpacked %= PACKED;
        self.left = 0;
    }

    /// A label comes between its own length and that of its message.
    fn absorb_label(&mut self, label: &str) {
        self.absorb(1 + pieces(label.as_bytes()).count() + 1);
    }

    fn absorb_digests(&mut self, count: usize) {
        self.flush();
        self.absorbed += count;
    }

    fn flush(&mut self) {
        self.absorbed += usize::from(self.unpacked > 0);
        self.unpacked = 0;
        self.left = 0;
    }

    fn squeeze(&mut self, elements: usize) {
        if self.unpacked + self.absorbed > 0 {
            self.flush();
            self.permutations += self.absorbed.div_ceil(RATE);
            self.absorbed = 0;
            self.left = SQUEEZED;
        }
        for _ in 0..elements {
            if self.left == 0 {
                self.permutations += 1;
                self.left = SQUEEZED;
            }
            self.left -= 1;
        }
    }
}
