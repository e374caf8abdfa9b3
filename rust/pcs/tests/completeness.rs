//! Honest openings verify and carry the multilinear extension's values.

use p3_challenger::FieldChallenger;
use p3_field::PrimeCharacteristicRing;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_pcs::*;
use zkpot_protocol::commitment::Committer;

/// The definition, term by term: coordinate 0 belongs to the most significant bit.
fn multilinear_extension(values: &[F], point: &[EF]) -> EF {
    let n = point.len();
    let mut sum = EF::ZERO;
    for (index, &value) in values.iter().enumerate() {
        let mut weight = EF::ONE;
        for (j, &z) in point.iter().enumerate() {
            let bit = index >> (n - 1 - j) & 1;
            weight *= if bit == 1 { z } else { EF::ONE - z };
        }
        sum += weight * value;
    }
    sum
}

fn polynomial(n: usize, seed: u64) -> Vec<F> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..1 << n).map(|_| rng.random()).collect()
}

fn points(n: usize, count: usize, seed: u64) -> Vec<Vec<EF>> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..count).map(|_| (0..n).map(|_| rng.random()).collect()).collect()
}

const CHANNELS: [ChannelKind; 3] = [ChannelKind::Hiding, ChannelKind::Clear, ChannelKind::Wrapped];

fn parameters(n: usize, binding: Binding, channel: ChannelKind) -> Parameters {
    Parameters::new(n, binding, SecurityLevel::Bits100, channel).unwrap()
}

/// Both bindings on both channels.
fn kinds() -> impl Iterator<Item = (Binding, ChannelKind)> {
    [Binding::Ephemeral, Binding::Lasting]
        .into_iter()
        .flat_map(|binding| CHANNELS.map(|channel| (binding, channel)))
}

fn seed(fill: u8) -> [u8; 32] {
    [fill; 32]
}

#[test]
fn every_supported_size_has_secure_parameters() {
    for (level, (binding, channel)) in
        SecurityLevel::ALL.into_iter().flat_map(|level| kinds().map(move |kind| (level, kind)))
    {
        let required = level.opening_bits() as usize;
        for n in MIN_VARIABLES..=max_variables(channel) {
            let parameters = Parameters::new(n, binding, level, channel).unwrap();
            assert!(parameters.security_bits() >= required);
            let candidates = parameters.security().log_candidates();
            if binding == Binding::Lasting || channel == ChannelKind::Wrapped {
                assert_eq!(candidates, 0.0);
            } else {
                assert!((1.0..8.0).contains(&candidates));
            }
            for term in parameters.security().terms() {
                assert!(term.bits >= required as f64, "{n} {binding:?} {term:?}");
            }
        }
    }
}

#[test]
fn opened_values_are_those_of_the_multilinear_extension() {
    for (binding, channel) in kinds() {
        let n = MIN_VARIABLES;
        let parameters = parameters(n, binding, channel);
        let values = polynomial(n, 1);
        let points = points(n, 2, 2);
        let (_, data) = commit(values.clone(), &parameters, &seed(7)).unwrap();
        assert_eq!(data.values(), values);
        let (opened, _) = open(data, &points, &mut new_challenger(b"test")).unwrap();
        for (point, opened) in points.iter().zip(&opened) {
            assert_eq!(*opened, multilinear_extension(&values, point));
        }
    }
}

#[test]
fn coordinate_zero_binds_the_most_significant_bit() {
    for channel in CHANNELS {
        let n = MIN_VARIABLES;
        let parameters = parameters(n, Binding::Ephemeral, channel);
        let values = polynomial(n, 3);
        let mut point = vec![EF::ZERO; n];
        point[0] = EF::ONE;
        point[n - 1] = EF::ONE;
        let (_, data) = commit(values.clone(), &parameters, &seed(8)).unwrap();
        let (opened, _) = open(data, &[point], &mut new_challenger(b"test")).unwrap();
        assert_eq!(opened[0], EF::from(values[(1 << (n - 1)) + 1]));
    }
}

#[test]
fn honest_openings_verify_at_every_small_size() {
    for (binding, channel) in kinds() {
        // Poseidon2 takes hundreds of times as long as Blake3.
        let largest = if channel == ChannelKind::Wrapped { 17 } else { 22 };
        for n in MIN_VARIABLES..=largest {
            let parameters = parameters(n, binding, channel);
            let count = if n == MIN_VARIABLES { MAX_POINTS } else { 2 };
            let points = points(n, count, 5);
            let (commitment, data) = commit(polynomial(n, 4), &parameters, &seed(9)).unwrap();
            let mut prover = new_challenger(b"test");
            let (opened, proof) = open(data, &points, &mut prover).unwrap();
            let bytes = proof.to_bytes().unwrap();
            assert!(bytes.len() <= OpeningProof::max_bytes(&parameters));
            assert!(4 * bytes.len() > OpeningProof::max_bytes(&parameters));
            let proof = OpeningProof::from_bytes(&bytes, &parameters).unwrap();
            let mut verifier = new_challenger(b"test");
            verify(&commitment, &parameters, &points, &opened, &proof, &mut verifier).unwrap();
            // Both sides leave the sponge in the same state.
            let after: (EF, EF) =
                (prover.sample_algebra_element(), verifier.sample_algebra_element());
            assert_eq!(after.0, after.1);
        }
    }
}

