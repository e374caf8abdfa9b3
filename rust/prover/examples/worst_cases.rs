//! Programs that are made to be slow to verify: `cargo run --release -p zkpot-prover --example worst_cases`.
//!
//! Each spends one kind of unit of work (`zkpot_protocol::effort`, `zkpot_ir::Effort`) and little else. What is printed is how
//! long a unit took: at most about a nanosecond, or the unit's weight is too small. Links are verified up to their
//! openings, with scalars of zero: what a prover sends who proves nothing.

use std::time::Instant;

use zkpot_ir::{
    ARITHMETIC_VERSION, CheckedProgram, DataField, Index, Node, Operand, Program, Range, Reading,
    Scale, State, Tensor, Term,
};
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

fn tensor(name: String, shape: &[u32], range: Option<(i64, u32)>) -> Tensor {
    Tensor {
        name,
        shape: shape.to_vec(),
        scale: Scale { numerator: 1, denominator: 1, fraction_bits: 0 },
        range: range.map(|(lo, bits)| Range { lo, bits }),
    }
}

fn term(left: Operand) -> Term {
    Term { coefficient: 1, scalar: None, left, right: None }
}

/// A field of one row and a state that stays as it is, both with zeros and ones.
fn program(name: &str, state: &[u32]) -> Program {
    Program {
        arithmetic: ARITHMETIC_VERSION,
        name: name.into(),
        batch: 1,
        window: 1,
        max_steps: 1 << 12,
        tensors: vec![
            tensor("x".into(), &[1], Some((0, 1))),
            tensor("w".into(), state, Some((0, 1))),
        ],
        tables: vec![],
        data: vec![DataField { name: "x".into(), tensor: 0 }],
        states: vec![State {
            name: "w".into(),
            tensor: 1,
            next: 1,
            shape: state.to_vec(),
            initial: 0,
        }],
        scalars: vec![],
        nodes: vec![],
        reading: Reading::Shuffled,
        outputs: vec![],
        monitor: None,
    }
}

impl Builder for Program {
    fn add(&mut self, shape: &[u32], range: Option<(i64, u32)>) -> u32 {
        let id = self.tensors.len() as u32;
        self.tensors.push(tensor(format!("t{id}"), shape, range));
        id
    }

    /// The relation that makes claims on a tensor: it is rescaled.
    fn rescale(&mut self, input: u32) {
        let shape = self.tensors[input as usize].shape.clone();
        let out = self.add(&shape, Some((0, 40)));
        self.nodes.push(Node::Rescale { input, out, shift: 1 });
    }
}

trait Builder {
    fn add(&mut self, shape: &[u32], range: Option<(i64, u32)>) -> u32;
    fn rescale(&mut self, input: u32);
}

/// Sums of 64 parts, each of which is zero somewhere along three axes of 4,096, 4,096 and 16.
fn parts() -> Program {
    let mut program = program("parts", &[4096, 4096, 16]);
    for _ in 0..8 {
        let out = program.add(&[4096, 4096, 16], None);
        let terms = (0..64).map(|part| {
            let axes = (0..3).map(|label| Index { offset: 1 + part % 7, ..Index::plain(label) });
            term(Operand { tensor: 1, axes: axes.collect() })
        });
        program.nodes.push(Node::Sum { out, summed: vec![], terms: terms.collect(), constant: 0 });
    }
    program
}

fn many_states() -> Program {
    let mut program = program("states", &[1]);
    for number in 0..16_000 {
        let (state, next) = (program.add(&[], Some((0, 1))), program.add(&[], None));
        let terms = vec![term(Operand { tensor: state, axes: vec![] })];
        program.nodes.push(Node::Sum { out: next, summed: vec![], terms, constant: 0 });
        let name = format!("s{number}");
        program.states.push(State { name, tensor: state, next, shape: vec![], initial: 0 });
    }
    program
}

fn many_tensors() -> Program {
    let mut program = program("tensors", &[1]);
    for _ in 0..16_000 {
        let out = program.add(&[1], None);
        let terms = vec![term(Operand::plain(1, &[0]))];
        program.nodes.push(Node::Sum { out, summed: vec![], terms, constant: 0 });
        program.rescale(out);
    }
    program
}

#[derive(Clone, Copy)]
enum Product {
    Plain,
    Window,
}

/// Sums of so many terms of the one before, the first of a state; products in the first.
fn nested(length: u32, levels: &[usize], product: Option<Product>) -> Program {
    let mut program = program("nested", &[length, length]);
    let mut last = 1;
    for (level, &terms) in levels.iter().enumerate() {
        let out = program.add(&[length, length], None);
        let plain = || Operand::plain(last, &[0, 1]);
        let windowed = || {
            let both = Index { labels: vec![(0, 1), (1, 1)], offset: 0, divisor: 1 };
            let other = Index { labels: vec![(2, 1)], offset: 0, divisor: 1 };
            Operand { tensor: last, axes: vec![both, other] }
        };
        let term = |_| match product.filter(|_| level == 0) {
            None => term(plain()),
            Some(Product::Plain) => Term { right: Some(plain()), ..term(plain()) },
            Some(Product::Window) => Term { right: Some(windowed()), ..term(plain()) },
        };
        let summed =
            if matches!(product, Some(Product::Window)) && level == 0 { vec![2] } else { vec![] };
        let terms = (0..terms).map(term).collect();
        program.nodes.push(Node::Sum { out, summed, terms, constant: 0 });
        last = out;
    }
    program.rescale(last);
    program
}

fn constants() -> Program {
    let mut program = program("constants", &[1]);
    let length = 1 << 16;
    let values = program.add(&[length], None);
    program.nodes.push(Node::Constant { out: values, values: vec![1; length as usize] });
    sum_of(&mut program, values, 1 << 10);
    program
}

fn random() -> Program {
    let mut program = program("random", &[1]);
    program.max_steps = 1;
    let drawn = program.add(&[1 << 16], None);
    program.nodes.push(Node::Bernoulli { out: drawn, numerator: 1, bits: 1, ordinal: 0 });
    sum_of(&mut program, drawn, 1 << 10);
    program
}

/// Sums of sums of a vector, with so many claims on it together.
fn sum_of(program: &mut Program, vector: u32, claims: usize) {
    let length = program.tensors[vector as usize].shape[0];
    let mut last = vector;
    for terms in [claims.min(64), claims.div_ceil(64)] {
        let out = program.add(&[length], None);
        let terms = vec![term(Operand::plain(last, &[0])); terms];
        program.nodes.push(Node::Sum { out, summed: vec![], terms, constant: 0 });
        last = out;
    }
    program.rescale(last);
}

fn tables() -> Program {
    let mut program = program("tables", &[1]);
    for number in 0..4i64 {
        let values: Vec<i64> = (0..1 << 18).map(|row| row * 7 % 1_000 + number).collect();
        let table = program.tables.len() as u32;
        program.tables.push(zkpot_ir::Table {
            name: format!("f{number}"),
            first: 0,
            bits: 18,
            columns: vec![values; 4],
            gaps: vec![],
        });
        let outs = (0..4).map(|_| program.add(&[1], Some((0, 20)))).collect();
        program.nodes.push(Node::Lookup { input: 1, table, outs });
    }
    program
}

fn large_state() -> Program {
    let mut program = program("large", &[1 << 12, 1 << 12]);
    program.tensors[1].range = Some(Range { lo: -1, bits: 2 });
    program.states[0].initial = 1;
    program
}
