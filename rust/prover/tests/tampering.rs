//! Whatever is changed about a proven run, it is refused, and says why.
//!
//! Each struct of a proof is taken apart with all its fields named, so that a field that is added
//! without a mutation below does not compile.

use crate::programs;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use p3_field::PrimeCharacteristicRing;
use zkpot_pcs::Whir;
use zkpot_protocol::arithmetization::{LinkKind, Source};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::field::EF;
use zkpot_protocol::labels;
use zkpot_protocol::proof::{LinkProof, MAX_LINK_BYTES};
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::security::SecurityLevel;
use zkpot_protocol::statement::{Envelope, FORMAT_VERSION, Origin, ShardEntry, Statement};
use zkpot_verifier::{RunVerifier, run::hex};

use crate::links::Link;
use crate::listening::listen;
use crate::programs::Running;

/// A run after its import, and the training link that follows.
fn proven() -> &'static (Running, LinkProof) {
    static PROVEN: OnceLock<(Running, LinkProof)> = OnceLock::new();
    PROVEN.get_or_init(|| {
        let running = Running::start();
        let mut link = Link::training(&running, 3);
        link.scalars = vec![vec![2, 3, 2]];
        let proven = link.prove(&link.system(), Some(&link.execute(&|_, _| ()))).unwrap().link;
        (running, proven)
    })
}

/// What the run's verifier says to the training link's bytes.
fn answer(bytes: &[u8]) -> Result<(), Rejection> {
    let (running, _) = proven();
    let expected = programs::nothing_expected();
    let mut verifier =
        RunVerifier::<Whir>::new(&running.program, &running.order, &expected).unwrap();
    verifier.push(&running.links[0]).unwrap();
    verifier.push(bytes)
}

fn tampered(change: impl FnOnce(&mut LinkProof)) -> Result<(), Rejection> {
    let mut link = proven().1.clone();
    change(&mut link);
    assert_ne!(link, proven().1);
    answer(&link.to_bytes())
}

fn chain(field: &'static str) -> Rejection {
    Rejection::Chain { link: 1, field }
}

/// What the transcript says when something that it absorbed first is changed. The root's layer
/// holds under any challenge; the one below does not.
const ABSORBED: Rejection = Rejection::LookupLayer { layer: 1 };

#[test]
fn the_link_itself_is_accepted() {
    assert_eq!(answer(&proven().1.to_bytes()), Ok(()));
}

/// Every field of a statement.
#[test]
fn statements() {
    let Statement {
        format: _,
        arithmetic: _,
        kind: _,
        channel: _,
        states: _,
        security: _,
        program: _,
        before: _,
        after: _,
        data_root: _,
        first_step: _,
        steps: _,
        nonce: _,
        origin: _,
        earlier_steps: _,
        first: _,
        scalars: _,
        outputs: _,
        shards: _,
        context: _,
        previous: _,
        envelope: _,
    } = proven().1.statement.clone();
    let shape = |part, reason| Rejection::Shape { part, reason };
    type Change = fn(&mut Statement);
    let known = FORMAT_VERSION;
    let format = Rejection::Version { part: "statement", found: known + 1, known };
    let unproven = "only a wrapped link has one: its circuit proves what it holds";
    let length = "training takes 1 to the program's longest link, other links none";
    let mutations: Vec<(Change, Rejection)> = vec![
        (|s| s.format += 1, format),
        (|s| s.arithmetic += 1, chain("arithmetic")),
        (|s| s.kind = LinkKind::Seal, shape("steps", length)),
        (|s| s.kind = LinkKind::Import, shape("steps", length)),
        (|s| s.channel = ChannelKind::Hiding, chain("channel")),
        (|s| s.states = None, chain("states")),
        (|s| s.states = Some(Source::Owner), chain("source of the states")),
        (|s| s.security = SecurityLevel::Bits128, chain("security")),
        (|s| s.program[3] ^= 1, chain("program")),
        (|s| s.before[0] ^= 1, chain("states before")),
        (|s| s.after[0] ^= 1, ABSORBED),
        (|s| s.after = [0; 32], chain("states after")),
        (|s| s.data_root[31] ^= 128, chain("data root")),
        (|s| s.first_step += 1, chain("first step")),
        (|s| s.steps += 1, shape("scalars", "one value a step")),
        (|s| s.steps = 0, shape("steps", length)),
        (|s| s.steps = 65, shape("steps", length)),
        (|s| s.nonce[9] ^= 1, chain("nonce")),
        (|s| s.origin = Origin::Run([0; 32]), chain("origin")),
        (|s| s.earlier_steps += 1, chain("earlier steps")),
        (|s| s.first[0] ^= 1, chain("first commitment")),
        (|s| s.scalars[0][1] += 1, ABSORBED),
        (|s| s.scalars[0][1] = 65, shape("scalars", "a value is outside the program's range")),
        (|s| s.scalars[0].swap(0, 1), ABSORBED),
        (|s| s.scalars[0].push(2), shape("scalars", "one value a step")),
        (
            |s| s.scalars.clear(),
            shape("scalars", "one row for each public scalar of a training program"),
        ),
        (
            |s| s.outputs.push(0),
            shape("outputs", "one total for each output of a training program"),
        ),
        (|s| s.context.clear(), chain("context")),
        (|s| s.previous[0] ^= 1, chain("previous statement")),
        (|s| s.envelope = Some(Envelope::default()), shape("envelope", unproven)),
    ];
    for (index, (change, expected)) in mutations.into_iter().enumerate() {
        assert_eq!(tampered(|link| change(&mut link.statement)), Err(expected), "mutation {index}");
    }
}

