//! A recorded verifier, laid down in the chips.
//!
//! What it received is loaded and absorbed, what it drew is squeezed, what it computed is constrained,
//! and what it required to be zero is. A sum that is used once, in another sum, is no element of its
//! own: its terms are terms of that one ([`plan`]).

mod elements;
mod given;
mod messages;
mod plan;
mod rows;
mod statement;
mod terms;

use std::collections::HashMap;

use zkpot_protocol::rejection::Rejection;

use crate::Cell;
use crate::arithmetic::{Bit, Extension};
use crate::link::LinkWitness;
use crate::recording::{Event, Recorded, Recording};
use crate::sponge::{Hasher, Word};
use crate::transcript::Transcript;
use given::Given;
use plan::Plan;

/// What is laid down that others go on with.
#[derive(Clone, Debug)]
pub struct Laid {
    /// The statement's elements; none where no statement was recorded.
    pub statement: Vec<Cell>,
    /// The elements that were to be kept.
    pub kept: Vec<Extension>,
}

impl Recording {
    /// Lays the recorded computation down for what a link gives it.
    ///
    /// What the verifier refuses makes a circuit that nothing satisfies.
    ///
    /// # Soundness
    /// Every input is a loaded message, absorbed before any challenge that the verifier draws after it,
    /// or drawn from the transcript, or an element of an opened row, which leads to a root that was
    /// absorbed before its position was drawn. Every operation that a check, an inverse, a message or a
    /// kept element depends on is constrained, every inverse exists, and every check is.
    ///
    /// # Errors
    /// [`Rejection::Shape`]: the witness is none of this recording's.
    pub fn interpret(
        &self,
        hasher: &mut Hasher<'_>,
        witness: &LinkWitness,
        kept: &[Recorded],
    ) -> Result<Laid, Rejection> {
        let mut interpreter = Interpreter::new(self, hasher, witness, kept);
        for event in &self.events {
            interpreter.lay(event.operations())?;
            interpreter.follow(event)?;
        }
        interpreter.lay(self.operations.len())?;
        for event in &self.events {
            if let Event::Require { zero, .. } = event {
                interpreter.require_zero(*zero);
            }
        }
        let kept = kept.iter().map(|&kept| interpreter.element(kept)).collect();
        interpreter.given.finish()?;
        Ok(Laid { statement: interpreter.statement, kept })
    }
}

/// An interpretation under way.
struct Interpreter<'a, 'h> {
    recording: &'a Recording,
    hasher: &'a mut Hasher<'h>,
    transcript: Transcript,
    given: Given<'a>,
    plan: Plan,
    /// Operations that are looked at, from the first.
    laid: usize,
    elements: Vec<Option<Extension>>,
    inputs: Vec<Extension>,
    /// The inputs that are bits of positions.
    bits: HashMap<usize, Bit>,
    /// The bits of integers, least significant first.
    digits: HashMap<(Recorded, usize), Vec<Bit>>,
    /// Digests that were received.
    roots: Vec<Word>,
    statement: Vec<Cell>,
}

impl<'a, 'h> Interpreter<'a, 'h> {
    fn new(
        recording: &'a Recording,
        hasher: &'a mut Hasher<'h>,
        witness: &'a LinkWitness,
        kept: &[Recorded],
    ) -> Self {
        let needed = recording.events.iter().flat_map(Event::elements).chain(kept.iter().copied());
        Self {
            recording,
            hasher,
            transcript: Transcript::default(),
            given: Given::new(witness),
            plan: Plan::new(&recording.operations, needed),
            laid: 0,
            elements: vec![None; recording.operations.len()],
            inputs: Vec::with_capacity(recording.inputs.len()),
            bits: HashMap::new(),
            digits: HashMap::new(),
            roots: Vec::new(),
            statement: Vec::new(),
        }
    }
}
