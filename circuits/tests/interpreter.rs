//! A verifier in the chips is the verifier: it comes to the same values, and refuses the same messages.

use crate::programs;

use halo2_base::gates::circuit::CircuitBuilderStage;
use halo2_base::halo2_proofs::dev::MockProver;
use p3_field::{Field, PrimeCharacteristicRing};
use zkpot_circuits::circuit::ChipCircuit;
use zkpot_circuits::link::LinkWitness;
use zkpot_circuits::recording::{Event, Recorded, Recording};
use zkpot_circuits::sponge::Hasher;
use zkpot_protocol::arithmetization::Arithmetization;
use zkpot_protocol::channel::clear::{ClearProver, ClearVerifier};
use zkpot_protocol::channel::{ChannelKind, ProverChannel, VerifierChannel};
use zkpot_protocol::field::{EF, Element, F};
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::transcript::Transcript as NativeTranscript;
use zkpot_sponge::Sponge;
use zkpot_verifier::link::{public_inputs, shape_of};
use zkpot_verifier::relations::verify_relations;

use programs::Running;

/// The messages of a proof.
#[derive(Clone, Copy)]
struct Messages<'a> {
    scalars: &'a [EF],
    revealed: &'a [EF],
}

impl Messages<'_> {
    /// What they give a recording of relations. Challenges are computed, so nothing is given for them.
    fn witness(self, recording: &Recording) -> LinkWitness {
        let Self { mut scalars, mut revealed } = self;
        let mut inputs = Vec::new();
        for event in &recording.events {
            match event {
                Event::Receive { count, revealed: shown, .. } => {
                    let messages = if *shown { &mut revealed } else { &mut scalars };
                    let (now, later) = messages.split_at((*count).min(messages.len()));
                    inputs.extend_from_slice(now);
                    *messages = later;
                }
                Event::Challenge { .. } => inputs.push(EF::ZERO),
                _ => {}
            }
        }
        inputs.extend(scalars.iter().chain(revealed));
        LinkWitness {
            elements: vec![],
            inputs,
            key: None,
            roots: vec![],
            grinding: vec![],
            paths: vec![],
        }
    }
}

/// What a recording comes to in a circuit of `2^k` rows, and whether that is satisfied.
fn interpret(
    k: usize,
    lookup_bits: usize,
    recording: &Recording,
    messages: Messages<'_>,
    kept: &[Recorded],
) -> Result<(Vec<EF>, bool), Rejection> {
    let mut circuit = ChipCircuit::new(CircuitBuilderStage::Mock, k, lookup_bits);
    let arithmetic = circuit.arithmetic();
    let (context, permutations) = circuit.parts();
    let mut hasher = Hasher { arithmetic: &arithmetic, context, permutations };
    let laid = recording.interpret(&mut hasher, &messages.witness(recording), kept)?;
    circuit.fit();
    let prover = MockProver::run(k as u32, &circuit, circuit.instances()).unwrap();
    let values = laid.kept.iter().map(|element| element.value()).collect();
    Ok((values, prover.verify().is_ok()))
}

fn native() -> NativeTranscript<Sponge> {
    NativeTranscript::new(Sponge::new())
}

/// Rounds of the sumcheck.
const ROUNDS: usize = 3;

/// A verifier: a sumcheck over the squares of a table, with an inverse and sums of every kind.
fn verify<C: VerifierChannel<Scalar = <C as VerifierChannel>::Element>>(
    channel: &mut C,
) -> Result<Vec<C::Element>, Rejection>
where
    C::Element: Element,
{
    let [mut claim] = channel.receive("sum", 1)?[..] else { panic!("one message") };
    let mut point = Vec::new();
    for _ in 0..ROUNDS {
        let [zero, one, two] = channel.receive("round", 3)?[..] else { panic!("three messages") };
        channel.require_zero(zero + one - claim, Rejection::Relation)?;
        let z = channel.challenge("point");
        // Lagrange's basis at 0, 1 and 2.
        let (minus_one, minus_two) = (z - C::Element::ONE, z - C::Element::TWO);
        let half = C::Element::from(F::TWO.inverse());
        claim =
            zero * minus_one * minus_two * half - one * z * minus_two + two * z * minus_one * half;
        point.push(z);
    }
    let [value, quotient] = channel.receive_revealed("value", 2)?[..] else { panic!("two") };
    channel.require_zero(claim - value * value, Rejection::Relation)?;
    // What the value is divided by is one more than the first coordinate.
    let inverse = (point[0] + C::Element::ONE).inverse().ok_or(Rejection::Relation)?;
    channel.require_zero(value * inverse - quotient, Rejection::Relation)?;
    point.push(inverse);
    point.push(claim);
    Ok(point)
}

/// The messages of its prover.
fn prove() -> (Vec<EF>, Vec<EF>) {
    let mut transcript = native();
    let mut channel = ClearProver::new(&mut transcript);
    let mut table: Vec<EF> = (0..1 << ROUNDS).map(|row| EF::from_u64(row * row + 7)).collect();
    let squares = |table: &[EF]| table.iter().map(|&value| value * value).sum::<EF>();
    channel.send("sum", &[squares(&table)]);
    let mut first = None;
    for _ in 0..ROUNDS {
        let (low, high) = table.split_at(table.len() / 2);
        let fold = |z: EF| -> Vec<EF> {
            low.iter().zip(high).map(|(&low, &high)| low + z * (high - low)).collect()
        };
        channel.send("round", &[0, 1, 2].map(|at| squares(&fold(EF::from_u8(at)))));
        let z = channel.challenge("point");
        first.get_or_insert(z);
        table = fold(z);
    }
    let quotient = table[0] / (first.unwrap() + EF::ONE);
    channel.reveal("value", &[table[0], quotient]);
    let messages = channel.close();
    (messages.scalars, messages.revealed)
}

