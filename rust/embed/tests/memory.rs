//! How much memory a verification takes, next to what `docs/embed/README.md` promises.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use peak_alloc::PeakAlloc;
use zkpot_embed::bundle::{Reader, Section};
use zkpot_embed::{Expectations, Limits, Session, Verifier};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// One test at a time: the counter is the process's.
static ALONE: Mutex<()> = Mutex::new(());

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

/// A verification holds a multiple of one link, and in pieces that link, too.
#[test]
fn memory_is_that_of_the_program_and_one_link() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let expected = Expectations { allow_clear: true, ..Expectations::default() };
    for name in ["clear", "dropout", "hiding"] {
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
#[test]
fn claimed_lengths_take_nothing() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
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
