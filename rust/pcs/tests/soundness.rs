//! False statements and wrong shapes are refused, each with its own error.

use p3_field::PrimeCharacteristicRing;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_pcs::*;

struct Opening {
    parameters: Parameters,
    commitment: Commitment,
    points: Vec<Vec<EF>>,
    values: Vec<EF>,
    proof: OpeningProof,
}

impl Opening {
    fn honest(n: usize, binding: Binding, seed: u8) -> Self {
        let mut rng = StdRng::seed_from_u64(1);
        let parameters = Parameters::new(n, binding, SecurityLevel::Bits100).unwrap();
        let values = (0..1 << n).map(|_| rng.random()).collect();
        let points: Vec<Vec<EF>> = (0..2).map(|_| (0..n).map(|_| rng.random()).collect()).collect();
        let (commitment, data) = commit(values, &parameters, &[seed; 32]).unwrap();
        let (values, proof) = open(data, &points, &mut new_challenger(b"soundness")).unwrap();
        Self { parameters, commitment, points, values, proof }
    }

    fn verify(&self) -> Result<(), Error> {
        verify(
            &self.commitment,
            &self.parameters,
            &self.points,
            &self.values,
            &self.proof,
            &mut new_challenger(b"soundness"),
        )
    }
}

fn opening() -> Opening {
    let opening = Opening::honest(MIN_VARIABLES, Binding::Ephemeral, 1);
    opening.verify().unwrap();
    opening
}

#[test]
fn a_claimed_value_must_be_the_proven_one() {
    let mut opening = opening();
    opening.values[1] += EF::ONE;
    assert_eq!(opening.verify(), Err(Error::ClaimDiffers { point: 1 }));
}

#[test]
fn an_opening_has_points() {
    let mut opening = opening();
    opening.points.clear();
    opening.values.clear();
    let refused = Error::PointCount { actual: 0, max: MAX_POINTS };
    assert_eq!(opening.verify(), Err(refused.clone()));
    let (_, data) =
        commit(vec![F::ZERO; 1 << MIN_VARIABLES], &opening.parameters, &[2; 32]).unwrap();
    let opened = open(data, &[], &mut new_challenger(b"soundness"));
    assert_eq!(opened.err(), Some(refused));
}

#[test]
fn an_opening_has_a_bounded_number_of_points() {
    let mut opening = opening();
    opening.points = vec![opening.points[0].clone(); MAX_POINTS + 1];
    opening.values = vec![opening.values[0]; MAX_POINTS + 1];
    assert_eq!(
        opening.verify(),
        Err(Error::PointCount { actual: MAX_POINTS + 1, max: MAX_POINTS })
    );
}

#[test]
fn points_have_one_coordinate_for_each_variable() {
    for arity in [0, MIN_VARIABLES - 1, MIN_VARIABLES + 1] {
        let mut opening = opening();
        opening.points[1].resize(arity, EF::ONE);
        assert_eq!(
            opening.verify(),
            Err(Error::PointArity { point: 1, expected: MIN_VARIABLES, actual: arity })
        );
    }
}

#[test]
fn as_many_values_as_points_are_claimed() {
    let mut opening = opening();
    opening.values.pop();
    assert_eq!(opening.verify(), Err(Error::ClaimCount { expected: 2, actual: 1 }));
}

#[test]
fn another_point_is_refused() {
    let mut opening = opening();
    opening.points[0][3] += EF::ONE;
    assert!(matches!(opening.verify(), Err(Error::Refused { .. })));
}

#[test]
fn another_commitment_is_refused() {
    let mut opening = opening();
    opening.commitment = Opening::honest(MIN_VARIABLES, Binding::Ephemeral, 9).commitment;
    assert!(matches!(opening.verify(), Err(Error::Refused { .. })));
}

#[test]
fn another_transcript_is_refused() {
    let opening = opening();
    let verified = verify(
        &opening.commitment,
        &opening.parameters,
        &opening.points,
        &opening.values,
        &opening.proof,
        &mut new_challenger(b"another"),
    );
    assert!(matches!(verified, Err(Error::Refused { .. })));
}

#[test]
fn proofs_of_other_parameters_are_refused_by_shape() {
    let mut opening = opening();
    for (n, binding) in [
        (MIN_VARIABLES, Binding::Lasting),
        (MIN_VARIABLES + 1, Binding::Ephemeral),
        (MIN_VARIABLES + 5, Binding::Ephemeral),
    ] {
        opening.proof = Opening::honest(n, binding, 1).proof;
        let verified = verify(
            &opening.commitment,
            &opening.parameters,
            &opening.points,
            opening.proof.values(),
            &opening.proof,
            &mut new_challenger(b"soundness"),
        );
        assert!(matches!(verified, Err(Error::ProofShape { .. })));
    }
}

#[test]
fn values_fill_the_cube() {
    let parameters =
        Parameters::new(MIN_VARIABLES, Binding::Lasting, SecurityLevel::Bits100).unwrap();
    let committed = commit(vec![F::ONE; 100], &parameters, &[1; 32]);
    assert_eq!(
        committed.err(),
        Some(Error::ValueCount { num_variables: MIN_VARIABLES, actual: 100 })
    );
}

#[test]
fn sizes_outside_the_table_are_refused() {
    for n in [0, MIN_VARIABLES - 1, MAX_VARIABLES + 1, usize::MAX] {
        for binding in [Binding::Ephemeral, Binding::Lasting] {
            assert!(matches!(
                Parameters::new(n, binding, SecurityLevel::Bits100),
                Err(Error::UnsupportedSize { .. })
            ));
        }
    }
}

#[test]
fn oversized_proofs_are_refused_unread() {
    let opening = opening();
    let max = OpeningProof::max_bytes(&opening.parameters);
    let refused = OpeningProof::from_bytes(&vec![0; max + 1], &opening.parameters);
    assert_eq!(refused.err(), Some(Error::ProofTooLong { actual: max + 1, max }));
}
