//! Every field of a proof, changed in every way its structure allows, is refused without a panic.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use serde_json::Value;

use crate::hiding::Hiding;
use crate::parameters::Clear;
use crate::pinned::Pinned;
use crate::proof::LibraryProof;
use crate::scheme::Scheme;
use crate::{
    Binding, ChannelKind, Commitment, EF, Error, MIN_VARIABLES, OpeningProof, Parameters,
    SecurityLevel, commit, new_challenger, open, verify,
};

struct Statement {
    parameters: Parameters,
    commitment: Commitment,
    points: Vec<Vec<EF>>,
    values: Vec<EF>,
    proof: OpeningProof,
}

impl Statement {
    fn honest(channel: ChannelKind, binding: Binding, points: usize) -> Self {
        let mut rng = StdRng::seed_from_u64(11);
        let n = MIN_VARIABLES;
        let parameters = Parameters::new(n, binding, SecurityLevel::Bits100, channel).unwrap();
        let values = (0..1 << n).map(|_| rng.random()).collect();
        let points: Vec<Vec<EF>> =
            (0..points).map(|_| (0..n).map(|_| rng.random()).collect()).collect();
        let (commitment, data) = commit(values, &parameters, &rng.random()).unwrap();
        let (values, proof) = open(data, &points, &mut new_challenger(b"tampering")).unwrap();
        let statement = Self { parameters, commitment, points, values, proof };
        statement.verify(&statement.proof).unwrap();
        statement
    }

    fn verify(&self, proof: &OpeningProof) -> Result<(), Error> {
        verify(
            &self.commitment,
            &self.parameters,
            &self.points,
            &self.values,
            proof,
            &mut new_challenger(b"tampering"),
        )
    }

    /// Without the shape check, to know whether the library needs it.
    fn verify_unguarded(&self, proof: &OpeningProof) -> Result<(), Error> {
        let (root, points, parameters) = (&self.commitment.0, &self.points, &self.parameters);
        let mut challenger = new_challenger(b"tampering");
        match &proof.0 {
            LibraryProof::Clear(proof) => Clear::verify(
                parameters.config::<Clear, _>()?,
                root,
                points,
                proof,
                &mut challenger,
            ),
            LibraryProof::Hiding(proof) => {
                let config = parameters.config::<Hiding, _>()?;
                Hiding::verify(config, root, points, proof, &mut challenger)
            }
            LibraryProof::Wrapped(proof) => {
                let config = parameters.config::<Pinned, _>()?;
                Pinned::verify(config, root, points, proof, &mut challenger)
            }
        }
    }

    /// The library's opening, taken apart.
    fn tree(&self) -> Value {
        match &self.proof.0 {
            LibraryProof::Clear(proof) => serde_json::to_value(proof),
            LibraryProof::Hiding(proof) => serde_json::to_value(proof),
            LibraryProof::Wrapped(proof) => serde_json::to_value(proof),
        }
        .unwrap()
    }

    /// The tree as an opening, if it is one.
    fn opening(&self, tree: Value) -> Option<OpeningProof> {
        let proof = match self.parameters.channel() {
            ChannelKind::Clear => LibraryProof::Clear(serde_json::from_value(tree).ok()?),
            ChannelKind::Hiding => LibraryProof::Hiding(serde_json::from_value(tree).ok()?),
            ChannelKind::Wrapped => LibraryProof::Wrapped(serde_json::from_value(tree).ok()?),
        };
        Some(OpeningProof(proof))
    }
}

/// A change to one node of a proof.
#[derive(Clone, Copy, Debug)]
enum Mutation {
    Empty,
    Pop,
    Push,
    Double,
    Flip,
    Zero,
    Random,
    /// Replaced by the sibling variant or another element of the same list.
    Swap,
}

const OF_LISTS: [Mutation; 5] =
    [Mutation::Empty, Mutation::Pop, Mutation::Push, Mutation::Double, Mutation::Swap];
const OF_NUMBERS: [Mutation; 3] = [Mutation::Flip, Mutation::Zero, Mutation::Random];

/// One step from a node to a child.
#[derive(Clone, Debug)]
enum Step {
    Index(usize),
    Key(String),
}

struct Plan {
    per_class: usize,
    seen: BTreeMap<String, usize>,
    mutations: Vec<(String, Vec<Step>, Mutation)>,
}

