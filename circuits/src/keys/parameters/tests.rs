//! Parameters of both formats, and every way in which a file is none.

mod written;

use halo2_base::halo2_proofs::halo2curves::CurveAffine;
use halo2_base::halo2_proofs::halo2curves::bn256::{Fq2, G1Affine, G2Affine};
use halo2_base::halo2_proofs::halo2curves::ff::{Field, PrimeField};
use halo2_base::halo2_proofs::halo2curves::serde::SerdeObject;
use halo2_base::halo2_proofs::poly::kzg::commitment::ParamsKZG;
use num_bigint::BigUint;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::{Parameters, check};
use crate::Fr;
use written::{Ceremony, bytes, read, refused};

/// Of fewer powers both formats have the same domain.
const K: u32 = 7;
/// Bytes of a point of the first group.
const POINT: usize = 64;

/// A secret that nobody published, and that is no root of unity.
fn secret() -> Fr {
    Fr::from(0x1234_5678_9abc_def1).square() + Fr::from(5)
}

/// As halo2 has it.
fn raw() -> Ceremony {
    Ceremony::new(secret(), K, 7)
}

/// As snarkjs has it.
fn ptau() -> Ceremony {
    Ceremony::new(secret(), K, 5)
}

/// How both formats refuse a change of what they hold.
fn both_refuse(change: impl Fn(&mut Ceremony), reason: &str) {
    let expected = format!("no parameters for KZG on BN254: {reason}");
    let [mut raw, mut ptau] = [raw(), ptau()];
    change(&mut raw);
    change(&mut ptau);
    assert_eq!(refused(&raw.raw(), K), expected, "raw");
    assert_eq!(refused(&ptau.ptau(), K), expected, "ptau");
}

fn none(reason: &str) -> String {
    format!("no parameters for KZG on BN254: {reason}")
}

#[test]
fn both_formats_hold_the_same_parameters() {
    for k in 1..=K {
        let direct = Ceremony::new(secret(), k, 7).raw();
        for file in [raw().raw(), ptau().ptau()] {
            let found = read(&file, k).1.unwrap();
            assert_eq!(found.k(), k);
            assert!(!found.is_known());
            assert!(bytes(&found) == direct, "2^{k} powers");
        }
    }
}

#[test]
fn the_librarys_own_parameters_are_read() {
    let library = ParamsKZG::setup(K, ChaCha20Rng::seed_from_u64(8));
    let expected = bytes(&Parameters(library));
    let found = read(&expected, K).1.unwrap();
    assert!(bytes(&found) == expected);
    // And those that are kept.
    let kept = Parameters::read_unchecked(&mut expected.as_slice()).unwrap();
    assert!(bytes(&kept) == expected);
}

#[test]
fn the_test_parameters_are_those_of_their_secret() {
    for k in 1..=K {
        let known = Parameters::known(k);
        assert!(known.is_known());
        assert_eq!(check(known.inner()), Ok(()));
        let reason = "its secret is the test parameters', which everybody knows";
        assert_eq!(refused(&bytes(&known), k), none(reason));
    }
}

#[test]
fn the_known_secret_is_known_in_the_other_format() {
    let known = Parameters::known(K);
    let mut file = ptau();
    file.second = [known.inner().g2(), known.inner().s_g2()];
    let reason = "its secret is the test parameters', which everybody knows";
    assert_eq!(refused(&file.ptau(), K), none(reason));
}

#[test]
fn a_file_that_ends_too_early_is_refused() {
    let whole = raw().raw();
    for length in [4, 5, 68, whole.len() / 2, whole.len() - 1] {
        let reason = "neither halo2's raw format nor snarkjs's .ptau";
        assert_eq!(refused(&whole[..length], K), none(reason));
    }
    let longer = [whole.as_slice(), &[0]].concat();
    assert_eq!(refused(&longer, K), none("neither halo2's raw format nor snarkjs's .ptau"));
    for length in 0..4 {
        assert_eq!(refused(&whole[..length], K), "failed to fill whole buffer");
    }
    // Every length of the other format: whatever is left of it is refused.
    let whole = ptau().ptau();
    for length in (0..400).chain((400..whole.len()).step_by(61)).chain([whole.len() - 1]) {
        refused(&whole[..length], K);
    }
    let prepared = "section 12 is too short: prepare it with `snarkjs powersoftau prepare phase2`";
    assert_eq!(refused(&whole[..whole.len() - 1], K), none(prepared));
    let at = |number: u32| 12 + 12 + 44 + (number as usize) * POINT + 12;
    assert_eq!(refused(&whole[..at(2)], K), none("section 2 is too short"));
    assert_eq!(refused(&whole[..14], K), none("it has no header"));
    assert_eq!(refused(&whole[..30], K), none("it has no header"));
}

#[test]
fn a_file_that_was_not_prepared_is_refused() {
    let mut file = ptau();
    file.lagrange.clear();
    let reason = "section 12 is too short: prepare it with `snarkjs powersoftau prepare phase2`";
    assert_eq!(refused(&file.ptau(), K), none(reason));
    let whole = file.ptau();
    // Without the empty section, too.
    let reason = "it has no section 12: prepare it with `snarkjs powersoftau prepare phase2`";
    assert_eq!(refused(&whole[..whole.len() - 12], K), none(reason));
}

