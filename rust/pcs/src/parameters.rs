//! Size, code rates, queries and grinding of one commitment.

use alloc::string::ToString;
use alloc::vec::Vec;

use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::Binding;
use zkpot_protocol::security::SecurityLevel;

use crate::Error;
use crate::challenger::OpeningChallenger;
use crate::hiding::Hiding;
use crate::pinned::Pinned;
use crate::plain::{Blake3Tree, Plain};
use crate::schedule::{Schedule, max_variables};
use crate::scheme::Scheme;
use crate::security::SecurityReport;
use crate::sponge::Challenger;

/// The scheme of the clear channel.
pub(crate) type Clear = Plain<Blake3Tree>;

/// The smallest polynomial; pad smaller ones with zeros.
pub const MIN_VARIABLES: usize = 14;

/// The largest polynomial; [`max_variables`] says what a channel takes.
pub const MAX_VARIABLES: usize = 28;

/// The most points one opening may have.
pub const MAX_POINTS: usize = 64;

/// Parameters of one commitment, derived from its size, what it has to bind, how well, and whether
/// it has to hide.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    num_variables: usize,
    binding: Binding,
    level: SecurityLevel,
    channel: ChannelKind,
    schedule: Schedule,
    security: SecurityReport,
    max_proof_bytes: usize,
}

impl Parameters {
    /// Chooses parameters and proves by computation that an opening reaches
    /// [`SecurityLevel::opening_bits`]. On the hiding channel commitment and opening hide the
    /// polynomial; on the clear one they do not, and cost less.
    ///
    /// # Errors
    /// [`Error::UnsupportedSize`] outside [`MIN_VARIABLES`] to [`MAX_VARIABLES`];
    /// [`Error::NoParameters`] or [`Error::Insecure`] if the chosen ones fail their checks, which
    /// a test excludes for every supported size.
    pub fn new(
        num_variables: usize,
        binding: Binding,
        level: SecurityLevel,
        channel: ChannelKind,
    ) -> Result<Self, Error> {
        let schedule = Schedule::choose(num_variables, binding, level, channel).ok_or(
            Error::UnsupportedSize {
                num_variables,
                min: MIN_VARIABLES,
                max: max_variables(channel),
            },
        )?;
        Self::with_schedule(num_variables, binding, level, channel, schedule)
    }