#[test]
fn a_commitment_is_a_function_of_values_and_seed() {
    for channel in CHANNELS {
        let parameters = parameters(MIN_VARIABLES, Binding::Lasting, channel);
        let root =
            |values, seed| commit(polynomial(MIN_VARIABLES, values), &parameters, &seed).unwrap().0;
        assert_eq!(root(1, seed(1)), root(1, seed(1)));
        // What does not hide is not random.
        assert_eq!(root(1, seed(1)) == root(1, seed(2)), !channel.hides());
        assert_ne!(root(1, seed(1)), root(2, seed(1)));
    }
}

#[test]
fn opening_data_is_rebuilt_from_values_and_seed() {
    for channel in CHANNELS {
        let n = MIN_VARIABLES;
        let parameters = parameters(n, Binding::Lasting, channel);
        let (commitment, data) = commit(polynomial(n, 1), &parameters, &seed(1)).unwrap();
        drop(data);
        let wrong = recommit(polynomial(n, 2), &parameters, &seed(1), &commitment);
        assert_eq!(wrong.err(), Some(Error::WrongOpeningData));
        let data = recommit(polynomial(n, 1), &parameters, &seed(1), &commitment).unwrap();
        let points = points(n, 1, 8);
        let (opened, proof) = open(data, &points, &mut new_challenger(b"test")).unwrap();
        verify(&commitment, &parameters, &points, &opened, &proof, &mut new_challenger(b"test"))
            .unwrap();
    }
}

#[test]
fn any_sponge_with_the_library_s_traits_carries_an_opening() {
    for channel in CHANNELS {
        let n = MIN_VARIABLES;
        let parameters = parameters(n, Binding::Ephemeral, channel);
        let points = points(n, 1, 9);
        let (commitment, data) = commit(polynomial(n, 9), &parameters, &seed(4)).unwrap();
        // A reference is the smallest wrapper; it has the traits but is not the native type.
        let (mut prover, mut verifier) = (new_challenger(b"wrapped"), new_challenger(b"wrapped"));
        let (values, proof) = open_with(data, &points, &mut &mut prover).unwrap();
        verify_with(&commitment, &parameters, &points, &values, &proof, &mut &mut verifier)
            .unwrap();
    }
}

#[test]
fn several_openings_share_one_transcript() {
    let n = MIN_VARIABLES;
    let shapes = [
        (n, Binding::Ephemeral, ChannelKind::Hiding),
        (n + 2, Binding::Lasting, ChannelKind::Hiding),
        (n, Binding::Lasting, ChannelKind::Wrapped),
        (n + 1, Binding::Lasting, ChannelKind::Clear),
        (n, Binding::Ephemeral, ChannelKind::Clear),
    ];
    let (mut prover, mut verifier) = (new_challenger(b"link"), new_challenger(b"link"));
    let mut proven = vec![];
    for (n, binding, channel) in shapes {
        let parameters = parameters(n, binding, channel);
        let points = points(n, 2, 6);
        let (commitment, data) = commit(polynomial(n, 6), &parameters, &seed(n as u8)).unwrap();
        let (values, proof) = open(data, &points, &mut prover).unwrap();
        proven.push((commitment, parameters, points, values, proof));
    }
    for (commitment, parameters, points, values, proof) in &proven {
        verify(commitment, parameters, points, values, proof, &mut verifier).unwrap();
    }
}

#[test]
fn the_scheme_serves_the_protocol_s_traits() {
    fn round_trip<S>(n: usize, channel: ChannelKind) -> Result<(), S::Error>
    where
        S: Committer<F, EF, Challenger = Challenger>,
    {
        let parameters = S::parameters(n, Binding::Ephemeral, SecurityLevel::Bits100, channel)?;
        let points = points(n, 1, 7);
        let (commitment, data) = S::commit(polynomial(n, 7), &parameters, &seed(3))?;
        let (values, proof) = S::open(data, &points, &mut new_challenger(b"traits"))?;
        S::verify(
            &commitment,
            &parameters,
            &points,
            &values,
            &proof,
            &mut new_challenger(b"traits"),
        )
    }
    for channel in CHANNELS {
        round_trip::<Whir>(MIN_VARIABLES, channel).unwrap();
    }
}
