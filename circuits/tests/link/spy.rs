//! The commitment scheme on a sponge that writes down what goes in and comes out.

use std::cell::RefCell;

use p3_challenger::{
    CanObserve, CanSample, CanSampleBits, CanSampleUniformBits, FieldChallenger,
    GrindingChallenger, ResamplingError,
};
use zkpot_pcs::*;
use zkpot_protocol::commitment::CommitmentScheme;
use zkpot_protocol::security::OpeningSecurity;
use zkpot_protocol::transcript::AbsorbDigest;

type Blake3Root = p3_symmetric::MerkleCap<F, [u8; 32]>;

#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    Absorbed(F),
    Digest([u8; 32]),
    Root(Poseidon2Root),
    Drawn(F),
    Bits(usize, usize),
    Ground(usize, F, bool),
}

thread_local! {
    static NOTES: RefCell<Vec<Note>> = const { RefCell::new(Vec::new()) };
}

fn note(note: Note) {
    NOTES.with_borrow_mut(|notes| notes.push(note));
}

/// What this thread's sponges heard since the last call.
pub fn notes() -> Vec<Note> {
    NOTES.take()
}

#[derive(Clone, Debug)]
pub struct Spy(Challenger);

impl Spy {
    pub fn new() -> Self {
        Self(Challenger::of(ChannelKind::Wrapped))
    }
}

impl AbsorbDigest for Spy {
    fn absorb_digest(&mut self, digest: &[u8; 32]) {
        note(Note::Digest(*digest));
        self.0.absorb_digest(digest);
    }
}

impl CanObserve<F> for Spy {
    fn observe(&mut self, element: F) {
        note(Note::Absorbed(element));
        self.0.observe(element);
    }
}

impl CanObserve<Poseidon2Root> for Spy {
    fn observe(&mut self, root: Poseidon2Root) {
        note(Note::Root(root.clone()));
        self.0.observe(root);
    }
}

impl CanObserve<Blake3Root> for Spy {
    fn observe(&mut self, _: Blake3Root) {
        unreachable!("a wrapped link has no root over Blake3");
    }
}

impl CanSample<F> for Spy {
    fn sample(&mut self) -> F {
        let element = self.0.sample();
        note(Note::Drawn(element));
        element
    }
}

impl CanSampleBits<usize> for Spy {
    fn sample_bits(&mut self, bits: usize) -> usize {
        let position = self.0.sample_bits(bits);
        note(Note::Bits(bits, position));
        position
    }
}

impl CanSampleUniformBits<F> for Spy {
    fn sample_uniform_bits<const RESAMPLE: bool>(
        &mut self,
        bits: usize,
    ) -> Result<usize, ResamplingError> {
        let position = self.0.sample_uniform_bits::<RESAMPLE>(bits)?;
        note(Note::Bits(bits, position));
        Ok(position)
    }
}

impl FieldChallenger<F> for Spy {}

impl GrindingChallenger for Spy {
    type Witness = F;

    fn grind(&mut self, bits: usize) -> F {
        self.0.grind(bits)
    }

    fn check_witness(&mut self, bits: usize, witness: F) -> bool {
        let passes = self.0.check_witness(bits, witness);
        note(Note::Ground(bits, witness, passes));
        passes
    }
}

/// [`Whir`] on a [`Spy`].
pub struct Heard;

impl CommitmentScheme<F, EF> for Heard {
    type Parameters = Parameters;
    type Commitment = Commitment;
    type Proof = OpeningProof;
    type Challenger = Spy;
    type Error = Error;

    fn parameters(
        num_variables: usize,
        binding: Binding,
        level: SecurityLevel,
        channel: ChannelKind,
    ) -> Result<Parameters, Error> {
        Whir::parameters(num_variables, binding, level, channel)
    }

    fn security(parameters: &Parameters) -> OpeningSecurity {
        Whir::security(parameters)
    }

    fn challenger(_: ChannelKind) -> Spy {
        Spy::new()
    }

    fn decode(bytes: &[u8], parameters: &Parameters) -> Result<OpeningProof, Error> {
        Whir::decode(bytes, parameters)
    }

    fn verify(
        commitment: &Commitment,
        parameters: &Parameters,
        points: &[Vec<EF>],
        values: &[EF],
        proof: &OpeningProof,
        challenger: &mut Spy,
    ) -> Result<(), Error> {
        verify_with(commitment, parameters, points, values, proof, challenger)
    }
}
