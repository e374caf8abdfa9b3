//! Programs that are made to be slow to verify: `cargo run --release -p zkpot-prover --example worst_cases`.
//!
//! Each spends one kind of unit of work (`zkpot_protocol::effort`, `zkpot_ir::Effort`) and little else. What is printed is how
//! long a unit took: at most about a nanosecond, or the unit's weight is too small. Links are verified up to their
//! openings, with scalars of zero: what a prover sends who proves nothing.

mod programs;

use std::time::Instant;

use zkpot_ir::{ARITHMETIC_VERSION, CheckedProgram, Program, Reading};
use zkpot_pcs::Whir;
use zkpot_protocol::arithmetization::{Arithmetization, LinkKind, LinkShape, ShardShape, Source};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::channel::counting::CountingVerifier;
use zkpot_protocol::channel::hiding::HidingVerifier;
use zkpot_protocol::claims::{BatchRows, PublicInputs};
use zkpot_protocol::commitment::CommitmentScheme;
use zkpot_protocol::effort::Effort;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::schedule::Schedule;
use zkpot_protocol::security::SecurityLevel;
use zkpot_protocol::statement::{FORMAT_VERSION, Origin, Statement};
use zkpot_protocol::transcript::Transcript;
use zkpot_verifier::relations::multiplication::{count_multiplications, verify_multiplications};
use zkpot_verifier::relations::verify_relations_within;

use programs::{
    Product, constants, large_state, many_states, many_tensors, nested, parts, random, tables,
};

/// What bytes count in the verifier of bundles: of a program, and of a scalar on the hiding and the wrapped channel.
const PROGRAM_BYTE: u64 = 40;
const SCALAR: u64 = 24 * 30;
const WRAPPED_SCALAR: u64 = 24 * 400;
/// Units that a link may take here.
const LIMIT: u64 = 5_000_000_000;

fn main() {
    for (name, program) in [
        ("parts along long axes", parts()),
        ("many states that add up", many_states()),
        ("many tensors", many_tensors()),
        ("sums of sums", nested(1, &[64, 64, 16], None)),
        ("sums of sums, long axes", nested(1 << 12, &[64, 64], None)),
        ("products", nested(1, &[64, 64, 8], Some(Product::Plain))),
        ("products along long axes", nested(1 << 10, &[64, 16], Some(Product::Plain))),
        ("windows", nested(1 << 8, &[64], Some(Product::Window))),
        ("windows with three labels", nested(1 << 6, &[64], Some(Product::Window))),
        ("constants", constants()),
        ("random tensors", random()),
        ("large tables", tables()),
    ] {
        check(name, &program);
        link(name, &program, 1, 1);
    }
    link("many steps", &nested(1, &[64, 64], None), 1 << 10, 1);
    link("rows of long shards", &nested(1, &[64, 8], None), 1 << 12, 1 << 20);
    seeded(&large_state());
    for (name, channel, steps, batch) in [
        ("rows of long shards", ChannelKind::Hiding, 1 << 8, 1 << 12),
        ("drawn rows, one a step", ChannelKind::Wrapped, 1 << 14, 1),
        ("drawn rows, many a step", ChannelKind::Wrapped, 1 << 4, 1 << 12),
    ] {
        schedule(name, channel, steps, batch);
    }
    statement(1 << 16);
    shards(&nested(1, &[2], None));
}

fn report(name: &str, what: &str, seconds: f64, units: u64, end: &str) {
    let each = seconds * 1e9 / units.max(1) as f64;
    let slow = if each > 1.0 { "  <- slow" } else { "" };
    let milliseconds = seconds * 1e3;
    println!("{name}, {what}: {milliseconds:.2} ms, {units} units, {each:.2} ns a unit{end}{slow}");
}

fn schedule(name: &str, channel: ChannelKind, steps: u32, batch: u32) {
    let schedule = Schedule {
        seed: [7; 32],
        shard_rows: vec![1 << 20; 3],
        reading: Reading::Shuffled,
        channel,
    };
    let units = schedule.effort(0, steps, batch).unwrap_or_default();
    let started = Instant::now();
    let found = schedule.rows(0, steps, batch);
    let seconds = started.elapsed().as_secs_f64();
    let count = found.map_or(0, |rows| rows.len());
    report(name, &format!("schedule of {count}"), seconds, units, "");
}

