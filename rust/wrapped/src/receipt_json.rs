//! A receipt as other languages read it.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;
use zkpot_protocol::hexadecimal::text as hex;

use crate::proof::Link;
use crate::{Receipt, Standing};

#[derive(Serialize)]
struct ReceiptText<'a> {
    circuit: String,
    test_srs: bool,
    program: String,
    security: u32,
    rows: u32,
    first: String,
    shard: String,
    nonce: String,
    earlier_steps: u64,
    context: String,
    start: StandingText,
    end: StandingText,
    links: Vec<LinkText<'a>>,
}

#[derive(Serialize)]
struct StandingText {
    statement: String,
    states: String,
    steps: u64,
}

#[derive(Serialize)]
struct LinkText<'a> {
    trained: String,
    scalars: &'a [i64],
    outputs: &'a [i64],
    envelope: Option<EnvelopeText>,
}

#[derive(Serialize)]
struct EnvelopeText {
    ciphertext: String,
    key: String,
}

impl Receipt {
    /// One JSON object; digests, commitments and bytes are hexadecimal (docs/spec/formats.md).
    pub fn to_json(&self) -> String {
        let run = &self.run;
        let text = ReceiptText {
            circuit: hex(&self.circuit),
            test_srs: self.test_srs,
            program: hex(&self.program),
            security: self.security.bits(),
            rows: self.rows,
            first: hex(&run.first),
            shard: hex(&run.shard),
            nonce: hex(&run.nonce),
            earlier_steps: run.earlier_steps,
            context: hex(&run.context),
            start: standing(&self.start),
            end: standing(&self.end),
            links: self.links.iter().map(link).collect(),
        };
        // Writing to memory cannot fail: every type is plain data.
        serde_json::to_string(&text).unwrap_or_default()
    }
}

fn standing(standing: &Standing) -> StandingText {
    let Standing { statement, states, steps } = standing;
    StandingText { statement: hex(statement), states: hex(states), steps: *steps }
}

fn link(link: &Link) -> LinkText<'_> {
    let envelope = link.envelope.as_ref();
    LinkText {
        trained: hex(&link.trained),
        scalars: &link.scalars,
        outputs: &link.outputs,
        envelope: envelope.map(|hashes| EnvelopeText {
            ciphertext: hex(&hashes.ciphertext),
            key: hex(&hashes.key),
        }),
    }
}