/// Every field of a statement's entry for a shard.
#[test]
fn shards() {
    let ShardEntry { index: _, rows: _, source: _, before: _, after: _ } =
        proven().1.statement.shards[0];
    let copy = proven().1.statement.shards[1].after;
    type Change = fn(&mut Vec<ShardEntry>);
    let mutations: Vec<(Change, Rejection)> = vec![
        (|s| s[1].index = 2, chain("shard")),
        (|s| s[1].index = 0, chain("shard")),
        (|s| s[0].rows -= 1, chain("shard")),
        (|s| s[0].source = Source::Owner, chain("source of a shard")),
        (|s| s[0].before[0] ^= 1, chain("shard")),
        (|s| s[0].after[0] ^= 1, ABSORBED),
        // Without a copy the witness is smaller, and so the transcript is another.
        (|s| s[0].after = [0; 32], ABSORBED),
        (|s| s.swap(0, 1), chain("shards")),
        (|s| s.truncate(1), chain("shards")),
        (|s| s.push(s[1]), Rejection::Spent { link: 1, commitment: hex(&copy) }),
    ];
    for (index, (change, expected)) in mutations.into_iter().enumerate() {
        let found = tampered(|link| change(&mut link.statement.shards));
        assert_eq!(found, Err(expected), "mutation {index}");
    }
}

/// The commitments that imports and seals state: a seal has no lookups, so its relations notice.
#[test]
fn other_kinds() {
    let mut running = Running::start();
    running.train(2, true);
    running.seal();
    let expected = programs::nothing_expected();
    for (position, rejection) in [(0, ABSORBED), (2, Rejection::Relation)] {
        let mut verifier =
            RunVerifier::<Whir>::new(&running.program, &running.order, &expected).unwrap();
        running.links[..position].iter().for_each(|link| verifier.push(link).unwrap());
        let mut link = LinkProof::from_bytes(&running.links[position]).unwrap();
        link.statement.after[5] ^= 1;
        assert_eq!(verifier.push(&link.to_bytes()), Err(rejection));
    }
}

/// Every field of a link.
#[test]
fn links() {
    let LinkProof { statement: _, witness: _, scalars: _, revealed: _, openings: _ } =
        proven().1.clone();
    let (first, last) = (labels::LOOKUP_ROOT, labels::OPENING_ROUND);
    let shape = |part, reason| Rejection::Shape { part, reason };
    type Change = fn(&mut LinkProof);
    let mutations: Vec<(Change, Rejection)> = vec![
        // Mutations of the statement have their own tests.
        (|l| l.statement.previous = [9; 32], chain("previous statement")),
        (|l| l.witness.as_mut().unwrap()[0] ^= 1, ABSORBED),
        (|l| l.witness = None, shape("witness", "present exactly if needed")),
        (|l| l.scalars.clear(), Rejection::MessageMissing { label: first }),
        (|l| l.scalars.truncate(l.scalars.len() - 1), Rejection::MessageMissing { label: last }),
        (|l| l.scalars.push(EF::ZERO), Rejection::MessagesLeft { count: 1 }),
        (|l| l.scalars.insert(0, EF::ONE), Rejection::LookupRoot),
        (|l| l.revealed.truncate(3), Rejection::MessageMissing { label: labels::OPENING_VALUE }),
        (|l| l.revealed.push(EF::ZERO), Rejection::MessagesLeft { count: 1 }),
        (|l| l.openings.clear(), shape("openings", "one for each opened polynomial")),
        (|l| l.openings.truncate(3), shape("openings", "one for each opened polynomial")),
        (|l| l.openings.push(vec![]), shape("openings", "one for each opened polynomial")),
    ];
    for (index, (change, expected)) in mutations.into_iter().enumerate() {
        assert_eq!(tampered(change), Err(expected), "mutation {index}");
    }
}

