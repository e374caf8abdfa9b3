//! Frozen vectors, which a second implementation made, and the constants of the reference.

use p3_challenger::{CanObserve, CanSample, CanSampleBits, GrindingChallenger};
use p3_field::{PrimeCharacteristicRing, PrimeField64};
use p3_symmetric::{CryptographicHasher, PseudoCompressionFunction};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkhash::ark_ff::{BigInteger, PrimeField};
use zkhash::fields::bn256::FpBN256;
use zkhash::poseidon2::poseidon2::Poseidon2;
use zkhash::poseidon2::poseidon2_instance_bn256::{POSEIDON2_BN256_PARAMS, RC3};
use zkpot_sponge::{
    F, FULL_ROUNDS, Fr, LeafHash, NodeHash, PARTIAL_ROUNDS, Sponge, WIDTH, constants, from_bytes,
    hash_elements, permute, to_bytes,
};

fn from_reference(element: &FpBN256) -> Fr {
    let bytes = element.into_bigint().to_bytes_be();
    from_bytes(&bytes.try_into().unwrap()).unwrap()
}

fn to_reference(element: Fr) -> FpBN256 {
    FpBN256::from_be_bytes_mod_order(&to_bytes(element))
}

/// An element in hexadecimal digits.
fn element(digits: &str) -> Fr {
    let bytes: Vec<u8> = format!("{digits:0>64}")
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    from_bytes(&bytes.try_into().unwrap()).unwrap()
}

/// The last elements of the field, downwards.
fn row(count: u64) -> impl Iterator<Item = F> {
    (0..count).map(|place| F::from_u64(F::ORDER_U64 - 1 - place))
}

#[test]
fn constants_are_those_of_the_reference() {
    let expected: Vec<[Fr; WIDTH]> = RC3
        .iter()
        .map(|round| core::array::from_fn(|place| from_reference(&round[place])))
        .collect();
    let (first, rest) = expected.split_at(FULL_ROUNDS / 2);
    let (partial, last) = rest.split_at(PARTIAL_ROUNDS);
    let constants = constants();
    assert_eq!(constants.first, first);
    assert_eq!(constants.last, last);
    let partial: Vec<Fr> = partial.iter().map(|round| round[0]).collect();
    assert_eq!(constants.partial, partial);
}

#[test]
fn permutation_is_that_of_the_reference() {
    let reference = Poseidon2::new(&POSEIDON2_BN256_PARAMS);
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..20 {
        let mut state: [Fr; WIDTH] = rng.random();
        let expected = reference.permutation(&state.map(to_reference));
        permute(&mut state);
        assert_eq!(state.to_vec(), expected.iter().map(from_reference).collect::<Vec<_>>());
    }
}

#[test]
fn permutation_has_its_vector() {
    let mut state = [0, 1, 2].map(Fr::from_u64);
    permute(&mut state);
    let expected = [
        "bb61d24daca55eebcb1929a82650f328134334da98ea4f847f760054f4a3033",
        "303b6f7c86d043bfcbcc80214f26a30277a15d3f74ca654992defe7ff8d03570",
        "1ed25194542b12eef8617361c3ba7c52e660b145994427cc86296242cf766ec8",
    ];
    assert_eq!(state, expected.map(element));
}

#[test]
fn leaves_have_their_vectors() {
    let expected = [
        (1, "214df37b1aad11f21170d90f30973e014b7012832d6991ee01bcbf00d9c792f1"),
        (3, "2b924e8c2b68be455da4352ef6ab35732f1b1b09f8fffb13cd4c2bc124f5975e"),
        (4, "155ed0164460fb73825af46f143a9c31f44634dfca95bcb51b3e1620fcf445fd"),
        (6, "1b502acbf885f43ae2d646ff70b76243734882049943277619bab0558349cc83"),
        (7, "a765ae41bfc0c73731fceb15863535e6fa8a19d1a231b45740e0060578bdd14"),
        (10, "1e9a76195b066e1d7e647851f996697238f32a62669f7920967bb29d9732ca15"),
    ];
    for (count, digest) in expected {
        assert_eq!(LeafHash.hash_iter(row(count)), [element(digest)], "{count} elements");
    }
}

#[test]
fn nodes_have_their_vector() {
    let digest = NodeHash.compress([[Fr::ONE], [Fr::TWO]]);
    let expected = "2afac3bdc3663b71eefeecdf21b147d0ba7dd7a169a7757c05ed6bfb065bffd2";
    assert_eq!(digest, [element(expected)]);
}

#[test]
fn transcripts_have_their_vector() {
    let mut sponge = Sponge::new();
    // Nothing is absorbed yet.
    let first: F = sponge.sample();
    assert_eq!(first.as_canonical_u64(), 0xd44d_7378_a2fd_8ae9);
    // A pack of three, one of two that the digest ends, and one of one.
    row(5).for_each(|element| sponge.observe(element));
    sponge.observe([-Fr::ONE]);
    sponge.observe(F::from_u64(7));
    // Two more than a permutation gives.
    let drawn: [F; 6] = sponge.sample_array();
    let expected = [
        0x72bc_5908_5fae_7076,
        0x5644_5f9e_734c_c145,
        0x702a_5e72_4a17_36f0,
        0xa68a_8f1b_0b68_8cc2,
        0x639b_e329_fc84_4f70,
        0xf07c_0420_169e_6b06,
    ];
    assert_eq!(drawn.map(|drawn| drawn.as_canonical_u64()), expected);
    assert_eq!(sponge.sample_bits(20), 0xe1b75);
    // What is left of the squeeze is not given any more.
    sponge.observe([Fr::from_u64(3)]);
    assert_eq!(sponge.sample_bits(63), 0x6cc0_8273_4893_0350);
    sponge.observe(F::ONE);
    let last: F = sponge.sample();
    assert_eq!(last.as_canonical_u64(), 0x9750_8652_8a03_a753);
}

#[test]
fn proofs_of_work_have_their_vector() {
    let mut sponge = Sponge::new();
    sponge.observe(F::from_u64(5));
    sponge.observe([Fr::from_u64(9)]);
    for candidate in 0..=88 {
        let passes = sponge.clone().check_witness(8, F::from_u64(candidate));
        assert_eq!(passes, candidate == 88, "candidate {candidate}");
    }
}

#[test]
fn elements_are_hashed_like_rows_but_told_apart_from_them() {
    let elements: Vec<Fr> = (1..6).map(Fr::from_u64).collect();
    let capacity = Fr::from_u128(5 + (1 << 65));
    let mut state = [elements[0], elements[1], capacity];
    permute(&mut state);
    state[0] += elements[2];
    state[1] += elements[3];
    permute(&mut state);
    state[0] += elements[4];
    permute(&mut state);
    assert_eq!(hash_elements(&elements), state[0]);
    // A zero more is another message, and a row of the same packed elements is one.
    assert_ne!(
        hash_elements(&elements),
        hash_elements(&[elements.as_slice(), &[Fr::ZERO]].concat())
    );
    let row: Vec<F> = row(6).collect();
    assert_ne!([hash_elements(&zkpot_sponge::pack(row.iter().copied()))], LeafHash.hash_iter(row));
}
