//! Committing to a polynomial.

use alloc::vec::Vec;

use zkpot_protocol::channel::ChannelKind;

use crate::hiding::Hiding;
use crate::parameters::Clear;
use crate::pinned::Pinned;
use crate::scheme::Prover;
use crate::suite::F;
use crate::{Commitment, Error, Parameters};

/// What the committer keeps secret until the one opening.
///
/// Not `Clone`, and [`open`](crate::open) consumes it: hiding covers one opening of a
/// commitment. Values, parameters and seed rebuild it after a restart; whoever does that must
/// know that no opening has left the process.
pub struct OpeningData {
    pub(crate) commitment: Commitment,
    pub(crate) parameters: Parameters,
    pub(crate) seed: [u8; 32],
    pub(crate) library: LibraryData,
}

/// What the library keeps, in the scheme of the parameters.
pub(crate) enum LibraryData {
    Clear(<Clear as Prover>::Data),
    Hiding(<Hiding as Prover>::Data),
    Wrapped(<Pinned as Prover>::Data),
}

impl OpeningData {
    /// The commitment this data opens.
    #[must_use]
    pub const fn commitment(&self) -> Commitment {
        self.commitment
    }

    /// Its parameters.
    #[must_use]
    pub const fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The committed values, in the order they were given.
    pub fn values(&self) -> &[F] {
        match &self.library {
            LibraryData::Clear(data) => Clear::committed(data),
            LibraryData::Hiding(data) => Hiding::committed(data),
            LibraryData::Wrapped(data) => Pinned::committed(data),
        }
    }
}

/// Commits to the multilinear polynomial with the given values on the Boolean cube.
///
/// # Contract
/// A function of its arguments alone, whatever the transcript or the number of threads. The seed
/// must be secret, drawn from the operating system, and used for one commitment only.
///
/// # Arguments
/// - `values`: `2^num_variables` field elements; the most significant bit of an index belongs to
///   coordinate 0 of a point.
/// - `seed`: all encoding randomness and leaf salts derive from it; those of the other
///   channels have none of either.
///
/// # Transcript
/// Untouched: a commitment may be made long before the proof that opens it.
///
/// # Errors
/// [`Error::ValueCount`] if `values` has another length.
pub fn commit(
    values: Vec<F>,
    parameters: &Parameters,
    seed: &[u8; 32],
) -> Result<(Commitment, OpeningData), Error> {
    let num_variables = parameters.num_variables();
    if values.len() != 1 << num_variables {
        return Err(Error::ValueCount { num_variables, actual: values.len() });
    }
    let (root, library) = match parameters.channel() {
        ChannelKind::Clear => {
            let (root, data) = Clear::commit(parameters.config::<Clear, _>()?, values, seed)?;
            (root, LibraryData::Clear(data))
        }
        ChannelKind::Hiding => {
            let (root, data) = Hiding::commit(parameters.config::<Hiding, _>()?, values, seed)?;
            (root, LibraryData::Hiding(data))
        }
        ChannelKind::Wrapped => {
            let (root, data) = Pinned::commit(parameters.config::<Pinned, _>()?, values, seed)?;
            (root, LibraryData::Wrapped(data))
        }
    };
    let commitment = Commitment(root);
    let data = OpeningData { commitment, parameters: parameters.clone(), seed: *seed, library };
    Ok((commitment, data))
}

/// Rebuilds the opening data of a published commitment, after a restart for instance.
///
/// # Contract
/// Takes as long as [`commit`]. The caller answers for the rule that a commitment is opened
/// once: data may be rebuilt only if no opening has left the process that held it before.
///
/// # Errors
/// [`Error::ValueCount`] as [`commit`]; [`Error::WrongOpeningData`] if the root differs.
pub fn recommit(
    values: Vec<F>,
    parameters: &Parameters,
    seed: &[u8; 32],
    commitment: &Commitment,
) -> Result<OpeningData, Error> {
    let (rebuilt, data) = commit(values, parameters, seed)?;
    if rebuilt == *commitment { Ok(data) } else { Err(Error::WrongOpeningData) }
}
