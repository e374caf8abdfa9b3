//! Any bytes for a proof.

use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use zkpot_wrapped::program::Message;
use zkpot_wrapped::{Error, WrappedProof};

use super::made::{beside, digits, golden, proof, toy_proof};

#[test]
fn every_byte_counts() {
    let bytes = golden("1.zkwrap");
    // Those of the proof's own part are the circuit's business: a few of each word.
    let own = bytes.len() - proof(1).proof.len();
    let places = (0..own).chain((own..bytes.len()).step_by(13));
    for place in places {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let found = WrappedProof::from_bytes(&changed).and_then(|proof| digits().verify(&proof));
        assert!(found.is_err(), "byte {place}");
    }
}

#[test]
fn a_coordinate_has_one_encoding() {
    let transcript = &digits().file().program.transcript;
    let mut offset = 0;
    for message in transcript {
        for place in [offset, offset + 32] {
            if *message == Message::Point {
                let mut changed = proof(0);
                let word = beside(&changed.proof[place..place + 32]);
                changed.proof[place..place + 32].copy_from_slice(&word);
                assert_eq!(digits().verify(&changed), Err(Error::Point { offset }));
            }
        }
        offset += match message {
            Message::Point => 64,
            Message::Scalar => 32,
            Message::Absorb(_) | Message::Challenge => 0,
        };
    }
    assert_eq!(offset, proof(0).proof.len());
}

#[test]
fn one_encoding() {
    let bytes = toy_proof(3, 3).to_bytes();
    assert_eq!(WrappedProof::from_bytes(&bytes), Ok(toy_proof(3, 3)));
    let read = |bytes: &[u8]| WrappedProof::from_bytes(bytes).unwrap_err();
    let wrong = |reason| Error::Encoding { part: "wrapped proof", reason };
    for length in 8..bytes.len() {
        assert_eq!(read(&bytes[..length]), wrong("truncated or damaged"));
    }
    for length in 0..8 {
        assert_eq!(read(&bytes[..length]), wrong("it does not begin as one does"));
    }
    assert_eq!(read(&[&bytes[..], &[0]].concat()), wrong("not in canonical form"));
    // The number of earlier steps, in more bytes than it takes: 2^64 - 1 in ten, and five in two.
    let mut small = toy_proof(3, 3);
    small.run.earlier_steps = 5;
    let bytes = small.to_bytes();
    let place = 8 + 4 * 32;
    assert_eq!(bytes[place], 5);
    let long = [&bytes[..place], &[0x85, 0], &bytes[place + 1..]].concat();
    assert_eq!(read(&long), wrong("not in canonical form"));
    let mut other = bytes.clone();
    other[7] = 2;
    let version = Error::Version { part: "wrapped proof", found: 2, known: 1 };
    assert_eq!(read(&other), version);
    let large = [&bytes[..], &vec![0; 1 << 20]].concat();
    assert!(matches!(read(&large), Error::Limit { part: "wrapped proof", .. }));
}

#[test]
fn random_bytes_are_refused() {
    let mut rng = StdRng::seed_from_u64(17);
    let bytes = golden("0.zkwrap");
    for _ in 0..2_000 {
        let mut changed = bytes.clone();
        for _ in 0..rng.random_range(1..8) {
            let place = rng.random_range(0..300.min(changed.len()));
            match rng.random_range(0..4) {
                0 => changed[place] = rng.random(),
                1 => drop(changed.remove(place)),
                2 => changed.insert(place, rng.random()),
                _ => changed.truncate(changed.len() - place),
            }
            changed.extend_from_slice(&bytes[..300_usize.saturating_sub(changed.len())]);
        }
        let found = WrappedProof::from_bytes(&changed).and_then(|proof| digits().verify(&proof));
        assert!(found.is_err() || changed == bytes);
    }
    for length in 0..200 {
        let mut noise = vec![0; length];
        rng.fill_bytes(&mut noise);
        let head = &bytes[..8];
        WrappedProof::from_bytes(&[head, &noise].concat()).unwrap_err();
        WrappedProof::from_bytes(&noise).unwrap_err();
    }
}

/// A length that the bytes do not have: nothing is allocated for it.
#[test]
fn lengths_are_believed_when_they_are_there() {
    let bytes = toy_proof(3, 3).to_bytes();
    // Behind the earlier steps' ten bytes the length of the context.
    let place = 8 + 4 * 32 + 10;
    assert_eq!(bytes[place], 5);
    let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    let long = [&bytes[..place], &huge, &bytes[place + 1..]].concat();
    let refused = Error::Encoding { part: "wrapped proof", reason: "truncated or damaged" };
    assert_eq!(WrappedProof::from_bytes(&long), Err(refused));
}
