//! Honest openings.

use p3_whir::SecurityAssumption::{self, JohnsonBound, UniqueDecoding};

use super::library::{Opening, agree, parameters};

/// Variables, folds, rates, decoding, level and grinding, points.
type Case = (usize, &'static [usize], &'static [usize], SecurityAssumption, (usize, usize), usize);

const CASES: &[Case] = &[
    // No rounds: the committed oracle is the last one.
    (6, &[2], &[1], JohnsonBound, (30, 4), 1),
    (4, &[4], &[2], UniqueDecoding, (20, 0), 3),
    (9, &[3], &[1], UniqueDecoding, (40, 8), 2),
    // Several rounds, folding factors and rates.
    (10, &[2, 3], &[1, 2], JohnsonBound, (40, 6), 1),
    (12, &[4, 4], &[3, 5], JohnsonBound, (60, 8), 2),
    (12, &[5, 2], &[2, 4], UniqueDecoding, (50, 7), 4),
    (13, &[3, 2, 2], &[1, 3, 4], JohnsonBound, (60, 5), 1),
    (13, &[1, 3, 5], &[1, 1, 2], UniqueDecoding, (40, 0), 3),
    (14, &[6, 6], &[4, 7], JohnsonBound, (70, 10), 5),
    // Every row is opened, nothing is drawn; the last polynomial is a constant; sumchecks are ground.
    (10, &[3, 7], &[1, 3], UniqueDecoding, (120, 0), 1),
    (9, &[2, 3], &[1, 2], JohnsonBound, (171, 12), 2),
];

#[test]
fn what_the_library_accepts_is_accepted() {
    for (number, &(variables, folds, rates, decoding, level, points)) in CASES.iter().enumerate() {
        let parameters = parameters(folds, rates, decoding, level);
        let opening = Opening::new(variables, parameters, points, number as u64);
        let recording = opening.record();
        assert_eq!(agree(&opening, &recording), None, "case {number}");
    }
}

#[test]
fn the_cases_have_every_kind_of_phase() {
    let (mut drawn, mut all, mut ground, mut unsampled, mut sampled) = (0, 0, 0, 0, 0);
    for &(variables, folds, rates, decoding, level, points) in CASES {
        let parameters = parameters(folds, rates, decoding, level);
        let config = super::library::Config::new(variables, parameters).unwrap();
        let plan = zkpot_circuits::openings::Plan::of(&config, points);
        for (sumcheck, queries) in plan.phases() {
            *if queries.drawn { &mut drawn } else { &mut all } += 1;
            ground += usize::from(sumcheck.grinding > 0);
        }
        *if plan.samples > 0 { &mut sampled } else { &mut unsampled } += 1;
    }
    assert!([drawn, all, ground, unsampled, sampled].iter().all(|&count| count > 0));
}

#[test]
fn openings_of_one_shape_are_recorded_alike() {
    let of = |seed| {
        let parameters = parameters(&[4, 3], &[2, 4], JohnsonBound, (50, 6));
        Opening::new(12, parameters, 2, seed)
    };
    let (one, other) = (of(1), of(2));
    let (recording, again) = (one.record(), other.record());
    assert_eq!(recording.operations, again.operations);
    assert_eq!(recording.events, again.events);
    assert_eq!(recording.inputs, again.inputs);
    assert_eq!(agree(&one, &again), None);
    assert_eq!(agree(&other, &recording), None);
}
