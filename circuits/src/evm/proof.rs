//! Proofs with a transcript over keccak256.

use halo2_base::halo2_proofs::halo2curves::bn256::{Bn256, G1Affine};
use halo2_base::halo2_proofs::plonk::create_proof;
use halo2_base::halo2_proofs::poly::kzg::commitment::KZGCommitmentScheme;
use halo2_base::halo2_proofs::poly::kzg::multiopen::ProverSHPLONK;
use halo2_base::halo2_proofs::transcript::TranscriptWriterBuffer;
use rand_core::OsRng;
use snark_verifier::loader::native::NativeLoader;
use snark_verifier::system::halo2::transcript::evm::EvmTranscript;
use snark_verifier::verifier::SnarkVerifier;

use super::{Verifier, contract};
use crate::Fr;
use crate::circuit::ChipCircuit;
use crate::keys::{Error, Keys};

/// Proves a circuit of a key; returns the proof's bytes.
///
/// # Errors
/// [`Error::Library`]: the circuit is another one.
pub fn prove(keys: &Keys, circuit: ChipCircuit) -> Result<Vec<u8>, Error> {
    let instances = circuit.instances();
    let instances: Vec<&[Fr]> = instances.iter().map(Vec::as_slice).collect();
    let mut transcript =
        <EvmTranscript<G1Affine, NativeLoader, _, _> as TranscriptWriterBuffer<_, _, _>>::init(
            Vec::new(),
        );
    create_proof::<KZGCommitmentScheme<Bn256>, ProverSHPLONK<'_, Bn256>, _, _, _, _>(
        keys.parameters(),
        keys.proving(),
        &[circuit],
        &[&instances],
        OsRng,
        &mut transcript,
    )?;
    Ok(transcript.finalize())
}

/// Verifies a proof of a key for public inputs, as the contract does.
///
/// # Errors
/// [`Error::Invalid`].
pub fn verify(keys: &Keys, inputs: &[Fr], proof: &[u8]) -> Result<(), Error> {
    if proof.len() != contract::proof_bytes(keys) {
        return Err(Error::Invalid);
    }
    let (protocol, deciding) = (contract::protocol(keys), contract::deciding(keys));
    let mut transcript = EvmTranscript::<G1Affine, NativeLoader, _, _>::new(proof);
    let instances = [inputs.to_vec()];
    let read = Verifier::read_proof(&deciding, &protocol, &instances, &mut transcript)
        .map_err(|_| Error::Invalid)?;
    Verifier::verify(&deciding, &protocol, &instances, &read).map_err(|_| Error::Invalid)
}
