//! Keys and proofs of a run's circuit.

use halo2_base::gates::circuit::CircuitBuilderStage;
use halo2_base::halo2_proofs::halo2curves::ff::Field;
use zkpot_protocol::proof::LinkProof;

use super::public::PublicInputs;
use super::{LOOKUP_BITS, RunCircuit, SealedStates};
use crate::circuit::{ChipCircuit, Shape};
use crate::evm;
use crate::keys::{Error, Keys, Parameters};
use crate::{Fr, circuit};

/// Rows that the table of looked up values needs.
const FEWEST: usize = LOOKUP_BITS + 1;
/// Logarithm of the most rows that a prover with some 25 GB has memory for.
const MOST: usize = 22;
/// Columns whose contract has at most 24,576 bytes (EIP-170): with five of the gate, one of looked up
/// cells and six of permutations it has 24,283, and each column is about 1,450 of them.
const COLUMNS: usize = 12;

/// A circuit without a run's values, ready for keys.
#[derive(Clone, Debug)]
pub struct KeyCircuit {
    circuit: ChipCircuit,
    shape: Shape,
}

impl KeyCircuit {
    /// Logarithm of the number of rows.
    pub const fn k(&self) -> u32 {
        self.shape.base.k as u32
    }

    /// Its columns.
    pub const fn shape(&self) -> &circuit::Shape {
        &self.shape
    }

    /// Makes its keys.
    ///
    /// # Errors
    /// Those of [`Keys::new`].
    pub fn keys(&self, parameters: Parameters) -> Result<Keys, Error> {
        Keys::new(parameters, &self.circuit)
    }
}

impl RunCircuit {
    /// The circuit, of as few rows as columns that fit into a contract have room for.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn key_circuit(&self) -> Result<KeyCircuit, Error> {
        // Many links are refused before they fill the memory.
        let (one, links) = (self.first(), self.links.len());
        if links > 1 {
            let cells = one.blank_circuit()?.cells().0 * links;
            if cells > COLUMNS << MOST {
                return Err(Error::TooLarge { most: MOST, cells });
            }
        }
        let mut circuit = self.blank_circuit()?;
        let (cells, _) = circuit.cells();
        let shape = circuit.fit_rows(FEWEST, MOST, COLUMNS);
        Ok(KeyCircuit { shape: shape.ok_or(Error::TooLarge { most: MOST, cells })?, circuit })
    }

    /// The circuit of the first link alone.
    fn first(&self) -> Self {
        Self { links: self.links[..1].to_vec() }
    }

    fn blank_circuit(&self) -> Result<ChipCircuit, Error> {
        let mut circuit = ChipCircuit::new(CircuitBuilderStage::Keygen, FEWEST, LOOKUP_BITS);
        let nothing = PublicInputs { hash: Fr::ZERO, challenge: Fr::ZERO, combination: Fr::ZERO };
        self.lay(&mut circuit, &self.blank(), &nothing)?;
        Ok(circuit)
    }

    /// Proves that a run's links verify, and that the envelopes hold their states; returns the public inputs
    /// and the proof.
    ///
    /// The proof is verified before it is returned.
    ///
    /// # Errors
    /// [`Error::Refused`] for a link that does not verify; [`Error::Invalid`] or [`Error::Library`] for
    /// keys of another circuit.
    pub fn prove(
        &self,
        keys: &Keys,
        links: &[LinkProof],
        envelopes: &[SealedStates],
    ) -> Result<(PublicInputs, Vec<u8>), Error> {
        let witnesses = self.witness(links, envelopes)?;
        let inputs = PublicInputs::of(links.iter().map(|link| &link.statement));
        let mut circuit = ChipCircuit::prover(keys.pinning());
        self.lay(&mut circuit, &witnesses, &inputs)?;
        let proof = evm::prove(keys, circuit)?;
        evm::verify(keys, &inputs.to_array(), &proof)?;
        Ok((inputs, proof))
    }
}
