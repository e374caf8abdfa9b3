//! Every number in a hiding link, and why it may be seen.
//!
//! The link is taken apart as it is serialised; a field that has no name here fails. What stands in
//! an opening is accounted for in `rust/pcs/src/accounting.rs`.

mod execution;
mod links;
mod programs;
mod scheme;

use std::collections::BTreeMap;

use p3_field::PrimeCharacteristicRing;
use serde_json::{Value, json};
use zkpot_pcs::{OpeningProof, Parameters, Whir};
use zkpot_protocol::arithmetization::{Arithmetization, Polynomial};
use zkpot_protocol::channel::form::Form;
use zkpot_protocol::channel::hiding::HidingVerifier;
use zkpot_protocol::channel::{ChannelKind, VerifierChannel};
use zkpot_protocol::commitment::CommitmentScheme;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::labels;
use zkpot_protocol::masks::MASK_ROWS;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::start::start_transcript;
use zkpot_prover::trace::Trace;
use zkpot_verifier::link::public_inputs;
use zkpot_verifier::relations::masks::verify_masks;
use zkpot_verifier::relations::multiplication::{receive_row, verify_zero_check};
use zkpot_verifier::relations::verify_relations;

use links::Link;
use programs::Running;

type Sponge = <Whir as CommitmentScheme<F, EF>>::Challenger;