impl Plan {
    /// Visits first, second and last children, and at most `per_class` nodes of a kind.
    fn visit(&mut self, node: &Value, class: &str, path: &mut Vec<Step>) {
        let of_node: &[Mutation] = match node {
            Value::Array(_) => &OF_LISTS,
            Value::Number(_) => &OF_NUMBERS,
            // Objects have only their fields; nulls are the library's phantom fields.
            Value::Object(_) | Value::Null => &[],
            other => panic!("{class} is {other}"),
        };
        let seen = self.seen.entry(class.to_owned()).or_insert(0);
        if *seen < self.per_class {
            *seen += 1;
            for &mutation in of_node {
                self.mutations.push((class.to_owned(), path.clone(), mutation));
            }
        }
        match node {
            Value::Array(children) => {
                for (index, child) in children.iter().enumerate() {
                    if index < 2 || index + 1 == children.len() {
                        path.push(Step::Index(index));
                        self.visit(child, &format!("{class}[]"), path);
                        path.pop();
                    }
                }
            }
            Value::Object(fields) => {
                for (key, child) in fields {
                    path.push(Step::Key(key.clone()));
                    self.visit(child, &format!("{class}.{key}"), path);
                    path.pop();
                }
            }
            _ => {}
        }
    }
}

fn mutate(root: &mut Value, path: &[Step], mutation: Mutation, rng: &mut StdRng) {
    let mut node = root;
    for step in path {
        node = match step {
            Step::Index(index) => &mut node[*index],
            Step::Key(key) => &mut node[key],
        };
    }
    match node {
        Value::Array(list) => match mutation {
            Mutation::Empty => list.clear(),
            Mutation::Pop => drop(list.pop()),
            Mutation::Push => list.push(list.last().cloned().unwrap_or(Value::from(0))),
            Mutation::Double => list.extend(list.clone()),
            _ if list.len() > 1 => {
                let last = list.len() - 1;
                list.swap(0, last);
            }
            _ => {}
        },
        number => {
            let old = number.as_u64().unwrap();
            *number = Value::from(match mutation {
                Mutation::Flip => old ^ 1,
                Mutation::Zero => 0,
                _ if old < 256 => rng.next_u64() & 255,
                _ => rng.next_u64(),
            });
        }
    }
}

/// The fields of an opening; one that the walk does not know fails.
fn fields(channel: ChannelKind) -> Vec<String> {
    let within = match channel {
        ChannelKind::Clear => "",
        ChannelKind::Hiding => return HIDING.map(String::from).to_vec(),
        ChannelKind::Wrapped => "opening.",
    };
    let root = (channel == ChannelKind::Wrapped).then(|| "root[]".to_owned());
    PLAIN.into_iter().map(|field| format!("{within}{field}")).chain(root).collect()
}

const HIDING: [&str; 22] = [
    "evals[]",
    "sumchecks[].mu_tilde",
    "sumchecks[].round_coefficients[]",
    "sumchecks[].pow_witnesses",
    "sumcheck_mask_commitments[]",
    "rounds[].commitment",
    "rounds[].mask_commitment",
    "rounds[].ood_answers",
    "rounds[].pow_witness",
    "rounds[].openings.Base",
    "base_case.fresh_main_commitment",
    "base_case.fresh_mask_commitments[]",
    "base_case.masked_claim",
    "base_case.blinded_message[]",
    "base_case.blinded_randomness[]",
    "base_case.blinded_masks[].message",
    "base_case.blinded_masks[].randomness",
    "base_case.pow_witness",
    "base_case.source_openings.Extension",
    "base_case.fresh_main_openings",
    "base_case.mask_openings[].carried",
    "base_case.mask_openings[].fresh",
];

const PLAIN: [&str; 18] = [
    "evals[].current",
    "evals[].next",
    "whir.initial_ood_answers",
    "whir.initial_sumcheck.polynomial_evaluations[]",
    "whir.initial_sumcheck.pow_witnesses",
    "whir.rounds[].commitment",
    "whir.rounds[].ood_answers",
    "whir.rounds[].pow_witness",
    "whir.rounds[].openings.Base.rows[]",
    "whir.rounds[].openings.Base.proof.sibling_hashes[]",
    "whir.rounds[].sumcheck.polynomial_evaluations[]",
    "whir.rounds[].sumcheck.pow_witnesses",
    "whir.final_poly",
    "whir.final_pow_witness",
    "whir.final_openings.Extension.rows[]",
    "whir.final_openings.Extension.proof.sibling_hashes[]",
    "whir.final_sumcheck.polynomial_evaluations[]",
    "whir.final_sumcheck.pow_witnesses",
];

