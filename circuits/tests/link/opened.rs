//! Openings with one thing changed.

use p3_field::PrimeCharacteristicRing;
use p3_sumcheck::OpeningBatch;
use p3_whir::QueryOpenings;
use zkpot_circuits::openings::tree::Poseidon2Tree;
use zkpot_circuits::openings::{Check, Phase};
use zkpot_pcs::{EF, F, WrappedProof};
use zkpot_protocol::rejection::Rejection;

use super::made::made;

/// How the recording refuses a changed opening of each polynomial, which the verifier refuses, too.
fn refusals(change: impl Fn(&mut WrappedProof)) -> Vec<(String, Rejection)> {
    let made = made();
    let roles = made.plan.openings.iter().map(|opened| opened.role.to_string());
    let changed = roles.enumerate().map(|(place, polynomial)| {
        let mut link = made.links[1].clone();
        let mut proof = postcard::from_bytes(&link.openings[place]).unwrap();
        change(&mut proof);
        link.openings[place] = postcard::to_allocvec(&proof).unwrap();
        (polynomial, made.refusal(&link))
    });
    changed.collect()
}

/// Requires that a change fails at one check, whichever polynomial it is made of.
fn fails_at(check: Check, change: impl Fn(&mut WrappedProof)) {
    let refusals = refusals(change);
    assert_eq!(refusals.len(), 4);
    for (polynomial, refused) in refusals {
        assert_eq!(refused, check.refusal(&polynomial));
    }
}

fn change_value(proof: &mut WrappedProof, point: usize) {
    let value = proof.opening.evals[point].current()[0];
    proof.opening.evals[point] = OpeningBatch::new(vec![value + EF::ONE], vec![]);
}

fn change_row(openings: &mut QueryOpenings<F, EF, Siblings>) {
    match openings {
        QueryOpenings::Base(openings) => openings.rows[0][0] += F::ONE,
        QueryOpenings::Extension(openings) => openings.rows[0][0] += EF::ONE,
    }
}

type Siblings = <Poseidon2Tree as p3_commit::Mmcs<F>>::MultiProof;

#[test]
fn a_pinned_root_and_its_value_are_those_that_were_committed_to() {
    fails_at(Check::Pinned, |proof| proof.root[31] ^= 1);
    fails_at(Check::Pinned, |proof| change_value(proof, 1));
    for (polynomial, refused) in refusals(|proof| proof.root = [0xff; 32]) {
        let reason = "the root is none".into();
        assert_eq!(refused, Rejection::Opening { polynomial, reason });
    }
}

#[test]
fn a_value_is_the_one_that_the_relations_claim() {
    let point = Check::Value { point: 0 };
    fails_at(point, |proof| change_value(proof, 0));
}

#[test]
fn each_message_of_an_opening_is_bound() {
    let grinding = Check::QueryGrinding(Phase::Round(0));
    fails_at(grinding, |proof| proof.opening.whir.initial_ood_answers[0] += EF::ONE);
    fails_at(grinding, |proof| {
        proof.opening.whir.initial_sumcheck.polynomial_evaluations[0][0] += EF::ONE;
    });
    fails_at(grinding, |proof| proof.opening.whir.rounds[0].pow_witness += F::ONE);
    fails_at(Check::Rows(Phase::Round(0)), |proof| {
        change_row(&mut proof.opening.whir.rounds[0].openings);
    });
    fails_at(Check::Rows(Phase::Last), |proof| {
        change_row(&mut proof.opening.whir.final_openings);
    });
    fails_at(Check::QueryGrinding(Phase::Last), |proof| {
        proof.opening.whir.final_poly.as_mut().unwrap().as_mut_slice()[0] += EF::ONE;
    });
    fails_at(Check::Sum, |proof| {
        let last = proof.opening.whir.final_sumcheck.as_mut().unwrap();
        last.polynomial_evaluations[0][0] += EF::ONE;
    });
}

#[test]
fn an_opening_is_of_its_own_polynomial() {
    let made = made();
    let roles: Vec<String> =
        made.plan.openings.iter().map(|opened| opened.role.to_string()).collect();
    for (place, role) in roles.iter().enumerate() {
        let mut link = made.links[0].clone();
        link.openings[place] = made.links[0].openings[(place + 1) % roles.len()].clone();
        let Rejection::Opening { polynomial, .. } = made.refusal(&link) else {
            panic!("the opening of the {role}");
        };
        assert_eq!(polynomial, *role);
        link.openings[place] = made.links[0].openings[place].clone();
        link.openings[place].push(0);
        assert!(matches!(made.refusal(&link), Rejection::Opening { .. }), "{role}");
    }
}