#[test]
fn another_magic_or_curve_is_refused() {
    let mut file = ptau().ptau();
    file[0] ^= 1;
    assert_eq!(refused(&file, K), none("neither halo2's raw format nor snarkjs's .ptau"));
    for k in [0u32, 6, 8, 29, u32::MAX] {
        let mut file = raw().raw();
        file[..4].copy_from_slice(&k.to_le_bytes());
        assert_eq!(refused(&file, 1), none("neither halo2's raw format nor snarkjs's .ptau"));
    }
    let order = BigUint::from_bytes_le((-Fr::ONE).to_repr().as_ref()) + 1u8;
    let reason = "it is of another curve than BN254";
    assert_eq!(refused(&ptau().ptau_of(&order, K), K), none(reason));
    let mut longer = ptau().ptau();
    longer[24] = 48;
    assert_eq!(refused(&longer, K), none(reason));
}

#[test]
fn too_few_powers_are_refused() {
    for file in [raw().raw(), ptau().ptau()] {
        let reason = "parameters of 2^7 powers, where the circuit needs 2^8";
        assert_eq!(refused(&file, 8), reason);
    }
    // A header that says more than there is, or what nobody has.
    let modulus = ptau().ptau()[28..60].to_vec();
    let modulus = BigUint::from_bytes_le(&modulus);
    assert_eq!(refused(&ptau().ptau_of(&modulus, 28), 8), none("section 2 is too short"));
    for k in [0, 29, u32::MAX] {
        let reason = format!("2^{k} powers are too few or too many");
        assert_eq!(refused(&ptau().ptau_of(&modulus, k), K), none(&reason));
    }
}

#[test]
fn lengths_that_overflow_are_refused() {
    let whole = ptau().ptau();
    // The header's length, and that of the section of powers.
    for place in [16, 12 + 12 + 44 + 4] {
        for length in [u64::MAX, u64::MAX - 11, 1 << 63] {
            let mut file = whole.clone();
            file[place..place + 8].copy_from_slice(&length.to_le_bytes());
            refused(&file, K);
        }
    }
}

#[test]
fn a_point_off_the_curve_is_refused() {
    let reason = |byte: usize| none(&format!("the point at byte {byte} is not on the curve"));
    let mut file = raw().raw();
    let byte = 4 + 3 * POINT;
    file[byte] ^= 1;
    assert_eq!(refused(&file, K), reason(byte));
    let mut file = ptau().ptau();
    let byte = 12 + 12 + 44 + 12 + 7 * POINT;
    file[byte + 40] ^= 1;
    assert_eq!(refused(&file, K), reason(byte));
    // A coordinate that is not below the modulus.
    let mut file = raw().raw();
    file[4 + 32..4 + POINT].fill(0xff);
    assert_eq!(refused(&file, K), reason(4));
    let mut file = raw().raw();
    let last = file.len() - 1;
    file[last - 40] ^= 1;
    assert_eq!(refused(&file, K), none("a point of the second group is not on the curve"));
}

#[test]
fn powers_of_two_secrets_are_refused() {
    let reason = "its points are no powers of one secret";
    let other = Ceremony::new(secret() + Fr::ONE, K, 5);
    for place in [1, 2, 17, 31] {
        both_refuse(|file| file.powers[place] = other.powers[place], reason);
    }
    both_refuse(|file| file.powers[9] = G1Affine::default(), reason);
    both_refuse(|file| file.powers.swap(3, 4), reason);
    both_refuse(|file| file.second[1] = other.second[1], reason);
    // Each right in itself.
    both_refuse(|file| file.powers.clone_from(&other.powers), reason);
}

#[test]
fn lagrange_polynomials_of_others_are_refused() {
    let reason = "its Lagrange polynomials are not those of its powers";
    let last = K as usize;
    both_refuse(|file| file.lagrange[last].swap(1, 2), reason);
    both_refuse(|file| file.lagrange[last].reverse(), reason);
    both_refuse(|file| file.lagrange[last].rotate_left(1), reason);
    both_refuse(|file| file.lagrange[last][31] = G1Affine::default(), reason);
    // Those of the other format's domain.
    let expected = none(reason);
    assert_eq!(refused(&ptau().raw(), K), expected);
    assert_eq!(refused(&raw().ptau(), K), expected);
}

#[test]
fn other_generators_are_refused() {
    let reason = "it does not start with the generators";
    both_refuse(|file| file.powers[0] = file.powers[1], reason);
    both_refuse(|file| file.second[0] = file.second[1], reason);
    both_refuse(|file| file.powers[0] = -file.powers[0], reason);
    // All powers times something, consistently.
    let three = Fr::from(3);
    both_refuse(
        |file| {
            let scaled = |points: &mut Vec<G1Affine>| {
                points.iter_mut().for_each(|point| *point = (*point * three).into());
            };
            scaled(&mut file.powers);
            file.lagrange.iter_mut().for_each(scaled);
        },
        reason,
    );
}

#[test]
fn a_secret_outside_of_the_subgroup_is_refused() {
    let reason = "its secret is none";
    both_refuse(|file| file.second[1] = G2Affine::default(), reason);
    let outside: G2Affine = (1u64..)
        .find_map(|x| {
            let x = Fq2::from(x);
            let y: Option<Fq2> = (x.square() * x + G2Affine::b()).sqrt().into();
            y.and_then(|y| Option::from(G2Affine::from_xy(x, y)))
        })
        .unwrap();
    assert!(G2Affine::from_raw_bytes(&outside.to_raw_bytes()).is_some());
    both_refuse(|file| file.second[1] = outside, reason);
    // Outside by a small part.
    both_refuse(|file| file.second[1] = (file.second[1] + outside).into(), reason);
}