    /// Takes a schedule and refuses it below the level.
    fn with_schedule(
        num_variables: usize,
        binding: Binding,
        level: SecurityLevel,
        channel: ChannelKind,
        schedule: Schedule,
    ) -> Result<Self, Error> {
        let (security, max_proof_bytes) = match channel {
            ChannelKind::Clear => derive::<Clear>(num_variables, &schedule),
            ChannelKind::Hiding => derive::<Hiding>(num_variables, &schedule),
            ChannelKind::Wrapped => derive::<Pinned>(num_variables, &schedule),
        }?;
        let (reached, required) = (security.bits(), level.opening_bits() as usize);
        if reached < required {
            let weakest = security.weakest().map(ToString::to_string).unwrap_or_default();
            return Err(Error::Insecure { num_variables, reached, required, weakest });
        }
        Ok(Self { num_variables, binding, level, channel, schedule, security, max_proof_bytes })
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

    /// The channel of the links that may open it.
    #[must_use]
    pub const fn channel(&self) -> ChannelKind {
        self.channel
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

    /// The library's configuration of the scheme for a transcript of type `C`.
    pub(crate) fn config<S, C>(&self) -> Result<S::Config<C>, Error>
    where
        S: Scheme,
        C: OpeningChallenger<S::Root>,
    {
        S::config(self.num_variables, &self.schedule)
    }

    /// The library's configuration where nothing hides, on the clear and the wrapped channel: for those who
    /// verify openings themselves.
    ///
    /// # Errors
    /// [`Error::OtherChannel`] for parameters of the hiding channel.
    #[doc(hidden)]
    pub fn plain_config(&self) -> Result<<Clear as Scheme>::Config<Challenger>, Error> {
        match self.channel {
            ChannelKind::Clear | ChannelKind::Wrapped => self.config::<Clear, Challenger>(),
            ChannelKind::Hiding => Err(Error::OtherChannel),
        }
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

/// The account and the limit on the length of an opening.
fn derive<S: Scheme>(
    num_variables: usize,
    schedule: &Schedule,
) -> Result<(SecurityReport, usize), Error>
where
    Challenger: OpeningChallenger<S::Root>,
{
    let config = S::config::<Challenger>(num_variables, schedule)?;
    let max_bytes = S::max_bytes(&S::shape(&config), MAX_POINTS);
    Ok((S::security(&config, schedule.committed), max_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(channel: ChannelKind, change: impl Fn(&mut Schedule)) -> Result<Parameters, Error> {
        let (binding, level) = (Binding::Ephemeral, SecurityLevel::Bits100);
        let mut schedule = Schedule::choose(20, binding, level, channel).unwrap();
        change(&mut schedule);
        Parameters::with_schedule(20, binding, level, channel, schedule)
    }

    #[test]
    fn parameters_below_the_level_are_refused_with_the_weakest_term() {
        for (channel, weak) in
            [(ChannelKind::Hiding, "queries 1"), (ChannelKind::Clear, "queries 0")]
        {
            with(channel, |_| ()).unwrap();
            let refused = with(channel, |schedule| schedule.bits_per_term = 100).unwrap_err();
            let Error::Insecure { reached, required, weakest, .. } = refused else { panic!() };
            assert!((98..=101).contains(&reached), "{reached}");
            assert_eq!((required, weakest.as_str()), (112, weak));
        }
    }

    #[test]
    fn nothing_is_claimed_for_the_capacity_bound() {
        for channel in [ChannelKind::Hiding, ChannelKind::Clear, ChannelKind::Wrapped] {
            let refused = with(channel, |schedule| {
                schedule.committed = p3_whir::SecurityAssumption::CapacityBound;
                schedule.decoding = p3_whir::SecurityAssumption::CapacityBound;
            });
            assert!(matches!(refused, Err(Error::Insecure { .. } | Error::NoParameters { .. })));
        }
    }

    #[test]
    fn a_lasting_oracle_that_is_counted_like_an_ephemeral_one_is_refused() {
        let level = SecurityLevel::Bits100;
        for channel in [ChannelKind::Hiding, ChannelKind::Clear] {
            for n in 16..=MAX_VARIABLES {
                let mut schedule = Schedule::choose(n, Binding::Lasting, level, channel).unwrap();
                assert_eq!(schedule.committed, p3_whir::SecurityAssumption::UniqueDecoding);
                schedule.bits_per_term = 114;
                let refused =
                    Parameters::with_schedule(n, Binding::Lasting, level, channel, schedule);
                let Err(Error::Insecure { weakest, .. }) = refused else { panic!("{n}") };
                assert_eq!(weakest, "queries 0");
            }
        }
    }

    #[test]
    fn every_schedule_folds_its_committed_oracle_before_the_last() {
        for binding in [Binding::Ephemeral, Binding::Lasting] {
            for n in MIN_VARIABLES..=MAX_VARIABLES {
                let schedule =
                    Schedule::choose(n, binding, SecurityLevel::Bits100, ChannelKind::Hiding)
                        .unwrap();
                assert!(schedule.folds.len() >= 2);
                assert_eq!(schedule.folds.iter().sum::<usize>() + 6, n);
            }
        }
    }

    #[test]
    fn no_schedule_uses_the_capacity_bound() {
        for level in SecurityLevel::ALL {
            for binding in [Binding::Ephemeral, Binding::Lasting] {
                for channel in [ChannelKind::Hiding, ChannelKind::Clear] {
                    for n in MIN_VARIABLES..=MAX_VARIABLES {
                        let schedule = Schedule::choose(n, binding, level, channel).unwrap();
                        for radius in [schedule.committed, schedule.decoding] {
                            assert_ne!(radius, p3_whir::SecurityAssumption::CapacityBound);
                        }
                    }
                }
            }
        }
    }
}
