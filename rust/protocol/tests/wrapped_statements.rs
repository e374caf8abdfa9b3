//! The statements of wrapped links and what a contract makes of them: frozen vectors, which the contract and
//! Python share.
//!
//! `ZKPOT_RENEW=1 cargo test -p zkpot-protocol wrapped_statements::` writes them anew; read the diff.

use p3_field::PrimeCharacteristicRing;
use serde_json::{Value, json};
use zkpot_ir::ARITHMETIC_VERSION;
use zkpot_protocol::arithmetization::{LinkKind, Source};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::security::SecurityLevel;
use zkpot_protocol::statement::{
    Envelope, FORMAT_VERSION, Origin, ShardEntry, Statement, data_root, keccak, split,
};
use zkpot_sponge::{Fr, hash_elements, to_bytes};

const FILE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/wrapped_statements.json");
const TAG: &[u8] = b"zkpot/v1/wrap";

/// The links of one proof, and where they start.
struct Case {
    name: &'static str,
    security: SecurityLevel,
    rows: u32,
    first_step: u64,
    steps: u32,
    earlier_steps: u64,
    context: &'static [u8],
    /// Of each link: public scalars, `[scalar][step]`, and totals.
    links: Vec<(Vec<Vec<i64>>, Vec<i64>)>,
    envelopes: bool,
}

fn cases() -> Vec<Case> {
    let plain = Case {
        name: "one link, one rate",
        security: SecurityLevel::Bits100,
        rows: 1500,
        first_step: 0,
        steps: 16,
        earlier_steps: 0,
        context: b"",
        links: vec![(vec![vec![13; 16]], vec![])],
        envelopes: false,
    };
    let row = |at: i64| vec![at, -at, i64::MIN, i64::MAX, 0, -1];
    let three = [1, 2, 3].map(|at| (vec![row(at), row(-7 * at)], vec![1 << 40, -at]));
    vec![
        Case { name: "no scalars", steps: 1, links: vec![(vec![], vec![])], ..plain },
        Case {
            name: "three links, two scalars and totals of either sign",
            security: SecurityLevel::Bits128,
            rows: 1 << 24,
            steps: 6,
            earlier_steps: (1 << 63) - 1,
            context: b"chain 31337, order 7",
            links: three.to_vec(),
            ..plain
        },
        Case {
            name: "in the middle of a run, totals alone",
            first_step: (1 << 40) + 3,
            rows: 1,
            steps: 2,
            context: &[0xff; 200],
            links: vec![(vec![], vec![i64::MIN]), (vec![], vec![0])],
            ..plain
        },
        Case {
            name: "two links with envelopes",
            steps: 3,
            context: b"chain 31337, order 8",
            links: vec![(vec![vec![1, 2, 3]], vec![5]), (vec![vec![4, 5, 6]], vec![-5])],
            envelopes: true,
            ..plain
        },
        plain,
    ]
}

/// 32 bytes that stand for something by this name.
fn digest(case: &str, name: &str) -> [u8; 32] {
    keccak(&[case.as_bytes(), b"/", name.as_bytes()])
}

/// An element of the field, as a commitment of the wrapped channel is.
fn commitment(case: &str, name: &str) -> [u8; 32] {
    to_bytes(reduce(digest(case, name)))
}

/// A number of 256 bits modulo the field's order.
fn reduce(digest: [u8; 32]) -> Fr {
    let [high, low] = split(digest);
    high * Fr::from_u128(1 << 127).double() + low
}

