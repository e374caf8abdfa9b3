//! Links that were made without a witness are accepted by the real verifier, where one challenge
//! was known in advance: so an accepted link shows nothing but what its statement says.

use p3_field::PrimeCharacteristicRing;
use zkpot_pcs::Whir;
use zkpot_protocol::arithmetization::LinkKind;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::commitment::CommitmentScheme;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::rejection::Rejection;
use zkpot_verifier::{Expectations, Receipt, RunVerifier};

use crate::programmed::{Programmed, program};
use crate::programs::{ROWS, Running, classifier};
use crate::simulator::Simulation;

const STEPS: u32 = 3;

fn simulated(lies: bool) -> Simulation {
    let mut run = Simulation::new(&classifier(), &ROWS);
    run.lies = lies;
    run.link(LinkKind::Import, 0);
    run.link(LinkKind::Training, STEPS);
    run.link(LinkKind::Seal, 0);
    run
}

fn verify<S: CommitmentScheme<F, EF>>(run: &Simulation) -> Result<Receipt, (usize, Rejection)> {
    let expected = Expectations::default();
    let mut verifier = RunVerifier::<S>::new(&run.program, &run.order, &expected).unwrap();
    for (index, link) in run.links.iter().enumerate() {
        verifier.push(&link.to_bytes()).map_err(|rejection| (index, rejection))?;
    }
    verifier.finish().map_err(|rejection| (run.links.len(), rejection))
}

/// Import, training and seal, without weights or data: the receipt is that of a real run.
#[test]
fn a_run_that_nobody_trained() {
    let run = simulated(true);
    program(Some(run.factor));
    let receipt = verify::<Programmed>(&run).unwrap();
    assert!(receipt.zero_knowledge && receipt.complete);
    assert_eq!((receipt.steps, receipt.links), (u64::from(STEPS), 3));
}

/// Nothing about it passes where the challenge is what the sponge says, or another one than the
/// simulator chose.
#[test]
fn no_such_run_passes_the_real_sponge() {
    let run = simulated(true);
    assert_eq!(verify::<Whir>(&run), Err((0, Rejection::Masks)));
    program(None);
    assert_eq!(verify::<Programmed>(&run), Err((0, Rejection::Masks)));
    program(Some(run.factor + EF::ONE));
    assert_eq!(verify::<Programmed>(&run), Err((0, Rejection::Masks)));
}

/// The one lie is needed: with the true sum of the blinding vector the relations are seen to fail,
/// even for the chosen challenge.
#[test]
fn no_such_run_passes_without_the_lie() {
    let run = simulated(false);
    program(Some(run.factor));
    assert_eq!(verify::<Programmed>(&run), Err((0, Rejection::Masks)));
}

/// Lengths say nothing either. Those inside an opening are fixed by its parameters, which both
/// sides of a verified opening share, but for the number of Merkle siblings, which depends on the
/// positions drawn.
#[test]
fn simulated_links_have_the_shape_of_real_ones() {
    let run = simulated(true);
    let mut running = Running::start_on(ChannelKind::Hiding);
    running.train(STEPS, true);
    running.seal();
    assert_eq!(running.links.len(), run.links.len());
    for (real, simulated) in running.links.iter().zip(&run.links) {
        let real = LinkProof::from_bytes(real).unwrap();
        let lengths = |link: &LinkProof| {
            (link.scalars.len(), link.revealed.len(), link.openings.len(), link.witness.is_some())
        };
        assert_eq!(lengths(&real), lengths(simulated));
        let statement = |link: &LinkProof| {
            let statement = &link.statement;
            let copies: Vec<bool> = statement.shards.iter().map(|s| s.after != [0; 32]).collect();
            (statement.kind, statement.channel, statement.steps, copies, statement.scalars.clone())
        };
        assert_eq!(statement(&real), statement(simulated));
        for (real, simulated) in real.openings.iter().zip(&simulated.openings) {
            let (real, simulated) = (real.len() as f64, simulated.len() as f64);
            assert!((real / simulated - 1.0).abs() < 0.1, "{real} and {simulated} bytes");
        }
    }
}
