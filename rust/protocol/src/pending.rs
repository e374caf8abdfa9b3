//! What a link leaves for the next one.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use zkpot_ir::{Program, Reading};

use crate::canonical::is_encoding;
use crate::field::EF;
use crate::rejection::Rejection;
use crate::transcript::Transcript;
use crate::version::{self, magic};
use crate::{field::F, labels};
use p3_challenger::FieldChallenger;

/// A claim on a commitment that is not opened yet: the committed polynomial has `value` at
/// `point`. The link that made it is proven only when a later link opens the commitment there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The commitment.
    pub commitment: [u8; 32],
    /// The point, most significant variable first.
    pub point: Vec<EF>,
    /// The claimed value.
    pub value: EF,
    /// State of the transcript that produced the claim.
    pub closing: EF,
}

/// What a closed run leaves for whatever comes next: another run, an evaluation.
///
/// Everything up to the seal is proven; that the seal's copies are the sealed values is proven when
/// they are opened at these claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Digest of the run's last statement.
    pub statement: [u8; 32],
    /// The claim on the sealed states.
    pub states: Pending,
    /// Training steps that the sealed states have behind them.
    pub steps: u64,
    /// Merkle root of the data shards as their owner committed them.
    pub data_root: [u8; 32],
    /// The claims on the sealed shards, by number; shards that were not kept are absent.
    pub shards: BTreeMap<u32, Pending>,
}

/// What a head begins with, before the version of its encoding.
const KIND: &[u8; 6] = b"ZKHEAD";

/// Version of the encoding of heads.
pub const HEAD_VERSION: u16 = 2;

/// Training steps behind the states that a run leaves: those of its own steps, and those before
/// it. A program that reads in order evaluates, and its steps train nothing.
pub fn steps_behind(program: &Program, earlier: u64, own: u64) -> u64 {
    match program.reading {
        Reading::Shuffled => earlier.saturating_add(training_steps(program, own)),
        Reading::InOrder => earlier,
    }
}

/// Training steps that so many steps of a program make.
pub fn training_steps(program: &Program, own: u64) -> u64 {
    own.saturating_mul(u64::from(program.window))
}

impl Head {
    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing to memory cannot fail: every type is plain data.
        let body = postcard::to_allocvec(self).unwrap_or_default();
        [magic(KIND, HEAD_VERSION).as_slice(), &body].concat()
    }

    /// Decodes a head. Allocates no more than a small multiple of `bytes`.
    ///
    /// # Errors
    /// [`Rejection::Version`] and [`Rejection::Encoding`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Rejection> {
        let body = version::body(bytes, KIND, HEAD_VERSION, "a run's head")?;
        let (head, rest): (Self, &[u8]) = postcard::take_from_bytes(body)
            .map_err(|_| Rejection::Encoding("a run's head is truncated or damaged"))?;
        if !rest.is_empty() || !is_encoding(&head, body) {
            return Err(Rejection::Encoding("a run's head is not in canonical form"));
        }
        Ok(head)
    }
}

/// Absorbs the pending claims that a link is about to open, in the order of its polynomials.
pub fn absorb_pending<C: FieldChallenger<F>>(
    transcript: &mut Transcript<C>,
    pending: &[Option<&Pending>],
) {
    for claim in pending.iter().flatten() {
        transcript.absorb_bytes(labels::OPENING_PENDING, &claim.commitment);
        transcript.absorb(labels::OPENING_PENDING, &[claim.closing]);
        transcript.absorb(labels::OPENING_PENDING, &claim.point);
        transcript.absorb(labels::OPENING_PENDING, &[claim.value]);
    }
}
