//! What the protocol needs from a polynomial commitment.
//!
//! Provers and verifiers take the scheme as a type parameter. One scheme serves all channels: the
//! channel of a link says whether it has to hide, and which hash its trees and its sponge use.
//!
//! `F` is the field of the committed values, `EF` the extension that points and opened values
//! live in. A polynomial is multilinear in `n` variables, given by its `2^n` values on the
//! Boolean cube; coordinate 0 of a point belongs to the most significant bit of the index.

use alloc::vec::Vec;
use core::fmt::Display;

use p3_challenger::FieldChallenger;
use p3_field::Field;

use crate::channel::ChannelKind;
use crate::security::{OpeningSecurity, SecurityLevel};
use crate::transcript::AbsorbDigest;

/// How long a commitment has to bind, which decides the decoding radius it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Binding {
    /// The witness of one proof: committed and opened inside the same transcript.
    ///
    /// The prover may be bound to a short list of polynomials; the list size is part of the
    /// soundness error.
    Ephemeral,
    /// Weights, optimizer state and data: the root outlives the proof that made it and must
    /// mean one polynomial.
    Lasting,
}

/// The verifying half of a polynomial commitment scheme.
pub trait CommitmentScheme<F: Field, EF> {
    /// Everything both sides must agree on about one commitment: its size, rate, queries.
    type Parameters;
    /// The public commitment.
    type Commitment: Clone + From<[u8; 32]> + Into<[u8; 32]>;
    /// One opening of one commitment, at any number of points.
    type Proof;
    /// The transcript's sponge.
    type Challenger: FieldChallenger<F> + AbsorbDigest + Clone;
    /// Why parameters, an opening or a proof were refused.
    type Error: Display;

    /// The scheme's parameters for a polynomial in `num_variables` variables, which the links of one
    /// channel commit to and open. On the hiding channel commitment and opening hide it.
    ///
    /// # Errors
    /// No parameters of the required security exist for this size.
    fn parameters(
        num_variables: usize,
        binding: Binding,
        level: SecurityLevel,
        channel: ChannelKind,
    ) -> Result<Self::Parameters, Self::Error>;

    /// Every error term of one opening, hash collisions excepted.
    fn security(parameters: &Self::Parameters) -> OpeningSecurity;

    /// An empty sponge, for the links of a channel.
    fn challenger(channel: ChannelKind) -> Self::Challenger;

    /// Decodes an opening, looking at no more bytes than one of this size can have.
    ///
    /// # Errors
    /// The bytes are too many or not canonical.
    fn decode(bytes: &[u8], parameters: &Self::Parameters) -> Result<Self::Proof, Self::Error>;

    /// Checks that the committed polynomial takes `values` at `points`.
    ///
    /// Must not panic, whatever the proof contains. A caller must treat the challenger as spent
    /// after an error.
    ///
    /// # Errors
    /// The statement has no points or a wrong shape, the values differ from those the proof
    /// carries, or the proof does not verify.
    fn verify(
        commitment: &Self::Commitment,
        parameters: &Self::Parameters,
        points: &[Vec<EF>],
        values: &[EF],
        proof: &Self::Proof,
        challenger: &mut Self::Challenger,
    ) -> Result<(), Self::Error>;
}

/// The proving half of a polynomial commitment scheme.
pub trait Committer<F: Field, EF>: CommitmentScheme<F, EF> {
    /// What the committer keeps secret until the one opening; moved into it.
    type OpeningData;

    /// Commits to `values` on the Boolean cube, with all randomness derived from `seed`.
    ///
    /// A function of its arguments alone: the same values, parameters and seed rebuild the
    /// same commitment and opening data.
    ///
    /// # Errors
    /// `values` has another length than the parameters say.
    fn commit(
        values: Vec<F>,
        parameters: &Self::Parameters,
        seed: &[u8; 32],
    ) -> Result<(Self::Commitment, Self::OpeningData), Self::Error>;

    /// Opens the commitment at `points`; returns the values there and the proof.
    ///
    /// Takes the opening data by value: hiding covers one opening of a commitment.
    ///
    /// # Errors
    /// There are no points, too many, or one has the wrong number of coordinates.
    fn open(
        data: Self::OpeningData,
        points: &[Vec<EF>],
        challenger: &mut Self::Challenger,
    ) -> Result<(Vec<EF>, Self::Proof), Self::Error>;

    /// The canonical bytes of an opening.
    ///
    /// # Errors
    /// The encoder failed.
    fn encode(proof: &Self::Proof) -> Result<Vec<u8>, Self::Error>;

    /// The committed values, in the order they were given.
    fn values(data: &Self::OpeningData) -> &[F];
}
