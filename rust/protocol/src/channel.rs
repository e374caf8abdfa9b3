//! The channel: how scalars travel from prover to verifier, and how relations on them are checked.
//!
//! Every interactive part (sumcheck, LogUp, product) is written once against these traits.
//! The prover sends true values. The verifier computes with [`Scalar`]s, on which it can only
//! do what is linear in them, and asks the channel for the few products it needs. A clear
//! channel ([`clear`]), which the wrapped mode uses too, sends the values themselves and checks each
//! relation at once. The hiding
//! channel ([`hiding`]) sends masked values, in which case a scalar is an affine form in the
//! masks, and proves the recorded relations at the end.

pub mod clear;
pub mod counting;
pub mod either;
pub mod form;
pub mod hiding;

use alloc::vec::Vec;
use core::fmt;
use core::ops::{Add, Mul, Sub};

use crate::field::{EF, Element};
use crate::rejection::Rejection;

/// How the scalars of a link travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum ChannelKind {
    /// As they are: not zero knowledge, for debugging.
    Clear,
    /// Masked.
    Hiding,
    /// As they are, for proofs that a circuit verifies and another proof hides: with a hash and an order
    /// of batches that are cheap there, and links that leave no claim pending.
    Wrapped,
}

impl fmt::Display for ChannelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clear => "clear",
            Self::Hiding => "hiding",
            Self::Wrapped => "wrapped",
        })
    }
}

impl ChannelKind {
    /// Whether its links are zero knowledge.
    pub const fn hides(self) -> bool {
        matches!(self, Self::Hiding)
    }
}

/// What went through a channel, for the proof.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// What was sent, in order: masked on the hiding channel.
    pub scalars: Vec<EF>,
    /// What was revealed, in order.
    pub revealed: Vec<EF>,
}

/// A value that the verifier knows through the channel: an affine form in what was sent.
pub trait Scalar<E = EF>:
    Clone + Add<Output = Self> + Sub<Output = Self> + Mul<E, Output = Self> + From<E>
{
}

impl<S, E> Scalar<E> for S where
    S: Clone + Add<Output = Self> + Sub<Output = Self> + Mul<E, Output = Self> + From<E>
{
}

/// The prover's end.
pub trait ProverChannel {
    /// Sends scalars under a label.
    fn send(&mut self, label: &'static str, scalars: &[EF]);

    /// Sends values that an opening will show anyway; never masked.
    fn reveal(&mut self, label: &'static str, values: &[EF]);

    /// Draws a challenge that depends on everything sent so far.
    fn challenge(&mut self, label: &'static str) -> EF;

    /// Announces a product of two sent values, so that the verifier may use it as a scalar.
    fn multiply(&mut self, left: EF, right: EF);
}

/// The verifier's end.
pub trait VerifierChannel {
    /// Challenges, revealed values and all that is computed from them.
    type Element: Element;
    /// What the verifier knows of a sent value.
    type Scalar: Scalar<Self::Element>;

    /// Receives `count` scalars under a label.
    ///
    /// # Errors
    /// [`Rejection::MessageMissing`] when the proof holds no more.
    fn receive(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<Self::Scalar>, Rejection>;

    /// Receives `count` values that an opening shows.
    ///
    /// # Errors
    /// [`Rejection::MessageMissing`] when the proof holds no more.
    fn receive_revealed(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<Self::Element>, Rejection>;

    /// Draws the challenge that the prover drew.
    fn challenge(&mut self, label: &'static str) -> Self::Element;

    /// The product of two scalars.
    ///
    /// # Errors
    /// [`Rejection::MessageMissing`] where the channel needs a message for it.
    fn multiply(
        &mut self,
        left: &Self::Scalar,
        right: &Self::Scalar,
    ) -> Result<Self::Scalar, Rejection>;

    /// Requires a scalar to be zero; `otherwise` says what is wrong if it is not.
    ///
    /// # Errors
    /// `otherwise`, at once or when the channel closes.
    fn require_zero(&mut self, scalar: Self::Scalar, otherwise: Rejection)
    -> Result<(), Rejection>;
}
