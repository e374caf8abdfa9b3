//! The file that stands for a circuit's verifier, and the verifier.

use alloc::vec::Vec;

use ark_bn254::{Fr, G1Affine};
use ark_ff::AdditiveGroup as _;
use serde::{Deserialize, Serialize};
use zkpot_ir::ARITHMETIC_VERSION;
use zkpot_protocol::statement::{FORMAT_VERSION, keccak};
use zkpot_protocol::version::{body, magic};

use crate::accumulation::Accumulator;
use crate::known::is_known;
use crate::pairing::PairingKey;
use crate::program::{INPUTS, Program};
use crate::{Error, Receipt, Shape, Word, WrappedProof, encoding, inputs, statements};

/// What a circuit file begins with, before the version of its encoding.
const KIND: &[u8; 6] = b"ZKCIRC";
/// Version of circuit files.
pub const CIRCUIT_VERSION: u16 = 1;
const PART: &str = "circuit file";

/// No circuit file may be larger.
pub const MAX_CIRCUIT_BYTES: usize = 1 << 20;

/// What a circuit file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircuitFile {
    /// Format of the statements that the circuit was made for.
    pub statements: u32,
    /// Version of the integer semantics.
    pub arithmetic: u32,
    /// What names the circuit: a digest of its verifying key and its setup.
    pub circuit: Word,
    /// Whether everybody can forge proofs: the setup's secret is known.
    pub test_srs: bool,
    /// What the circuit is made for.
    pub shape: Shape,
    /// What its verifier computes.
    pub program: Program,
}

impl CircuitFile {
    /// That of a circuit of this build's statements.
    pub const fn new(circuit: Word, test_srs: bool, shape: Shape, program: Program) -> Self {
        let (statements, arithmetic) = (FORMAT_VERSION, ARITHMETIC_VERSION);
        Self { statements, arithmetic, circuit, test_srs, shape, program }
    }

    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing to memory cannot fail: every type is plain data.
        let body = postcard::to_allocvec(self).unwrap_or_default();
        [magic(KIND, CIRCUIT_VERSION).as_slice(), &body].concat()
    }

    /// Decodes a file. Allocates no more than a small multiple of `bytes`.
    fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_CIRCUIT_BYTES {
            return Err(Error::Limit { part: PART, limit: MAX_CIRCUIT_BYTES });
        }
        let content = body(bytes, KIND, CIRCUIT_VERSION, PART);
        let content = content.map_err(|refused| Error::of_beginning(&refused, PART))?;
        let damaged = Error::Encoding { part: PART, reason: "truncated or damaged" };
        let file: Self = postcard::from_bytes(content).map_err(|_| damaged)?;
        // Also where bytes follow, which the decoder does not look at.
        if file.to_bytes() != bytes {
            return Err(Error::Encoding { part: PART, reason: "not in canonical form" });
        }
        let versions = [
            ("statements", file.statements, FORMAT_VERSION),
            ("arithmetic", file.arithmetic, ARITHMETIC_VERSION),
        ];
        match versions.into_iter().find(|(_, found, known)| found != known) {
            Some((part, found, known)) => Err(Error::Version { part, found, known }),
            None => Ok(file),
        }
    }
}

/// The verifier of a circuit's proofs: a circuit file, checked and made ready.
///
/// The file is what a verifying key is: who makes it decides which proofs are valid. So pin its
/// [digest](Circuit::digest), and make it again from the keys where you do not trust its maker.
#[derive(Clone, Debug)]
pub struct Circuit {
    digest: Word,
    file: CircuitFile,
    pub(crate) constants: Vec<Fr>,
    pub(crate) points: Vec<G1Affine>,
    pairing: PairingKey,
}

