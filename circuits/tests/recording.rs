//! The recorded verifier is the verifier: it accepts and refuses the same, at the same check.

use crate::programs;

use p3_field::PrimeCharacteristicRing;
use p3_symmetric::MerkleCap;
use zkpot_circuits::openings::tree::Blake3Tree;
use zkpot_circuits::openings::{self, Check, Claim, ClearOpenings, OpeningChannel, Phase, Plan};
use zkpot_circuits::recording::{Fault, Recorded, Recording};
use zkpot_pcs::{ClearProof, Whir};
use zkpot_protocol::arithmetization::{Arithmetization, LinkKind, Polynomial};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::channel::clear::ClearVerifier;
use zkpot_protocol::claims::PublicInputs;
use zkpot_protocol::commitment::{Binding, CommitmentScheme};
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::schedule::Row;
use zkpot_protocol::start::start_transcript;
use zkpot_protocol::transcript::Transcript;
use zkpot_verifier::link::{public_inputs, shape_of};
use zkpot_verifier::relations::opening::Evaluation;
use zkpot_verifier::relations::verify_relations;

use programs::Running;

const STEPS: u32 = 3;

/// A link on the clear channel, with what its verifier knows.
struct Told {
    running: Running,
    link: LinkProof,
    system: Arithmetization,
    inputs: PublicInputs,
}

impl Told {
    fn new(running: Running, rows: &[Row]) -> Self {
        let bounds = running.program.check().unwrap();
        let link = LinkProof::from_bytes(running.links.last().unwrap()).unwrap();
        let shape = shape_of(&link, &running.program, &bounds).unwrap();
        let system = Arithmetization::new(&running.program, &bounds, shape).unwrap();
        let inputs = public_inputs(&link.statement, rows, rows.len()).unwrap();
        Self { running, link, system, inputs }
    }

    fn transcript(&self) -> Transcript<<Whir as CommitmentScheme<F, EF>>::Challenger> {
        let witness = self.link.witness.as_ref();
        start_transcript(
            Whir::challenger(self.link.statement.channel),
            &self.link.statement,
            None,
            witness,
        )
    }

    /// Whether a message is the value of a shard, behind all scalars.
    fn is_shard(&self, message: usize) -> bool {
        let place = message.checked_sub(self.link.scalars.len());
        let role = place.and_then(|place| self.system.polynomials.get(place));
        matches!(role, Some(Polynomial::ShardIn(_)))
    }

    /// What the verifier itself says to these messages.
    fn verify(&self, scalars: &[EF], revealed: &[EF]) -> Result<Vec<Evaluation>, Rejection> {
        let mut transcript = self.transcript();
        let mut channel = ClearVerifier::new(&mut transcript, scalars, revealed);
        let found =
            verify_relations(&mut channel, &self.running.program, &self.system, &self.inputs)?;
        channel.close()?;
        Ok(found)
    }

    fn record(&self) -> (Recording, Vec<Evaluation<Recorded>>) {
        let program = &self.running.program;
        Recording::of(|recorder| {
            verify_relations(recorder, program, &self.system, &self.inputs.clone().known())
        })
        .unwrap()
    }

    /// What its recording says to them.
    fn replay(
        &self,
        recording: &Recording,
        scalars: &[EF],
        revealed: &[EF],
    ) -> Result<Vec<EF>, Fault> {
        let mut transcript = self.transcript();
        let link = ClearVerifier::new(&mut transcript, scalars, revealed);
        let mut channel = ClearOpenings::<_, Blake3Tree>::new(link, vec![]);
        let values = recording.replay(&mut channel)?;
        channel.close()?;
        Ok(values)
    }
}

/// An import, a link that trains, and a seal.
fn links() -> [Told; 3] {
    let mut running = Running::start_on(ChannelKind::Clear);
    let import = Told::new(running.clone(), &[]);
    let rows = running.session().rows(STEPS).unwrap();
    running.train(STEPS, true);
    let training = Told::new(running.clone(), &rows);
    running.seal();
    [import, training, Told::new(running, &[])]
}

#[test]
fn a_recording_comes_to_the_same_evaluations() {
    for told in links() {
        let (scalars, revealed) = (&told.link.scalars, &told.link.revealed);
        let expected = told.verify(scalars, revealed).unwrap();
        let (recording, found) = told.record();
        let values = told.replay(&recording, scalars, revealed).unwrap();
        let value = |element: &Recorded| element.value(&values);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(value(&found.value), expected.value);
            assert_eq!(found.point.iter().map(value).collect::<Vec<_>>(), expected.point);
        }
    }
}

