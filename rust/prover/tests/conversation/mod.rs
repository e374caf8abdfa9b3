//! The hiding channel alone: a short conversation, its relations, and one polynomial of masks.
//!
//! The prover sends `a` and `b`, their product, and `c`. The verifier requires that the product is
//! a given number and that `a + b = c`. The polynomial stands for its commitment: it is evaluated
//! where a link would open it.
#![allow(dead_code)]

use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};
use zkpot_pcs::Whir;
use zkpot_protocol::channel::hiding::{HidingProver, HidingVerifier, MaskRelations};
use zkpot_protocol::channel::{ChannelKind, Messages, ProverChannel, VerifierChannel};
use zkpot_protocol::commitment::CommitmentScheme;
use zkpot_protocol::field::{EF, F, eq_table};
use zkpot_protocol::labels;
use zkpot_protocol::layout::{Layout, Region, dot};
use zkpot_protocol::masks::{MASKS, mask_lengths, read_vector};
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::transcript::Transcript;
use zkpot_prover::relations::masks::prove_masks;
use zkpot_prover::relations::multiplication::prove_zero_check;
use zkpot_verifier::relations::masks::verify_masks;
use zkpot_verifier::relations::multiplication::verify_multiplications;

type Sponge = <Whir as CommitmentScheme<F, EF>>::Challenger;

// The relations, in the order in which the verifier records them.
pub const PRODUCT_IS_GIVEN: usize = 0;
pub const SUM: usize = 1;
pub const LEFT: usize = 2;
pub const RIGHT: usize = 3;
pub const ZERO_CHECK: usize = 4;

/// Scalars: `a`, `b`, their product, `c`, the random row and its product, one round.
pub const SCALARS: usize = 9;

/// What is said.
#[derive(Clone, Copy)]
pub struct Topic {
    pub a: EF,
    pub b: EF,
    pub c: EF,
    /// What the verifier wants the product to be.
    pub product: EF,
    /// The row that hides the products.
    pub row: [EF; 2],
}

impl Topic {
    pub fn true_of(a: u64, b: u64) -> Self {
        let (a, b) = (EF::from_u64(a), EF::from_u64(b));
        let row = [element(1), element(2)];
        Self { a, b, c: a + b, product: a * b, row }
    }
}

/// Changes what is sent or revealed under a label.
pub type Edit<'e> = &'e mut dyn FnMut(&'static str, &mut [EF]);

/// The prover's end of the hiding channel, with everything that is sent passing an edit first.
struct Editing<'a, 'e> {
    inner: HidingProver<'a, Sponge>,
    edit: Edit<'e>,
    products: Vec<[EF; 3]>,
}

impl Editing<'_, '_> {
    fn edited(&mut self, label: &'static str, values: &[EF]) -> Vec<EF> {
        let mut values = values.to_vec();
        (self.edit)(label, &mut values);
        values
    }
}

impl ProverChannel for Editing<'_, '_> {
    fn send(&mut self, label: &'static str, scalars: &[EF]) {
        let scalars = self.edited(label, scalars);
        self.inner.send(label, &scalars);
    }

    fn reveal(&mut self, label: &'static str, values: &[EF]) {
        let values = self.edited(label, values);
        self.inner.reveal(label, &values);
    }

    fn challenge(&mut self, label: &'static str) -> EF {
        self.inner.challenge(label)
    }

    fn multiply(&mut self, left: EF, right: EF) {
        let product = self.edited(labels::CHANNEL_PRODUCT, &[left * right])[0];
        self.inner.send(labels::CHANNEL_PRODUCT, &[product]);
        self.products.push([left, right, product]);
    }
}

/// A polynomial of nothing but masks.
#[derive(Clone)]
pub struct Committed {
    pub region: Region,
    pub variables: usize,
    pub values: Vec<F>,
}

impl Committed {
    pub fn new(masks: usize) -> Self {
        let mut layout = Layout::default();
        layout.add(0, &mask_lengths(masks));
        layout.place(0, 0);
        let mut values = vec![F::ZERO; 1 << layout.variables[0]];
        let mut seed = [0; 8];
        for value in &mut values {
            getrandom::fill(&mut seed).unwrap();
            *value = F::from_u64(u64::from_le_bytes(seed) >> 1);
        }
        Self { region: layout.regions[0].clone(), variables: layout.variables[0], values }
    }

    pub fn at(&self, point: &[EF]) -> EF {
        let values: Vec<EF> = self.values.iter().map(|&value| EF::from(value)).collect();
        dot(&eq_table(point, values.len()), &values)
    }
}

fn element(seed: u64) -> EF {
    EF::from_basis_coefficients_fn(|i| {
        F::from_u64(((seed + i as u64) * 0x1234_5678_9abc_def1) >> 2)
    })
}

fn start() -> Transcript<Sponge> {
    Transcript::new(Whir::challenger(ChannelKind::Clear))
}

/// What the verifier records, all but the relation at `without`.
fn record<'p>(
    transcript: &mut Transcript<Sponge>,
    topic: &Topic,
    messages: &'p Messages,
    without: Option<usize>,
) -> Result<MaskRelations<'p>, Rejection> {
    let mut channel = HidingVerifier::new(transcript, &messages.scalars, &messages.revealed);
    let pair = channel.receive("pair", 2)?;
    let product = channel.multiply(&pair[0], &pair[1])?;
    channel.require_zero(product - topic.product.into(), Rejection::Relation)?;
    let c = channel.receive("sum", 1)?.remove(0);
    channel.require_zero(pair[0].clone() + pair[1].clone() - c, Rejection::Relation)?;
    verify_multiplications(&mut channel)?;
    let mut recorded = channel.close()?;
    assert_eq!(recorded.relations.len(), 5);
    if let Some(without) = without {
        recorded.relations.remove(without);
    }
    Ok(recorded)
}

/// The whole conversation, prover's side: `masks` are those it uses and proves with.
pub fn prove(topic: &Topic, masks: &Committed, without: Option<usize>, edit: Edit<'_>) -> Messages {
    let mut transcript = start();
    let mut replayed = start();
    let mut pads = read_vector(&masks.region, &masks.values, MASKS);
    pads.truncate(SCALARS);
    let inner = HidingProver::new(&mut transcript, pads);
    let mut channel = Editing { inner, edit, products: Vec::new() };
    channel.send("pair", &[topic.a, topic.b]);
    channel.multiply(topic.a, topic.b);
    channel.send("sum", &[topic.c]);
    channel.send(labels::MULTIPLICATION_ROW, &topic.row);
    channel.multiply(topic.row[0], topic.row[1]);
    let products = core::mem::take(&mut channel.products);
    prove_zero_check(&mut channel, &products);
    let mut messages = channel.inner.close().unwrap();
    let recorded = record(&mut replayed, topic, &messages, without).unwrap();
    let (region, variables) = (&masks.region, masks.variables);
    let (revealed, _) = prove_masks(&mut transcript, &recorded, region, variables, &masks.values);
    messages.revealed.extend(revealed);
    messages
}

/// The verifier's side, without the relation at `without`: the point and value that an opening
/// would have to show.
pub fn verify(
    topic: &Topic,
    messages: &Messages,
    committed: &Committed,
    without: Option<usize>,
) -> Result<(Vec<EF>, EF), Rejection> {
    let mut transcript = start();
    let recorded = record(&mut transcript, topic, messages, without)?;
    let claim = verify_masks(&mut transcript, &recorded, &committed.region, committed.variables)?;
    Ok((claim.point, claim.value))
}
