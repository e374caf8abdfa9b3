//! What a verifier does not take on.

use zkpot_embed::{Code, Limits, Verifier};

use crate::golden::{bundle, clear};

/// A proof is refused before the work that exceeds the limit is done, and with exactly the limit it is not.
#[test]
fn work_is_counted_before_it_is_done() {
    let bytes = bundle("clear");
    let mut limits = Limits::default();
    let needed = Verifier::new(limits).verify(&bytes, clear()).work;
    limits.work = needed;
    assert!(Verifier::new(limits).verify(&bytes, clear()).result.is_ok());
    limits.work = needed - 1;
    let answer = Verifier::new(limits).verify(&bytes, clear());
    let refusal = answer.result.unwrap_err();
    let sentence = format!("the verification's work is larger than the limit of {}", needed - 1);
    assert_eq!((refusal.code(), refusal.message()), (Code::Limit, sentence.as_str()));
    assert!(answer.work < needed);
    limits.work = 0;
    assert_eq!(Verifier::new(limits).verify(&bytes, clear()).work, 0);
}

/// So are field elements, before they are made.
#[test]
fn elements_are_counted_before_they_are_made() {
    let bytes = bundle("clear");
    let mut limits = Limits::default();
    limits.elements = 1;
    let answer = Verifier::new(limits).verify(&bytes, clear());
    let sentence = "the number of field elements that a link holds is larger than the limit of 1";
    let refusal = answer.result.unwrap_err();
    assert_eq!((refusal.code(), refusal.message()), (Code::Limit, sentence));
    // What the largest link needs is enough for all: what one held is let go before the next.
    let enough = |elements| {
        let mut limits = Limits::default();
        limits.elements = elements;
        Verifier::new(limits).verify(&bytes, clear()).result.is_ok()
    };
    let (mut least, mut most) = (1u64, 1u64 << 24);
    while least + 1 < most {
        let middle = least.midpoint(most);
        if enough(middle) { most = middle } else { least = middle }
    }
    assert!((1_000..100_000).contains(&most), "{most}");
    limits.elements = most;
    let work = Verifier::new(limits).verify(&bytes, clear()).work;
    assert_eq!(work, Verifier::new(Limits::default()).verify(&bytes, clear()).work);
}

/// What a node remembers of a program changes neither answer nor units.
#[test]
fn known_programs_take_the_same_units() {
    let bytes = bundle("clear");
    let node = Verifier::new(Limits::default());
    let answers = [(); 3].map(|()| node.verify(&bytes, clear()));
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

/// As text, and what is wrong with it.
#[test]
fn limits_as_text() {
    let read = Limits::read(br#"{"links": 3, "work": 18446744073709551615}"#).unwrap();
    assert_eq!((read.links, read.work), (3, u64::MAX));
    assert_eq!(read.bundle_bytes, Limits::default().bundle_bytes);
    for text in ["[]", r#"{"link": 3}"#, r#"{"links": -1}"#, "{", r#"{"links": 1, "links": 1}"#] {
        assert_eq!(Limits::read(text.as_bytes()).unwrap_err().code(), Code::Argument, "{text}");
    }
}
