//! The command line.

use std::path::PathBuf;
use std::thread::available_parallelism;

/// What to do.
#[derive(Debug)]
pub struct Options {
    /// How long.
    pub seconds: u64,
    /// What all chance follows from.
    pub seed: u64,
    /// Threads.
    pub workers: u64,
    /// The one strategy to use.
    pub only: Option<String>,
    /// A finding to repeat.
    pub replay: Option<PathBuf>,
    /// Runs that verify.
    pub golden: PathBuf,
    /// Small inputs to begin with.
    pub corpus: PathBuf,
    /// Where findings are saved.
    pub findings: PathBuf,
    /// Whether to add the smallest input of each kind of refusal to the corpus.
    pub collect: bool,
}

impl Options {
    /// Reads arguments.
    ///
    /// # Errors
    /// The one that is unknown or no number.
    pub fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            seconds: 80,
            seed: 1,
            workers: available_parallelism().map_or(1, |count| count.get() as u64),
            only: None,
            replay: None,
            golden: "tests/golden/6".into(),
            corpus: "rust/fuzz/corpus".into(),
            findings: "target/fuzz".into(),
            collect: false,
        };
        while let Some(name) = arguments.next() {
            if name == "--collect" {
                options.collect = true;
                continue;
            }
            let value = arguments.next().ok_or(format!("{name} needs a value"))?;
            let number = || value.parse::<u64>().map_err(|_| format!("{name} {value}: no number"));
            match name.as_str() {
                "--seconds" => options.seconds = number()?,
                "--seed" => options.seed = number()?,
                "--workers" => options.workers = number()?.max(1),
                "--only" => options.only = Some(value),
                "--replay" => options.replay = Some(value.into()),
                "--golden" => options.golden = value.into(),
                "--corpus" => options.corpus = value.into(),
                "--findings" => options.findings = value.into(),
                _ => return Err(format!("{name}: unknown option")),
            }
        }
        Ok(options)
    }
}
