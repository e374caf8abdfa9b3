//! Small ranges of weights and data are looked up where these stand, without digits of their own.

use crate::links::Link;
use crate::programs;
use crate::programs::{Owned, Running, classifier};
use zkpot_ir::{Program, Range};
use zkpot_protocol::arithmetization::{Arithmetization, LinkKind, Quantity, RelationName, Target};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::rejection::Rejection;

/// The classifier with weights of four bits.
fn narrow() -> Program {
    let mut program = classifier();
    program.tensors[programs::W].range = Some(Range { lo: -8, bits: 4 });
    program.states[0].initial = 7;
    // With such weights no class is above the others.
    program.tensors[programs::BEST].range = Some(Range { lo: 0, bits: 13 });
    program
}

/// Such weights, one of which the owner may choose, with momentum enough to move it.
fn owned(weight: i64, momentum: i64) -> Owned {
    let mut owned = Owned::new(3);
    owned.states = vec![vec![1; 20], vec![0; 20]];
    owned.states[0][3] = weight;
    owned.states[1][3] = momentum;
    owned
}

/// The constraint system without the lookup of a quantity.
fn without(system: &Arithmetization, quantity: Quantity) -> Arithmetization {
    let mut less = system.clone();
    less.lookups.retain(|lookup| {
        !matches!(lookup.argument, Target::Region(region)
            if system.committed_integers(region) == Some(quantity))
    });
    assert_eq!(less.lookups.len() + 1, system.lookups.len());
    less
}

/// Proves what is executed, in range or not, and says what the verifier answers with and without the
/// lookup.
fn answers(link: &Link<'_>, quantity: Quantity) -> [Result<(), Rejection>; 2] {
    let whole = link.system();
    let trace = (link.kind == LinkKind::Training).then(|| link.execute(&|_, _| ()));
    [whole.clone(), without(&whole, quantity)].map(|system| {
        let proven = link.prove(&system, trace.as_ref()).unwrap().link;
        link.verify(&proven, &system).map(|_| ())
    })
}

const CHANNELS: [(ChannelKind, Rejection); 2] = [
    (ChannelKind::Clear, Rejection::LookupLayer { layer: 0 }),
    (ChannelKind::Hiding, Rejection::Masks),
];

#[test]
fn an_owners_weight() {
    let range = Quantity::FirstState(0);
    for (channel, refused) in CHANNELS {
        for (weight, answer) in [(-8, Ok(())), (7, Ok(())), (8, Err(&refused)), (-9, Err(&refused))]
        {
            let running = Running::of(narrow(), &owned(weight, 0), programs::LEVEL, channel);
            let link = Link::import(&running);
            assert_eq!(link.system().relation(&RelationName::FirstStateRange(0)), None);
            let answer = answer.map_err(Clone::clone);
            assert_eq!(answers(&link, range), [answer, Ok(())], "{channel:?} {weight}");
        }
    }
}

#[test]
fn a_trained_weight() {
    let range = Quantity::FinalState(0);
    for (channel, refused) in CHANNELS {
        // Three quarters of the momentum and a sixteenth of these are taken off.
        for (momentum, answer) in [(40, Ok(())), (400, Err(&refused)), (-400, Err(&refused))] {
            let running = Running::start_of(narrow(), &owned(1, momentum), channel);
            let link = Link::training(&running, 1);
            assert_eq!(link.system().relation(&RelationName::FinalStateRange(0)), None);
            let answer = answer.map_err(Clone::clone);
            assert_eq!(answers(&link, range), [answer, Ok(())], "{channel:?} {momentum}");
        }
    }
}
