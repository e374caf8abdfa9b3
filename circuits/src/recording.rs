//! A verifier's computation, recorded: every operation on what it received and drew, and every
//! check.
//!
//! A recording depends on shapes and public inputs alone, so it is the same for all proofs of one
//! statement.

mod channel;
mod element;
mod operations;

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::field::{EF, Element, integer};
use zkpot_protocol::rejection::Rejection;

pub use channel::{Event, Recorder};
pub use element::Recorded;
pub use operations::Operation;

/// A recorded computation.
#[derive(Clone, Debug)]
pub struct Recording {
    /// What is computed, each operation from earlier ones.
    pub operations: Vec<Operation>,
    /// What happens on the channel, in order.
    pub events: Vec<Event>,
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
        Ok((Self { operations, events: recorder.into_events() }, found?))
    }

    /// Repeats the computation on a channel of native elements; returns the value of each operation.
    ///
    /// # Errors
    /// A [`Fault`] where the recorded verifier would have refused.
    pub fn replay<C>(&self, channel: &mut C) -> Result<Vec<EF>, Fault>
    where
        C: VerifierChannel<Element = EF, Scalar = EF>,
    {
        let mut inputs: Vec<EF> = Vec::new();
        let mut values = Vec::with_capacity(self.operations.len());
        for event in &self.events {
            match event {
                Event::Receive { label, count, revealed: false } => {
                    inputs.extend(channel.receive(label, *count)?);
                }
                Event::Receive { label, count, revealed: true } => {
                    inputs.extend(channel.receive_revealed(label, *count)?);
                }
                Event::Challenge { label } => inputs.push(channel.challenge(label)),
                Event::Require { zero, otherwise } => {
                    // Everything that it depends on was received before.
                    self.compute(zero.operations(), &inputs, &mut values)?;
                    channel.require_zero(zero.value(&values), otherwise.clone())?;
                }
            }
        }
        self.compute(self.operations.len(), &inputs, &mut values)?;
        Ok(values)
    }

    /// Computes the first `count` operations, as far as that was not done before.
    fn compute(&self, count: usize, inputs: &[EF], values: &mut Vec<EF>) -> Result<(), Fault> {
        for operation in values.len()..count {
            values.push(match self.operations[operation] {
                Operation::Input(index) => inputs[index],
                Operation::Add(a, b) => a.value(values) + b.value(values),
                Operation::Subtract(a, b) => a.value(values) - b.value(values),
                Operation::Multiply(a, b) => a.value(values) * b.value(values),
                Operation::Invert(a) => {
                    a.value(values).inverse().ok_or(Fault::Inverse { operation })?
                }
                Operation::Bit(a, _, place) => EF::from_u64(integer(a.value(values)) >> place & 1),
            });
        }
        Ok(())
    }
}

impl Recorded {
    /// How many of the first operations it depends on, at most.
    fn operations(self) -> usize {
        match self {
            Self::Known(_) => 0,
            Self::Computed(operation) => operation + 1,
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
