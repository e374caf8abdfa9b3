//! What can be wrong with parameters, keys and proofs.

use std::io;
use std::path::PathBuf;

use thiserror::Error;
use zkpot_protocol::rejection::Rejection;

use crate::recording::Fault;

/// Every refusal of keys and proofs for a contract.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },

    /// A file of parameters that is none, or that does not hold powers of one secret.
    #[error("{}: no parameters for KZG on BN254: {reason}", path.display())]
    Parameters {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// Parameters of too few powers.
    #[error("{}: parameters of 2^{have} powers, where the circuit needs 2^{need}", path.display())]
    TooSmall {
        /// The file.
        path: PathBuf,
        /// Logarithm of its powers.
        have: u32,
        /// Logarithm of the circuit's rows.
        need: u32,
    },

    /// Keys that were changed, or are another circuit's.
    #[error("{}: {reason}; make the keys again", path.display())]
    Keys {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },

    /// A program or a run that no circuit verifies.
    #[error(transparent)]
    Refused(#[from] Rejection),

    /// A circuit that does not fit into a contract.
    #[error("a circuit of 2^{most} rows is too small for {cells} cells; wrap fewer steps at once")]
    TooLarge {
        /// Logarithm of the most rows.
        most: usize,
        /// Cells of all columns.
        cells: usize,
    },

    /// The library refuses to make keys or a proof.
    #[error("halo2: {0}")]
    Library(String),

    /// A proof that does not verify.
    #[error("the proof does not verify")]
    Invalid,
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Refused(match fault {
            Fault::Refused(rejection) => rejection,
            Fault::Inverse { .. } => Rejection::Relation,
        })
    }
}

impl From<halo2_base::halo2_proofs::plonk::Error> for Error {
    fn from(error: halo2_base::halo2_proofs::plonk::Error) -> Self {
        Self::Library(error.to_string())
    }
}