#[test]
fn a_circuit_accepts_and_refuses_what_the_verifier_does() {
    let (scalars, revealed) = prove();
    let (recording, kept) = Recording::of(verify).unwrap();
    for place in 0..=scalars.len() + revealed.len() {
        let (mut scalars, mut revealed) = (scalars.clone(), revealed.clone());
        // Every message changed, and none.
        let changed = match place.checked_sub(scalars.len()) {
            None => scalars.get_mut(place),
            Some(place) => revealed.get_mut(place),
        };
        let honest = changed.is_none();
        changed.into_iter().for_each(|message| *message += EF::ONE);

        let mut transcript = native();
        let mut channel = ClearVerifier::new(&mut transcript, &scalars, &revealed);
        let expected = verify(&mut channel);
        assert_eq!(expected.is_ok(), honest);
        let messages = Messages { scalars: &scalars, revealed: &revealed };
        let (found, satisfied) = interpret(11, 8, &recording, messages, &kept).unwrap();
        assert_eq!(satisfied, honest, "message {place}");
        if let Ok(expected) = expected {
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn messages_too_few_or_too_many_are_noticed() {
    let (scalars, revealed) = prove();
    let (recording, kept) = Recording::of(verify).unwrap();
    let interpret = |scalars: &[EF], revealed: &[EF]| {
        let messages = Messages { scalars, revealed };
        interpret(11, 8, &recording, messages, &kept).unwrap_err()
    };
    let other = Rejection::Shape { part: "witness", reason: "it is another recording's" };
    let one_more = [revealed.as_slice(), &[EF::ONE]].concat();
    for refused in [
        interpret(&scalars[1..], &revealed),
        interpret(&scalars, &revealed[1..]),
        interpret(&scalars, &one_more),
    ] {
        assert_eq!(refused, other);
    }
}

#[test]
fn an_inverse_that_nothing_uses_has_to_exist() {
    let verify = |value: EF| {
        let (recording, ()) = Recording::of(|recorder| {
            let received = recorder.receive("value", 1)?;
            let _ = received[0].inverse();
            Ok(())
        })
        .unwrap();
        let messages = Messages { scalars: &[value], revealed: &[] };
        interpret(10, 8, &recording, messages, &[]).unwrap().1
    };
    assert!(verify(EF::TWO));
    assert!(!verify(EF::ZERO));
}

/// A verifier that goes on whatever it finds, and remembers what should have been zero.
struct Forgiving<'a>(ClearVerifier<'a, Sponge>, Vec<EF>);

impl VerifierChannel for Forgiving<'_> {
    type Element = EF;
    type Scalar = EF;

    fn receive(&mut self, label: &'static str, count: usize) -> Result<Vec<EF>, Rejection> {
        self.0.receive(label, count)
    }

    fn receive_revealed(
        &mut self,
        label: &'static str,
        count: usize,
    ) -> Result<Vec<EF>, Rejection> {
        self.0.receive_revealed(label, count)
    }

    fn challenge(&mut self, label: &'static str) -> EF {
        self.0.challenge(label)
    }

    fn multiply(&mut self, left: &EF, right: &EF) -> Result<EF, Rejection> {
        self.0.multiply(left, right)
    }

    fn require_zero(&mut self, zero: EF, _: Rejection) -> Result<(), Rejection> {
        self.1.push(zero);
        Ok(())
    }
}

#[test]
fn a_links_relations_come_to_the_same_evaluations() {
    const STEPS: u32 = 3;
    let mut running = Running::start_on(ChannelKind::Clear);
    let rows = running.session().rows(STEPS).unwrap();
    running.train(STEPS, true);
    let program = &running.program;
    let bounds = program.check().unwrap();
    let link = LinkProof::from_bytes(running.links.last().unwrap()).unwrap();
    let shape = shape_of(&link, program, &bounds).unwrap();
    let system = Arithmetization::new(program, &bounds, shape).unwrap();
    let inputs = public_inputs(&link.statement, &rows, rows.len()).unwrap();

    // The link's messages answer another transcript's challenges, so checks fail; values do not.
    let mut transcript = native();
    let clear = ClearVerifier::new(&mut transcript, &link.scalars, &link.revealed);
    let mut channel = Forgiving(clear, Vec::new());
    let expected = verify_relations(&mut channel, program, &system, &inputs).unwrap();
    let Forgiving(channel, zeros) = channel;
    channel.close().unwrap();

    let known = inputs.clone().known();
    let (mut recording, found) =
        Recording::of(|recorder| verify_relations(recorder, program, &system, &known)).unwrap();
    let mut kept: Vec<Recorded> = Vec::new();
    let mut values: Vec<EF> = Vec::new();
    for (found, expected) in found.iter().zip(&expected) {
        kept.extend(found.point.iter().chain([&found.value]));
        values.extend(expected.point.iter().chain([&expected.value]));
    }
    assert_eq!(found.len(), expected.len());
    for event in &recording.events {
        if let Event::Require { zero, .. } = event {
            kept.push(*zero);
        }
    }
    values.extend(zeros);
    let expected = values;
    let messages = Messages { scalars: &link.scalars, revealed: &link.revealed };
    let (values, satisfied) = interpret(17, 16, &recording, messages, &kept).unwrap();
    assert_eq!(values, expected);
    assert!(!satisfied);
    // What is refused are the checks.
    recording.events.retain(|event| !matches!(event, Event::Require { .. }));
    let (values, satisfied) = interpret(17, 16, &recording, messages, &kept).unwrap();
    assert_eq!(values, expected);
    assert!(satisfied);
}
