//! The transcript's sponge, which depends on the channel.

use p3_blake3::Blake3;
use p3_challenger::{
    CanObserve, CanSample, CanSampleBits, CanSampleUniformBits, FieldChallenger,
    GrindingChallenger, HashChallenger, ResamplingError, SerializingChallenger64,
};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::transcript::{AbsorbDigest, pieces};
use zkpot_sponge::{Sponge, from_bytes, to_bytes};

use crate::plain::Poseidon2Root;
use crate::suite::{F, Root};

/// A sponge over Blake3.
type Blake3Sponge = SerializingChallenger64<F, HashChallenger<u8, Blake3, 32>>;

/// The transcript's sponge.
#[derive(Clone, Debug)]
pub enum Challenger {
    /// Over Blake3, for the hiding and the clear channel.
    Blake3(Blake3Sponge),
    /// Over Poseidon2, for the wrapped channel.
    Poseidon2(Sponge),
}

/// A fresh sponge over Blake3 whose state is `label`.
#[must_use]
pub fn new_challenger(label: &[u8]) -> Challenger {
    Challenger::Blake3(Blake3Sponge::new(HashChallenger::new(label.to_vec(), Blake3)))
}

impl Challenger {
    /// A fresh sponge for the links of a channel.
    #[must_use]
    pub fn of(channel: ChannelKind) -> Self {
        match channel {
            ChannelKind::Clear | ChannelKind::Hiding => new_challenger(&[]),
            ChannelKind::Wrapped => Self::Poseidon2(Sponge::new()),
        }
    }
}

/// Calls a method of whichever sponge it is.
macro_rules! either {
    ($self:ident, $sponge:ident => $call:expr) => {
        match $self {
            Self::Blake3($sponge) => $call,
            Self::Poseidon2($sponge) => $call,
        }
    };
}

impl AbsorbDigest for Challenger {
    /// What is no root of Poseidon2 counts as zero there; no opening of it verifies.
    fn absorb_digest(&mut self, digest: &[u8; 32]) {
        match self {
            Self::Blake3(sponge) => pieces(digest).for_each(|piece| sponge.observe(piece)),
            Self::Poseidon2(sponge) => {
                sponge.absorb_digest(from_bytes(digest).unwrap_or_default());
            }
        }
    }
}

impl CanObserve<F> for Challenger {
    fn observe(&mut self, element: F) {
        either!(self, sponge => sponge.observe(element));
    }
}

/// Roots of the sponge's own hash are absorbed as the library does it.
impl CanObserve<Root> for Challenger {
    fn observe(&mut self, root: Root) {
        match self {
            Self::Blake3(sponge) => sponge.observe(root),
            Self::Poseidon2(_) => root.roots().iter().for_each(|root| self.absorb_digest(root)),
        }
    }
}

impl CanObserve<Poseidon2Root> for Challenger {
    fn observe(&mut self, root: Poseidon2Root) {
        match self {
            Self::Poseidon2(sponge) => sponge.observe(root),
            Self::Blake3(_) => {
                root.roots().iter().for_each(|&[root]| self.absorb_digest(&to_bytes(root)));
            }
        }
    }
}

impl CanSample<F> for Challenger {
    fn sample(&mut self) -> F {
        either!(self, sponge => sponge.sample())
    }
}

impl CanSampleBits<usize> for Challenger {
    fn sample_bits(&mut self, bits: usize) -> usize {
        either!(self, sponge => sponge.sample_bits(bits))
    }
}

impl CanSampleUniformBits<F> for Challenger {
    fn sample_uniform_bits<const RESAMPLE: bool>(
        &mut self,
        bits: usize,
    ) -> Result<usize, ResamplingError> {
        either!(self, sponge => sponge.sample_uniform_bits::<RESAMPLE>(bits))
    }
}

impl FieldChallenger<F> for Challenger {}

impl GrindingChallenger for Challenger {
    type Witness = F;

    fn grind(&mut self, bits: usize) -> F {
        either!(self, sponge => sponge.grind(bits))
    }

    fn check_witness(&mut self, bits: usize, witness: F) -> bool {
        either!(self, sponge => sponge.check_witness(bits, witness))
    }
}
