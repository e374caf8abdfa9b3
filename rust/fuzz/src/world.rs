//! What is mutated: runs that verify, taken apart.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use zkpot_embed::Limits;
use zkpot_embed::bundle::{Reader, Section};
use zkpot_ir::Program;
use zkpot_protocol::pending::Head;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::statement::Order;
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
    pub verifier: RunVerifier<Watched>,
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
    let (mut order, mut program, mut contents) = (None, None, Vec::new());
    let mut reader = Reader::new(Limits::of_formats());
    let take = |section: Section<'_>| {
        match section {
            Section::Order(text) => order = zkpot_embed::order::read(text),
            Section::Program(bytes) => program = Some(Program::from_bytes(bytes)?),
            Section::Link(bytes) => contents.push(bytes.to_vec()),
        }
        Ok(())
    };
    reader.push(bundle, take).and_then(|()| reader.finish()).map_err(|error| error.to_string())?;
    let (order, program) = order.zip(program).ok_or("no order")?;
    let mut verifier = RunVerifier::<Watched>::new(&program, &order, &expectations(head.clone()))
        .map_err(|rejection| rejection.to_string())?;
    let mut links = Vec::new();
    for whole_bytes in contents {
        let before = verifier.clone();
        verifier.push(&whole_bytes).map_err(|rejection| rejection.to_string())?;
        let whole =
            LinkProof::from_bytes(&whole_bytes).map_err(|rejection| rejection.to_string())?;
        let mut bare = whole.clone();
        bare.openings.iter_mut().for_each(Vec::clear);
        let mut short = bare.clone();
        short.scalars.truncate(6);
        short.revealed.truncate(6);
        links.push(Link { whole_bytes, whole, bare, short, verifier: before });
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

fn bytes(text: &str) -> Option<Vec<u8>> {
    text.as_bytes()
        .chunks(2)
        .map(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok())
        .collect()
}
