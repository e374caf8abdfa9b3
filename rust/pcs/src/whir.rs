//! The scheme as the protocol's type parameter.

use alloc::vec::Vec;

use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::{Binding, CommitmentScheme};
use zkpot_protocol::security::{OpeningSecurity, SecurityLevel};

use crate::sponge::Challenger;
use crate::suite::{EF, F};
use crate::{Commitment, Error, OpeningProof, Parameters};

/// WHIR over Goldilocks: hiding and with Blake3 trees on the hiding channel, plain on the others, with
/// trees over Poseidon2 on the wrapped one.
#[derive(Clone, Copy, Debug)]
pub struct Whir;

impl CommitmentScheme<F, EF> for Whir {
    type Parameters = Parameters;
    type Commitment = Commitment;
    type Proof = OpeningProof;
    type Challenger = Challenger;
    type Error = Error;

    fn parameters(
        num_variables: usize,
        binding: Binding,
        level: SecurityLevel,
        channel: ChannelKind,
    ) -> Result<Parameters, Error> {
        Parameters::new(num_variables, binding, level, channel)
    }

    fn security(parameters: &Parameters) -> OpeningSecurity {
        parameters.security().account()
    }

    fn challenger(channel: ChannelKind) -> Challenger {
        Challenger::of(channel)
    }

    fn decode(bytes: &[u8], parameters: &Parameters) -> Result<OpeningProof, Error> {
        OpeningProof::from_bytes(bytes, parameters)
    }

    fn verify(
        commitment: &Commitment,
        parameters: &Parameters,
        points: &[Vec<EF>],
        values: &[EF],
        proof: &OpeningProof,
        challenger: &mut Challenger,
    ) -> Result<(), Error> {
        crate::verify(commitment, parameters, points, values, proof, challenger)
    }
}

#[cfg(feature = "prover")]
impl zkpot_protocol::commitment::Committer<F, EF> for Whir {
    type OpeningData = crate::OpeningData;

    fn commit(
        values: Vec<F>,
        parameters: &Parameters,
        seed: &[u8; 32],
    ) -> Result<(Commitment, Self::OpeningData), Error> {
        crate::commit(values, parameters, seed)
    }

    fn open(
        data: Self::OpeningData,
        points: &[Vec<EF>],
        challenger: &mut Challenger,
    ) -> Result<(Vec<EF>, OpeningProof), Error> {
        crate::open(data, points, challenger)
    }

    fn encode(proof: &OpeningProof) -> Result<Vec<u8>, Error> {
        proof.to_bytes()
    }

    fn values(data: &Self::OpeningData) -> &[F] {
        data.values()
    }
}
