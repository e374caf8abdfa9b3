//! Links without a witness: what anybody can write who knows one challenge in advance.
//!
//! The simulator sees the program, the order, and what is public about a link. It commits to
//! uniform polynomials, says uniform scalars, and lies once, in `<weights, n>`. It opens its
//! commitments honestly: that the openings themselves can be simulated is the commitment scheme's
//! affair.
#![allow(dead_code)]

use std::collections::BTreeMap;

use p3_field::{BasedVectorSpace, Field, PrimeCharacteristicRing};
use zkpot_ir::Program;
use zkpot_pcs::Parameters;
use zkpot_protocol::arithmetization::{
    Arithmetization, LinkKind, LinkShape, Polynomial, ShardShape, Source,
};
use zkpot_protocol::channel::form::Form;
use zkpot_protocol::channel::hiding::MaskRelations;
use zkpot_protocol::channel::{ChannelKind, VerifierChannel};
use zkpot_protocol::commitment::{CommitmentScheme, Committer};
use zkpot_protocol::field::{EF, F, eq_table};
use zkpot_protocol::labels;
use zkpot_protocol::layout::dot;
use zkpot_protocol::masks::{BLINDING, MASK_ROWS, MASKS, read_vector};
use zkpot_protocol::order::own_point;
use zkpot_protocol::pending::{Pending, absorb_pending};
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::security::SecurityLevel;
use zkpot_protocol::start::start_transcript;
use zkpot_protocol::statement::{FORMAT_VERSION, Order, Origin, ShardEntry, Statement};
use zkpot_protocol::transcript::Transcript;
use zkpot_prover::counting::hiding_system;
use zkpot_prover::relations::masks::prove_blinded;
use zkpot_prover::session::schedule_of;
use zkpot_verifier::link::public_inputs;
use zkpot_verifier::relations::masks::join_relations;
use zkpot_verifier::relations::multiplication::{receive_row, verify_zero_check};
use zkpot_verifier::relations::verify_relations;

use crate::programmed::{Programmed, Sponge, program};

/// Uniform field elements.
pub fn uniform(count: usize) -> Vec<F> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).unwrap();
    let mut stream = blake3::Hasher::new_keyed(&seed).finalize_xof();
    let mut bytes = [0; 16];
    (0..count)
        .map(|_| {
            stream.fill(&mut bytes);
            F::from_u128(u128::from_le_bytes(bytes))
        })
        .collect()
}

/// The same of the extension.
pub fn uniform_extension(count: usize) -> Vec<EF> {
    uniform(3 * count)
        .chunks_exact(3)
        .map(|chunk| EF::from_basis_coefficients_fn(|index| chunk[index]))
        .collect()
}

fn value_at(values: &[F], point: &[EF]) -> EF {
    eq_table(point, values.len()).iter().zip(values).map(|(&weight, &value)| weight * value).sum()
}

fn parameters(variables: usize, role: Polynomial) -> Parameters {
    let (binding, level) = (role.binding(), SecurityLevel::Bits100);
    Programmed::parameters(variables, binding, level, ChannelKind::Hiding).unwrap()
}

/// A commitment to nothing in particular.
#[derive(Clone)]
pub struct Junk {
    values: Vec<F>,
    seed: [u8; 32],
    pub root: [u8; 32],
    pub pending: Option<Pending>,
}

impl Junk {
    fn new(variables: usize, role: Polynomial) -> Self {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).unwrap();
        let mut junk = Self { values: uniform(1 << variables), seed, root: [0; 32], pending: None };
        let parameters = parameters(variables, role);
        let (root, _) = Programmed::commit(junk.values.clone(), &parameters, &seed).unwrap();
        junk.root = root.into();
        junk
    }

    fn open(&self, role: Polynomial, points: &[Vec<EF>], sponge: &mut Sponge) -> Vec<u8> {
        let variables = self.values.len().trailing_zeros() as usize;
        let parameters = parameters(variables, role);
        let (_, data) = Programmed::commit(self.values.clone(), &parameters, &self.seed).unwrap();
        let (_, proof) = Programmed::open(data, points, sponge).unwrap();
        Programmed::encode(&proof).unwrap()
    }
}

/// The verifier, talking to nobody: what it receives is uniform.
struct Alone<'a> {
    transcript: &'a mut Transcript<Sponge>,
    polynomials: &'a [&'a Junk],
    /// The point that the final sumcheck ends in.
    point: Vec<EF>,
    scalars: Vec<EF>,
    revealed: Vec<EF>,
    products: Vec<[Form; 3]>,
    relations: Vec<Form>,
}

