//! What a recorded verifier does on its channel.

use zkpot_ir::Interval;
use zkpot_protocol::field::F;
use zkpot_protocol::rejection::Rejection;

use super::element::Recorded;
use crate::link::{Draws, EnvelopePlace};
use crate::openings::Degree;

/// A digest: the root of a tree, or a commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Root {
    /// The statement's commitment of this number: of a link the states before, the states after, the
    /// shard.
    Committed(usize),
    /// The digest of this number among those that were received.
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
    /// It does what links have beside relations and openings.
    Link(LinkEvent),
}

/// What the verifier of a link does on its channel, beside relations and openings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkEvent {
    /// It takes the statement's elements and absorbs their hash under a label.
    Start {
        /// The label; as long as the digest is absorbed, 32 bytes.
        label: &'static str,
        /// How many elements there are.
        elements: usize,
    },
    /// The integer `v` that an element of the statement stands for becomes the next input, which is
    /// in the base field. The element is `v + 2^63`.
    Integer {
        /// Number of the element.
        element: usize,
        /// Where `v` has to be.
        interval: Interval,
    },
    /// The rows that the link's steps draw become the next inputs, step by step. They are in the base
    /// field. Seed and first step are [elements](crate::link::places) of the statement.
    DrawRows(Draws),
    /// It receives the next digest, and absorbs it under a label.
    ReceiveCommitment {
        /// The label; as long as the digest is absorbed, 32 bytes.
        label: &'static str,
    },
    /// It receives the next digest, a root, and a value, which becomes the next input, and requires that
    /// a commitment is the hash of both. The coordinates of a point that is drawn from the root
    /// become the inputs behind the value. Nothing is absorbed.
    Pin {
        /// The commitment.
        commitment: Root,
        /// How many coordinates there are.
        variables: usize,
        /// What is wrong where the commitment is another hash.
        otherwise: Rejection,
    },
    /// It receives a key and the entries of an envelope, which become the next inputs and are in the base
    /// field, and requires that the statement has the hashes of their ciphertext and of the key. Nothing is
    /// absorbed.
    OpenEnvelope(EnvelopePlace),
}

impl Event {
    /// The elements that it depends on.
    pub(crate) fn elements(&self) -> Vec<Recorded> {
        match self {
            Self::Require { zero, .. } => vec![*zero],
            Self::Absorb { elements } => elements.clone(),
            Self::OpenRows { positions, .. } => positions.concat(),
            _ => Vec::new(),
        }
    }

    /// How many inputs it makes.
    pub fn inputs(&self) -> usize {
        match self {
            Self::Require { .. }
            | Self::AbsorbConstants { .. }
            | Self::Absorb { .. }
            | Self::AbsorbRoot { .. }
            | Self::ReceiveRoot { .. }
            | Self::Grind { .. } => 0,
            Self::Challenge { .. } | Self::Draw { .. } => 1,
            Self::Receive { count, .. } | Self::ReceiveUnlabelled { count, .. } => *count,
            Self::DrawPosition { bits, .. } => *bits,
            Self::OpenRows { positions, width, .. } => positions.len() * width,
            Self::Link(event) => match event {
                LinkEvent::Start { .. } | LinkEvent::ReceiveCommitment { .. } => 0,
                LinkEvent::Integer { .. } => 1,
                LinkEvent::DrawRows(draws) => draws.count(),
                LinkEvent::Pin { variables, .. } => 1 + variables,
                LinkEvent::OpenEnvelope(envelope) => envelope.entries,
            },
        }
    }

    /// How many of the first operations it depends on, at most.
    pub(crate) fn operations(&self) -> usize {
        self.elements().into_iter().map(Recorded::operations).max().unwrap_or(0)
    }
}
