//! Openings with one thing changed: the verifier, its recording and the library refuse them alike, and
//! each check refuses what no other does.

use std::panic::{AssertUnwindSafe, catch_unwind};

use p3_field::PrimeCharacteristicRing;
use p3_sumcheck::OpeningBatch;
use p3_whir::QueryOpenings;
use p3_whir::SecurityAssumption::{JohnsonBound, UniqueDecoding};
use zkpot_circuits::openings::tree::Blake3Tree;
use zkpot_circuits::openings::{Check, ClearOpenings, Phase};
use zkpot_circuits::recording::{Fault, Recording};
use zkpot_pcs::{EF, F};
use zkpot_protocol::channel::clear::ClearVerifier;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::transcript::Transcript;

use super::credulous::Credulous;
use super::library::{NAME, Opening, Proof, agree, parameters};
use super::spy::{Root, Spy};

/// Two rounds, all positions drawn, each behind a proof of work.
fn drawn() -> Opening {
    let parameters = parameters(&[3, 2, 2], &[2, 3, 4], JohnsonBound, (40, 8));
    let opening = Opening::new(12, parameters, 2, 7);
    assert!(opening.plan.phases().all(|(_, queries)| queries.drawn && queries.grinding > 0));
    opening
}

/// No proof of work, and all rows are opened.
fn undrawn() -> Opening {
    let parameters = parameters(&[2, 3], &[1, 2], JohnsonBound, (120, 0));
    let opening = Opening::new(9, parameters, 2, 8);
    assert!(opening.plan.phases().all(|(_, queries)| !queries.drawn && queries.grinding == 0));
    opening
}

/// Sumchecks have proofs of work, too.
fn ground() -> Opening {
    let opening = Opening::new(9, parameters(&[2, 3], &[1, 2], JohnsonBound, (171, 12)), 1, 9);
    assert!(opening.plan.phases().all(|(sumcheck, _)| sumcheck.grinding > 0));
    opening
}

/// The scalars of a proof, without the values.
fn scalars(proof: &mut Proof) -> Vec<&mut EF> {
    let whir = &mut proof.whir;
    let mut scalars: Vec<&mut EF> = whir.initial_ood_answers.iter_mut().collect();
    scalars.extend(whir.initial_sumcheck.polynomial_evaluations.iter_mut().flatten());
    for round in &mut whir.rounds {
        scalars.extend(&mut round.ood_answers);
        scalars.extend(round.sumcheck.polynomial_evaluations.iter_mut().flatten());
    }
    scalars.extend(whir.final_poly.iter_mut().flat_map(|last| last.as_mut_slice()));
    let last = whir.final_sumcheck.iter_mut();
    scalars.extend(last.flat_map(|last| last.polynomial_evaluations.iter_mut().flatten()));
    scalars
}

/// The proofs of work that are read, each with the check of it.
fn witnesses(opening: &mut Opening) -> Vec<(Check, &mut F)> {
    let plan = &opening.plan;
    let (count, last) = (plan.rounds.len(), plan.queries.grinding > 0);
    let phase = |round: usize| if round < count { Phase::Round(round) } else { Phase::Last };
    let whir = &mut opening.proof.whir;
    let mut witnesses = Vec::new();
    for (round, witness) in whir.initial_sumcheck.pow_witnesses.iter_mut().enumerate() {
        witnesses.push((Check::SumcheckGrinding { before: Some(phase(0)), round }, witness));
    }
    for (index, sent) in whir.rounds.iter_mut().enumerate() {
        if plan.rounds[index].queries.grinding > 0 {
            witnesses.push((Check::QueryGrinding(phase(index)), &mut sent.pow_witness));
        }
        for (round, witness) in sent.sumcheck.pow_witnesses.iter_mut().enumerate() {
            let before = Some(phase(index + 1));
            witnesses.push((Check::SumcheckGrinding { before, round }, witness));
        }
    }
    if last {
        witnesses.push((Check::QueryGrinding(Phase::Last), &mut whir.final_pow_witness));
    }
    for (round, witness) in
        whir.final_sumcheck.iter_mut().flat_map(|last| &mut last.pow_witnesses).enumerate()
    {
        witnesses.push((Check::SumcheckGrinding { before: None, round }, witness));
    }
    witnesses
}

type Openings = QueryOpenings<F, EF, <Blake3Tree as p3_commit::Mmcs<F>>::MultiProof>;

