//! Openings as the crate of the commitments makes them, with its own parameters.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_circuits::openings::clear::ClearOpenings;
use zkpot_circuits::openings::tree::Blake3Tree;
use zkpot_circuits::openings::{Check, Plan};
use zkpot_circuits::recording::{Fault, Recording};
use zkpot_pcs::*;
use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::channel::clear::ClearVerifier;
use zkpot_protocol::transcript::Transcript;

use super::library::{NAME, run};
use super::spy::Root;

const LEVEL: SecurityLevel = SecurityLevel::Bits100;

#[test]
fn an_opening_of_a_link_is_verified() {
    for (variables, binding, points) in
        [(14, Binding::Ephemeral, 2), (14, Binding::Lasting, 1), (16, Binding::Lasting, 3)]
    {
        let parameters = Parameters::new(variables, binding, LEVEL, ChannelKind::Clear).unwrap();
        let mut rng = StdRng::seed_from_u64(3);
        let polynomial = (0..1 << variables).map(|_| rng.random()).collect();
        let points: Vec<Vec<EF>> =
            (0..points).map(|_| (0..variables).map(|_| rng.random()).collect()).collect();
        let (commitment, data) = commit(polynomial, &parameters, &[0; 32]).unwrap();
        let values = points.iter().map(|point| value(data.values(), point));
        let claim: Vec<EF> = points.iter().flatten().copied().chain(values).collect();
        let start = || {
            let mut transcript = Transcript::new(new_challenger(&[]));
            ClearVerifier::new(&mut transcript, &claim, &[]).receive("claim", claim.len()).unwrap();
            transcript
        };
        let (values, proof) = open(data, &points, start().sponge_mut()).unwrap();
        let mut library = start();
        verify(&commitment, &parameters, &points, &values, &proof, library.sponge_mut()).unwrap();

        let plan = Plan::of(&parameters.plain_config().unwrap(), points.len());
        let recording = Recording::of(|recorder| run(recorder, &plan)).unwrap().0;
        let proof: ClearProof = postcard::from_bytes(&proof.to_bytes().unwrap()).unwrap();
        let mut transcript = Transcript::new(new_challenger(&[]));
        let link = ClearVerifier::new(&mut transcript, &claim, &[]);
        let mut channel =
            ClearOpenings::<_, Blake3Tree>::new(link, vec![Root::new(vec![commitment.0])]);
        channel.add(&plan, &proof).unwrap();
        recording.replay(&mut channel).unwrap();
        let paths = channel.close().unwrap().paths;
        assert_eq!(paths.len(), recording.costs().rows);
        // Both sponges end in one state.
        assert_eq!(transcript.challenge("end"), library.challenge("end"));

        // A commitment of other values is refused.
        let mut transcript = Transcript::new(new_challenger(&[]));
        let link = ClearVerifier::new(&mut transcript, &claim, &[]);
        let mut channel = ClearOpenings::<_, Blake3Tree>::new(link, vec![Root::new(vec![[1; 32]])]);
        channel.add(&plan, &proof).unwrap();
        let refused = recording.replay(&mut channel).unwrap_err();
        let first = Check::QueryGrinding(zkpot_circuits::openings::Phase::Round(0));
        assert_eq!(refused, Fault::Refused(first.refusal(NAME)));
    }
}

fn value(polynomial: &[F], point: &[EF]) -> EF {
    let weights = zkpot_protocol::field::eq_table(point, polynomial.len());
    weights.iter().zip(polynomial).map(|(&weight, &value)| weight * value).sum()
}
