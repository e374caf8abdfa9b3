//! The frozen statements of wrapped links, which the contract and Python have as well.

use serde::Deserialize;
use zkpot_ir::ARITHMETIC_VERSION;
use zkpot_protocol::arithmetization::{LinkKind, Source};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::security::SecurityLevel;
use zkpot_protocol::statement::{Envelope, FORMAT_VERSION, Origin, ShardEntry, Statement};

use halo2_base::halo2_proofs::halo2curves::ff::Field;

use super::super::{PublicInputs, from_big_endian, to_big_endian};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/wrapped_statements.json");

/// A case of the file; the fields are those of a proof for a chain.
#[derive(Deserialize)]
struct Case {
    name: String,
    security: u32,
    program: String,
    rows: u32,
    steps: u32,
    first: String,
    shard: String,
    nonce: String,
    earlier_steps: u64,
    context: String,
    before: String,
    first_step: u64,
    previous: String,
    links: Vec<Link>,
    data_root: String,
    schedule_seed: String,
    elements: Vec<String>,
    public_inputs: [String; 3],
}

/// Of an envelope.
#[derive(Deserialize)]
struct Hashes {
    ciphertext: String,
    key: String,
}

#[derive(Deserialize)]
struct Link {
    after: String,
    scalars: Vec<Vec<i64>>,
    outputs: Vec<i64>,
    envelope: Option<Hashes>,
    packed: String,
    digest: String,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(&std::fs::read_to_string(FILE).unwrap()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |place: usize| u8::from_str_radix(&hex[2 * place..2 * place + 2], 16).unwrap();
    (0..hex.len() / 2).map(byte).collect()
}

fn digest(hex: &str) -> [u8; 32] {
    bytes(hex).try_into().unwrap()
}

impl Case {
    fn statements(&self) -> Vec<Statement> {
        let (mut before, mut previous) = (digest(&self.before), digest(&self.previous));
        let mut first_step = self.first_step;
        let level = [SecurityLevel::Bits100, SecurityLevel::Bits128];
        let level = level.into_iter().find(|level| level.bits() == self.security);
        let shard = ShardEntry {
            index: 0,
            rows: self.rows,
            source: Source::Owner,
            before: digest(&self.shard),
            after: [0; 32],
        };
        let link = |link: &Link| {
            let statement = Statement {
                format: FORMAT_VERSION,
                arithmetic: ARITHMETIC_VERSION,
                kind: LinkKind::Training,
                channel: ChannelKind::Wrapped,
                states: Some(Source::Owner),
                security: level.unwrap(),
                program: digest(&self.program),
                before,
                after: digest(&link.after),
                data_root: digest(&self.data_root),
                first_step,
                steps: self.steps,
                nonce: digest(&self.nonce),
                origin: Origin::Arbitrary,
                earlier_steps: self.earlier_steps,
                first: digest(&self.first),
                scalars: link.scalars.clone(),
                outputs: link.outputs.clone(),
                shards: vec![shard],
                context: bytes(&self.context),
                previous,
                envelope: link.envelope.as_ref().map(|hashes| Envelope {
                    ciphertext: digest(&hashes.ciphertext),
                    key: digest(&hashes.key),
                }),
            };
            (before, previous) = (statement.after, statement.digest());
            first_step += u64::from(self.steps);
            statement
        };
        self.links.iter().map(link).collect()
    }
}

/// The statements of a case.
pub fn statements(name: &str) -> Vec<Statement> {
    cases().iter().find(|case| case.name == name).unwrap().statements()
}

/// All cases.
pub fn names() -> Vec<String> {
    cases().into_iter().map(|case| case.name).collect()
}

#[test]
fn frozen_statements_have_their_frozen_inputs() {
    for case in cases() {
        let (name, statements) = (&case.name, case.statements());
        for (statement, link) in statements.iter().zip(&case.links) {
            assert_eq!(hex(&statement.pack()), link.packed, "{name}");
            assert_eq!(hex(&statement.digest()), link.digest, "{name}");
            assert_eq!(hex(&statement.schedule_seed()), case.schedule_seed, "{name}");
        }
        let found = super::elements(&statements);
        let found: Vec<String> =
            found.iter().map(|&element| hex(&to_big_endian(element))).collect();
        assert_eq!(found, case.elements, "{name}");
        let inputs = PublicInputs::of(&statements).to_array();
        assert_eq!(inputs.map(|input| hex(&to_big_endian(input))), case.public_inputs, "{name}");
        for input in inputs {
            assert_eq!(from_big_endian(&to_big_endian(input)), Some(input));
        }
    }
}

#[test]
fn integers_at_or_above_the_modulus_are_no_elements() {
    let largest = to_big_endian(-super::Fr::ONE);
    let mut modulus = largest;
    modulus[31] += 1;
    assert_eq!(from_big_endian(&largest), Some(-super::Fr::ONE));
    assert_eq!(from_big_endian(&modulus), None);
    assert_eq!(from_big_endian(&[0xff; 32]), None);
}
