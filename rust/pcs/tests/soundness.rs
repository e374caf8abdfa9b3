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
    fn honest(n: usize, binding: Binding, channel: ChannelKind, seed: u8) -> Self {
        let mut rng = StdRng::seed_from_u64(u64::from(seed));
        let level = SecurityLevel::Bits100;
        let parameters = Parameters::new(n, binding, level, channel).unwrap();
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

const CHANNELS: [ChannelKind; 3] = [ChannelKind::Hiding, ChannelKind::Clear, ChannelKind::Wrapped];

/// One on each channel.
fn openings() -> [Opening; 3] {
    CHANNELS.map(|channel| {
        let opening = Opening::honest(MIN_VARIABLES, Binding::Ephemeral, channel, 1);
        opening.verify().unwrap();
        opening
    })
}

#[test]
fn a_claimed_value_must_be_the_proven_one() {
    for mut opening in openings() {
        opening.values[1] += EF::ONE;
        assert_eq!(opening.verify(), Err(Error::ClaimDiffers { point: 1 }));
    }
}

#[test]
fn a_pinned_commitment_has_one_root_and_one_value() {
    let opening =
        |seed| Opening::honest(MIN_VARIABLES, Binding::Lasting, ChannelKind::Wrapped, seed);
    let (mut first, second) = (opening(1), opening(2));
    first.verify().unwrap();
    first.proof = second.proof;
    first.values = second.values;
    first.points = second.points;
    let reason = "root and value are not those that were committed to".to_owned();
    assert_eq!(first.verify(), Err(Error::Refused { reason }));
}

#[test]
fn an_opening_has_points() {
    for mut opening in openings() {
        opening.points.clear();
        opening.values.clear();
        let refused = Error::PointCount { actual: 0, max: MAX_POINTS };
        assert_eq!(opening.verify(), Err(refused.clone()));
        let (_, data) =
            commit(vec![F::ZERO; 1 << MIN_VARIABLES], &opening.parameters, &[2; 32]).unwrap();
        let opened = open(data, &[], &mut new_challenger(b"soundness"));
        assert_eq!(opened.err(), Some(refused));
    }
}

#[test]
fn an_opening_has_a_bounded_number_of_points() {
    for mut opening in openings() {
        opening.points = vec![opening.points[0].clone(); MAX_POINTS + 1];
        opening.values = vec![opening.values[0]; MAX_POINTS + 1];
        assert_eq!(
            opening.verify(),
            Err(Error::PointCount { actual: MAX_POINTS + 1, max: MAX_POINTS })
        );
    }
}

#[test]
fn points_have_one_coordinate_for_each_variable() {
    for arity in [0, MIN_VARIABLES - 1, MIN_VARIABLES + 1] {
        for mut opening in openings() {
            opening.points[1].resize(arity, EF::ONE);
            assert_eq!(
                opening.verify(),
                Err(Error::PointArity { point: 1, expected: MIN_VARIABLES, actual: arity })
            );
        }
    }
}

#[test]
fn as_many_values_as_points_are_claimed() {
    for mut opening in openings() {
        opening.values.pop();
        assert_eq!(opening.verify(), Err(Error::ClaimCount { expected: 2, actual: 1 }));
    }
}

#[test]
fn another_point_is_refused() {
    for mut opening in openings() {
        opening.points[0][3] += EF::ONE;
        assert!(matches!(opening.verify(), Err(Error::Refused { .. })));
    }
}

#[test]
fn another_commitment_is_refused() {
    for mut opening in openings() {
        opening.commitment =
            Opening::honest(MIN_VARIABLES, Binding::Ephemeral, opening.parameters.channel(), 9)
                .commitment;
        assert!(matches!(opening.verify(), Err(Error::Refused { .. })));
    }
}

#[test]
fn another_transcript_is_refused() {
    for opening in openings() {
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
}

#[test]
fn proofs_of_other_parameters_are_refused_by_shape() {
    for mut opening in openings() {
        for (n, binding) in [
            (MIN_VARIABLES, Binding::Lasting),
            (MIN_VARIABLES + 1, Binding::Ephemeral),
            (MIN_VARIABLES + 5, Binding::Ephemeral),
        ] {
            // A pinned commitment lasts in any case.
            let same = n == MIN_VARIABLES && opening.parameters.channel() == ChannelKind::Wrapped;
            if same {
                continue;
            }
            opening.proof = Opening::honest(n, binding, opening.parameters.channel(), 1).proof;
            let verified = verify(
                &opening.commitment,
                &opening.parameters,
                &opening.points,
                &opening.proof.values(),
                &opening.proof,
                &mut new_challenger(b"soundness"),
            );
            assert!(matches!(verified, Err(Error::ProofShape { .. })));
        }
    }
}

#[test]
fn values_fill_the_cube() {
    for channel in CHANNELS {
        let (binding, level) = (Binding::Lasting, SecurityLevel::Bits100);
        let parameters = Parameters::new(MIN_VARIABLES, binding, level, channel).unwrap();
        let committed = commit(vec![F::ONE; 100], &parameters, &[1; 32]);
        assert_eq!(
            committed.err(),
            Some(Error::ValueCount { num_variables: MIN_VARIABLES, actual: 100 })
        );
    }
}

#[test]
fn sizes_outside_the_table_are_refused() {
    for n in [0, MIN_VARIABLES - 1, MAX_VARIABLES + 1, usize::MAX] {
        for binding in [Binding::Ephemeral, Binding::Lasting] {
            for channel in CHANNELS {
                assert!(matches!(
                    Parameters::new(n, binding, SecurityLevel::Bits100, channel),
                    Err(Error::UnsupportedSize { .. })
                ));
            }
        }
    }
}

#[test]
fn oversized_proofs_are_refused_unread() {
    for opening in openings() {
        let max = OpeningProof::max_bytes(&opening.parameters);
        let refused = OpeningProof::from_bytes(&vec![0; max + 1], &opening.parameters);
        assert_eq!(refused.err(), Some(Error::ProofTooLong { actual: max + 1, max }));
    }
}

/// Neither the opening nor the commitment of one channel is good for another.
#[test]
fn the_channels_do_not_mix() {
    let openings = openings();
    let pairs = openings.iter().flat_map(|one| openings.iter().map(move |other| (one, other)));
    for (opening, other) in pairs.filter(|(one, other)| !core::ptr::eq(*one, *other)) {
        let verified = verify(
            &opening.commitment,
            &other.parameters,
            &opening.points,
            &opening.values,
            &opening.proof,
            &mut new_challenger(b"soundness"),
        );
        assert_eq!(verified, Err(Error::OtherChannel));
        let decoded =
            OpeningProof::from_bytes(&opening.proof.to_bytes().unwrap(), &other.parameters);
        assert!(matches!(decoded.err(), Some(Error::ProofEncoding | Error::ProofTooLong { .. })));
        let verified = verify(
            &opening.commitment,
            &other.parameters,
            &other.points,
            &other.values,
            &other.proof,
            &mut new_challenger(b"soundness"),
        );
        assert!(matches!(verified, Err(Error::Refused { .. })));
    }
}
