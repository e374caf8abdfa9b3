//! What openings cost where they are repeated.

use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};
use p3_whir::SecurityAssumption::JohnsonBound;
use zkpot_circuits::openings::{Degree, OpeningChannel, Plan};
use zkpot_circuits::recording::costs::Costs;
use zkpot_circuits::recording::{Recorded, Recording};
use zkpot_pcs::{EF, F};
use zkpot_protocol::channel::VerifierChannel;
use zkpot_protocol::field::Element;
use zkpot_protocol::rejection::Rejection;

use super::library::{Config, parameters, run};

#[test]
fn every_kind_of_product_is_counted() {
    let known = EF::from_basis_coefficients_fn(|index| F::from_u64(index as u64 + 2));
    let (recording, found) = Recording::of(|channel| {
        let [a, b] = channel.receive_unlabelled("two", 2)?[..] else { unreachable!() };
        let bits = channel.draw_position("position", 2)?;
        let position = bits[0] * F::TWO + bits[1] * bits[0];
        let product = a * b + a * position;
        let constant = product * Recorded::from(known);
        let inverse = Element::inverse(&constant).unwrap();
        channel.require_zero(inverse - a, Rejection::Relation)?;
        channel.require_zero(product + b, Rejection::Relation)?;
        let root = channel.commitment(0)?;
        let positions = [bits.clone(), bits];
        channel.open_rows(&root, &positions, 5, Degree::Extension, Rejection::Relation)?;
        Ok([position, product])
    })
    .unwrap();
    let degrees = recording.degrees();
    let of = |element: Recorded| element.degree(&degrees);
    assert_eq!(found.map(of), [Degree::Base, Degree::Extension]);
    assert_eq!(Recorded::from(known).degree(&degrees), Degree::Extension);
    let expected = Costs {
        // a b.
        extension: 1,
        // a times the position.
        mixed: 1,
        // Two bits.
        base: 1,
        // By two, and by what is known.
        constant: 2,
        inversions: 1,
        // The product is multiplied, and it plus b is checked. What is inverted is multiplied by its
        // inverse. A sum of bits is small.
        reduced: 3 + 3 + 3,
        absorbed: 6,
        drawn: 0,
        positions: 1,
        rows: 2,
        hashed: 2 * 5 * 3,
        nodes: 2 * 2,
        ..Costs::default()
    };
    assert_eq!(recording.costs(), expected);
}

#[test]
fn an_opening_is_counted_as_planned() {
    for (variables, folds, rates) in
        [(14, [4, 4].as_slice(), [1, 2].as_slice()), (17, &[6, 5], &[3, 5])]
    {
        let config =
            Config::new(variables, parameters(folds, rates, JohnsonBound, (114, 16))).unwrap();
        let plan = Plan::of(&config, 2);
        let recording = Recording::of(|recorder| run(recorder, &plan)).unwrap().0;
        let costs = recording.costs();
        let phases: Vec<_> = plan.phases().map(|(_, queries)| queries).collect();
        assert_eq!(costs.rows, phases.iter().map(|queries| queries.count).sum::<usize>());
        let bits: usize = phases.iter().map(|queries| queries.count * queries.log_rows).sum();
        assert_eq!(costs.nodes, bits);
        let hashed = phases
            .iter()
            .map(|queries| (queries.count * queries.degree.coordinates()) << queries.log_width);
        assert_eq!(costs.hashed, hashed.sum::<usize>());
        // Each element of a committed row is multiplied by a weight, and bits by constants only.
        assert!(costs.mixed >= phases[0].count << phases[0].log_width);
        assert_eq!(costs.constant, bits);
        assert_eq!(costs.inversions, 0);
    }
}