#[test]
fn a_recording_refuses_what_the_verifier_refuses() {
    for told in links() {
        let (recording, _) = told.record();
        let (scalars, revealed) = (&told.link.scalars, &told.link.revealed);
        for place in 0..scalars.len() + revealed.len() {
            let (mut scalars, mut revealed) = (scalars.clone(), revealed.clone());
            let changed = match place.checked_sub(scalars.len()) {
                None => &mut scalars[place],
                Some(place) => &mut revealed[place],
            };
            *changed += EF::ONE;
            let expected = told.verify(&scalars, &revealed).map(drop);
            let found = told.replay(&recording, &scalars, &revealed).map(drop);
            assert_eq!(found, expected.clone().map_err(Fault::Refused), "message {place}");
            // What a seal opens and does not copy is for its opening alone to check.
            let uncopied = told.link.statement.kind == LinkKind::Seal && told.is_shard(place);
            assert_eq!(expected.is_ok(), uncopied, "message {place}");
        }
    }
}

#[test]
fn a_message_too_few_or_too_many_is_noticed() {
    let [.., told, _] = links();
    let (recording, _) = told.record();
    let (mut scalars, revealed) = (told.link.scalars.clone(), &told.link.revealed);
    scalars.push(EF::ONE);
    let left = told.replay(&recording, &scalars, revealed).unwrap_err();
    assert_eq!(left, Fault::Refused(Rejection::MessagesLeft { count: 1 }));
    scalars.truncate(scalars.len() - 2);
    let missing = told.replay(&recording, &scalars, revealed).unwrap_err();
    assert!(matches!(missing, Fault::Refused(Rejection::MessageMissing { .. })), "{missing:?}");
}

#[test]
fn nothing_is_recorded_twice_and_what_is_known_is_not_recorded() {
    let [import, ..] = links();
    let (recording, _) = import.record();
    let mut operations: Vec<String> =
        recording.operations.iter().map(|operation| format!("{operation:?}")).collect();
    let all = operations.len();
    operations.sort_unstable();
    operations.dedup();
    assert_eq!(operations.len(), all);
    // Shapes alone decide: another link of the same shape is recorded alike.
    let again = links();
    assert_eq!(again[0].record().0.operations, recording.operations);
}

#[test]
fn an_opening_is_recorded_behind_its_relations() {
    let [.., told, _] = links();
    let (link, program) = (&told.link, &told.running.program);
    let index =
        told.system.polynomials.iter().position(|role| *role == Polynomial::Witness).unwrap();
    let variables = told.system.variables(index);
    let parameters = Whir::parameters(
        variables,
        Binding::Ephemeral,
        link.statement.security,
        link.statement.channel,
    )
    .unwrap();
    let plan = Plan::of(&parameters.plain_config().unwrap(), 1);
    // The point and the value are computed by the relations.
    let (recording, ()) = Recording::of(|recorder| {
        let found =
            verify_relations(recorder, program, &told.system, &told.inputs.clone().known())?;
        let Evaluation { point, value } = &found[index];
        let root = recorder.commitment(0)?;
        let points = std::slice::from_ref(point);
        let values = std::slice::from_ref(value);
        openings::verify(recorder, &plan, &root, &Claim { polynomial: "witness", points, values })
    })
    .unwrap();
    let proof: ClearProof = postcard::from_bytes(&link.openings[0]).unwrap();
    let replay = |scalars: &[EF], root: [u8; 32]| {
        let mut transcript = told.transcript();
        let channel = ClearVerifier::new(&mut transcript, scalars, &link.revealed);
        let root = MerkleCap::new(vec![root]);
        let mut channel = ClearOpenings::<_, Blake3Tree>::new(channel, vec![root]);
        channel.add(&plan, &proof)?;
        recording.replay(&mut channel)?;
        Ok::<_, Fault>(channel.close()?.paths)
    };
    let root = link.witness.unwrap();
    assert_eq!(replay(&link.scalars, root).unwrap().len(), recording.costs().rows);
    let mut other = root;
    other[0] ^= 1;
    let refused = replay(&link.scalars, other).unwrap_err();
    let grinding = Check::QueryGrinding(Phase::Round(0)).refusal("witness");
    assert_eq!(refused, Fault::Refused(grinding));
    let mut scalars = link.scalars.clone();
    scalars[0] += EF::ONE;
    assert!(replay(&scalars, root).is_err());
}