/// Every scalar that was sent: the check that uses it refuses another one.
#[test]
fn messages() {
    let (running, link) = proven();
    let told = Link::training(running, 3);
    let heard = listen(link, &told, &told.system());
    assert_eq!(heard.residual, EF::ZERO);
    assert_eq!(heard.scalars.len(), link.scalars.len() + link.revealed.len());
    let mut seen = BTreeSet::new();
    for (place, (label, expected)) in heard.scalars.into_iter().enumerate() {
        seen.insert(label);
        let mut link = link.clone();
        let revealed = place.checked_sub(link.scalars.len());
        let scalar = match revealed {
            None => &mut link.scalars[place],
            Some(place) => &mut link.revealed[place],
        };
        *scalar += EF::from_u64(1 << (place % 60));
        let found = told.verify(&link, &told.system()).map(|_| ());
        assert_eq!(found, Err(expected), "{label}, scalar {place}");
    }
    let sent = [
        labels::LOOKUP_ROOT,
        labels::LOOKUP_ROUND,
        labels::LOOKUP_CHILDREN,
        labels::PRODUCT_VALUE,
        labels::PRODUCT_ROUND,
        labels::PRODUCT_FACTORS,
        labels::OPENING_ROUND,
        labels::OPENING_VALUE,
    ];
    assert_eq!(seen, BTreeSet::from(sent));
}

/// Every opening: other bytes, fewer, more, another polynomial's, another link's.
#[test]
fn openings() {
    let (running, link) = proven();
    let names = ["witness", "first states", "data shard at position 0", "data shard at position 1"];
    assert_eq!(link.openings.len(), names.len());
    let other = Link::training(running, 3);
    let other = other.prove(&other.system(), Some(&other.execute(&|_, _| ()))).unwrap().link;
    for (opening, name) in names.into_iter().enumerate() {
        let refused = |change: &dyn Fn(&mut Vec<u8>)| match tampered(|link| {
            change(&mut link.openings[opening])
        }) {
            Err(Rejection::Opening { polynomial, .. }) => assert_eq!(polynomial, name),
            found => panic!("{name}: {found:?}"),
        };
        let length = link.openings[opening].len();
        for place in [0, 1, length / 7, length / 3, length / 2, length - 40, length - 1] {
            refused(&|bytes| bytes[place] ^= 1);
            refused(&|bytes| bytes.truncate(place));
        }
        refused(&|bytes| bytes.push(0));
        refused(&|bytes| bytes.extend_from_within(..));
        refused(&|bytes| bytes.clone_from(&other.openings[opening]));
        refused(&|bytes| bytes.resize(1 << 22, 0));
    }
    for (left, right) in [(0, 1), (1, 2), (2, 3)] {
        match tampered(|link| link.openings.swap(left, right)) {
            Err(Rejection::Opening { polynomial, .. }) => assert_eq!(polynomial, names[left]),
            found => panic!("{found:?}"),
        }
    }
}

/// Bytes that are not the one encoding of a link.
#[test]
fn encodings() {
    let bytes = proven().1.to_bytes();
    let unknown = Err(Rejection::Encoding("it does not begin as one does"));
    let damaged = Err(Rejection::Encoding("truncated or damaged"));
    let form = Err(Rejection::Encoding("not in canonical form"));
    assert_eq!(answer(&[]), unknown);
    assert_eq!(answer(&bytes[1..]), unknown);
    assert_eq!(answer(&bytes[..8]), damaged);
    assert_eq!(answer(&bytes[..bytes.len() - 1]), damaged);
    assert_eq!(answer(&[&bytes[..], &[0]].concat()), form);
    let mut version = bytes.clone();
    version[7] += 1;
    let later = Rejection::Version { part: "link", found: 7, known: 6 };
    assert_eq!(later.to_string(), "link of format version 7: this build knows version 6");
    assert_eq!(answer(&version), Err(later));
    // The format's number in two bytes instead of one.
    let padded = [&bytes[..8], &[0x80 | bytes[8], 0x00], &bytes[9..]].concat();
    assert_eq!(answer(&padded), form);
    let limit = Rejection::Limit { part: "link", limit: MAX_LINK_BYTES as u64 };
    assert_eq!(answer(&vec![0; MAX_LINK_BYTES + 1]), Err(limit));
}

/// Bits flipped and bytes cut off anywhere: refused, and nothing panics.
#[test]
fn anything_else() {
    let bytes = proven().1.to_bytes();
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % limit as u64) as usize
    };
    for _ in 0..2000 {
        let (place, bit) = (next(bytes.len()), next(8));
        let mut flipped = bytes.clone();
        flipped[place] ^= 1 << bit;
        assert!(answer_alone(&flipped).is_err(), "bit {bit} of byte {place}");
    }
    for _ in 0..200 {
        let length = next(bytes.len());
        assert!(answer_alone(&bytes[..length]).is_err(), "{length} bytes");
    }
}

/// As [`answer`], without verifying the import each time.
fn answer_alone(bytes: &[u8]) -> Result<(), Rejection> {
    let (running, link) = proven();
    let told = Link::training(running, 3);
    let found = LinkProof::from_bytes(bytes)?;
    if found.statement != link.statement {
        return answer(bytes);
    }
    told.verify(&found, &told.system()).map(|_| ())
}
