//! Mutates proofs, programs and orders, and watches the verifier: it must refuse, within a second
//! and 256 MiB, and never panic.
//!
//! ```text
//! zkpot-fuzz [--seconds 80] [--seed 1] [--workers 2] [--only STRATEGY] [--replay FILE]
//!            [--golden tests/golden/6] [--corpus rust/fuzz/corpus] [--findings target/fuzz]
//!            [--collect]
//! ```
//!
//! Execution n of a seed is always the same one, on any number of workers.

mod attempt;
mod bytes;
mod chance;
mod execution;
mod memory;
mod mutations;
mod options;
mod report;
mod search;
mod tree;
mod watched;
mod world;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

fn main() -> ExitCode {
    let found = options::Options::read(std::env::args().skip(1)).and_then(|options| {
        let world = world::World::read(&options.golden, &options.corpus)?;
        match &options.replay {
            Some(file) => search::replay(&world, file),
            None => search::search(&world, &options),
        }
    });
    match found {
        Ok(0) => ExitCode::SUCCESS,
        Ok(findings) => {
            eprintln!("{findings} findings");
            ExitCode::FAILURE
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
