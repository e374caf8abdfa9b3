//! The transcript and what is packed into it.

use std::collections::HashSet;

use p3_challenger::{CanObserve, CanSample, CanSampleBits, GrindingChallenger};
use p3_field::{PrimeCharacteristicRing, PrimeField64};
use p3_symmetric::CryptographicHasher;
use zkpot_sponge::{F, Fr, LeafHash, Sponge, from_bytes, pack, to_bytes};

/// What a transcript gives after these events.
fn drawn(absorb: impl FnOnce(&mut Sponge)) -> [F; 3] {
    let mut sponge = Sponge::new();
    absorb(&mut sponge);
    sponge.sample_array()
}

#[test]
fn packing_is_injective_over_lengths_and_values() {
    let words = [0, 1, F::ORDER_U64 - 1].map(F::from_u64);
    let mut rows: Vec<Vec<F>> = vec![vec![]];
    let (mut packed, mut hashed) = (HashSet::new(), HashSet::new());
    // Every row of up to seven elements, those that differ only in trailing zeros among them.
    for length in 0..=7 {
        for row in &rows {
            assert_eq!(row.len(), length);
            assert!(packed.insert(pack(row.iter().copied())), "{row:?}");
            assert!(length > 4 || hashed.insert(LeafHash.hash_slice(row)), "{row:?}");
        }
        rows = rows
            .iter()
            .flat_map(|row| words.map(|word| [row.as_slice(), &[word]].concat()))
            .collect();
    }
    assert_eq!(packed.len(), (3usize.pow(8) - 1) / 2);
}

#[test]
fn a_packed_element_is_its_words_and_their_number() {
    let row = [3, 4, 5, 6].map(F::from_u64);
    let two = |bits: u64| Fr::TWO.exp_u64(bits);
    let expected = [
        Fr::from_u64(3)
            + two(64) * Fr::from_u64(4)
            + two(128) * Fr::from_u64(5)
            + two(192) * Fr::from_u64(3),
        Fr::from_u64(6) + two(192),
    ];
    assert_eq!(pack(row), expected);
}

#[test]
fn everything_absorbed_matters_with_its_order_and_number() {
    let (one, two, digest) = (F::ONE, F::TWO, [Fr::TWO]);
    let mut seen = HashSet::new();
    let mut transcripts: Vec<[F; 3]> = vec![
        drawn(|_| ()),
        drawn(|sponge| sponge.observe(F::ZERO)),
        drawn(|sponge| sponge.observe_slice(&[F::ZERO; 2])),
        drawn(|sponge| sponge.observe([Fr::ZERO])),
        drawn(|sponge| sponge.observe_slice(&[[Fr::ZERO]; 2])),
        drawn(|sponge| sponge.observe_slice(&[one, two])),
        drawn(|sponge| sponge.observe_slice(&[two, one])),
    ];
    for places in 0..=3 {
        transcripts.push(drawn(|sponge| {
            sponge.observe_slice(&[one, two, one][..places]);
            sponge.observe(digest);
            sponge.observe_slice(&[one, two, one][places..]);
        }));
    }
    // A squeeze between two messages is part of the transcript as well.
    transcripts.push(drawn(|sponge| {
        sponge.observe(one);
        let _: F = sponge.sample();
        sponge.observe(two);
    }));
    for (index, drawn) in transcripts.into_iter().enumerate() {
        assert!(seen.insert(drawn.map(|drawn| drawn.as_canonical_u64())), "transcript {index}");
    }
}

#[test]
fn a_squeeze_continues_and_an_absorption_ends_it() {
    let mut sponge = Sponge::new();
    sponge.observe(F::ONE);
    let all: [F; 9] = sponge.clone().sample_array();
    let parts: [[F; 3]; 3] = core::array::from_fn(|_| sponge.sample_array());
    assert_eq!(all.as_slice(), parts.as_flattened());
}

#[test]
fn index_bits_are_the_low_bits_of_a_half() {
    let mut sponge = Sponge::new();
    sponge.observe(F::TWO);
    let half = sponge.clone().squeeze_half();
    for bits in 0..=64 {
        let expected = (half & ((1u128 << bits) - 1)) as usize;
        assert_eq!(sponge.clone().sample_bits(bits), expected, "{bits} bits");
    }
}

#[test]
#[should_panic(expected = "65 bits of an index")]
fn an_index_has_at_most_64_bits() {
    Sponge::new().sample_bits(65);
}

#[test]
fn grinding_finds_what_is_checked_wherever_the_witness_lands_in_a_pack() {
    for digests in 0..4 {
        for elements in 0..4 {
            let mut prover = Sponge::new();
            prover.observe_slice(&vec![[Fr::TWO]; digests]);
            prover.observe_slice(&vec![F::ONE; elements]);
            let mut verifier = prover.clone();
            let witness = prover.grind(6);
            assert!(verifier.check_witness(6, witness), "{digests} and {elements}");
            // Both go on alike.
            let (left, right): (F, F) = (prover.sample(), verifier.sample());
            assert_eq!(left, right);
        }
    }
}

#[test]
fn grinding_of_no_bits_absorbs_nothing() {
    let (mut sponge, untouched) = (Sponge::new(), drawn(|_| ()));
    assert_eq!(sponge.grind(0), F::ZERO);
    assert!(sponge.check_witness(0, F::ONE));
    assert_eq!(sponge.sample_array(), untouched);
}

#[test]
fn bytes_that_are_no_canonical_integer_are_refused() {
    let mut bytes = to_bytes(-Fr::ONE);
    assert_eq!(from_bytes(&bytes), Some(-Fr::ONE));
    // The modulus itself, one more than its last element.
    bytes[31] += 1;
    assert_eq!(from_bytes(&bytes), None);
    assert_eq!(from_bytes(&[255; 32]), None);
    assert_eq!(from_bytes(&[0; 32]), Some(Fr::ZERO));
}