/// The opened rows of each phase.
fn phases(proof: &mut Proof) -> Vec<(Phase, &mut Openings)> {
    let whir = &mut proof.whir;
    let rounds = whir.rounds.iter_mut().enumerate();
    let rounds = rounds.map(|(round, sent)| (Phase::Round(round), &mut sent.openings));
    rounds.chain([(Phase::Last, &mut whir.final_openings)]).collect()
}

/// Adds one to a row's element; `None` where there is none.
fn change_row(openings: &mut Openings, row: usize, element: usize) -> Option<()> {
    match openings {
        QueryOpenings::Base(openings) => {
            *openings.rows.get_mut(row)?.get_mut(element)? += F::ONE;
        }
        QueryOpenings::Extension(openings) => {
            *openings.rows.get_mut(row)?.get_mut(element)? += EF::ONE;
        }
    }
    Some(())
}

fn siblings(openings: &mut Openings) -> &mut Vec<[u8; 32]> {
    match openings {
        QueryOpenings::Base(openings) => &mut openings.proof.sibling_hashes,
        QueryOpenings::Extension(openings) => &mut openings.proof.sibling_hashes,
    }
}

/// All refuse a change of an opening.
fn refusal(
    opening: &Opening,
    recording: &Recording,
    change: impl FnOnce(&mut Opening),
) -> Rejection {
    let mut changed = opening.clone();
    change(&mut changed);
    agree(&changed, recording).expect("a changed opening is refused")
}

#[test]
fn every_scalar_is_bound() {
    for opening in [drawn(), undrawn(), ground()] {
        let recording = opening.record();
        assert_eq!(agree(&opening, &recording), None);
        let count = scalars(&mut opening.proof.clone()).len();
        let ground = opening.plan.queries.grinding > 0;
        let last_sumcheck = count - 2 * opening.plan.last.rounds;
        let last_polynomial = last_sumcheck - (1 << opening.plan.last.rounds);
        for place in 0..count {
            let refused = refusal(&opening, &recording, |changed| {
                *scalars(&mut changed.proof)[place] += EF::from_u64(1 << (place % 60));
            });
            let check = match place {
                // Nothing but the sum depends on what the last sumcheck sends.
                _ if place >= last_sumcheck && opening.plan.last.grinding == 0 => Check::Sum,
                // At position 0 the last polynomial has the sum of its coefficients.
                _ if place >= last_polynomial && place < last_sumcheck && !ground => {
                    Check::LastPolynomial { query: 0 }
                }
                _ => continue,
            };
            assert_eq!(refused, check.refusal(NAME), "scalar {place}");
        }
    }
}

#[test]
fn every_proof_of_work_is_checked() {
    let mut kinds = [0; 2];
    for opening in [drawn(), ground()] {
        let recording = opening.record();
        let count = witnesses(&mut opening.clone()).len();
        for place in 0..count {
            // One in `2^bits` others is a proof, too.
            let check = witnesses(&mut opening.clone())[place].0;
            let named = (1..20).any(|difference| {
                let refused = refusal(&opening, &recording, |changed| {
                    *witnesses(changed)[place].1 += F::from_u64(difference);
                });
                refused == check.refusal(NAME)
            });
            assert!(named, "{check}");
            kinds[usize::from(matches!(check, Check::QueryGrinding(_)))] += 1;
        }
    }
    assert!(kinds.iter().all(|&count| count > 0));
}

#[test]
fn every_root_is_bound() {
    for opening in [drawn(), undrawn()] {
        let recording = opening.record();
        refusal(&opening, &recording, |changed| changed.root = Root::new(vec![[3; 32]]));
        for round in 0..opening.plan.rounds.len() {
            let refused = refusal(&opening, &recording, |changed| {
                changed.proof.whir.rounds[round].commitment = Some(Root::new(vec![[3; 32]]));
            });
            // Positions that are not drawn do not move with the root, and their rows are elsewhere.
            if !opening.plan.queries.drawn {
                let phase =
                    if round + 1 == opening.plan.rounds.len() { Phase::Last } else { continue };
                assert_eq!(refused, Check::Rows(phase).refusal(NAME));
            }
        }
    }
}

