//! How much memory a verification takes, next to what `docs/embed/README.md` promises.

use std::fs;
use std::path::Path;

use peak_alloc::PeakAlloc;
use zkpot_embed::bundle::{Reader, Section};
use zkpot_embed::{Expectations, Limits, Session, Verifier};
use zkpot_ir::{
    ARITHMETIC_VERSION, DataField, Node, Operand, Program, Range, Reading, Scale, State, Tensor,
    Term,
};
use zkpot_protocol::arithmetization::{Arithmetization, LinkKind, LinkShape, ShardShape, Source};
use zkpot_protocol::channel::counting::CountingVerifier;
use zkpot_protocol::claims::{BatchRows, PublicInputs};
use zkpot_protocol::effort::Effort;
use zkpot_verifier::relations::verify_relations_within;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Bytes of a bundle's program and of its largest link.
fn sizes(bundle: &[u8]) -> (usize, usize) {
    let (mut program, mut link) = (0, 0);
    Reader::new(Limits::default())
        .push(bundle, |section| {
            match section {
                Section::Order(_) => {}
                Section::Program(bytes) => program = bytes.len(),
                Section::Link(bytes) => link = link.max(bytes.len()),
            }
            Ok(())
        })
        .unwrap();
    (program, link)
}

/// Bytes that `run` held at most, besides those before.
fn peak_of(run: impl FnOnce()) -> usize {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    run();
    MEMORY.peak_usage() - before
}

/// What the page promises for a program and a largest link of so many bytes.
const fn promised(program: usize, link: usize) -> usize {
    (256 << 10) + 10 * program + 3 * link
}

/// One after another in one test: the counter is the process's, and the harness allocates, too.
#[test]
fn memory() {
    memory_is_that_of_the_program_and_one_link();
    claimed_lengths_take_nothing();
    claims_take_their_elements();
}

/// A verification holds a multiple of one link, and in pieces that link, too.
fn memory_is_that_of_the_program_and_one_link() {
    let expected = Expectations { allow_clear: true, ..Expectations::default() };
    for name in ["clear", "dropout", "hiding", "wrapped"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/6");
        let bundle = fs::read(file.join(format!("{name}.zkpot"))).unwrap();
        let (program, link) = sizes(&bundle);
        let whole = peak_of(|| {
            let answer = Verifier::new(Limits::default()).verify(&bundle, expected.clone());
            assert!(answer.result.is_ok(), "{name}: {answer:?}");
        });
        let pieces = peak_of(|| {
            let mut session: Session = Verifier::new(Limits::default()).session(expected.clone());
            bundle.chunks(1 << 16).for_each(|piece| session.push(piece).unwrap());
            assert!(session.finish().is_ok(), "{name}");
        });
        let most = promised(program, link);
        assert!(whole <= most, "{name}: {whole} bytes, and {most} are promised");
        let most = most + 2 * link;
        assert!(pieces <= most, "{name} in pieces: {pieces} bytes, and {most} are promised");
        // A promise that is far from the truth is none.
        assert!(2 * pieces > link, "{name}: {pieces} bytes");
    }
}

/// A length that a bundle only claims takes no memory.
fn claimed_lengths_take_nothing() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/6/clear.zkpot");
    let bundle = fs::read(file).unwrap();
    // Magic, version and number of sections; the first name and its length; the first content's length.
    let name = usize::from(u16::from_le_bytes([bundle[16], bundle[17]]));
    let limits = Limits::default();
    let mut claimed = bundle[..18 + name].to_vec();
    claimed.extend(limits.order_bytes.to_le_bytes());
    claimed.extend([b'{'; 100]);
    let held = peak_of(|| {
        let mut session = Verifier::new(limits).session(Expectations::default());
        session.push(&claimed).unwrap();
        assert_eq!(session.finish().unwrap_err().message(), "not a zkpot bundle: it is cut off");
    });
    assert!(held < 1 << 16, "{held} bytes for a claim of {}", limits.order_bytes);
}

/// Sums of sums of squares of a state: few bytes that make many claims with weights along its axes.
fn claiming(length: u32, levels: &[usize]) -> Program {
    let scale = Scale { numerator: 1, denominator: 1, fraction_bits: 0 };
    let tensor = |name: &str, shape: &[u32], range: Option<Range>| Tensor {
        name: name.into(),
        shape: shape.to_vec(),
        scale,
        range,
    };
    let bit = Some(Range { lo: 0, bits: 1 });
    let shape = [length, length];
    let mut tensors = vec![tensor("x", &[1], bit), tensor("w", &shape, bit)];
    let mut nodes = Vec::new();
    let mut input = 1;
    for (level, &terms) in levels.iter().enumerate() {
        tensors.push(tensor(&format!("sum {level}"), &shape, None));
        let out = input + 1;
        let left = || Operand::plain(input, &[0, 1]);
        let right = || (level == 0).then(left);
        let term = |_| Term { coefficient: 1, scalar: None, left: left(), right: right() };
        let terms = (0..terms).map(term).collect();
        nodes.push(Node::Sum { out, summed: vec![], terms, constant: 0 });
        input = out;
    }
    tensors.push(tensor("out", &shape, Some(Range { lo: 0, bits: 20 })));
    nodes.push(Node::Rescale { input, out: input + 1, shift: 1 });
    let name = "w".to_owned();
    Program {
        arithmetic: ARITHMETIC_VERSION,
        name: "claiming".into(),
        batch: 1,
        window: 1,
        max_steps: 1,
        tensors,
        tables: vec![],
        data: vec![DataField { name: "x".into(), tensor: 0 }],
        states: vec![State { name, tensor: 1, next: 1, shape: shape.to_vec(), initial: 0 }],
        scalars: vec![],
        nodes,
        reading: Reading::Shuffled,
        outputs: vec![],
        monitor: None,
    }
}

/// Field elements are counted before they are made: a link holds no more than they take, whatever its program.
fn claims_take_their_elements() {
    for (length, levels) in [(1, [64, 64]), (64, [64, 8]), (1024, [8, 2])] {
        let program = claiming(length, &levels);
        let bounds = program.check().unwrap();
        let shard = ShardShape { index: 0, rows: 1 << 20, source: Source::Run, copy: true };
        let shape = LinkShape {
            kind: LinkKind::Training,
            states: Some(Source::Run),
            steps: 1,
            shards: vec![shard],
            masks: None,
            closed: false,
        };
        let rows = BatchRows::Scheduled(vec![(0, 7)]);
        let inputs = PublicInputs { rows, counted: 1, ..PublicInputs::default() };
        let verify = |effort: &mut Effort| {
            effort.add_system(&program, &shape)?;
            let system = Arithmetization::new(&program, &bounds, shape.clone())?;
            let channel = &mut CountingVerifier::default();
            verify_relations_within(channel, &program, &system, &inputs, effort).map(drop)
        };
        let mut effort = Effort::unlimited();
        let peak = peak_of(|| verify(&mut effort).unwrap());
        let most = (256 << 10) + 24 * effort.elements() as usize;
        assert!(peak <= most, "{length}: {peak} bytes, and {most} are promised");
        assert!(8 * peak > most - (256 << 10), "{length}: {peak} of {most} bytes");
        // With half of them it ends before it takes more than those.
        let mut half = Effort::new(u64::MAX, effort.elements() / 2);
        let peak = peak_of(|| assert!(verify(&mut half).is_err()));
        let most = (256 << 10) + 24 * effort.elements() as usize / 2;
        assert!(peak <= most, "{length}: {peak} bytes, and {most} are allowed");
    }
}