/// Mutations of one proof: all refused, none panics. Returns how many reached the verifier.
fn refuse_all(channel: ChannelKind, binding: Binding, points: usize, per_class: usize) -> usize {
    let statement = Statement::honest(channel, binding, points);
    let honest = statement.tree();
    let mut plan = Plan { per_class, seen: BTreeMap::new(), mutations: vec![] };
    plan.visit(&honest, "proof", &mut vec![]);
    for field in fields(channel) {
        let field = format!("proof.{field}");
        assert!(plan.seen.contains_key(&field), "no mutation of {field}");
    }
    // What nobody has thought about is not passed over.
    for path in plan.seen.keys().filter_map(|class| class.strip_prefix("proof.")) {
        let known = |field: &str| path.starts_with(field) || field.starts_with(path);
        assert!(fields(channel).iter().any(|field| known(field)), "{path} is new");
    }
    let mut rng = StdRng::seed_from_u64(5);
    let mut reached = 0;
    for (class, path, mutation) in &plan.mutations {
        let mut mutated = honest.clone();
        mutate(&mut mutated, path, *mutation, &mut rng);
        if mutated == honest {
            continue;
        }
        let Some(proof) = statement.opening(mutated) else {
            continue;
        };
        reached += 1;
        assert!(statement.verify(&proof).is_err(), "accepted: {mutation:?} of {class}");
        let unguarded = catch_unwind(AssertUnwindSafe(|| statement.verify_unguarded(&proof)));
        match unguarded {
            Ok(result) => assert!(
                result.is_err() || class.contains(".evals"),
                "library accepts {mutation:?} of {class}"
            ),
            Err(_) => println!("library panics: {mutation:?} of {class}"),
        }
    }
    reached
}

#[test]
fn every_field_of_a_hiding_ephemeral_proof_is_bound() {
    assert!(refuse_all(ChannelKind::Hiding, Binding::Ephemeral, 1, 4) > 300);
}

#[test]
fn every_field_of_a_hiding_lasting_proof_is_bound() {
    assert!(refuse_all(ChannelKind::Hiding, Binding::Lasting, 3, 4) > 300);
}

#[test]
fn every_field_of_a_plain_ephemeral_proof_is_bound() {
    assert!(refuse_all(ChannelKind::Clear, Binding::Ephemeral, 1, 12) > 300);
}

#[test]
fn every_field_of_a_plain_lasting_proof_is_bound() {
    assert!(refuse_all(ChannelKind::Clear, Binding::Lasting, 3, 12) > 300);
}

#[test]
fn every_field_of_a_pinned_proof_is_bound() {
    assert!(refuse_all(ChannelKind::Wrapped, Binding::Lasting, 2, 6) > 150);
}

#[test]
fn mutated_bytes_are_refused() {
    let mut rng = StdRng::seed_from_u64(6);
    let channels = [ChannelKind::Hiding, ChannelKind::Clear, ChannelKind::Wrapped];
    for (binding, channel) in [Binding::Ephemeral, Binding::Lasting]
        .into_iter()
        .flat_map(|binding| channels.map(|channel| (binding, channel)))
    {
        let statement = Statement::honest(channel, binding, 2);
        let honest = statement.proof.to_bytes().unwrap();
        for round in 0..1000 {
            let mut bytes = honest.clone();
            match round % 4 {
                0 => bytes.truncate(rng.random_range(0..honest.len())),
                1 => bytes.push(rng.random()),
                2 => {
                    let at = rng.random_range(0..honest.len());
                    bytes[at] ^= 1 << rng.random_range(0..8);
                }
                // Lengths are dense at the start.
                _ => {
                    let at = rng.random_range(0..1000);
                    bytes[at] = rng.random();
                }
            }
            if bytes == honest {
                continue;
            }
            if let Ok(proof) = OpeningProof::from_bytes(&bytes, &statement.parameters) {
                assert!(statement.verify(&proof).is_err(), "round {round}");
            }
        }
    }
}