/// Why a part of a link may be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    /// A field of the statement.
    Public,
    /// The witness's root: a hash over salted leaves.
    Hash,
    /// Sent under a label, behind the mask of this number.
    Masked(&'static str, usize),
    /// Revealed under a label, uniform.
    Uniform(&'static str),
    /// An opening of a polynomial.
    Opening(Polynomial),
}

/// The hiding verifier's channel, with the label of everything that is received.
struct Labelled<'t, 'p> {
    channel: HidingVerifier<'t, 'p, Sponge>,
    scalars: Vec<(&'static str, Form)>,
    revealed: Vec<&'static str>,
}

impl VerifierChannel for Labelled<'_, '_> {
    type Element = EF;
    type Scalar = Form;

    fn receive(&mut self, label: &'static str, count: usize) -> Result<Vec<Form>, Rejection> {
        let forms = self.channel.receive(label, count)?;
        self.scalars.extend(forms.iter().map(|form| (label, form.clone())));
        Ok(forms)
    }

    fn receive_revealed(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<EF>, Rejection> {
        self.revealed.extend(core::iter::repeat_n(label, count));
        self.channel.receive_revealed(label, count)
    }

    fn challenge(&mut self, label: &'static str) -> EF {
        self.channel.challenge(label)
    }

    fn multiply(&mut self, left: &Form, right: &Form) -> Result<Form, Rejection> {
        let product = self.channel.multiply(left, right)?;
        self.scalars.push((labels::CHANNEL_PRODUCT, product.clone()));
        Ok(product)
    }

    fn require_zero(&mut self, form: Form, otherwise: Rejection) -> Result<(), Rejection> {
        self.channel.require_zero(form, otherwise)
    }
}

/// What the real verifier takes each scalar and each revealed value for.
fn hear(link: &LinkProof, told: &Link<'_>, system: &Arithmetization) -> (Vec<Seen>, Vec<Seen>) {
    let program = &told.running.program;
    let inputs = public_inputs(&link.statement, &told.rows, told.rows.len()).unwrap();
    let masks = system.shape.masks.unwrap();
    let mut transcript = start_transcript(
        Whir::challenger(link.statement.channel),
        &link.statement,
        Some(masks),
        link.witness.as_ref(),
    );
    let channel = HidingVerifier::new(&mut transcript, &link.scalars, &link.revealed);
    let mut labelled = Labelled { channel, scalars: Vec::new(), revealed: Vec::new() };
    verify_relations(&mut labelled, program, system, &inputs).unwrap();
    receive_row(&mut labelled).unwrap();
    let products = labelled.channel.take_products();
    verify_zero_check(&mut labelled, products).unwrap();
    let Labelled { channel, scalars, mut revealed } = labelled;
    let recorded = channel.close().unwrap();

    let region = &system.layout.regions[system.masks.unwrap()];
    let variables = system.variables(system.position(Polynomial::Witness).unwrap());
    // This takes all that is left, and nothing more.
    let _ = verify_masks(&mut transcript, &recorded, region, variables).unwrap();
    let rounds = (region.block / MASK_ROWS).trailing_zeros() as usize;
    revealed.push(labels::MASKS_BLINDING);
    revealed.extend(core::iter::repeat_n(labels::MASKS_ROUND, 2 * rounds));
    revealed.extend(core::iter::repeat_n(labels::MASKS_ROWS, MASK_ROWS));

    let scalars = scalars
        .into_iter()
        .map(|(label, form)| {
            let mut weights = vec![EF::ZERO; masks];
            form.add_to(EF::ONE, &mut weights);
            let used: Vec<usize> = (0..masks).filter(|&m| weights[m] != EF::ZERO).collect();
            assert_eq!(used.len(), 1, "{label}");
            assert_eq!(weights[used[0]], -EF::ONE, "{label}");
            assert_eq!(form.constant(), link.scalars[used[0]], "{label}");
            Seen::Masked(label, used[0])
        })
        .collect();
    (scalars, revealed.into_iter().map(Seen::Uniform).collect())
}

/// The statement's fields, all of them public.
const STATEMENT: [&str; 22] = [
    "format",
    "arithmetic",
    "kind",
    "channel",
    "states",
    "program",
    "before",
    "after",
    "data_root",
    "first_step",
    "steps",
    "nonce",
    "origin",
    "earlier_steps",
    "envelope",
    "security",
    "first",
    "scalars",
    "outputs",
    "shards",
    "context",
    "previous",
];

/// An element of the extension, as it is serialised.
fn is_element(value: &Value) -> bool {
    let is_null = |(name, value): (&String, &Value)| match name.as_str() {
        "value" => value.as_array().is_some_and(|v| v.len() == 3 && v.iter().all(Value::is_u64)),
        name => name == "_phantom" && value.is_null(),
    };
    value
        .as_object()
        .is_some_and(|fields| fields.contains_key("value") && fields.iter().all(is_null))
}

fn is_bytes(value: &Value, length: Option<usize>) -> bool {
    value.as_array().is_some_and(|bytes| {
        length.is_none_or(|length| bytes.len() == length)
            && bytes.iter().all(|byte| byte.as_u64().is_some_and(|byte| byte < 256))
    })
}

/// The name of everything in a serialised link, or what has none.
fn account(
    link: &Value,
    (scalars, revealed): &(Vec<Seen>, Vec<Seen>),
    opened: &[Polynomial],
) -> Result<Vec<Seen>, String> {
    let mut all = Vec::new();
    let list = |name: &str, value: &Value, names: &[Seen]| match value.as_array() {
        Some(values) if values.len() == names.len() => Ok(values.clone()),
        _ => Err(format!("{name}: not as many as have a name")),
    };
    for (field, value) in link.as_object().ok_or("no structure")? {
        match field.as_str() {
            "statement" => {
                for field in value.as_object().ok_or("no statement")?.keys() {
                    if !STATEMENT.contains(&field.as_str()) {
                        return Err(format!("statement.{field}"));
                    }
                    all.push(Seen::Public);
                }
            }
            "witness" if is_bytes(value, Some(32)) => all.push(Seen::Hash),
            "scalars" | "revealed" => {
                let names = if field == "scalars" { scalars } else { revealed };
                for (value, name) in list(field, value, names)?.iter().zip(names) {
                    if !is_element(value) {
                        return Err(format!("{field}: {value}"));
                    }
                    all.push(name.clone());
                }
            }
            "openings" => {
                let names: Vec<Seen> = opened.iter().copied().map(Seen::Opening).collect();
                for (value, name) in list(field, value, &names)?.iter().zip(names) {
                    if !is_bytes(value, None) {
                        return Err(format!("openings: {value}"));
                    }
                    all.push(name);
                }
            }
            _ => return Err(field.clone()),
        }
    }
    Ok(all)
}

/// A link of each kind.
fn proven() -> Vec<(Running, LinkProof)> {
    let start = Running::committed(&programs::Owned::new(3), ChannelKind::Hiding);
    let mut imported = start.clone();
    imported.import();
    let mut trained = imported.clone();
    trained.train(3, true);
    [start, imported, trained]
        .into_iter()
        .map(|running| {
            let link = told(&running);
            let trace = match link.steps {
                0 => Trace { final_states: running.states.integers.clone(), ..Trace::default() },
                _ => link.execute(&|_, _| ()),
            };
            let proven = link.prove(&link.system(), Some(&trace)).unwrap().link;
            (running, proven)
        })
        .collect()
}

fn told(running: &Running) -> Link<'_> {
    match running.links.len() {
        0 => Link::import(running),
        1 => Link::training(running, 3),
        _ => Link::seal(running),
    }
}

#[test]
fn every_number_has_a_name() {
    for (running, link) in proven() {
        let told = told(&running);
        let system = told.system();
        let names = hear(&link, &told, &system);
        let opened: Vec<Polynomial> =
            system.polynomials.iter().copied().filter(|&role| system.shape.opens(role)).collect();
        let all = account(&serde_json::to_value(&link).unwrap(), &names, &opened).unwrap();

        // Each mask once, in order; none is left.
        let masks = (0..system.shape.masks.unwrap()).collect::<Vec<_>>();
        let used = |seen: &Seen| match seen {
            Seen::Masked(_, mask) => Some(*mask),
            _ => None,
        };
        assert_eq!(all.iter().filter_map(used).collect::<Vec<_>>(), masks);
        assert_eq!(all.iter().filter(|seen| **seen == Seen::Public).count(), STATEMENT.len());

        // How often which label was revealed: nothing else is.
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for seen in &all {
            if let Seen::Uniform(label) = seen {
                *counts.entry(label).or_default() += 1;
            }
        }
        let slots = system.layout.regions[system.masks.unwrap()].block / MASK_ROWS;
        let expected = BTreeMap::from([
            (labels::OPENING_VALUE, system.polynomials.len()),
            (labels::MULTIPLICATION_FACTORS, 2),
            (labels::MASKS_BLINDING, 1),
            (labels::MASKS_ROUND, 2 * slots.trailing_zeros() as usize),
            (labels::MASKS_ROWS, MASK_ROWS),
        ]);
        assert_eq!(counts, expected);

        for (role, bytes) in opened.iter().zip(&link.openings) {
            let variables = system.variables(system.position(*role).unwrap());
            let (binding, channel) = (role.binding(), ChannelKind::Hiding);
            let parameters: Parameters =
                Whir::parameters(variables, binding, programs::LEVEL, channel).unwrap();
            let opening = OpeningProof::from_bytes(bytes, &parameters).unwrap();
            // At the link's point, and at a pending one or at that of the masks.
            let points =
                if running.links.is_empty() && *role != Polynomial::Witness { 1 } else { 2 };
            assert_eq!(opening.values().len(), points, "{role}");
        }
    }
}

/// What nobody has thought about is not passed over.
#[test]
fn a_new_field_has_no_name() {
    let (running, link) = proven().remove(2);
    let told = told(&running);
    let names = hear(&link, &told, &told.system());
    let opened =
        [Polynomial::Witness, Polynomial::StatesIn, Polynomial::ShardIn(0), Polynomial::ShardIn(1)];
    let honest = serde_json::to_value(&link).unwrap();
    assert!(account(&honest, &names, &opened).is_ok());
    type Change = fn(&mut Value);
    let changes: [(Change, &str); 6] = [
        (|link| link["losses"] = json!([1.5]), "losses"),
        (|link| link["statement"]["accuracy"] = json!(3), "statement.accuracy"),
        (|link| link["scalars"][0]["clear"] = json!(3), "scalars: "),
        (|link| link["revealed"][3] = json!(3), "revealed: 3"),
        (
            |link| {
                let again = link["revealed"][0].clone();
                link["revealed"].as_array_mut().unwrap().push(again);
            },
            "revealed: not as many",
        ),
        (|link| link["openings"][1] = json!({ "values": [] }), "openings: "),
    ];
    for (change, fault) in changes {
        let mut changed = honest.clone();
        change(&mut changed);
        let found = account(&changed, &names, &opened).unwrap_err();
        assert!(found.starts_with(fault), "{found}");
    }
}
