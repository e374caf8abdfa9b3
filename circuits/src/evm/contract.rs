//! The contract of a key.

use std::rc::Rc;

use halo2_base::halo2_proofs::halo2curves::bn256::{Bn256, Fq, G1Affine};
use halo2_base::halo2_proofs::poly::commitment::ParamsProver;
use snark_verifier::cost::CostEstimation;
use snark_verifier::loader::evm::EvmLoader;
use snark_verifier::pcs::kzg::KzgDecidingKey;
use snark_verifier::system::halo2::transcript::evm::EvmTranscript;
use snark_verifier::system::halo2::{Config, compile};
use snark_verifier::verifier::SnarkVerifier;
use snark_verifier::verifier::plonk::PlonkProtocol;

use super::Verifier;
use crate::Fr;
use crate::keys::{Error, Keys};

/// Public inputs of a circuit.
const INPUTS: usize = 3;

/// What the verifier computes, for a key.
pub(super) fn protocol(keys: &Keys) -> PlonkProtocol<G1Affine> {
    let config = Config::kzg().with_num_instance(vec![INPUTS]);
    compile(keys.parameters(), keys.proving().get_vk(), config)
}

/// What pairings need of the parameters.
pub(super) fn deciding(keys: &Keys) -> KzgDecidingKey<Bn256> {
    let parameters = keys.parameters();
    KzgDecidingKey::new(parameters.get_g()[0], parameters.g2(), parameters.s_g2())
}

/// Bytes of a proof: points of 64 and elements of 32.
pub fn proof_bytes(keys: &Keys) -> usize {
    let cost = Verifier::estimate_cost(&protocol(keys));
    64 * cost.num_commitment + 32 * cost.num_evaluation
}

/// The Solidity text of the contract that verifies a key's proofs, for solc 0.8.19 without its optimizer.
///
/// # Errors
/// [`Error::Library`].
pub fn contract(keys: &Keys) -> Result<String, Error> {
    let loader = EvmLoader::new::<Fq, Fr>();
    let protocol = protocol(keys).loaded(&loader);
    let mut transcript = EvmTranscript::<_, Rc<EvmLoader>, _, _>::new(&loader);
    let library = |error| Error::Library(format!("{error:?}"));
    let inputs = transcript.load_instances(vec![INPUTS]);
    let deciding = deciding(keys);
    let proof = Verifier::read_proof(&deciding, &protocol, &inputs, &mut transcript);
    let proof = proof.map_err(library)?;
    Verifier::verify(&deciding, &protocol, &inputs, &proof).map_err(library)?;
    Ok(loader.solidity_code())
}
