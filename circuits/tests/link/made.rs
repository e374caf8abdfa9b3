//! A run of two wrapped links of one shape, with envelopes, and what is said of them.

use std::sync::LazyLock;

use zkpot_circuits::link::{LinkPlan, LinkWitness, OpenEnvelope, verify_link};
use zkpot_circuits::recording::{Fault, Recording};
use zkpot_circuits::wrap::SealedStates;
use zkpot_ir::{Bounds, Output, Program};
use zkpot_pcs::ChannelKind;
use zkpot_protocol::arithmetization::LinkShape;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::schedule::{Row, Schedule};
use zkpot_prover::envelope::Sealed;
use zkpot_verifier::link::{Context, shape_of};

use super::programs::{self, Owned, Running};
use super::spy::Heard;

/// Steps of each link.
const STEPS: u32 = 3;

/// Two links, and the recording of their shape.
pub struct Made {
    pub program: Program,
    pub bounds: Bounds,
    pub links: [LinkProof; 2],
    pub envelopes: [SealedStates; 2],
    pub plan: LinkPlan,
    pub recording: Recording,
}

/// The links, which are made once.
pub fn made() -> &'static Made {
    static MADE: LazyLock<Made> = LazyLock::new(Made::new);
    &MADE
}

/// A classifier with a public total.
fn program() -> Program {
    let mut program = programs::classifier();
    let tensor = programs::POSITIVE as u32;
    program.outputs.push(Output { name: "positive".into(), tensor, error: 0 });
    program
}

/// A run of it that has no links yet.
pub fn begun() -> Running {
    let mut owned = Owned::new(3);
    owned.shards.truncate(1);
    Running::of(program(), &owned, programs::LEVEL, ChannelKind::Wrapped)
}

impl Made {
    fn new() -> Self {
        let (program, mut running) = (program(), begun());
        let bounds = program.check().unwrap();
        let envelopes = [(); 2].map(|()| {
            let Sealed { ciphertext, key, .. } = running.train_sealed(STEPS);
            (ciphertext, key)
        });
        running.verify(&programs::nothing_expected()).unwrap();
        let links: Vec<LinkProof> =
            running.links.iter().map(|bytes| LinkProof::from_bytes(bytes).unwrap()).collect();
        let links: [LinkProof; 2] = links.try_into().unwrap();
        let shape = shape_of(&links[0], &program, &bounds).unwrap();
        let (plan, recording) = record(&program, &bounds, shape);
        Self { program, bounds, links, envelopes, plan, recording }
    }

    /// What the verifier of links says, given the rows that the statement's schedule draws.
    pub fn verify(&self, link: &LinkProof) -> Result<(), Rejection> {
        let rows = self.rows(link);
        let (program, bounds, counted) = (&self.program, &self.bounds, rows.len());
        let (rows, shards) = (rows.as_slice(), vec![None]);
        let context = Context { program, bounds, rows, counted, states: None, shards };
        zkpot_verifier::link::verify_link::<Heard>(link, &context).map(drop)
    }

    pub fn rows(&self, link: &LinkProof) -> Vec<Row> {
        let statement = &link.statement;
        let schedule = Schedule {
            seed: statement.schedule_seed(),
            shard_rows: statement.shards.iter().map(|shard| shard.rows).collect(),
            reading: self.program.reading,
            channel: statement.channel,
        };
        schedule.rows(statement.first_step, statement.steps, self.program.batch).unwrap()
    }

    /// What the recording says.
    pub fn replay(&self, link: &LinkProof) -> Result<LinkWitness, Fault> {
        LinkWitness::of(&self.recording, &self.plan, link, Some(&self.opened(link)))
    }

    /// What opens a link's envelope: that of its number in the run, whatever else was changed.
    pub fn opened(&self, link: &LinkProof) -> OpenEnvelope {
        let number = usize::from(link.statement.first_step > 1);
        let (ciphertext, key) = &self.envelopes[number];
        OpenEnvelope::decrypt(&self.plan, ciphertext, *key).unwrap()
    }

    /// Requires that verifier and recording refuse a link alike; returns how the recording does.
    ///
    /// Of an opening the verifier has the library's word, so there the polynomial has to be the same.
    pub fn refusal(&self, link: &LinkProof) -> Rejection {
        let expected = self.verify(link).expect_err("the verifier accepts");
        let Fault::Refused(found) = self.replay(link).expect_err("the recording accepts") else {
            panic!("an inverse of zero");
        };
        match (&expected, &found) {
            (
                Rejection::Opening { polynomial: expected, .. },
                Rejection::Opening { polynomial, .. },
            ) => assert_eq!(expected, polynomial),
            _ => assert_eq!(expected, found),
        }
        found
    }
}

/// The plan and the recording of a shape.
pub fn record(program: &Program, bounds: &Bounds, shape: LinkShape) -> (LinkPlan, Recording) {
    let plan = LinkPlan::new(program, bounds, shape, programs::LEVEL, true).unwrap();
    let (recording, _) = Recording::of(|recorder| verify_link(recorder, program, &plan)).unwrap();
    (plan, recording)
}
