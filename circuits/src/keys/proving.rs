//! The keys of a circuit.

use halo2_base::halo2_proofs::halo2curves::bn256::{Bn256, G1Affine};
use halo2_base::halo2_proofs::halo2curves::ff::PrimeField;
use halo2_base::halo2_proofs::halo2curves::serde::SerdeObject;
use halo2_base::halo2_proofs::plonk::{ProvingKey, keygen_pk2};
use halo2_base::halo2_proofs::poly::kzg::commitment::ParamsKZG;

use super::{Error, Parameters};
use crate::circuit::{ChipCircuit, Pinning};

/// The keys of a circuit, with the parameters that they were made with.
#[derive(Clone, Debug)]
pub struct Keys {
    pub(super) parameters: Parameters,
    pub(super) proving: ProvingKey<G1Affine>,
    pub(super) pinning: Pinning,
}

impl Keys {
    /// Makes the keys of a circuit, which was [fitted](ChipCircuit::fit).
    ///
    /// # Errors
    /// [`Error::Library`]: the parameters are of other circuits.
    pub fn new(parameters: Parameters, circuit: &ChipCircuit) -> Result<Self, Error> {
        let proving = keygen_pk2(parameters.inner(), circuit, false)?;
        Ok(Self { parameters, proving, pinning: circuit.pinning() })
    }

    /// How provers cut the circuit.
    pub const fn pinning(&self) -> &Pinning {
        &self.pinning
    }

    /// Whether the parameters' secret is public, so that proofs say nothing.
    pub fn is_known(&self) -> bool {
        self.parameters.is_known()
    }

    /// A digest of the verifying key and of the parameters' secret: the contract follows from both.
    pub fn digest(&self) -> [u8; 32] {
        let key = self.proving.get_vk().transcript_repr().to_repr();
        let secret = self.parameters().s_g2().to_raw_bytes();
        let mut hasher = blake3::Hasher::new_derive_key("zkpot/v1/circuit");
        *hasher.update(&key).update(&secret).finalize().as_bytes()
    }

    pub(crate) const fn parameters(&self) -> &ParamsKZG<Bn256> {
        self.parameters.inner()
    }

    pub(crate) const fn proving(&self) -> &ProvingKey<G1Affine> {
        &self.proving
    }
}
