//! Committing to a polynomial.

use alloc::string::ToString;
use alloc::vec::Vec;

use p3_commit::MultilinearPcs;
use p3_multilinear_util::poly::Poly;
use p3_whir::{HidingWhirPcs, HidingWhirProverData};
use rand::rngs::StdRng;

use crate::randomness::Streams;
use crate::suite::{Challenger, EF, F, SaltedTree, WhirConfig, new_challenger, salted_tree};
use crate::{Commitment, Error, Parameters};

pub(crate) type Transform = p3_dft::Radix2DFTSmallBatch<F>;
pub(crate) type Pcs<C> = HidingWhirPcs<EF, F, Transform, SaltedTree, C, StdRng>;

/// What the committer keeps secret until the one opening.
///
/// Not `Clone`, and [`open`](crate::open) consumes it: hiding covers one opening of a
/// commitment. Values, parameters and seed rebuild it after a restart; whoever does that must
/// know that no opening has left the process.
pub struct OpeningData {
    pub(crate) commitment: Commitment,
    pub(crate) parameters: Parameters,
    pub(crate) seed: [u8; 32],
    pub(crate) library: HidingWhirProverData<F, EF, SaltedTree>,
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
        self.library.message.as_slice()
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
/// - `seed`: all encoding randomness and leaf salts derive from it.
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
    let pcs = pcs::<Challenger>(parameters, Streams::of_commitment(seed))?;
    // The library absorbs the root into whatever sponge it is given; this one is thrown away.
    let (root, library) = pcs
        .commit(Poly::new(values), &mut new_challenger(&[]))
        .map_err(|error| Error::NotOpened { reason: error.to_string() })?;
    let commitment = Commitment(root[0]);
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

/// The library's scheme over the given randomness.
pub(crate) fn pcs<C: crate::OpeningChallenger>(
    parameters: &Parameters,
    streams: Streams,
) -> Result<Pcs<C>, Error> {
    let config: WhirConfig<C> = parameters.config()?;
    Ok(Pcs::new(config, Transform::default(), salted_tree(streams.salts), streams.masks))
}
