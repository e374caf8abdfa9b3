//! Keys and proofs of circuits, over parameters that only tests may use: their secret is known.

use halo2_base::gates::circuit::CircuitBuilderStage;
use halo2_base::halo2_proofs::halo2curves::bn256::{Bn256, G1Affine};
use halo2_base::halo2_proofs::plonk::{
    Error, ProvingKey, create_proof, keygen_pk, keygen_vk, verify_proof,
};
use halo2_base::halo2_proofs::poly::commitment::{Params, ParamsProver};
use halo2_base::halo2_proofs::poly::kzg::commitment::{KZGCommitmentScheme, ParamsKZG};
use halo2_base::halo2_proofs::poly::kzg::multiopen::{ProverSHPLONK, VerifierSHPLONK};
use halo2_base::halo2_proofs::poly::kzg::strategy::SingleStrategy;
use halo2_base::halo2_proofs::transcript::{
    Blake2bRead, Blake2bWrite, Challenge255, TranscriptReadBuffer, TranscriptWriterBuffer,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zkpot_circuits::Fr;
use zkpot_circuits::circuit::{ChipCircuit, Pinning};

type Scheme = KZGCommitmentScheme<Bn256>;

/// The keys of a circuit.
pub struct Keys {
    pub parameters: ParamsKZG<Bn256>,
    key: ProvingKey<G1Affine>,
    pub pinning: Pinning,
}

/// Parameters whose secret comes from a known seed.
pub fn parameters(k: usize) -> ParamsKZG<Bn256> {
    ParamsKZG::setup(k as u32, ChaCha20Rng::seed_from_u64(0))
}

impl Keys {
    /// Makes the keys of what `lay` lays down.
    pub fn new(
        parameters: ParamsKZG<Bn256>,
        lookup_bits: usize,
        lay: impl Fn(&mut ChipCircuit),
    ) -> Self {
        let k = parameters.k() as usize;
        let mut circuit = ChipCircuit::new(CircuitBuilderStage::Keygen, k, lookup_bits);
        lay(&mut circuit);
        circuit.fit();
        let verifying = keygen_vk(&parameters, &circuit).unwrap();
        let key = keygen_pk(&parameters, verifying, &circuit).unwrap();
        Self { parameters, key, pinning: circuit.pinning() }
    }

    /// Proves what `lay` lays down; returns the public inputs with the proof.
    pub fn prove(&self, lay: impl Fn(&mut ChipCircuit)) -> (Vec<Fr>, Vec<u8>) {
        let mut circuit = ChipCircuit::prover(&self.pinning);
        lay(&mut circuit);
        let [inputs] = &circuit.instances()[..] else { panic!("one column of public inputs") };
        let inputs = inputs.clone();
        let mut transcript = Blake2bWrite::<_, G1Affine, Challenge255<_>>::init(vec![]);
        create_proof::<Scheme, ProverSHPLONK<'_, Bn256>, _, _, _, _>(
            &self.parameters,
            &self.key,
            &[circuit],
            &[&[&inputs]],
            ChaCha20Rng::seed_from_u64(1),
            &mut transcript,
        )
        .unwrap();
        (inputs, transcript.finalize())
    }

    /// Verifies a proof.
    pub fn verify(&self, inputs: &[Fr], proof: &[u8]) -> Result<(), Error> {
        let mut transcript = Blake2bRead::<_, G1Affine, Challenge255<_>>::init(proof);
        verify_proof::<Scheme, VerifierSHPLONK<'_, Bn256>, _, _, _>(
            self.parameters.verifier_params(),
            self.key.get_vk(),
            SingleStrategy::new(&self.parameters),
            &[&[inputs]],
            &mut transcript,
        )
    }
}
