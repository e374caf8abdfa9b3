//! What one way to commit and open has to offer.
//!
//! [`Hiding`](crate::hiding::Hiding) and [`Plain`](crate::plain::Plain) are such ways; the public
//! functions of this crate pick one by the channel that [`Parameters`](crate::Parameters) were made
//! for. Another one is a file and a folder of the same parts: the library's configuration, the
//! error terms, the lengths of a proof, commit, open, verify. It is one more arm where these are told
//! apart. Over another hash it has another root, which the [sponge](Challenger) of its channel
//! absorbs.

use alloc::vec::Vec;
use core::fmt::Debug;

use p3_whir::SecurityAssumption;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::schedule::Schedule;
use crate::security::SecurityReport;
use crate::sponge::Challenger;
use crate::suite::EF;
#[cfg(feature = "prover")]
use crate::suite::F;
use crate::{Error, OpeningChallenger};

/// The verifying half.
pub trait Scheme {
    /// The Merkle root that a commitment is.
    type Root;
    /// The library's configuration for a transcript of type `C`.
    type Config<C>;
    /// Every length in a proof of one configuration.
    type Shape: Debug + PartialEq;
    /// The library's opening, whose encoding a proof's bytes are.
    type Proof: Clone + Serialize + DeserializeOwned;

    /// Derives the configuration of a schedule.
    ///
    /// # Errors
    /// [`Error::NoParameters`] where the library refuses.
    fn config<C: OpeningChallenger<Self::Root>>(
        num_variables: usize,
        schedule: &Schedule,
    ) -> Result<Self::Config<C>, Error>;

    /// Every error term of an opening whose committed oracle decodes within the given radius.
    fn security(config: &Self::Config<Challenger>, committed: SecurityAssumption)
    -> SecurityReport;

    /// Reads the lengths off a configuration.
    fn shape<C: OpeningChallenger<Self::Root>>(config: &Self::Config<C>) -> Self::Shape;

    /// An upper bound on the encoded length of a proof for `points` points.
    fn max_bytes(shape: &Self::Shape, points: usize) -> usize;

    /// Checks every length of a proof for `points` points, so that the library cannot panic.
    ///
    /// # Errors
    /// [`Error::ProofShape`] names the first part that differs.
    fn check(shape: &Self::Shape, proof: &Self::Proof, points: usize) -> Result<(), Error>;

    /// The values that a proof claims, one a point where its shape is right.
    fn values(proof: &Self::Proof) -> Vec<EF>;

    /// The library's verifier, on a proof of the right shape.
    ///
    /// # Transcript
    /// That of [`Prover::open`].
    ///
    /// # Errors
    /// [`Error::Refused`].
    fn verify<C: OpeningChallenger<Self::Root>>(
        config: Self::Config<C>,
        commitment: &[u8; 32],
        points: &[Vec<EF>],
        proof: &Self::Proof,
        challenger: &mut C,
    ) -> Result<(), Error>;
}

/// The proving half.
#[cfg(feature = "prover")]
pub trait Prover: Scheme {
    /// What the library keeps until the opening.
    type Data;

    /// Commits, with all randomness from `seed`.
    ///
    /// # Errors
    /// [`Error::NotOpened`] where the library refuses parameters that were checked before.
    fn commit(
        config: Self::Config<Challenger>,
        values: Vec<F>,
        seed: &[u8; 32],
    ) -> Result<([u8; 32], Self::Data), Error>;

    /// The committed values, in the order they were given.
    fn committed(data: &Self::Data) -> &[F];

    /// Opens at points of the right arity.
    ///
    /// # Errors
    /// As [`Prover::commit`].
    fn open<C: OpeningChallenger<Self::Root>>(
        config: Self::Config<C>,
        data: Self::Data,
        commitment: &[u8; 32],
        seed: &[u8; 32],
        points: &[Vec<EF>],
        challenger: &mut C,
    ) -> Result<Self::Proof, Error>;
}
