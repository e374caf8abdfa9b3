//! That an envelope holds the states that come out.

use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::field::{F, eq_table};
use zkpot_protocol::rejection::Rejection;
use zkpot_sponge::{Fr, decrypt, encrypt, hash_elements, hash_key};
use zkpot_verifier::relations::opening::Evaluation;

use super::Element;
use super::channel::{EnvelopePlace, LinkChannel};
use super::plan::LinkPlan;

/// What is said of an envelope with other states.
pub const OTHER_STATES: Rejection =
    Rejection::Shape { part: "envelope", reason: "it holds other states than the link ends with" };

/// What is said of another ciphertext or key than the statement's.
pub const OTHER_CIPHERTEXT: Rejection =
    Rejection::Shape { part: "envelope", reason: "ciphertext or key is another than it states" };

/// What opens an envelope: its key, and what it holds.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenEnvelope {
    /// What decrypts it.
    pub key: Fr,
    /// The entries of the states' polynomial that a [plan](LinkPlan::sealed) names.
    pub entries: Vec<F>,
}

impl core::fmt::Debug for OpenEnvelope {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "OpenEnvelope({} entries, secrets not shown)", self.entries.len())
    }
}

impl OpenEnvelope {
    /// Decrypts the envelope of a link of a plan.
    ///
    /// # Errors
    /// [`Rejection::Shape`] where it is of another plan or key.
    pub fn decrypt(plan: &LinkPlan, ciphertext: &[Fr], key: Fr) -> Result<Self, Rejection> {
        let entries = decrypt(key, ciphertext, plan.sealed.len()).ok_or(OTHER_CIPHERTEXT)?;
        Ok(Self { key, entries })
    }

    /// The hashes of ciphertext and key.
    pub fn hashes(&self) -> [Fr; 2] {
        let ciphertext = encrypt(self.key, self.entries.iter().copied());
        [hash_elements(&ciphertext), hash_key(self.key)]
    }
}

/// Requires that an envelope's entries are those of the committed polynomial, and all others zero, given
/// the point and the value that the link opens.
///
/// # Soundness
/// Statement and commitment fix the ciphertext, the key's hash and the polynomial before the first
/// challenge, so the entries, which the hashes bind, are fixed, too. The point's coordinates are challenges.
/// Two different multilinear polynomials in `n` variables agree there with a probability of at most
/// `n / |EF|`.
pub fn verify<L: LinkChannel>(
    channel: &mut L,
    plan: &LinkPlan,
    evaluation: &Evaluation<Element<L>>,
) -> Result<(), Rejection> {
    let (element, entries) = (plan.places.envelope().start, plan.sealed.len());
    let held = channel.open_envelope(EnvelopePlace { element, entries })?;
    // The low half of the variables is weighed with few additions each, the high half once a block.
    let (high, low) = evaluation.point.split_at(evaluation.point.len() / 2);
    let [blocks, places] = [high, low].map(|point| eq_table(point, 1 << point.len()));
    let mut sums = vec![Element::<L>::default(); blocks.len()];
    for (&position, entry) in plan.sealed.iter().zip(held) {
        let (block, place) = (position >> low.len(), position & ((1 << low.len()) - 1));
        sums[block] += places[place] * entry;
    }
    let found: Element<L> = blocks.into_iter().zip(sums).map(|(block, sum)| block * sum).sum();
    channel.openings().require_zero(found - evaluation.value, OTHER_STATES)
}
