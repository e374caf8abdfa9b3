//! Size, code rates, queries and grinding of one commitment.

use alloc::string::ToString;
use alloc::vec::Vec;

use p3_whir::{FoldingFactor, ProtocolParameters, ZkParameters};
use zkpot_protocol::commitment::Binding;

use crate::Error;
use crate::challenger::OpeningChallenger;
use crate::schedule::Schedule;
use crate::security::SecurityReport;
use crate::shape::Shape;
use crate::suite::{Challenger, WhirConfig};

/// Bits of security that hold for one opening, all error terms summed.
pub const SECURITY_BITS: usize = 100;

/// The smallest polynomial; pad smaller ones with zeros.
pub const MIN_VARIABLES: usize = 14;

/// The largest polynomial.
pub const MAX_VARIABLES: usize = 28;

/// The most points one opening may have.
pub const MAX_POINTS: usize = 64;

/// Parameters of one commitment, derived from its size and what it has to bind.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    num_variables: usize,
    binding: Binding,
    schedule: Schedule,
    security: SecurityReport,
    max_proof_bytes: usize,
}

impl Parameters {
    /// Chooses parameters and proves by computation that they reach [`SECURITY_BITS`].
    ///
    /// # Errors
    /// [`Error::UnsupportedSize`] outside [`MIN_VARIABLES`] to [`MAX_VARIABLES`];
    /// [`Error::NoParameters`] or [`Error::Insecure`] if the chosen ones fail their checks, which
    /// a test excludes for every supported size.
    pub fn new(num_variables: usize, binding: Binding) -> Result<Self, Error> {
        let schedule = Schedule::choose(num_variables, binding).ok_or(Error::UnsupportedSize {
            num_variables,
            min: MIN_VARIABLES,
            max: MAX_VARIABLES,
        })?;
        let config = whir_config::<Challenger>(num_variables, &schedule)?;
        let security = SecurityReport::of(&config);
        let reached = security.bits();
        if reached < SECURITY_BITS {
            return Err(Error::Insecure { num_variables, reached, required: SECURITY_BITS });
        }
        Ok(Self {
            num_variables,
            binding,
            schedule,
            security,
            max_proof_bytes: Shape::of(&config).max_bytes(MAX_POINTS),
        })
    }

    /// Variables of the polynomial; it has `2^num_variables` values.
    #[must_use]
    pub const fn num_variables(&self) -> usize {
        self.num_variables
    }

    /// How long the commitment binds.
    #[must_use]
    pub const fn binding(&self) -> Binding {
        self.binding
    }

    /// Whole bits of security of one opening, at least [`SECURITY_BITS`].
    #[must_use]
    pub fn security_bits(&self) -> usize {
        self.security.bits()
    }

    /// The error terms behind [`security_bits`](Self::security_bits).
    #[must_use]
    pub const fn security(&self) -> &SecurityReport {
        &self.security
    }

    /// A bound on the encoded length of an opening proof.
    pub(crate) const fn max_proof_bytes(&self) -> usize {
        self.max_proof_bytes
    }

    /// The library's configuration for a transcript of type `C`.
    pub(crate) fn config<C: OpeningChallenger>(&self) -> Result<WhirConfig<C>, Error> {
        whir_config(self.num_variables, &self.schedule)
    }

    /// Refuses a list of points that is empty, too long or of the wrong arity.
    pub(crate) fn check_points<E>(&self, points: &[Vec<E>]) -> Result<(), Error> {
        if points.is_empty() || points.len() > MAX_POINTS {
            return Err(Error::PointCount { actual: points.len(), max: MAX_POINTS });
        }
        for (point, coordinates) in points.iter().enumerate() {
            if coordinates.len() != self.num_variables {
                return Err(Error::PointArity {
                    point,
                    expected: self.num_variables,
                    actual: coordinates.len(),
                });
            }
        }
        Ok(())
    }
}

fn whir_config<C: OpeningChallenger>(
    num_variables: usize,
    schedule: &Schedule,
) -> Result<WhirConfig<C>, Error> {
    let protocol = ProtocolParameters {
        starting_log_inv_rate: schedule.log_inv_rates[0],
        round_log_inv_rates: schedule.log_inv_rates[1..].to_vec(),
        folding_factor: FoldingFactor::PerRound(schedule.folds.clone()),
        soundness_type: schedule.decoding,
        security_level: schedule.bits_per_term,
        pow_bits: schedule.grinding_bits,
    };
    let zk =
        ZkParameters { ell_zk: MASK_COEFFICIENTS, mask_log_inv_rate: schedule.mask_log_inv_rate };
    WhirConfig::<C>::new(num_variables, protocol, zk)
        .map_err(|error| Error::NoParameters { num_variables, reason: error.to_string() })
}

/// Coefficients of each sumcheck mask: one more than the round polynomials' degree.
const MASK_COEFFICIENTS: usize = 3;
