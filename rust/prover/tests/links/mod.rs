//! One link, proven from any trace and verified against any constraint system.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use zkpot_ir::Bounds;
use zkpot_pcs::Whir;
use zkpot_protocol::arithmetization::{Arithmetization, LinkKind, LinkShape, ShardShape, Source};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::schedule::Row;
use zkpot_protocol::statement::{FORMAT_VERSION, ShardEntry, Statement};
use zkpot_prover::counting::{count_masks, hiding_system};
use zkpot_prover::error::ProveError;
use zkpot_prover::held::{Held, HeldKind};
use zkpot_prover::link::{LinkInput, ProvenLink, prove_system};
use zkpot_prover::trace::Trace;
use zkpot_verifier::RunVerifier;
use zkpot_verifier::link::{Context, Outcome, public_inputs, verify_system};

use crate::execution::{Inputs, Moment, Step, execute};
use crate::programs::{Running, unchecked};
use crate::scheme::Lying;

/// The next link of a run, before it is proven.
pub struct Link<'a> {
    pub running: &'a Running,
    pub kind: LinkKind,
    /// Public scalars, `[scalar][step]`.
    pub scalars: Vec<Vec<i64>>,
    /// The rows that both sides take as scheduled.
    pub rows: Vec<Row>,
    /// The public totals that the prover claims.
    pub outputs: Vec<i64>,
    pub steps: u32,
}

impl<'a> Link<'a> {
    pub fn training(running: &'a Running, steps: u32) -> Self {
        let rows = running.session().rows(steps).unwrap();
        Self {
            running,
            kind: LinkKind::Training,
            scalars: vec![vec![1; steps as usize]],
            rows,
            outputs: vec![],
            steps,
        }
    }

    pub fn import(running: &'a Running) -> Self {
        Self {
            running,
            kind: LinkKind::Import,
            scalars: vec![],
            rows: vec![],
            outputs: vec![],
            steps: 0,
        }
    }

    pub fn seal(running: &'a Running) -> Self {
        Self {
            running,
            kind: LinkKind::Seal,
            scalars: vec![],
            rows: vec![],
            outputs: vec![],
            steps: 0,
        }
    }