impl VerifierChannel for Alone<'_> {
    type Element = EF;
    type Scalar = Form;

    fn receive(&mut self, label: &'static str, count: usize) -> Result<Vec<Form>, Rejection> {
        let sent = uniform_extension(count);
        self.transcript.absorb(label, &sent);
        let first = self.scalars.len();
        self.scalars.extend(&sent);
        Ok((first..).zip(sent).map(|(mask, sent)| Form::unmasked(mask as u32, sent)).collect())
    }

    fn receive_revealed(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<EF>, Rejection> {
        let values: Vec<EF> = if label == labels::OPENING_VALUE {
            // A value of a uniform polynomial is as uniform as one behind a block of uniform
            // entries, and it has to be what the opening shows.
            let own = |values: &[F]| {
                let (_, point) = own_point(&self.point, values.len().trailing_zeros() as usize);
                value_at(values, &point)
            };
            self.polynomials.iter().map(|junk| own(&junk.values)).collect()
        } else {
            uniform_extension(count)
        };
        assert_eq!(values.len(), count);
        self.transcript.absorb(label, &values);
        self.revealed.extend(&values);
        Ok(values)
    }

    fn challenge(&mut self, label: &'static str) -> EF {
        let challenge = self.transcript.challenge(label);
        if label == labels::OPENING_ROUND {
            self.point.push(challenge);
        }
        challenge
    }

    fn multiply(&mut self, left: &Form, right: &Form) -> Result<Form, Rejection> {
        let product = self.receive(labels::CHANNEL_PRODUCT, 1)?.remove(0);
        self.products.push([left.clone(), right.clone(), product.clone()]);
        Ok(product)
    }

    fn require_zero(&mut self, form: Form, _otherwise: Rejection) -> Result<(), Rejection> {
        self.relations.push(form);
        Ok(())
    }
}

/// A run that nobody trained.
pub struct Simulation {
    pub program: Program,
    pub order: Order,
    pub states: Junk,
    pub shards: BTreeMap<u32, Junk>,
    previous: [u8; 32],
    step: u64,
    /// The one challenge that the simulator chooses.
    pub factor: EF,
    /// Whether it says `<weights, n>` as the relations would have it.
    pub lies: bool,
    pub links: Vec<LinkProof>,
}

impl Simulation {
    /// From what is public: the program and the rows of each shard.
    pub fn new(program: &Program, rows: &[u32]) -> Self {
        let bounds = program.check().unwrap();
        let source = Source::Owner;
        let shards: Vec<ShardShape> = (0..)
            .zip(rows)
            .map(|(index, &rows)| ShardShape { index, rows, source, copy: true })
            .collect();
        let (kind, states) = (LinkKind::Import, Some(source));
        let shape = LinkShape { kind, states, steps: 0, shards, masks: None, closed: false };
        let system = Arithmetization::new(program, &bounds, shape).unwrap();
        let junk = |role| Junk::new(system.variables(system.position(role).unwrap()), role);
        let states = junk(Polynomial::StatesIn);
        let shards: Vec<Junk> = (0..rows.len()).map(|k| junk(Polynomial::ShardIn(k))).collect();
        let order = Order {
            program: program.digest().0,
            first: states.root,
            shards: rows.iter().zip(&shards).map(|(&rows, junk)| (rows, junk.root)).collect(),
            nonce: [7; 32],
            origin: Origin::Arbitrary,
            earlier_steps: 0,
            security: SecurityLevel::Bits100,
            context: b"simulated".to_vec(),
        };
        Self {
            program: program.clone(),
            order,
            states,
            shards: (0..).zip(shards).collect(),
            previous: [0; 32],
            step: 0,
            factor: uniform_extension(1)[0],
            lies: true,
            links: Vec::new(),
        }
    }

    /// The next link.
    pub fn link(&mut self, kind: LinkKind, steps: u32) {
        let rows = schedule_of(&self.program, &self.order, ChannelKind::Hiding)
            .rows(self.step, steps, self.program.batch)
            .unwrap();
        let opened: Vec<u32> = match kind {
            LinkKind::Training => {
                let read = |index: &&u32| rows.iter().any(|row| row.shard == **index);
                self.shards.keys().filter(read).copied().collect()
            }
            _ => self.shards.keys().copied().collect(),
        };
        let copy = kind != LinkKind::Seal;
        let shard_rows = |index: u32| self.order.shards[index as usize].0;
        // Owners' commitments come in by the first link alone.
        let source = if self.links.is_empty() { Source::Owner } else { Source::Run };
        let shape = LinkShape {
            kind,
            states: Some(source),
            steps,
            shards: opened
                .iter()
                .map(|&index| ShardShape { index, rows: shard_rows(index), source, copy })
                .collect(),
            masks: None,
            closed: false,
        };
        let mut statement = Statement {
            format: FORMAT_VERSION,
            arithmetic: self.program.arithmetic,
            kind,
            channel: ChannelKind::Hiding,
            states: Some(source),
            program: self.order.program,
            before: self.states.root,
            after: [0; 32],
            data_root: self.order.data_root(),
            first_step: self.step,
            steps,
            nonce: self.order.nonce,
            origin: self.order.origin,
            earlier_steps: self.order.earlier_steps,
            first: self.order.first,
            scalars: match kind {
                LinkKind::Training => vec![vec![1; steps as usize]; self.program.scalars.len()],
                _ => vec![],
            },
            security: self.order.security,
            outputs: vec![],
            shards: opened
                .iter()
                .map(|&index| ShardEntry {
                    index,
                    rows: shard_rows(index),
                    source,
                    before: self.shards[&index].root,
                    after: [0; 32],
                })
                .collect(),
            context: self.order.context.clone(),
            previous: self.previous,
            envelope: None,
        };
        let public = public_inputs(&statement, &rows, rows.len()).unwrap();
        let bounds = self.program.check().unwrap();
        let system = hiding_system(&self.program, &bounds, &shape, &public).unwrap();

        let polynomials: Vec<Junk> = (0..)
            .zip(&system.polynomials)
            .map(|(index, &role)| match role {
                Polynomial::StatesIn => self.states.clone(),
                Polynomial::ShardIn(position) => self.shards[&opened[position]].clone(),
                _ => Junk::new(system.variables(index), role),
            })
            .collect();
        for (&role, junk) in system.polynomials.iter().zip(&polynomials) {
            match role {
                Polynomial::StatesOut => statement.after = junk.root,
                Polynomial::ShardOut(position) => statement.shards[position].after = junk.root,
                _ => {}
            }
        }
        program(Some(self.factor));
        let (link, left) = self.converse(statement, &system, &public, &polynomials);
        program(None);
        for (role, junk) in left {
            match role {
                Polynomial::ShardOut(position) => self.shards.insert(opened[position], junk),
                _ => Some(core::mem::replace(&mut self.states, junk)),
            };
        }
        if kind == LinkKind::Seal {
            self.shards.clear();
        }
        self.previous = link.statement.digest();
        self.step += u64::from(steps);
        self.links.push(link);
    }

