//! What verifying one link of a program takes: `cargo run --release -p zkpot-prover --example verifier_effort -- STEPS *.zkprog`.
//!
//! Counts units of work and field elements of its claims (`zkpot_protocol::effort`), without a proof, and measures them.

use std::process::ExitCode;
use std::time::Instant;

use zkpot_ir::CheckedProgram;
use zkpot_protocol::arithmetization::{LinkKind, LinkShape, ShardShape, Source};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::channel::counting::CountingVerifier;
use zkpot_protocol::effort::Effort;
use zkpot_prover::forecast::expected_system;
use zkpot_verifier::relations::verify_relations_within;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(steps) = arguments.next().and_then(|steps| steps.parse().ok()) else {
        eprintln!("the number of steps, then files of programs");
        return ExitCode::from(2);
    };
    let mut code = ExitCode::SUCCESS;
    for path in arguments {
        match measure(&path, steps) {
            Ok(line) => println!("{path}: {line}"),
            Err(reason) => {
                eprintln!("{path}: {reason}");
                code = ExitCode::from(2);
            }
        }
    }
    code
}

fn measure(path: &str, steps: u32) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let started = Instant::now();
    let checked =
        CheckedProgram::from_bytes(&bytes, u64::MAX).map_err(|error| error.to_string())?;
    let check = started.elapsed().as_secs_f64() * 1e3;
    let program = checked.program();
    let steps = steps.min(program.max_steps);
    let shard =
        ShardShape { index: 0, rows: program.batch * steps, source: Source::Run, copy: true };
    let shape = LinkShape {
        kind: LinkKind::Training,
        states: Some(Source::Run),
        steps,
        shards: vec![shard],
        masks: None,
        closed: false,
    };
    let mut effort = Effort::unlimited();
    effort.add_system(program, &shape).map_err(|error| error.to_string())?;
    let derived = (effort.units(), effort.elements());
    let started = Instant::now();
    let (system, inputs) =
        expected_system(program, shape, ChannelKind::Clear).map_err(|error| error.to_string())?;
    let derive = started.elapsed().as_secs_f64() * 1e3;
    let started = Instant::now();
    let mut channel = CountingVerifier::default();
    verify_relations_within(&mut channel, program, &system, &inputs, &mut effort)
        .map_err(|error| error.to_string())?;
    let relations = started.elapsed().as_secs_f64() * 1e3;
    Ok(format!(
        "{} bytes, {} nodes, {steps} steps; check {check:.2} ms, {} units; system {derive:.2} ms with a check, {} units, {} elements; relations {relations:.2} ms, {} units, {} elements",
        bytes.len(),
        program.nodes.len(),
        checked.effort() + 25 * bytes.len() as u64,
        derived.0,
        derived.1,
        effort.units() - derived.0,
        effort.elements() - derived.1,
    ))
}
