//! What soundness a run will reach, before it is made.

use p3_field::PrimeCharacteristicRing;
use serde::Serialize;
use zkpot_ir::Program;
use zkpot_protocol::arithmetization::{Arithmetization, LinkKind, LinkShape, ShardShape, Source};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::claims::{BatchRows, PublicInputs};
use zkpot_protocol::commitment::CommitmentScheme;
use zkpot_protocol::field::{EF, F, embed};
use zkpot_protocol::security::SecurityLevel;
use zkpot_verifier::link::MAX_ROWS;
use zkpot_verifier::security::link::LinkSecurity;

use crate::counting::hiding_system;
use crate::error::ProveError;

/// The accounts of a run's links: an import, training links of equal length, a seal, with one data
/// shard that holds what a training link reads.
#[derive(Clone, Debug, Serialize)]
pub struct Forecast {
    /// What the run is made for, in bits.
    pub level: u32,
    /// Steps of a training link.
    pub steps: u32,
    /// The import of states and data.
    pub import: LinkSecurity,
    /// A training link.
    pub training: LinkSecurity,
    /// The seal.
    pub seal: LinkSecurity,
    /// Bits of the hash function.
    pub hash: f64,
    /// Training links with which the run still reaches its level.
    pub max_links: u64,
    /// Bits of runs of some lengths.
    pub runs: Vec<RunBits>,
}

/// Bits of a run.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct RunBits {
    /// Its training links.
    pub links: u64,
    /// Bits of all its links and the hash function together.
    pub bits: f64,
}

/// Lengths of runs that a forecast lists: an epoch is some tens of links, an hour about a thousand.
const RUNS: [u64; 4] = [1, 16, 64, 1024];

impl Forecast {
    /// Accounts for runs whose training links have `steps` steps.
    ///
    /// # Errors
    /// [`ProveError::Shape`] for more steps than a link may have, [`ProveError::Statement`] for
    /// polynomials that are too large.
    pub fn new<S: CommitmentScheme<F, EF>>(
        program: &Program,
        steps: u32,
        level: SecurityLevel,
        channel: ChannelKind,
    ) -> Result<Self, ProveError> {
        let rows = u64::from(program.batch) * u64::from(steps);
        if steps == 0 || steps > program.max_steps || rows > MAX_ROWS {
            return Err(ProveError::Shape(format!(
                "a link of this program has 1 to {} steps",
                u64::from(program.max_steps).min(MAX_ROWS / u64::from(program.batch.max(1)))
            )));
        }
        let account = |kind| link::<S>(program, steps, level, channel, kind);
        let import = account(LinkKind::Import)?;
        let training = account(LinkKind::Training)?;
        let seal = account(LinkKind::Seal)?;
        let (level, hash) = (level.bits(), level.hash_bits());
        let (max_links, runs) = (0, Vec::new());
        let mut forecast = Self { level, steps, import, training, seal, hash, max_links, runs };
        let room = (-f64::from(level)).exp2() - forecast.error(0);
        forecast.max_links = (room.max(0.0) / (-forecast.training.bits).exp2()) as u64;
        forecast.runs = RUNS.map(|links| RunBits { links, bits: forecast.bits(links) }).to_vec();
        Ok(forecast)
    }

    /// Bits of a run with this many training links.
    pub fn bits(&self, links: u64) -> f64 {
        -self.error(links).log2()
    }

    fn error(&self, links: u64) -> f64 {
        let ends = [self.hash, self.import.bits, self.seal.bits];
        let training = links as f64 * (-self.training.bits).exp2();
        training + ends.iter().map(|bits| (-bits).exp2()).sum::<f64>()
    }
}

fn link<S: CommitmentScheme<F, EF>>(
    program: &Program,
    steps: u32,
    level: SecurityLevel,
    channel: ChannelKind,
    kind: LinkKind,
) -> Result<LinkSecurity, ProveError> {
    // Owners' commitments add claims, and training links may take them.
    let source = if kind == LinkKind::Seal { Source::Run } else { Source::Owner };
    let shape = LinkShape {
        kind,
        states: Some(source),
        steps: if kind == LinkKind::Training { steps } else { 0 },
        shards: vec![ShardShape {
            index: 0,
            rows: program.batch * steps,
            source,
            copy: kind != LinkKind::Seal,
        }],
        masks: None,
        closed: channel == ChannelKind::Wrapped,
    };
    let (system, inputs) = expected_system(program, shape, channel)?;
    Ok(LinkSecurity::predict::<S>(program, &system, &inputs, level, channel)?)
}

/// The constraint system of a link that is yet to be made, with public inputs as it may have them:
/// its batches read the shards' rows in order.
///
/// # Errors
/// [`ProveError::Shape`] for a program that does not pass its check, [`ProveError::Statement`] for
/// polynomials that are too large.
pub fn expected_system(
    program: &Program,
    shape: LinkShape,
    channel: ChannelKind,
) -> Result<(Arithmetization, PublicInputs), ProveError> {
    let bounds = program.check().map_err(|error| ProveError::Shape(error.to_string()))?;
    let read = program.batch as usize * shape.steps as usize;
    let inputs = if shape.kind == LinkKind::Training {
        let shards = shape.shards.iter().enumerate();
        let rows: Vec<(usize, usize)> = shards
            .flat_map(|(at, shard)| (0..shard.rows as usize).map(move |row| (at, row)))
            .collect();
        PublicInputs {
            rows: BatchRows::Scheduled(rows.into_iter().cycle().take(read).collect()),
            // A scalar of zero would make terms vanish.
            scalars: (program.scalars.iter())
                .map(|scalar| {
                    let value = if scalar.hi == 0 { scalar.lo } else { scalar.hi };
                    vec![embed(value).into(); shape.steps as usize]
                })
                .collect(),
            outputs: vec![EF::ZERO; program.outputs.len()],
            counted: read,
            ..PublicInputs::default()
        }
    } else {
        PublicInputs::default()
    };
    let system = match channel {
        ChannelKind::Clear | ChannelKind::Wrapped => Arithmetization::new(program, &bounds, shape)?,
        ChannelKind::Hiding => hiding_system(program, &bounds, &shape, &inputs)?,
    };
    Ok((system, inputs))
}