#[test]
fn every_row_and_every_sibling_is_checked() {
    for opening in [drawn(), undrawn()] {
        let recording = opening.record();
        let phases_of = |opening: &Opening| phases(&mut opening.proof.clone()).len();
        for phase in 0..phases_of(&opening) {
            let name = phases(&mut opening.proof.clone())[phase].0;
            let expected = Check::Rows(name).refusal(NAME);
            let (rows, width) = opening
                .plan
                .phases()
                .nth(phase)
                .map(|(_, queries)| (queries.count, 1 << queries.log_width))
                .unwrap();
            for place in 0..rows * width {
                let refused = refusal(&opening, &recording, |changed| {
                    let openings = &mut phases(&mut changed.proof)[phase].1;
                    change_row(openings, place / width, place % width).unwrap();
                });
                assert_eq!(refused, expected, "element {place}");
            }
            let count = siblings(phases(&mut opening.proof.clone())[phase].1).len();
            for place in 0..count {
                let refused = refusal(&opening, &recording, |changed| {
                    siblings(phases(&mut changed.proof)[phase].1)[place][0] ^= 1;
                });
                assert_eq!(refused, expected, "sibling {place}");
            }
            let refused = refusal(&opening, &recording, |changed| {
                siblings(phases(&mut changed.proof)[phase].1).push([0; 32]);
            });
            assert_eq!(refused, expected);
        }
    }
}

/// What the recording says where the rows of a phase are believed.
fn believe(opening: &Opening, recording: &Recording, rows: &mut Proof) -> Result<(), Fault> {
    let shown = phases(rows).into_iter().map(|(_, openings)| match openings {
        QueryOpenings::Base(openings) => openings
            .rows
            .iter()
            .map(|row| row.iter().map(|&element| element.into()).collect())
            .collect(),
        QueryOpenings::Extension(openings) => openings.rows.clone(),
    });
    let scalars = opening.scalars();
    let mut transcript = Transcript::new(Spy::new());
    let link = ClearVerifier::new(&mut transcript, &scalars, &[]);
    let mut honest = ClearOpenings::<_, Blake3Tree>::new(link, vec![opening.root.clone()]);
    honest.add(&opening.plan, &opening.proof)?;
    let mut channel = Credulous { honest, rows: shown.collect() };
    recording.replay(&mut channel).map(drop)
}

#[test]
fn every_query_is_needed_where_rows_are_believed() {
    for opening in [drawn(), undrawn()] {
        let recording = opening.record();
        assert_eq!(believe(&opening, &recording, &mut opening.proof.clone()), Ok(()));
        for (phase, (_, queries)) in opening.plan.phases().enumerate() {
            for query in 0..queries.count {
                for element in [0, (1 << queries.log_width) - 1] {
                    let mut proof = opening.proof.clone();
                    change_row(phases(&mut proof)[phase].1, query, element).unwrap();
                    let check = match phase < opening.plan.rounds.len() {
                        true => Check::Sum,
                        false => Check::LastPolynomial { query },
                    };
                    let found = believe(&opening, &recording, &mut proof);
                    assert_eq!(found, Err(Fault::Refused(check.refusal(NAME))));
                }
            }
        }
    }
}

#[test]
fn points_and_values_are_bound() {
    for opening in [drawn(), undrawn(), ground()] {
        let recording = opening.record();
        for point in 0..opening.points.len() {
            for coordinate in 0..opening.plan.variables {
                refusal(&opening, &recording, |changed| {
                    changed.points[point][coordinate] += EF::ONE;
                });
            }
            let both = |changed: &mut Opening| {
                let value = changed.values[point] + EF::ONE;
                changed.values[point] = value;
                changed.proof.evals[point] = OpeningBatch::new(vec![value], vec![]);
            };
            let refused = refusal(&opening, &recording, both);
            if !opening.plan.queries.drawn && opening.plan.queries.grinding == 0 {
                // The same rows hold for other challenges, but not the folded ones.
                assert_eq!(refused, Check::LastPolynomial { query: 0 }.refusal(NAME));
            }
            // A value that the proof does not carry, and the other way round.
            let expected = Err(Fault::Refused(Check::Value { point }.refusal(NAME)));
            let mut claimed = opening.clone();
            claimed.values[point] += EF::ONE;
            let mut carried = opening.clone();
            carried.proof.evals[point] =
                OpeningBatch::new(vec![opening.values[point] + EF::ONE], vec![]);
            for changed in [claimed, carried] {
                assert_eq!(changed.replay(&recording).0, expected);
                assert_eq!(changed.verify().0, expected);
                assert!(changed.library().0.is_err());
            }
        }
    }
}