    /// The shards that the link opens.
    pub fn shards(&self) -> BTreeMap<u32, &'a Held> {
        let all = self.running.shards.iter().map(|(&index, held)| (index, held));
        match self.kind {
            LinkKind::Import => all.collect(),
            LinkKind::Training => {
                all.filter(|(index, _)| self.rows.iter().any(|row| row.shard == *index)).collect()
            }
            LinkKind::Seal => all.filter(|(_, held)| held.pending.is_some()).collect(),
        }
    }

    pub fn statement(&self) -> Statement {
        let order = &self.running.order;
        Statement {
            format: FORMAT_VERSION,
            arithmetic: self.running.program.arithmetic,
            kind: self.kind,
            channel: self.running.channel,
            states: Some(self.states_source()),
            security: order.security,
            program: order.program,
            before: [0; 32],
            after: [0; 32],
            data_root: order.data_root(),
            first_step: self.running.step,
            steps: self.steps,
            nonce: order.nonce,
            origin: order.origin,
            earlier_steps: order.earlier_steps,
            first: order.first,
            scalars: self.scalars.clone(),
            outputs: self.outputs.clone(),
            shards: self
                .shapes()
                .iter()
                .map(|s| ShardEntry {
                    index: s.index,
                    rows: s.rows,
                    source: s.source,
                    before: [0; 32],
                    after: [0; 32],
                })
                .collect(),
            context: order.context.clone(),
            previous: self.running.previous,
            envelope: None,
        }
    }

    fn shapes(&self) -> Vec<ShardShape> {
        let copy = self.kind != LinkKind::Seal;
        self.shards()
            .iter()
            .map(|(&index, held)| match held.kind {
                HeldKind::Shard { rows } => {
                    let owners = self.running.order.shards[index as usize].1;
                    ShardShape { index, rows, source: source(held, owners), copy }
                }
                HeldKind::States => unreachable!("a shard"),
            })
            .collect()
    }

    pub fn shape(&self) -> LinkShape {
        let (kind, steps, shards) = (self.kind, self.steps, self.shapes());
        LinkShape {
            kind,
            states: Some(self.states_source()),
            steps,
            shards,
            masks: None,
            closed: false,
        }
    }

    fn states_source(&self) -> Source {
        source(&self.running.states, self.running.order.first)
    }

    pub fn bounds(&self) -> Bounds {
        self.running.program.check().unwrap()
    }

    /// The constraint system that the verifier derives.
    pub fn system(&self) -> Arithmetization {
        let (program, bounds, shape) = (&self.running.program, &self.bounds(), self.shape());
        match self.running.channel {
            ChannelKind::Clear | ChannelKind::Wrapped => {
                Arithmetization::new(program, bounds, shape).unwrap()
            }
            ChannelKind::Hiding => {
                let public = public_inputs(&self.statement(), &self.rows, self.rows.len()).unwrap();
                hiding_system(program, bounds, &shape, &public).unwrap()
            }
        }
    }

    /// A constraint system that lost some constraint, with as many masks as are left to use.
    pub fn recounted(&self, mut system: Arithmetization) -> Arithmetization {
        if system.shape.masks.is_some() {
            let public = public_inputs(&self.statement(), &self.rows, self.rows.len()).unwrap();
            let masks = count_masks(&self.running.program, &system, &public).unwrap();
            system.shape.masks = Some(masks);
        }
        system
    }

    /// What the steps read, by the link's rows.
    pub fn inputs(&self) -> Inputs {
        let program = &self.running.program;
        let data = (0..program.data.len())
            .map(|field| {
                let shape = &program.tensors[program.data[field].tensor as usize].shape;
                let width: usize = shape[1..].iter().map(|&length| length as usize).product();
                self.rows
                    .iter()
                    .flat_map(|row| {
                        let values = &self.running.shards[&row.shard].integers[field];
                        values[row.row as usize * width..][..width].to_vec()
                    })
                    .collect()
            })
            .collect();
        Inputs {
            states: self.running.states.integers.clone(),
            data,
            scalars: self.scalars.clone(),
            steps: self.steps as usize,
            seed: self.running.order.schedule_seed(),
            first_step: self.running.step,
        }
    }

    pub fn execute(&self, lie: &dyn Fn(Moment, &mut Step)) -> Trace {
        execute(&self.running.program, &self.inputs(), lie)
    }

    /// Proves whatever the trace says, with the real prover and without its range checks.
    pub fn prove(
        &self,
        system: &Arithmetization,
        trace: Option<&Trace>,
    ) -> Result<ProvenLink, ProveError> {
        let statement = self.statement();
        let public = public_inputs(&statement, &self.rows, self.rows.len()).unwrap();
        let input = LinkInput {
            program: &unchecked(&self.running.program),
            bounds: &self.bounds(),
            statement,
            public,
            shape: self.shape(),
            states: Some(&self.running.states),
            shards: self.shards().into_values().collect(),
            trace,
            observer: &|_, _, _| ControlFlow::Continue(()),
        };
        prove_system::<Lying>(input, system)
    }

    /// Verifies with the real verifier.
    pub fn verify(&self, link: &LinkProof, system: &Arithmetization) -> Result<Outcome, Rejection> {
        let (program, bounds) = (&self.running.program, &self.bounds());
        let shards = self.shards().into_values().map(|held| held.pending.as_ref()).collect();
        let states = self.running.states.pending.as_ref();
        let (rows, counted) = (self.rows.as_slice(), self.rows.len());
        let context = Context { program, bounds, rows, counted, states, shards };
        verify_system::<Whir>(link, &context, system)
    }

    /// What the verifier of the whole run says to the link after all links before.
    pub fn verify_in_run(&self, link: &LinkProof) -> Result<(), Rejection> {
        let running = self.running;
        let expected = crate::programs::nothing_expected();
        let mut verifier =
            RunVerifier::<Whir>::new(&running.program, &running.order, &expected).unwrap();
        for bytes in &running.links {
            verifier.push(bytes).unwrap();
        }
        verifier.push(&link.to_bytes())
    }
}

fn source(held: &Held, owners: [u8; 32]) -> Source {
    if held.root == owners { Source::Owner } else { Source::Run }
}
