//! Arguments in a table's gaps: the executor stops at one, and no proof holds one.

use crate::links::Link;
use crate::programs::{Owned, ProveLinks, Running, classifier, nothing_expected};
use zkpot_ir::{Gap, Program};
use zkpot_pcs::Whir;
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::rejection::Rejection;
use zkpot_prover::error::ProveError;
use zkpot_prover::trace::Fault;

/// The exponential's table.
const EXP_TABLE: usize = 1;

/// The classifier with an exponential that is the same everywhere.
fn flat() -> Program {
    let mut program = classifier();
    let column = &mut program.tables[EXP_TABLE].columns[0];
    let first = column[0];
    column.fill(first);
    program
}

/// The same without any argument but zero.
fn gapped() -> Program {
    let mut program = flat();
    let rows = program.tables[EXP_TABLE].len() as u32 - 1;
    program.tables[EXP_TABLE].gaps = vec![Gap { row: 1, rows }];
    program
}

fn started(program: Program, channel: ChannelKind) -> Running {
    Running::start_of(program, &Owned::new(3), channel)
}

#[test]
fn an_argument_in_a_gap_has_no_proof() {
    for (channel, expected) in [
        (ChannelKind::Clear, Rejection::LookupLayer { layer: 0 }),
        (ChannelKind::Hiding, Rejection::Masks),
    ] {
        for (program, answer) in [(flat(), Ok(())), (gapped(), Err(expected))] {
            let running = started(program, channel);
            let link = Link::training(&running, 3);
            // This executor looks at no gap: the values are the same with and without them.
            let trace = link.execute(&|_, _| ());
            let proven = link.prove(&link.system(), Some(&trace)).unwrap().link;
            assert_eq!(link.verify(&proven, &link.system()).map(|_| ()), answer);
        }
    }
}

#[test]
fn the_executor_stops_at_a_gap() {
    let running = started(gapped(), ChannelKind::Clear);
    let shards = running.shards.iter().map(|(&index, held)| (index, held)).collect();
    let refused =
        running.session().prove_train::<Whir>(&running.states, &shards, &running.steps(2, true));
    let Err(ProveError::Trace(error)) = refused else { panic!("an argument in a gap is proven") };
    assert!(matches!(&*error.fault, Fault::OutsideTable { step: 0, .. }), "{error}");
}

/// Arguments that are listed are proven as ever, beside gaps that nothing reaches.
#[test]
fn a_table_with_gaps_is_proven() {
    let mut program = classifier();
    // No two logits of 12 bits are so far apart.
    let table = &mut program.tables[EXP_TABLE];
    let first = table.columns[0][0];
    table.columns[0][4095] = first;
    table.gaps = vec![Gap { row: 4095, rows: 1 }];
    for channel in [ChannelKind::Clear, ChannelKind::Hiding] {
        let mut running = started(program.clone(), channel);
        running.train(2, false);
        running.seal();
        assert_eq!(running.verify(&nothing_expected()).unwrap().steps, 2);
    }
}
