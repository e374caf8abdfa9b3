//! The phases of proving a link: how long each took, and who hears of it.

use std::ops::ControlFlow;
use std::time::Instant;

use zkpot_protocol::arithmetization::{Arithmetization, Polynomial};

use crate::error::ProveError;

/// Hears what was finished, of how many phases; breaking stops the work.
pub type Observer<'a> = &'a dyn Fn(&'static str, u32, u32) -> ControlFlow<()>;

/// Seconds of each phase, in order.
pub type Phases = Vec<(&'static str, f64)>;

/// Times phases, one after another.
pub(crate) struct Clock<'a> {
    last: Instant,
    /// What is done, with seconds.
    pub phases: Phases,
    expected: u32,
    observer: Observer<'a>,
}

impl<'a> Clock<'a> {
    /// Starts with the first phase of a piece of work.
    pub fn start(expected: u32, observer: Observer<'a>) -> Self {
        Self { last: Instant::now(), phases: Vec::new(), expected, observer }
    }

    /// Starts with the proof of a link of this constraint system, at an earlier moment.
    pub fn of_proof(system: &Arithmetization, observer: Observer<'a>, started: Instant) -> Self {
        // The constraint system; the witness, its commitment and its opening; products and claims;
        // what some links have.
        let witness = 3 * u32::from(system.position(Polynomial::Witness).is_some());
        let lookups = 2 * u32::from(!system.lookups.is_empty());
        let expected = 3 + witness + lookups + u32::from(system.masks.is_some());
        Self { last: started, ..Self::start(expected, observer) }
    }

    /// Ends a phase.
    ///
    /// # Errors
    /// [`ProveError::Stopped`] where the observer breaks.
    pub fn mark(&mut self, phase: &'static str) -> Result<(), ProveError> {
        self.phases.push((phase, self.last.elapsed().as_secs_f64()));
        self.last = Instant::now();
        let done = self.phases.len() as u32;
        match (self.observer)(phase, done.min(self.expected), self.expected) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(ProveError::Stopped),
        }
    }
}
