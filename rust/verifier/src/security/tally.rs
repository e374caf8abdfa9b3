//! Counts what a link draws, by label, so that no challenge is left out of its account.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::labels;
use zkpot_protocol::rejection::Rejection;

/// What went over a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Challenges, by label.
    pub challenges: BTreeMap<&'static str, u64>,
    /// Products of each level.
    pub levels: Vec<u64>,
    /// Products of two scalars.
    pub products: u64,
    /// Scalars that had to be zero.
    pub relations: u64,
}

/// A channel that counts and passes everything on.
#[derive(Debug)]
pub struct Tallied<'c, C> {
    channel: &'c mut C,
    tally: Tally,
}

impl<'c, C> Tallied<'c, C> {
    /// Starts counting.
    pub fn new(channel: &'c mut C) -> Self {
        Self { channel, tally: Tally::default() }
    }

    /// What was counted.
    pub fn finish(self) -> Tally {
        self.tally
    }
}

impl<C: VerifierChannel> VerifierChannel for Tallied<'_, C> {
    type Element = C::Element;
    type Scalar = C::Scalar;

    fn receive(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<Self::Scalar>, Rejection> {
        if label == labels::PRODUCT_VALUE {
            self.tally.levels.push(count as u64);
        }
        self.channel.receive(label, count)
    }

    fn receive_revealed(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<Self::Element>, Rejection> {
        self.channel.receive_revealed(label, count)
    }

    fn challenge(&mut self, label: &'static str) -> Self::Element {
        *self.tally.challenges.entry(label).or_default() += 1;
        self.channel.challenge(label)
    }

    fn multiply(
        &mut self,
        left: &Self::Scalar,
        right: &Self::Scalar,
    ) -> Result<Self::Scalar, Rejection> {
        self.tally.products += 1;
        self.channel.multiply(left, right)
    }

    fn require_zero(
        &mut self,
        scalar: Self::Scalar,
        otherwise: Rejection,
    ) -> Result<(), Rejection> {
        self.tally.relations += 1;
        self.channel.require_zero(scalar, otherwise)
    }
}