/// The digest of a statement of so many steps on the wrapped channel.
fn statement(steps: u32) {
    let statement = Statement {
        format: FORMAT_VERSION,
        arithmetic: ARITHMETIC_VERSION,
        kind: LinkKind::Training,
        channel: ChannelKind::Wrapped,
        states: Some(Source::Owner),
        security: SecurityLevel::Bits100,
        program: [1; 32],
        before: [1; 32],
        after: [1; 32],
        data_root: [1; 32],
        first_step: 0,
        steps,
        nonce: [1; 32],
        origin: Origin::Arbitrary,
        earlier_steps: 0,
        first: [1; 32],
        scalars: vec![vec![1; steps as usize]],
        outputs: vec![],
        shards: vec![],
        context: vec![],
        previous: [0; 32],
        envelope: None,
    };
    let mut effort = Effort::unlimited();
    let counted = effort.add_statement(&statement);
    let started = Instant::now();
    let digest = statement.wrapped_digest();
    let seconds = started.elapsed().as_secs_f64();
    let end = if counted.is_err() || digest == [0; 32] { " (nothing)" } else { "" };
    report("many public scalars", "statement", seconds, effort.units(), end);
}

fn check(name: &str, program: &Program) {
    let bytes = program.to_bytes();
    let started = Instant::now();
    let checked = CheckedProgram::from_bytes(&bytes, u64::MAX);
    let seconds = started.elapsed().as_secs_f64();
    match checked {
        Ok(checked) => {
            let units = checked.effort() + PROGRAM_BYTE * bytes.len() as u64;
            report(name, &format!("check of {} bytes", bytes.len()), seconds, units, "");
        }
        Err(error) => println!("{name}, check: {error}"),
    }
}

fn shape(kind: LinkKind, steps: u32, rows: u32, shards: u32) -> LinkShape {
    let shard = |index| ShardShape { index, rows, source: Source::Owner, copy: true };
    LinkShape {
        kind,
        states: Some(Source::Owner),
        steps,
        shards: (0..shards).map(shard).collect(),
        masks: Some(0),
        closed: false,
    }
}

fn link(name: &str, program: &Program, steps: u32, rows: u32) {
    let read = program.batch as usize * steps as usize;
    let inputs = PublicInputs {
        rows: BatchRows::Scheduled((0..read).map(|row| (0, row % rows as usize)).collect()),
        counted: read,
        ..PublicInputs::default()
    };
    relations(name, program, shape(LinkKind::Training, steps, rows.max(read as u32), 1), &inputs);
}

fn seeded(program: &Program) {
    let inputs = PublicInputs { seed: Some([7; 32]), ..PublicInputs::default() };
    relations("first states from a seed", program, shape(LinkKind::Import, 0, 1, 1), &inputs);
}

fn shards(program: &Program) {
    let inputs = PublicInputs::default();
    relations("many shards", program, shape(LinkKind::Import, 0, 1, 1 << 12), &inputs);
}

/// Derives a link's system and verifies its relations.
fn relations(name: &str, program: &Program, shape: LinkShape, inputs: &PublicInputs) {
    let Ok(bounds) = program.check() else { return };
    let mut effort = Effort::new(LIMIT, 1 << 26);
    let started = Instant::now();
    if let Err(error) = effort.add_system(program, &shape) {
        return println!("{name}, system: {error}");
    }
    let system = match Arithmetization::new(program, &bounds, shape.clone()) {
        Ok(system) => system,
        Err(error) => return println!("{name}, system: {error}"),
    };
    report(name, "system", started.elapsed().as_secs_f64(), effort.units(), "");
    // As many zeros as a proof has scalars, or as it has until the effort is too much.
    let mut counting = CountingVerifier::default();
    let mut first = effort;
    let ended = verify_relations_within(&mut counting, program, &system, inputs, &mut first)
        .and_then(|_| count_multiplications(&mut counting));
    let scalars = vec![EF::default(); counting.scalars()];
    let revealed = vec![EF::default(); 1 << 14];
    // The wrapped channel's transcript with masks that it has not: without them the first wrong sum ends everything.
    for kind in [ChannelKind::Hiding, ChannelKind::Wrapped] {
        let mut effort = effort;
        let mut transcript = Transcript::<<Whir as CommitmentScheme<F, EF>>::Challenger>::new(
            <Whir as CommitmentScheme<F, EF>>::challenger(kind),
        );
        let before = effort.units();
        let started = Instant::now();
        let mut channel = HidingVerifier::new(&mut transcript, &scalars, &revealed);
        let found = verify_relations_within(&mut channel, program, &system, inputs, &mut effort)
            .and_then(|_| verify_multiplications(&mut channel));
        let seconds = started.elapsed().as_secs_f64();
        let end = match ended.clone().and(found) {
            Ok(()) => String::new(),
            Err(error) => format!(" ({error})"),
        };
        let scalar = if kind == ChannelKind::Wrapped { WRAPPED_SCALAR } else { SCALAR };
        let units = effort.units() - before + scalar * scalars.len() as u64;
        let what = format!(
            "relations ({kind:?}), {} elements, {} scalars",
            effort.elements(),
            scalars.len()
        );
        report(name, &what, seconds, units, &end);
    }
}
