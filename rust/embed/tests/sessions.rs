//! Bundles that come in pieces.

use zkpot_embed::bundle::Section;
use zkpot_embed::{Code, Expectations, Limits, Verifier};

use crate::golden::{bundle, clear};

/// The same answer, however the bytes are cut.
#[test]
fn pieces_of_any_size() {
    let (verifier, bytes) = (Verifier::new(Limits::default()), bundle("clear"));
    let whole = verifier.verify(&bytes, clear());
    for piece in [1_000, 65_536, 400_000] {
        let mut session = verifier.session(clear());
        bytes.chunks(piece).for_each(|piece| session.push(piece).unwrap());
        assert_eq!(session.finish(), whole.result);
        assert_eq!(session.work(), whole.work);
    }
}

/// A cut bundle has no receipt, and a refused one takes nothing more.
#[test]
fn sessions_end_once() {
    let (verifier, mut bytes) = (Verifier::new(Limits::default()), bundle("clear"));
    let mut session = verifier.session(clear());
    session.push(&bytes[..bytes.len() - 1]).unwrap();
    assert_eq!(session.finish().unwrap_err().message(), "not a zkpot bundle: it is cut off");
    assert_eq!(session.finish().unwrap_err().code(), Code::Ended);

    let last = bytes.len() - 100;
    bytes[last] ^= 1;
    let mut session = verifier.session(clear());
    assert_eq!(session.push(&bytes).unwrap_err().code(), Code::Opening);
    assert_eq!(session.push(&[]).map_err(|refusal| refusal.code()), Err(Code::Ended));
    assert_eq!(session.finish().unwrap_err().code(), Code::Ended);
}

/// Sections that are given one by one have their order, too.
#[test]
fn sections_out_of_order() {
    let verifier = Verifier::new(Limits::default());
    for section in [Section::Program(&[]), Section::Link(&[])] {
        let mut run = verifier.run(Expectations::default());
        assert_eq!(run.take(section).unwrap_err().code(), Code::Ended);
    }
    let mut run = verifier.run(Expectations::default());
    assert_eq!(run.finish().unwrap_err().code(), Code::Ended);
    assert_eq!(run.take(Section::Order(b"{}")).unwrap_err().code(), Code::Ended);
    let mut run = verifier.run(Expectations::default());
    assert_eq!(run.take(Section::Order(b"{}")).unwrap_err().code(), Code::Order);
}