impl Circuit {
    /// Reads a circuit file.
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Version`] and [`Error::Encoding`]; [`Error::BadShape`] and
    /// [`Error::BadProgram`] for what no circuit has; [`Error::KnownSetup`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let file = CircuitFile::from_bytes(bytes)?;
        file.shape.check()?;
        file.program.check()?;
        let value = file.shape.proof_bytes.into();
        if u64::try_from(file.program.proof_bytes()) != Ok(value) {
            return Err(Error::BadShape { field: "proof_bytes", value });
        }
        let Program { constants, points, pairing, .. } = &file.program;
        if is_known(pairing) && !file.test_srs {
            return Err(Error::KnownSetup);
        }
        let constants = all("constant", constants, encoding::scalar)?;
        let points = all("point", points, encoding::point)?;
        let pairing = all("point of the pairing", pairing, encoding::second_point)?;
        let pairing = PairingKey::new(&pairing);
        Ok(Self { digest: keccak(&[bytes]), file, constants, points, pairing })
    }

    /// keccak256 of the file.
    pub const fn digest(&self) -> &Word {
        &self.digest
    }

    /// What the file holds.
    pub const fn file(&self) -> &CircuitFile {
        &self.file
    }

    /// Verifies a proof, and says what it has shown.
    ///
    /// # Errors
    /// One variant for each rule ([`Error`]); [`Error::Scalar`], [`Error::Point`] and [`Error::InvalidProof`] for
    /// the proof's own bytes.
    pub fn verify(&self, proof: &WrappedProof) -> Result<Receipt, Error> {
        let (receipt, accumulator) = self.accumulate(proof)?;
        if self.pairing.accepts(&[accumulator]) {
            return Ok(receipt);
        }
        Err(Error::InvalidProof)
    }

    /// Verifies a proof for public inputs, as the generated contract does: what they mean is for whoever computed
    /// them.
    ///
    /// # Errors
    /// [`Error::NotInField`] for an input, [`Error::ProofBytes`], [`Error::Scalar`], [`Error::Point`] and
    /// [`Error::InvalidProof`].
    pub fn verify_inputs(&self, inputs: &[Word; INPUTS], proof: &[u8]) -> Result<(), Error> {
        self.check_length(proof)?;
        let mut read = [Fr::ZERO; INPUTS];
        for (place, input) in read.iter_mut().zip(inputs) {
            let refused = Error::NotInField { field: "input", value: *input };
            *place = encoding::scalar(input).ok_or(refused)?;
        }
        let accumulator = self.run(read, proof)?;
        self.pairing.accepts(&[accumulator]).then_some(()).ok_or(Error::InvalidProof)
    }

    /// Verifies several proofs with one pairing, in less time than one by one.
    ///
    /// # Soundness
    /// Each proof leaves two points, which one equation holds for. The equations are added with factors of 128
    /// bits that a hash of all proofs draws.
    ///
    /// # Errors
    /// Those of [`Circuit::verify`], with the position of the first proof that is refused.
    pub fn verify_all(&self, proofs: &[WrappedProof]) -> Result<Vec<Receipt>, (usize, Error)> {
        let numbered = proofs.iter().enumerate();
        let found: Result<Vec<_>, _> = numbered
            .map(|(at, proof)| self.accumulate(proof).map_err(|error| (at, error)))
            .collect();
        let (receipts, accumulators): (Vec<_>, Vec<_>) = found?.into_iter().unzip();
        let judged = receipts.into_iter().zip(self.judge(accumulators)).enumerate();
        judged
            .map(|(at, (receipt, valid))| valid.then_some(receipt).ok_or((at, Error::InvalidProof)))
            .collect()
    }

    /// Whether the equations of all proofs hold.
    pub(crate) fn accepts(&self, proofs: &[Accumulator]) -> bool {
        self.pairing.accepts(proofs)
    }

    /// Whether each proof's equation holds: with one pairing where all do.
    pub(crate) fn judge(&self, proofs: Vec<Accumulator>) -> Vec<bool> {
        let all = self.accepts(&proofs);
        let several = proofs.len() > 1;
        let alone = |proof| all || several && self.accepts(&[proof]);
        proofs.into_iter().map(alone).collect()
    }

    fn check_length(&self, proof: &[u8]) -> Result<(), Error> {
        let (found, want) = (proof.len(), self.file.shape.proof_bytes);
        if u64::try_from(found) == Ok(want.into()) {
            return Ok(());
        }
        Err(Error::ProofBytes { found, want })
    }

    /// All but the pairing.
    fn accumulate(&self, proof: &WrappedProof) -> Result<(Receipt, Accumulator), Error> {
        let (receipt, inputs) = self.state(proof)?;
        let accumulator = self.run(inputs, &proof.proof)?;
        Ok((receipt, accumulator))
    }

    /// What a proof would show, and the public inputs of that: the rules of the front.
    pub(crate) fn state(&self, proof: &WrappedProof) -> Result<(Receipt, [Fr; INPUTS]), Error> {
        let CircuitFile { circuit, test_srs, shape, .. } = &self.file;
        if proof.circuit != *circuit {
            return Err(Error::AnotherCircuit { found: proof.circuit, want: *circuit });
        }
        self.check_length(&proof.proof)?;
        let (elements, end) = statements::lay(proof, shape)?;
        let Some(hash) = encoding::scalar(&proof.hash) else {
            return Err(Error::NotInField { field: "hash", value: proof.hash });
        };
        let receipt = Receipt {
            circuit: *circuit,
            test_srs: *test_srs,
            program: shape.program,
            security: shape.security,
            rows: shape.rows,
            run: proof.run.clone(),
            start: proof.start,
            end,
            links: proof.links.clone(),
        };
        Ok((receipt, inputs::bind(hash, &elements)))
    }
}

/// All entries of a part, decoded.
fn all<T, D>(
    part: &'static str,
    entries: &[T],
    decode: impl Fn(&T) -> Option<D>,
) -> Result<Vec<D>, Error> {
    let decoded = entries.iter().enumerate().map(|(number, entry)| {
        let reason = "not in the field, or not in the group";
        decode(entry).ok_or(Error::BadProgram { part, number, reason })
    });
    decoded.collect()
}