#[test]
fn a_position_that_comes_twice_is_two_queries() {
    // Far more queries than rows would keep apart.
    let opening = Opening::new(10, parameters(&[3, 2], &[1, 2], UniqueDecoding, (20, 0)), 1, 10);
    let recording = opening.record();
    assert_eq!(agree(&opening, &recording), None);
    let drawn: Vec<usize> = super::spy::positions(&opening.verify().1);
    let mut start = 0;
    let mut twice = 0;
    for (phase, (_, queries)) in opening.plan.phases().enumerate() {
        assert!(queries.drawn);
        let positions = &drawn[start..start + queries.count];
        start += queries.count;
        let doubles = (0..queries.count)
            .filter(|&query| positions.iter().filter(|&&at| at == positions[query]).count() > 1);
        for query in doubles {
            twice += 1;
            let name = phases(&mut opening.proof.clone())[phase].0;
            let mut proof = opening.proof.clone();
            change_row(phases(&mut proof)[phase].1, query, 1).unwrap();
            let refused = refusal(&opening, &recording, |changed| changed.proof = proof.clone());
            assert_eq!(refused, Check::Rows(name).refusal(NAME));
            let check = match name {
                Phase::Round(_) => Check::Sum,
                Phase::Last => Check::LastPolynomial { query },
            };
            let found = believe(&opening, &recording, &mut proof);
            assert_eq!(found, Err(Fault::Refused(check.refusal(NAME))));
        }
    }
    assert_eq!(start, drawn.len());
    assert!(twice > 0, "no position came twice: {drawn:?}");
}

#[test]
fn a_proof_of_another_shape_is_refused() {
    let changes: &[fn(&mut Proof)] = &[
        |proof| proof.whir.initial_ood_answers.push(EF::ONE),
        |proof| proof.whir.initial_ood_answers.clear(),
        |proof| drop(proof.evals.pop()),
        |proof| proof.evals[0] = OpeningBatch::new(vec![EF::ONE; 2], vec![]),
        |proof| {
            proof.evals[0] = OpeningBatch::new(proof.evals[0].current().to_vec(), vec![EF::ONE])
        },
        |proof| proof.whir.initial_sumcheck.polynomial_evaluations.clear(),
        |proof| proof.whir.initial_sumcheck.pow_witnesses.push(F::ZERO),
        |proof| drop(proof.whir.rounds.pop()),
        |proof| proof.whir.rounds[0].commitment = None,
        |proof| proof.whir.rounds[0].commitment = Some(Root::new(vec![[0; 32]; 2])),
        |proof| proof.whir.rounds[0].ood_answers.push(EF::ZERO),
        |proof| proof.whir.rounds[0].pow_witness = F::ONE,
        |proof| proof.whir.rounds[0].openings = proof.whir.final_openings.clone(),
        |proof| proof.whir.final_poly = None,
        |proof| proof.whir.final_pow_witness = F::ONE,
        |proof| match &mut proof.whir.final_openings {
            QueryOpenings::Extension(openings) => drop(openings.rows.pop()),
            QueryOpenings::Base(_) => unreachable!(),
        },
        |proof| match &mut proof.whir.final_openings {
            QueryOpenings::Extension(openings) => openings.rows[0].push(EF::ZERO),
            QueryOpenings::Base(_) => unreachable!(),
        },
        |proof| proof.whir.final_sumcheck = None,
    ];
    let opening = undrawn();
    for (number, change) in changes.iter().enumerate() {
        let mut changed = opening.clone();
        change(&mut changed.proof);
        let found = changed.verify().0;
        let shaped = matches!(found, Err(Fault::Refused(Rejection::Shape { .. })));
        assert!(shaped, "change {number}: {found:?}");
        // The library refuses, or cannot go on.
        let library = catch_unwind(AssertUnwindSafe(|| changed.library().0));
        assert!(!matches!(library, Ok(Ok(()))), "change {number}");
    }
}

#[test]
fn a_claim_of_another_shape_is_refused() {
    let opening = undrawn();
    let mut plan = opening.plan.clone();
    plan.points += 1;
    let refused = Recording::of(|recorder| {
        super::library::run_of(recorder, &opening.plan, plan.points, plan.variables)
    });
    assert!(matches!(refused, Err(Rejection::Shape { part: "opening", .. })));
    let refused = Recording::of(|recorder| {
        super::library::run_of(recorder, &opening.plan, opening.plan.points, plan.variables - 1)
    });
    assert!(matches!(refused, Err(Rejection::Shape { part: "opening", .. })));
}
