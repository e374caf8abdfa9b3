//! What is mutated: runs that verify, taken apart.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use zkpot_ir::Program;
use zkpot_protocol::pending::Head;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::security::SecurityLevel;
use zkpot_protocol::statement::{Order, Origin};
use zkpot_verifier::{Expectations, RunVerifier};

use crate::watched::Watched;

/// A run that verifies.
pub struct Run {
    /// Its name in the index.
    pub name: String,
    /// Its program.
    pub program: Program,
    /// Its terms.
    pub order: Order,
    /// The head of the run before, if it continues one.
    pub head: Option<Head>,
    /// Its links.
    pub links: Vec<Link>,
}

/// A link of it.
pub struct Link {
    /// As it is.
    pub whole: LinkProof,
    /// The same with empty openings: everything before them is verified as fast as it can be.
    pub bare: LinkProof,
    /// The same with few messages: it decodes in no time.
    pub short: LinkProof,
    /// The bytes of `whole`.
    pub whole_bytes: Vec<u8>,
    /// The verifier of the run when it comes to this link.
    pub verifier: RunVerifier<'static, Watched>,
}

/// All runs, and small inputs that were worth keeping.
pub struct World {
    /// Runs that verify.
    pub runs: Vec<Run>,
    /// Links with small openings or none, from the corpus.
    pub kept: Vec<Vec<u8>>,
}

#[derive(Deserialize)]
struct Index {
    runs: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    after: Option<String>,
    receipt: Value,
}

#[derive(Deserialize)]
struct OrderText {
    program: String,
    first: String,
    shards: Vec<String>,
    shard_rows: Vec<u32>,
    nonce: String,
    context: String,
    origin: String,
    #[serde(default)]
    earlier_steps: u64,
    security: u32,
}

impl World {
    /// Reads golden runs and a corpus; verifies every link on the way.
    ///
    /// # Errors
    /// What is missing or does not verify.
    pub fn read(golden: &Path, corpus: &Path) -> Result<Self, String> {
        let text = read(&golden.join("index.json"))?;
        let index: Index = serde_json::from_slice(&text).map_err(|e| format!("index: {e}"))?;
        let mut runs = Vec::new();
        for entry in &index.runs {
            let after = entry.after.as_ref().and_then(|name| {
                index.runs.iter().find(|other| other.name == *name)?.receipt["continuation"]
                    .as_str()
            });
            let head = match after {
                Some(hexadecimal) => {
                    let bytes = bytes(hexadecimal).ok_or("a head is not hexadecimal")?;
                    Some(Head::from_bytes(&bytes).map_err(|e| e.to_string())?)
                }
                None => None,
            };
            let bundle = read(&golden.join(format!("{}.zkpot", entry.name)))?;
            let run = open_run(&entry.name, &bundle, head);
            runs.push(run.map_err(|why| format!("{}: {why}", entry.name))?);
        }
        let mut kept = Vec::new();
        let mut files: Vec<_> =
            fs::read_dir(corpus).into_iter().flatten().flatten().map(|file| file.path()).collect();
        files.sort();
        for file in files {
            kept.push(read(&file)?);
        }
        Ok(Self { runs, kept })
    }
}

fn open_run(name: &str, bundle: &[u8], head: Option<Head>) -> Result<Run, String> {
    let sections = sections(bundle).ok_or("not a bundle")?;
    let find =
        |name: &str| sections.iter().find(|(found, _)| *found == name).map(|(_, content)| *content);
    let program = Program::from_bytes(find("program").ok_or("no program")?)
        .map_err(|error| error.to_string())?;
    let order = find("order").and_then(order).ok_or("no order")?;
    // The verifiers of all executions borrow these, until the process ends.
    let kept_program: &'static Program = Box::leak(Box::new(program.clone()));
    let kept_order: &'static Order = Box::leak(Box::new(order.clone()));
    let expected: &'static Expectations = Box::leak(Box::new(expectations(head.clone())));
    let mut verifier = RunVerifier::<Watched>::new(kept_program, kept_order, expected)
        .map_err(|rejection| rejection.to_string())?;
    let mut links = Vec::new();
    while let Some(content) = find(&format!("link/{:06}", links.len())) {
        let before = verifier.clone();
        verifier.push(content).map_err(|rejection| rejection.to_string())?;
        let whole = LinkProof::from_bytes(content).map_err(|rejection| rejection.to_string())?;
        let mut bare = whole.clone();
        bare.openings.iter_mut().for_each(Vec::clear);
        let mut short = bare.clone();
        short.scalars.truncate(6);
        short.revealed.truncate(6);
        links.push(Link { whole_bytes: content.to_vec(), whole, bare, short, verifier: before });
    }
    verifier.finish().map_err(|rejection| rejection.to_string())?;
    Ok(Run { name: name.into(), program, order, head, links })
}

/// Expectations that let everything pass that is consistent.
pub fn expectations(previous: Option<Head>) -> Expectations {
    Expectations { allow_clear: true, previous, ..Expectations::default() }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Named sections of a bundle.
fn sections(bundle: &[u8]) -> Option<Vec<(&str, &[u8])>> {
    let mut rest = bundle.strip_prefix(b"zkpotrun\x01\0\0\0")?.get(4..)?;
    let mut sections = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let (name, after) = after.split_at_checked(u16::from_le_bytes(*length).into())?;
        let (length, after) = after.split_first_chunk::<8>()?;
        let (content, after) = after.split_at_checked(u64::from_le_bytes(*length) as usize)?;
        sections.push((std::str::from_utf8(name).ok()?, content));
        rest = after;
    }
    Some(sections)
}

fn order(text: &[u8]) -> Option<Order> {
    let text: OrderText = serde_json::from_slice(text).ok()?;
    let digest = |text: &str| -> Option<[u8; 32]> { bytes(text)?.try_into().ok() };
    Some(Order {
        program: digest(&text.program)?,
        first: digest(&text.first)?,
        shards: text
            .shard_rows
            .iter()
            .zip(&text.shards)
            .map(|(&rows, root)| Some((rows, digest(root)?)))
            .collect::<Option<_>>()?,
        nonce: digest(&text.nonce)?,
        origin: match text.origin.split_once(' ') {
            Some(("run", run)) => Origin::Run(digest(run)?),
            Some(("seed", seed)) => Origin::Seed(digest(seed)?),
            _ => Origin::Arbitrary,
        },
        earlier_steps: text.earlier_steps,
        security: SecurityLevel::from_bits(text.security)?,
        context: bytes(&text.context)?,
    })
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    text.as_bytes()
        .chunks(2)
        .map(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok())
        .collect()
}
