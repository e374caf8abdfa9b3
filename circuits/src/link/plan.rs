//! Every number that the verifier of a link depends on.

use zkpot_ir::{Bounds, Interval, Program};
use zkpot_pcs::{ChannelKind, Parameters, SecurityLevel, Whir};
use zkpot_protocol::arithmetization::{Arithmetization, LinkShape, Polynomial};
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::statement::positions_of;
use zkpot_verifier::link::{check_rows, check_shard_rows, check_steps, check_wrapped_program};
use zkpot_verifier::security::link::parameters;

use super::channel::Draws;
use super::places::Places;
use crate::openings::Plan;

/// Points of an opening: the relations', and the one that pins the polynomial.
const POINTS: usize = 2;

/// What is the same for all links of one shape.
#[derive(Clone, Debug)]
pub struct LinkPlan {
    /// The constraint system.
    pub system: Arithmetization,
    /// The openings, in order: one for each polynomial.
    pub openings: Vec<Opened>,
    /// The rows that are drawn.
    pub draws: Draws,
    /// Where the statement's elements are.
    pub places: Places,
    /// Within what each public scalar has to be.
    pub scalars: Vec<Interval>,
    /// Within what each total has to be.
    pub totals: Vec<Interval>,
    /// Where the states that come out have what their envelope holds; empty where there is none.
    pub sealed: Vec<usize>,
}

/// A committed polynomial and its opening.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Which polynomial.
    pub role: Polynomial,
    /// Its parameters.
    pub parameters: Parameters,
    /// The opening.
    pub plan: Plan,
}

impl LinkPlan {
    /// The plan of a shape (`zkpot_verifier::link::shape_of` has that of a link, and has checked it).
    ///
    /// `program` has passed [`Program::check`]; `bounds` is what the check returned; `envelope` says whether
    /// links deliver their states encrypted.
    ///
    /// # Errors
    /// [`Rejection::Shape`] for a program or a shape that is none of the wrapped channel, or has more steps
    /// than the program's bounds are for; [`Rejection::Limit`] and [`Rejection::Parameters`] for one that is
    /// too large.
    pub fn new(
        program: &Program,
        bounds: &Bounds,
        shape: LinkShape,
        level: SecurityLevel,
        envelope: bool,
    ) -> Result<Self, Rejection> {
        let wrong = |part, reason| Err(Rejection::Shape { part, reason });
        let [shard] = shape.shards[..] else {
            return wrong("shards", "a wrapped link opens one shard, and copies none");
        };
        if !shape.closed || shard.copy || shape.states.is_none() || shape.masks.is_some() {
            return wrong("shape", "a wrapped link opens all its polynomials, and masks nothing");
        }
        // Nobody looks at these where a contract has the statement.
        check_wrapped_program(program)?;
        check_steps(shape.kind, shape.steps, program)?;
        check_rows(shape.steps, program)?;
        check_shard_rows(shard.rows)?;
        let steps = shape.steps;
        let draws = Draws { steps, batch: program.batch, rows: shard.rows };
        let places = Places {
            commitments: 2 + shape.shards.len(),
            scalars: program.scalars.len(),
            steps: steps as usize,
            outputs: program.outputs.len(),
            envelope,
        };
        let system = Arithmetization::new(program, bounds, shape)?;
        let roles = system.polynomials.iter().enumerate();
        let openings =
            roles.map(|(index, &role)| Opened::new(role, system.variables(index), level));
        let openings = openings.collect::<Result<_, _>>()?;
        let scalars =
            program.scalars.iter().map(|scalar| Interval { lo: scalar.lo, hi: scalar.hi });
        let totals = 0..program.outputs.len();
        let totals = totals.map(|output| program.output_interval(bounds, output, steps));
        let (scalars, totals) = (scalars.collect(), totals.collect());
        let sealed = if envelope { positions_of(&system) } else { Vec::new() };
        Ok(Self { openings, system, draws, places, scalars, totals, sealed })
    }
}

impl Opened {
    fn new(role: Polynomial, variables: usize, level: SecurityLevel) -> Result<Self, Rejection> {
        let parameters = parameters::<Whir>(role, variables, level, ChannelKind::Wrapped)?;
        let config = parameters.plain_config().map_err(|error| Rejection::Parameters {
            binding: role.binding(),
            variables,
            reason: error.to_string(),
        })?;
        Ok(Self { role, parameters, plan: Plan::of(&config, POINTS) })
    }
}