    /// Everything after the commitments; returns the link and what it leaves pending.
    fn converse(
        &self,
        statement: Statement,
        system: &Arithmetization,
        public: &zkpot_protocol::claims::PublicInputs,
        polynomials: &[Junk],
    ) -> (LinkProof, Vec<(Polynomial, Junk)>) {
        let witness = &polynomials[0];
        let mut transcript = start_transcript(
            Programmed::challenger(ChannelKind::Hiding),
            &statement,
            system.shape.masks,
            Some(&witness.root),
        );
        let mut alone = Alone {
            transcript: &mut transcript,
            polynomials: &polynomials.iter().collect::<Vec<_>>(),
            point: Vec::new(),
            scalars: Vec::new(),
            revealed: Vec::new(),
            products: Vec::new(),
            relations: Vec::new(),
        };
        let evaluations = verify_relations(&mut alone, &self.program, system, public).unwrap();
        receive_row(&mut alone).unwrap();
        let products = core::mem::take(&mut alone.products);
        verify_zero_check(&mut alone, products).unwrap();
        let Alone { scalars, mut revealed, relations, .. } = alone;

        let region = &system.layout.regions[system.masks.unwrap()];
        let recorded = MaskRelations { relations, revealed: &[] };
        let join = transcript.challenge(labels::MASKS_JOIN);
        let (weights, value) = join_relations(&recorded, region.block / MASK_ROWS, join);
        let blinding = read_vector(region, &witness.values, BLINDING);
        let masks = read_vector(region, &witness.values, MASKS);
        // The true sum makes `masks + factor * blinding` show that the relations do not hold.
        let sum = if self.lies {
            let blinded: Vec<EF> =
                masks.iter().zip(&blinding).map(|(&m, &n)| m + self.factor * n).collect();
            (dot(&weights, &blinded) - value) * self.factor.inverse()
        } else {
            dot(&weights, &blinding)
        };
        let variables = system.variables(0);
        let (last, claim) =
            prove_blinded(&mut transcript, weights, sum, region, variables, &witness.values);
        revealed.extend(last);

        let (mut openings, mut left) = (Vec::new(), Vec::new());
        for (index, (&role, junk)) in system.polynomials.iter().zip(polynomials).enumerate() {
            if index == 1 {
                let inputs = system.polynomials.iter().zip(polynomials);
                let pending: Vec<Option<&Pending>> = inputs
                    .filter(|(role, _)| system.shape.opens(**role))
                    .map(|(_, junk)| junk.pending.as_ref())
                    .collect();
                absorb_pending(&mut transcript, &pending);
            }
            if !system.shape.opens(role) {
                left.push((role, index));
                continue;
            }
            let mut points = vec![evaluations[index].point.clone()];
            points.extend(junk.pending.iter().map(|pending| pending.point.clone()));
            if role == Polynomial::Witness {
                points.push(claim.point.clone());
            }
            openings.push(junk.open(role, &points, transcript.sponge_mut()));
        }
        let closing = transcript.challenge(labels::CLOSING);
        let left = left
            .into_iter()
            .map(|(role, index)| {
                let mut junk = polynomials[index].clone();
                let (point, value) = (evaluations[index].point.clone(), evaluations[index].value);
                junk.pending = Some(Pending { commitment: junk.root, point, value, closing });
                (role, junk)
            })
            .collect();
        let link =
            LinkProof { statement, witness: Some(witness.root), scalars, revealed, openings };
        (link, left)
    }
}
