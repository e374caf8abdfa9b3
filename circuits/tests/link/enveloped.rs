//! Envelopes with other states, another key or another ciphertext than the link states.

use p3_field::PrimeCharacteristicRing;
use zkpot_circuits::link::{LinkWitness, OpenEnvelope};
use zkpot_circuits::recording::Fault;
use zkpot_pcs::Whir;
use zkpot_protocol::field::F;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::statement::Envelope;
use zkpot_prover::envelope::Sealed;
use zkpot_prover::session::Steps;
use zkpot_sponge::{Fr, to_bytes};

use super::made::{begun, made};
use super::programs::{nothing_expected, seed, shared};

const fn envelope(reason: &'static str) -> Rejection {
    Rejection::Shape { part: "envelope", reason }
}

const OTHER: Rejection = envelope("ciphertext or key is another than it states");

/// How the recording refuses an honest link whose envelope is opened with something else.
fn refusal(change: impl FnOnce(&mut OpenEnvelope)) -> Rejection {
    let (made, link) = (made(), &made().links[0]);
    let mut opened = made.opened(link);
    change(&mut opened);
    match LinkWitness::of(&made.recording, &made.plan, link, Some(&opened)) {
        Err(Fault::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_envelope_is_opened_with_what_the_link_states() {
    assert_eq!(refusal(|opened| opened.key += Fr::ONE), OTHER);
    assert_eq!(refusal(|opened| opened.entries[0] += F::ONE), OTHER);
    assert_eq!(refusal(|opened| opened.entries.push(F::ZERO)), OTHER);
    assert_eq!(refusal(|opened| opened.entries.truncate(1)), OTHER);
    let made = made();
    let none = LinkWitness::of(&made.recording, &made.plan, &made.links[0], None).unwrap_err();
    assert_eq!(none, Fault::Refused(Rejection::MessageMissing { label: "envelope" }));
}

#[test]
fn another_plan_or_key_decrypts_nothing() {
    let (made, [(ciphertext, key), _]) = (made(), &made().envelopes);
    let decrypt = |ciphertext: &[Fr], key| OpenEnvelope::decrypt(&made.plan, ciphertext, key);
    assert_eq!(decrypt(ciphertext, *key + Fr::ONE), Err(OTHER));
    assert_eq!(decrypt(&ciphertext[1..], *key), Err(OTHER));
    assert_eq!(decrypt(ciphertext, *key), Ok(made.opened(&made.links[0])));
}

/// A link that states an envelope with one entry changed, and what opens that.
fn cheating(entry: usize) -> (LinkProof, OpenEnvelope) {
    let (made, mut running) = (made(), begun());
    let steps = Steps { envelope: true, ..running.steps(3, false) };
    let states = shared(&running.states);
    let shards = running.shards.iter().map(|(&index, held)| (index, shared(held))).collect();
    let trained = running.session().train::<Whir>(states, &shards, &steps, seed()).unwrap();
    let mut unproven = trained.unproven;
    let Sealed { ciphertext, key, .. } = unproven.envelope(&made.program).unwrap();
    let mut opened = OpenEnvelope::decrypt(&made.plan, &ciphertext, key).unwrap();
    opened.entries[entry] += F::ONE;
    let [ciphertext, key] = opened.hashes().map(to_bytes);
    unproven.statement.envelope = Some(Envelope { ciphertext, key });
    let observer = running.session().observer;
    let proven = unproven.prove_link::<Whir>(&made.program, observer).unwrap();
    running.take(proven);
    // Whoever has no circuit does not see it.
    running.verify(&nothing_expected()).unwrap();
    (LinkProof::from_bytes(&running.links[0]).unwrap(), opened)
}

#[test]
fn an_envelope_holds_all_that_was_committed_to_and_nothing_else() {
    let made = made();
    // Of weights, of the optimizer's, of what is random.
    for entry in [0, 39, 55] {
        let (link, opened) = cheating(entry);
        let refused = LinkWitness::of(&made.recording, &made.plan, &link, Some(&opened));
        let expected = envelope("it holds other states than the link ends with");
        assert_eq!(refused.unwrap_err(), Fault::Refused(expected), "entry {entry}");
    }
}

#[test]
fn debugging_output_has_no_secrets() {
    let opened = made().opened(&made().links[0]);
    assert_eq!(format!("{opened:?}"), "OpenEnvelope(56 entries, secrets not shown)");
}
