//! Proofs as `zkpot wrap` writes them: the JSON form (`*.evm`, docs/spec/formats.md).
//!
//! It repeats terms of the circuit, which the binary form leaves to the circuit's file. Both must be the same.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Deserialize;
use zkpot_protocol::hexadecimal;
use zkpot_protocol::statement::Envelope;

use crate::proof::Link;
use crate::{Circuit, Error, Run, Standing, Word, WrappedProof};

const FORMAT: &str = "zkpot.evm.proof";
const VERSION: u32 = 2;
/// The order's context alone may have 64 KiB.
const MAX_TEXT_BYTES: usize = 1 << 24;
/// Steps that numbers of 64 bits with a sign hold.
const MAX_STEPS: u64 = i64::MAX as u64;

#[derive(Deserialize)]
struct Header {
    version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvmProof {
    circuit: Digest,
    terms: Terms,
    start: Start,
    links: Vec<ProvenLink>,
    hash: Digest,
    proof: Bytes,
    format: String,
    version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    program: Digest,
    security: u32,
    rows: u32,
    steps: u32,
    first: Digest,
    shard: Digest,
    nonce: Digest,
    earlier_steps: u64,
    context: Bytes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    before: Digest,
    first_step: u64,
    previous: Digest,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvenLink {
    after: Digest,
    scalars: Vec<i64>,
    outputs: Vec<i64>,
    envelope: Option<Hashes>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hashes {
    ciphertext: Digest,
    key: Digest,
}

/// 64 hexadecimal digits.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Digest(Word);

/// Hexadecimal digits, two a byte.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Bytes(Vec<u8>);

impl TryFrom<String> for Bytes {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let small = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        let read = hexadecimal::bytes(&text).filter(|_| small);
        read.map(Self).ok_or("not hexadecimal, in small letters")
    }
}

impl TryFrom<String> for Digest {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let Bytes(bytes) = text.try_into()?;
        bytes.try_into().map(Self).map_err(|_| "not 64 hexadecimal digits")
    }
}

impl WrappedProof {
    /// From the JSON form, for a circuit.
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Json`] and [`Error::Version`]; [`Error::AnotherCircuit`] and
    /// [`Error::AnotherTerm`] where it is about another circuit.
    pub fn from_json(text: &[u8], circuit: &Circuit) -> Result<Self, Error> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(Error::Limit { part: "proof.evm", limit: MAX_TEXT_BYTES });
        }
        let json = |error: serde_json::Error| Error::Json(error.to_string());
        let Header { version: found } = serde_json::from_slice(text).map_err(json)?;
        if found != VERSION {
            return Err(Error::Version { part: "proof.evm", found, known: VERSION });
        }
        let read: EvmProof = serde_json::from_slice(text).map_err(json)?;
        read.check(circuit)?;
        let EvmProof { circuit, terms, start, links, hash, proof, .. } = read;
        let link = |ProvenLink { after, scalars, outputs, envelope }| Link {
            trained: after.0,
            scalars,
            outputs,
            envelope: envelope.map(|Hashes { ciphertext, key }| Envelope {
                ciphertext: ciphertext.0,
                key: key.0,
            }),
        };
        Ok(Self {
            circuit: circuit.0,
            run: Run {
                first: terms.first.0,
                shard: terms.shard.0,
                nonce: terms.nonce.0,
                earlier_steps: terms.earlier_steps,
                context: terms.context.0,
            },
            start: Standing {
                statement: start.previous.0,
                states: start.before.0,
                steps: start.first_step,
            },
            links: links.into_iter().map(link).collect(),
            hash: hash.0,
            proof: proof.0,
        })
    }
}

impl EvmProof {
    /// What the binary form does not repeat.
    fn check(&self, circuit: &Circuit) -> Result<(), Error> {
        if self.format != FORMAT || self.version != VERSION {
            return Err(Error::Json("another format".to_string()));
        }
        let file = circuit.file();
        if self.circuit.0 != file.circuit {
            return Err(Error::AnotherCircuit { found: self.circuit.0, want: file.circuit });
        }
        let (terms, shape) = (&self.terms, &file.shape);
        let same = [
            ("the program", terms.program.0 == shape.program),
            ("the security", terms.security == shape.security.bits()),
            ("the number of rows", terms.rows == shape.rows),
            ("the number of steps", terms.steps == shape.steps),
        ];
        if let Some(&(field, _)) = same.iter().find(|(_, same)| !same) {
            return Err(Error::AnotherTerm { field });
        }
        let steps = [terms.earlier_steps, self.start.first_step];
        if steps.iter().any(|&steps| steps > MAX_STEPS) {
            return Err(Error::Json("more than 2^63 - 1 steps".to_string()));
        }
        Ok(())
    }
}