/// What a chain of wrapped links states.
fn statements(case: &Case) -> Vec<Statement> {
    let shard = commitment(case.name, "shard");
    let first = commitment(case.name, "first");
    let starts = case.first_step == 0;
    let mut before = if starts { first } else { commitment(case.name, "before") };
    let mut previous = if starts { [0; 32] } else { digest(case.name, "previous") };
    let mut first_step = case.first_step;
    let mut statements = Vec::new();
    for (number, (scalars, outputs)) in case.links.iter().enumerate() {
        let after = commitment(case.name, &format!("after {number}"));
        let statement = Statement {
            format: FORMAT_VERSION,
            arithmetic: ARITHMETIC_VERSION,
            kind: LinkKind::Training,
            channel: ChannelKind::Wrapped,
            states: Some(Source::Owner),
            security: case.security,
            program: digest(case.name, "program"),
            before,
            after,
            data_root: data_root(&[(case.rows, shard)]),
            first_step,
            steps: case.steps,
            nonce: digest(case.name, "nonce"),
            origin: Origin::Arbitrary,
            earlier_steps: case.earlier_steps,
            first,
            scalars: scalars.clone(),
            outputs: outputs.clone(),
            shards: vec![ShardEntry {
                index: 0,
                rows: case.rows,
                source: Source::Owner,
                before: shard,
                after: [0; 32],
            }],
            context: case.context.to_vec(),
            previous,
            envelope: case.envelopes.then(|| {
                let hash = |name| commitment(case.name, &format!("{name} {number}"));
                Envelope { ciphertext: hash("ciphertext"), key: hash("key") }
            }),
        };
        (before, previous) = (after, statement.digest());
        first_step += u64::from(case.steps);
        statements.push(statement);
    }
    statements
}

/// The case as the file holds it, with what both sides of the border compute from it.
fn vector(case: &Case) -> Value {
    let statements = statements(case);
    let elements: Vec<Fr> = statements.iter().flat_map(Statement::elements).collect();
    let hash = hash_elements(&elements);
    let bytes: Vec<u8> = elements.iter().flat_map(|&element| to_bytes(element)).collect();
    let challenge = reduce(keccak(&[TAG, &to_bytes(hash), &keccak(&[&bytes])]));
    let value = elements.iter().fold(Fr::ZERO, |value, &element| value * challenge + element);
    let of = |element: Fr| hex(&to_bytes(element));
    let inputs = [hash, challenge, value].map(of);
    let start = &statements[0];
    let links = statements.iter().map(|statement| {
        json!({
            "after": hex(&statement.after),
            "scalars": statement.scalars,
            "outputs": statement.outputs,
            "envelope": statement.envelope.map(|envelope| {
                json!({ "ciphertext": hex(&envelope.ciphertext), "key": hex(&envelope.key) })
            }),
            "packed": hex(&statement.pack()),
            "digest": hex(&statement.digest()),
        })
    });
    json!({
        "name": case.name,
        "security": case.security.bits(),
        "program": hex(&start.program),
        "rows": case.rows,
        "steps": case.steps,
        "first": hex(&start.first),
        "shard": hex(&start.shards[0].before),
        "nonce": hex(&start.nonce),
        "earlier_steps": case.earlier_steps,
        "context": hex(&start.context),
        "before": hex(&start.before),
        "first_step": start.first_step,
        "previous": hex(&start.previous),
        "links": links.collect::<Vec<Value>>(),
        "data_root": hex(&start.data_root),
        "schedule_seed": hex(&start.schedule_seed()),
        "elements": elements.iter().map(|&element| of(element)).collect::<Vec<String>>(),
        "public_inputs": inputs,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn frozen_vectors() {
    let found = Value::from(cases().iter().map(vector).collect::<Vec<Value>>());
    if std::env::var_os("ZKPOT_RENEW").is_some() {
        std::fs::write(FILE, serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
    }
    let frozen: Value = serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap();
    assert_eq!(found, frozen);
}

#[test]
fn a_challenge_is_the_digest_modulo_the_order_of_the_field() {
    // 2^256 - 1 is five times the order and this.
    let rest = "0e0a77c19a07df2f666ea36f7879462e36fc76959f60cd29ac96341c4ffffffa";
    assert_eq!(hex(&to_bytes(reduce([0xff; 32]))), rest);
}

#[test]
fn elements_are_one_for_each_place_of_the_layout() {
    for case in cases() {
        for (statement, (scalars, outputs)) in statements(&case).iter().zip(&case.links) {
            let values = scalars.iter().map(Vec::len).sum::<usize>() + outputs.len();
            let envelope = if case.envelopes { 2 } else { 0 };
            assert_eq!(statement.elements().len(), 8 + values + envelope, "{}", case.name);
            assert_eq!(statement.count_elements(), statement.elements().len(), "{}", case.name);
        }
    }
}
