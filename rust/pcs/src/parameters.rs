//! Size, code rates, queries and grinding of one commitment.

use alloc::string::ToString;
use alloc::vec::Vec;

use p3_whir::{FoldingFactor, ProtocolParameters, ZkParameters};
use zkpot_protocol::commitment::Binding;
use zkpot_protocol::security::SecurityLevel;

use crate::Error;
use crate::challenger::OpeningChallenger;
use crate::schedule::Schedule;
use crate::security::SecurityReport;
use crate::shape::Shape;
use crate::suite::{Challenger, WhirConfig};

/// The smallest polynomial; pad smaller ones with zeros.
pub const MIN_VARIABLES: usize = 14;

/// The largest polynomial.
pub const MAX_VARIABLES: usize = 28;

/// The most points one opening may have.
pub const MAX_POINTS: usize = 64;

/// Parameters of one commitment, derived from its size, what it has to bind and how well.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    num_variables: usize,
    binding: Binding,
    level: SecurityLevel,
    schedule: Schedule,
    security: SecurityReport,
    max_proof_bytes: usize,
}

impl Parameters {
    /// Chooses parameters and proves by computation that an opening reaches
    /// [`SecurityLevel::opening_bits`].
    ///
    /// # Errors
    /// [`Error::UnsupportedSize`] outside [`MIN_VARIABLES`] to [`MAX_VARIABLES`];
    /// [`Error::NoParameters`] or [`Error::Insecure`] if the chosen ones fail their checks, which
    /// a test excludes for every supported size.
    pub fn new(
        num_variables: usize,
        binding: Binding,
        level: SecurityLevel,
    ) -> Result<Self, Error> {
        let schedule =
            Schedule::choose(num_variables, binding, level).ok_or(Error::UnsupportedSize {
                num_variables,
                min: MIN_VARIABLES,
                max: MAX_VARIABLES,
            })?;
        Self::with_schedule(num_variables, binding, level, schedule)
    }

    /// Takes a schedule and refuses it below the level.
    fn with_schedule(
        num_variables: usize,
        binding: Binding,
        level: SecurityLevel,
        schedule: Schedule,
    ) -> Result<Self, Error> {
        let config = whir_config::<Challenger>(num_variables, &schedule)?;
        let security = SecurityReport::of(&config);
        let (reached, required) = (security.bits(), level.opening_bits() as usize);
        if reached < required {
            let weakest = security.weakest().map(ToString::to_string).unwrap_or_default();
            return Err(Error::Insecure { num_variables, reached, required, weakest });
        }
        Ok(Self {
            num_variables,
            binding,
            level,
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

    /// What it was chosen for.
    #[must_use]
    pub const fn level(&self) -> SecurityLevel {
        self.level
    }

    /// Whole bits of security of one opening, at least [`SecurityLevel::opening_bits`].
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

#[cfg(test)]
mod tests {
    use super::*;

    fn with(change: impl Fn(&mut Schedule)) -> Result<Parameters, Error> {
        let (binding, level) = (Binding::Ephemeral, SecurityLevel::Bits100);
        let mut schedule = Schedule::choose(20, binding, level).unwrap();
        change(&mut schedule);
        Parameters::with_schedule(20, binding, level, schedule)
    }

    #[test]
    fn parameters_below_the_level_are_refused_with_the_weakest_term() {
        with(|_| ()).unwrap();
        let refused = with(|schedule| schedule.bits_per_term = 100).unwrap_err();
        let Error::Insecure { reached, required, weakest, .. } = refused else { panic!() };
        assert!((98..=101).contains(&reached), "{reached}");
        assert_eq!((required, weakest.as_str()), (112, "queries 1"));
    }

    #[test]
    fn nothing_is_claimed_for_the_capacity_bound() {
        let refused = with(|schedule| {
            schedule.decoding = p3_whir::SecurityAssumption::CapacityBound;
        });
        assert!(matches!(refused, Err(Error::Insecure { .. } | Error::NoParameters { .. })));
    }

    #[test]
    fn no_schedule_uses_the_capacity_bound() {
        for level in SecurityLevel::ALL {
            for binding in [Binding::Ephemeral, Binding::Lasting] {
                for n in MIN_VARIABLES..=MAX_VARIABLES {
                    let decoding = Schedule::choose(n, binding, level).unwrap().decoding;
                    assert_ne!(decoding, p3_whir::SecurityAssumption::CapacityBound);
                }
            }
        }
    }
}
