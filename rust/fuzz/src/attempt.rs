//! One execution of the verifier on something that was mutated.

use serde::{Deserialize, Serialize};
use zkpot_ir::Program;
use zkpot_protocol::arithmetization::LinkKind;
use zkpot_protocol::pending::Head;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::schedule::Schedule;
use zkpot_protocol::statement::Order;
use zkpot_verifier::link::{Context, check_rows, verify_link};
use zkpot_verifier::{RunVerifier, run::hex};

use crate::watched::Watched;
use crate::world::{World, expectations};

/// What the verifier is given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// Which run it comes from.
    pub run: usize,
    /// The links before are those of the run.
    pub position: usize,
    /// What is mutated besides the link.
    pub terms: Terms,
    /// The link's bytes.
    pub link: Vec<u8>,
    /// Openings that decode are taken for openings that hold.
    pub lenient: bool,
}

/// What a verifier has before it sees the link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Terms {
    /// What the run has.
    Same,
    /// Another order, and another head of the run before; the link is the first.
    Other(Order, Option<Head>),
    /// A head of the run before in other bytes; the link is the first.
    Head(Vec<u8>),
    /// Another program and its order; the link is verified alone, without pending claims.
    Program(Vec<u8>, Order),
}

/// Why something was not accepted.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// The program or the head: they are given to no verifier.
    Terms(String),
    /// The order, the expectations or the link.
    Proof(Rejection),
}

impl Refusal {
    /// Short, and the same for equal causes.
    pub fn kind(&self) -> String {
        let text = match self {
            Self::Terms(why) => format!("Terms: {why}"),
            Self::Proof(rejection) => format!("{rejection:?}"),
        };
        let text: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
        text.chars().take(90).collect()
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Proof(rejection)
    }
}

impl Attempt {
    /// Openings that the unchanged link has.
    pub fn openings(&self, world: &World) -> usize {
        world.runs[self.run].links[self.position].whole.openings.len()
    }

    /// Whether it is the run's own link under the run's own terms, which is to be accepted.
    pub fn is_unchanged(&self, world: &World) -> bool {
        let run = &world.runs[self.run];
        let same_terms = match &self.terms {
            Terms::Same => true,
            // The lineage that a head names is the word of whoever gives it.
            Terms::Head(bytes) => Head::from_bytes(bytes)
                .is_ok_and(|head| run.head.as_ref().is_some_and(|own| head.states == own.states)),
            Terms::Other(order, head) => *order == run.order && *head == run.head,
            Terms::Program(program, order) => {
                *order == run.order && *program == run.program.to_bytes()
            }
        };
        same_terms && self.link == run.links[self.position].whole_bytes
    }

    /// Runs the verifier.
    ///
    /// # Errors
    /// Its answer.
    pub fn verify(&self, world: &World) -> Result<(), Refusal> {
        let run = &world.runs[self.run];
        match &self.terms {
            Terms::Same => Ok(run.links[self.position].verifier.clone().push(&self.link)?),
            Terms::Other(order, head) => {
                let expected = expectations(head.clone());
                let mut verifier = RunVerifier::<Watched>::new(&run.program, order, &expected)?;
                Ok(verifier.push(&self.link)?)
            }
            Terms::Head(bytes) => {
                let head = Head::from_bytes(bytes)
                    .map_err(|rejection| Refusal::Terms(rejection.to_string()))?;
                let expected = expectations(Some(head));
                let mut verifier =
                    RunVerifier::<Watched>::new(&run.program, &run.order, &expected)?;
                Ok(verifier.push(&self.link)?)
            }
            Terms::Program(bytes, order) => {
                let program = Program::from_bytes(bytes)
                    .map_err(|error| Refusal::Terms(error.to_string()))?;
                let expected = expectations(None);
                if self.position == 0 {
                    let mut verifier = RunVerifier::<Watched>::new(&program, order, &expected)?;
                    return Ok(verifier.push(&self.link)?);
                }
                Ok(verify_alone(&program, order, &self.link)?)
            }
        }
    }
}

/// A link as if the run had come to it, with no pending claims.
fn verify_alone(program: &Program, order: &Order, link: &[u8]) -> Result<(), Rejection> {
    let bounds = program
        .check()
        .map_err(|_| Rejection::Shape { part: "program", reason: "it does not check" })?;
    let link = LinkProof::from_bytes(link)?;
    let statement = &link.statement;
    check_rows(statement.steps, program)?;
    let schedule = Schedule {
        seed: order.schedule_seed(),
        shard_rows: order.shards.iter().map(|(rows, _)| *rows).collect(),
        reading: program.reading,
        channel: statement.channel,
    };
    let chain = Rejection::Expectation {
        field: "schedule",
        expected: hex(&schedule.seed),
        actual: String::new(),
    };
    let rows = match statement.kind {
        LinkKind::Training => schedule
            .rows(statement.first_step, statement.steps, program.batch)
            .map_err(|_| chain.clone())?,
        _ => Vec::new(),
    };
    let counted = schedule
        .counted(statement.first_step, statement.steps, program.batch)
        .map_err(|_| chain)?;
    let shards = vec![None; statement.shards.len()];
    let context = Context { program, bounds: &bounds, rows: &rows, counted, states: None, shards };
    verify_link::<Watched>(&link, &context).map(|_| ())
}
