//! Honest runs verify.

use crate::programs::{Running, nothing_expected};
use zkpot_protocol::arithmetization::{Arithmetization, LinkKind, LinkShape, Polynomial, Source};

#[test]
fn a_run_of_several_links_verifies() {
    let mut running = Running::start();
    running.train(5, true);
    running.train(4, true);
    running.train(1, false);
    running.seal();
    let receipt = running.verify(&nothing_expected()).unwrap();
    assert_eq!(receipt.steps, 10);
    assert_eq!(receipt.links, 5);
    assert!(receipt.complete);
    assert_ne!(receipt.last_commitment, receipt.first_commitment);
    assert_ne!(receipt.last_commitment, receipt.head);
}

#[test]
fn a_sealed_run_goes_on() {
    let mut running = Running::start();
    running.train(2, true);
    running.seal();
    // The seal closed the shards too, so nothing is left to train on.
    assert!(running.scheduled(2).iter().all(|index| !running.shards.contains_key(index)));
    assert_eq!(running.verify(&nothing_expected()).unwrap().steps, 2);
}

/// A witness whose regions end just behind a power of two, within a group of eight and within a
/// piece of the lookup argument.
#[test]
fn a_witness_just_above_a_power_of_two_verifies() {
    let mut running = Running::start();
    let bounds = running.program.check().unwrap();
    let just_above = |steps: u32| {
        let kind = LinkKind::Training;
        let shape = LinkShape {
            kind,
            states: Some(Source::Run),
            steps,
            shards: vec![],
            masks: None,
            closed: false,
        };
        let system = Arithmetization::new(&running.program, &bounds, shape).unwrap();
        let witness = system.position(Polynomial::Witness).unwrap();
        let regions = system.layout.regions.iter().filter(|region| region.polynomial == witness);
        let end = regions.map(|region| region.offset + region.size()).max().unwrap();
        let half = 1 << (system.variables(witness) - 1);
        end > half && end < half + 1024 && !end.is_multiple_of(8)
    };
    let steps = (1..=running.program.max_steps).find(|&steps| just_above(steps)).unwrap();
    running.train(steps, false);
    running.seal();
    assert_eq!(running.verify(&nothing_expected()).unwrap().steps, u64::from(steps));
}
