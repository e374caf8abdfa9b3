//! Permutations of the sponge, of leaves and of nodes.

use zkpot_circuits::openings::Degree;
use zkpot_circuits::recording::{Event, Recording};

/// Base elements that are packed into an element that is hashed.
const PACKED: usize = 3;
/// Elements that a permutation absorbs.
const RATE: usize = 2;
/// Base elements that a permutation gives: a half of an element each.
const SQUEEZED: usize = 4;

/// How many permutations there are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hashing {
    pub leaves: usize,
    pub nodes: usize,
    pub sponge: usize,
}

/// Permutations of a leaf.
pub const fn leaf(width: usize, degree: Degree) -> usize {
    (width * degree.coordinates()).div_ceil(PACKED).div_ceil(RATE)
}

impl Hashing {
    /// Those of a recording, whose trees end `cap` levels below the root: all nodes there are
    /// absorbed.
    pub fn of(recording: &Recording, cap: usize) -> Self {
        let mut hashing = Self::default();
        let mut sponge = Sponge::default();
        for event in &recording.events {
            match event {
                Event::Require { .. } | Event::Receive { .. } | Event::Challenge { .. } => {}
                Event::AbsorbConstants { constants } => sponge.absorb(constants.len()),
                Event::Absorb { elements } => sponge.absorb(PACKED * elements.len()),
                Event::ReceiveUnlabelled { count, .. } => sponge.absorb(PACKED * count),
                Event::AbsorbRoot { .. } | Event::ReceiveRoot { .. } => {
                    sponge.flush();
                    sponge.absorbed += 1 << cap;
                }
                Event::Draw { .. } => sponge.squeeze(3),
                Event::DrawPosition { .. } => sponge.squeeze(1),
                Event::Grind { .. } => {
                    sponge.absorb(1);
                    sponge.squeeze(1);
                }
                Event::OpenRows { positions, width, degree, .. } => {
                    hashing.leaves += positions.len() * leaf(*width, *degree);
                    let levels =
                        positions.iter().map(|position| position.len().saturating_sub(cap));
                    hashing.nodes += levels.sum::<usize>();
                }
            }
        }
        hashing.sponge = sponge.permutations;
        hashing
    }

    pub const fn permutations(&self) -> usize {
        self.leaves + self.nodes + self.sponge
    }
}

#[derive(Default)]
struct Sponge {
    unpacked: usize,
    absorbed: usize,
    left: usize,
    permutations: usize,
}

impl Sponge {
    fn absorb(&mut self, elements: usize) {
        self.unpacked += elements;
        self.absorbed += self.unpacked / PACKED;
        self.unpacked %= PACKED;
        self.left = 0;
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
