//! The real commitment scheme over a sponge that answers one challenge as it was told.
//!
//! A simulator in the random oracle model may choose one answer. Everything else, the openings'
//! own challenges among it, comes from the real sponge.
#![allow(dead_code)]

use std::cell::Cell;
use std::collections::VecDeque;

use p3_challenger::{
    CanObserve, CanSample, CanSampleBits, CanSampleUniformBits, FieldChallenger,
    GrindingChallenger, ResamplingError,
};
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};
use p3_symmetric::MerkleCap;
use zkpot_pcs::{Challenger, Error, OpeningData, OpeningProof, Parameters, Poseidon2Root, Whir};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::{Binding, CommitmentScheme, Committer};
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::labels;
use zkpot_protocol::security::{OpeningSecurity, SecurityLevel};
use zkpot_protocol::transcript::{AbsorbDigest, pieces};

thread_local! {
    static FACTOR: Cell<Option<EF>> = const { Cell::new(None) };
}

/// From now on new sponges answer [`labels::MASKS_FACTOR`] with this; `None` leaves them be.
pub fn program(factor: Option<EF>) {
    FACTOR.set(factor);
}

/// The native sponge with one answer chosen.
#[derive(Clone)]
pub struct Sponge {
    inner: Challenger,
    factor: Option<EF>,
    /// What a transcript absorbs before the programmed challenge.
    place: VecDeque<F>,
    /// The last that was absorbed.
    heard: VecDeque<F>,
    /// Coordinates of the programmed answer that are given already.
    given: usize,
}

fn draw_of(label: &str) -> VecDeque<F> {
    let length = F::from_u64(label.len() as u64);
    core::iter::once(length).chain(pieces(label.as_bytes())).chain([F::ZERO]).collect()
}

impl CanObserve<F> for Sponge {
    fn observe(&mut self, value: F) {
        self.heard.push_back(value);
        if self.heard.len() > self.place.len() {
            self.heard.pop_front();
        }
        self.given = 0;
        self.inner.observe(value);
    }
}

impl CanObserve<MerkleCap<F, [u8; 32]>> for Sponge {
    fn observe(&mut self, root: MerkleCap<F, [u8; 32]>) {
        self.heard.clear();
        self.inner.observe(root);
    }
}

impl CanObserve<Poseidon2Root> for Sponge {
    fn observe(&mut self, root: Poseidon2Root) {
        self.heard.clear();
        self.inner.observe(root);
    }
}

impl AbsorbDigest for Sponge {
    fn absorb_digest(&mut self, digest: &[u8; 32]) {
        self.heard.clear();
        self.inner.absorb_digest(digest);
    }
}

impl CanSample<F> for Sponge {
    fn sample(&mut self) -> F {
        let drawn = self.inner.sample();
        match self.factor {
            Some(factor) if self.heard == self.place && self.given < 3 => {
                self.given += 1;
                BasedVectorSpace::<F>::as_basis_coefficients_slice(&factor)[self.given - 1]
            }
            _ => drawn,
        }
    }
}

impl CanSampleBits<usize> for Sponge {
    fn sample_bits(&mut self, bits: usize) -> usize {
        self.inner.sample_bits(bits)
    }
}

impl CanSampleUniformBits<F> for Sponge {
    fn sample_uniform_bits<const RESAMPLE: bool>(
        &mut self,
        bits: usize,
    ) -> Result<usize, ResamplingError> {
        self.inner.sample_uniform_bits::<RESAMPLE>(bits)
    }
}

impl FieldChallenger<F> for Sponge {}

impl GrindingChallenger for Sponge {
    type Witness = F;

    fn grind(&mut self, bits: usize) -> F {
        self.inner.grind(bits)
    }

    fn check_witness(&mut self, bits: usize, witness: F) -> bool {
        self.inner.check_witness(bits, witness)
    }
}

/// [`Whir`] over that sponge.
#[derive(Clone, Copy, Debug)]
pub struct Programmed;

impl CommitmentScheme<F, EF> for Programmed {
    type Parameters = Parameters;
    type Commitment = <Whir as CommitmentScheme<F, EF>>::Commitment;
    type Proof = OpeningProof;
    type Challenger = Sponge;
    type Error = Error;

    fn security(parameters: &Parameters) -> OpeningSecurity {
        <Whir as CommitmentScheme<F, EF>>::security(parameters)
    }

    fn parameters(
        num_variables: usize,
        binding: Binding,
        level: SecurityLevel,
        channel: ChannelKind,
    ) -> Result<Parameters, Error> {
        <Whir as CommitmentScheme<F, EF>>::parameters(num_variables, binding, level, channel)
    }

    fn challenger(channel: ChannelKind) -> Sponge {
        let place = draw_of(labels::MASKS_FACTOR);
        let inner = Whir::challenger(channel);
        Sponge { inner, factor: FACTOR.get(), place, heard: VecDeque::new(), given: 0 }
    }

    fn decode(bytes: &[u8], parameters: &Parameters) -> Result<OpeningProof, Error> {
        Whir::decode(bytes, parameters)
    }

    fn verify(
        commitment: &Self::Commitment,
        parameters: &Parameters,
        points: &[Vec<EF>],
        values: &[EF],
        proof: &OpeningProof,
        challenger: &mut Sponge,
    ) -> Result<(), Error> {
        zkpot_pcs::verify_with(commitment, parameters, points, values, proof, challenger)
    }
}

impl Committer<F, EF> for Programmed {
    type OpeningData = OpeningData;

    fn commit(
        values: Vec<F>,
        parameters: &Parameters,
        seed: &[u8; 32],
    ) -> Result<(Self::Commitment, OpeningData), Error> {
        Whir::commit(values, parameters, seed)
    }

    fn open(
        data: OpeningData,
        points: &[Vec<EF>],
        challenger: &mut Sponge,
    ) -> Result<(Vec<EF>, OpeningProof), Error> {
        zkpot_pcs::open_with(data, points, challenger)
    }

    fn encode(proof: &OpeningProof) -> Result<Vec<u8>, Error> {
        Whir::encode(proof)
    }

    fn values(data: &OpeningData) -> &[F] {
        Whir::values(data)
    }
}
