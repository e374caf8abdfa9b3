//! A verifier's computation, recorded: every operation on what it received and drew, and every
//! check.
//!
//! A recording depends on shapes and public inputs alone, so it is the same for all proofs of one
//! statement.

mod channel;
pub mod costs;
mod element;
mod event;
mod link;
mod operations;
pub mod permutations;
mod replay;

use p3_field::{ExtensionField, PrimeCharacteristicRing};
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::rejection::Rejection;

use crate::openings::Degree;
pub use channel::Recorder;
pub use element::Recorded;
pub use event::{Event, LinkEvent, Root};
pub use operations::Operation;
pub use replay::Replayed;

/// A recorded computation.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// What is computed, each operation from earlier ones.
    pub operations: Vec<Operation>,
    /// What happens on the channel, in order.
    pub events: Vec<Event>,
    /// Which field each input is in.
    pub inputs: Vec<Degree>,
}

/// Why a repeated computation ends early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The channel or a check refused.
    Refused(Rejection),
    /// The element that this operation inverts is zero.
    Inverse {
        /// Index of the operation.
        operation: usize,
    },
}

impl From<Rejection> for Fault {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(rejection)
    }
}

impl Recording {
    /// Records what `verify` does on a channel; returns what it returns, too.
    ///
    /// # Errors
    /// Those of `verify`.
    pub fn of<T>(
        verify: impl FnOnce(&mut Recorder) -> Result<T, Rejection>,
    ) -> Result<(Self, T), Rejection> {
        let mut recorder = Recorder::default();
        let (operations, found) = operations::record(|| verify(&mut recorder));
        let (events, inputs) = recorder.into_parts();
        Ok((Self { operations, events, inputs }, found?))
    }

    /// Which field the result of each operation is known to be in. Inputs have theirs; what is
    /// computed from base elements alone is one.
    pub fn degrees(&self) -> Vec<Degree> {
        let mut degrees: Vec<Degree> = Vec::with_capacity(self.operations.len());
        for operation in &self.operations {
            let of = |elements: &[Recorded]| match elements
                .iter()
                .all(|element| element.degree(&degrees) == Degree::Base)
            {
                true => Degree::Base,
                false => Degree::Extension,
            };
            degrees.push(match *operation {
                Operation::Input(index) => self.inputs[index],
                Operation::Add(a, b) | Operation::Subtract(a, b) | Operation::Multiply(a, b) => {
                    of(&[a, b])
                }
                Operation::Invert(a) => of(&[a]),
                Operation::Bit(..) => Degree::Base,
            });
        }
        degrees
    }
}

impl Recorded {
    /// How many of the first operations it depends on, at most.
    pub(crate) fn operations(self) -> usize {
        match self {
            Self::Known(_) => 0,
            Self::Computed(operation) => operation + 1,
        }
    }

    /// Which field it is known to be in, given those of the operations.
    pub fn degree(self, degrees: &[Degree]) -> Degree {
        match self {
            Self::Known(value) if ExtensionField::<F>::is_in_basefield(&value) => Degree::Base,
            Self::Known(_) => Degree::Extension,
            Self::Computed(operation) => {
                degrees.get(operation).copied().unwrap_or(Degree::Extension)
            }
        }
    }

    /// Its value, given those of the operations.
    pub fn value(self, values: &[EF]) -> EF {
        match self {
            Self::Known(value) => value,
            Self::Computed(operation) => values.get(operation).copied().unwrap_or(EF::ZERO),
        }
    }
}
