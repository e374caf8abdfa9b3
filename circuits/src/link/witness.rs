//! Everything that the circuit of a link is given for one link.

use p3_field::PrimeCharacteristicRing;
use zkpot_pcs::{Challenger, ChannelKind};
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::transcript::Transcript;
use zkpot_sponge::{Digest, Fr};

use super::envelope::OpenEnvelope;
use super::plan::LinkPlan;
use super::wrapped::WrappedLink;
use crate::openings::clear::Shown;
use crate::openings::paths::Path;
use crate::openings::tree::{Poseidon2Tree, RowTree};
use crate::recording::{Fault, Recording, Replayed};

/// What the events of a recording take, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkWitness {
    /// The statement's elements.
    pub elements: Vec<Fr>,
    /// What came over the channel: scalars, values, challenges, bits, rows of the data and of trees.
    pub inputs: Vec<EF>,
    /// The key of the envelope, where there is one.
    pub key: Option<Fr>,
    /// Digests received: the witness's commitment, pinned roots, roots of openings.
    pub roots: Vec<Fr>,
    /// Proofs of work.
    pub grinding: Vec<F>,
    /// The path of each opened row.
    pub paths: Vec<Path<Digest>>,
}

impl LinkWitness {
    /// Verifies a link by repeating the recording of its shape; `envelope` is what opens its envelope, if it
    /// has one.
    ///
    /// # Errors
    /// A [`Fault`] where the link does not verify.
    pub fn of(
        recording: &Recording,
        plan: &LinkPlan,
        link: &LinkProof,
        envelope: Option<&OpenEnvelope>,
    ) -> Result<Self, Fault> {
        let mut transcript = Transcript::new(Challenger::of(ChannelKind::Wrapped));
        let mut channel = WrappedLink::new(&mut transcript, link, plan)?.opening(envelope);
        let Replayed { inputs, roots, .. } = recording.replay_link(&mut channel)?;
        let elements = channel.elements().to_vec();
        let shown = channel.close()?;
        let root = |root| Poseidon2Tree::root(root).map_or(Fr::ZERO, |[root]| root);
        let roots = roots.iter().map(root).collect();
        let key = envelope.map(|envelope| envelope.key);
        let Shown { witnesses: grinding, paths } = shown;
        Ok(Self { elements, inputs, key, roots, grinding, paths })
    }
}
