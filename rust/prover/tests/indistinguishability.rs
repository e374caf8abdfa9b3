//! The messages of many proofs of two different witnesses: uniform, and alike. The same tests see
//! each of four leaks that are planted in the prover's randomness.
//!
//! Challenges are the same in every proof, so that what varies is what hides. A false alarm has
//! a probability below 2^-23 a set of proofs.

use crate::programs;
use crate::scheme;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::arithmetization::{
    Arithmetization, LinkKind, LinkShape, Polynomial, ShardShape, Source,
};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::claims::{BatchRows, PublicInputs};
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::layout::RANDOM_ENTRIES;
use zkpot_protocol::masks::{BLINDING, MASK_ROWS, MASKS};
use zkpot_protocol::statement::{Order, Origin};
use zkpot_prover::counting::hiding_system;
use zkpot_prover::held::{Held, HeldKind};
use zkpot_prover::link::{LinkInput, prove_system};
use zkpot_prover::session::{Session, Steps};
use zkpot_verifier::link::public_inputs;

use crate::bare::Bare;
use crate::programs::{Owned, ROWS, all_shared, classifier, seed, shared};
use crate::statistics::{ALARM, GROUPS, examine};

/// Proofs of each witness.
const PROOFS: usize = 48;

/// A training link of one step, proven from fresh commitments: everything that it sends and
/// reveals. Order and learning rate are the same in all.
fn messages(owned: &Owned) -> Vec<EF> {
    let program = classifier();
    let order = order();
    let commit = |kind, integers: &[Vec<i64>]| {
        let (level, channel) = (programs::LEVEL, ChannelKind::Hiding);
        Held::commit::<Bare>(&program, kind, level, channel, integers.to_vec()).unwrap()
    };
    let states = commit(HeldKind::States, &owned.states);
    let shards: BTreeMap<u32, Held> = (0..)
        .zip(ROWS.iter().zip(&owned.shards))
        .map(|(index, (&rows, fields))| (index, commit(HeldKind::Shard { rows }, fields)))
        .collect();
    let session = Session {
        program: &program,
        order: &order,
        previous: [0; 32],
        first_step: 0,
        channel: ChannelKind::Hiding,
        observer: &|_, _, _| ControlFlow::Continue(()),
    };
    let read = session.rows(1).unwrap();
    let given = shards
        .iter()
        .filter(|(index, _)| read.iter().any(|row| row.shard == **index))
        .map(|(&index, held)| (index, held))
        .collect();
    let steps = Steps {
        count: 1,
        scalars: vec![vec![1]],
        copies: [].into(),
        witness: true,
        envelope: false,
    };
    let (given, seed) = (all_shared(&given), seed());
    let unproven = session.train::<Bare>(shared(&states), &given, &steps, seed).unwrap().unproven;
    // The commitments are rebuilt, so that what a test does to them shows.
    let system = system();
    let input = LinkInput {
        program: &program,
        bounds: &program.check().unwrap(),
        statement: unproven.statement.clone(),
        public: public_inputs(&unproven.statement, &read, read.len()).unwrap(),
        shape: system.shape.clone(),
        states: unproven.states.as_deref(),
        shards: unproven.shards.iter().map(AsRef::as_ref).collect(),
        trace: unproven.trace.as_ref(),
        observer: session.observer,
    };
    let link = prove_system::<Bare>(input, &system).unwrap().link;
    [link.scalars, link.revealed].concat()
}

fn order() -> Order {
    Order {
        program: classifier().digest().0,
        first: [1; 32],
        shards: ROWS.map(|rows| (rows, [rows as u8; 32])).to_vec(),
        nonce: [7; 32],
        origin: Origin::Arbitrary,
        earlier_steps: 0,
        security: programs::LEVEL,
        context: Vec::new(),
    }
}

/// Its constraint system.
fn system() -> Arithmetization {
    let (program, order) = (classifier(), order());
    let rows = zkpot_prover::session::schedule_of(&program, &order, ChannelKind::Hiding)
        .rows(0, 1, program.batch)
        .unwrap();
    let shard = rows[0].shard;
    assert!(rows.iter().all(|row| row.shard == shard));
    let shards = vec![ShardShape {
        index: shard,
        rows: ROWS[shard as usize],
        source: Source::Run,
        copy: false,
    }];
    let shape = LinkShape {
        kind: LinkKind::Training,
        states: Some(Source::Run),
        steps: 1,
        shards,
        masks: None,
        closed: false,
    };
    let rows = rows.iter().map(|row| (0, row.row as usize)).collect();
    let public = PublicInputs {
        rows: BatchRows::Scheduled(rows),
        scalars: vec![vec![EF::ONE]],
        ..PublicInputs::default()
    };
    hiding_system(&program, &program.check().unwrap(), &shape, &public).unwrap()
}

/// What the tests see in many proofs of two witnesses, with `plant` before each.
fn seen(plant: impl Fn()) -> Vec<&'static str> {
    let many = |owned: &Owned| -> Vec<Vec<EF>> {
        let one = || {
            plant();
            messages(owned)
        };
        (0..PROOFS).map(|_| one()).collect()
    };
    let (left, right) = (many(&Owned::new(3)), many(&Owned::new(1234)));
    scheme::be_honest();
    assert_eq!(left[0].len(), right[0].len());
    // The first row of masks follows from the other rows and the rounds before.
    let determined = left[0].len() - MASK_ROWS;
    examine(&left, &right, determined)
}

/// Changes the block of masks: `rows[row][slot]`.
fn plant_in_masks(change: impl Fn(&mut [Vec<F>]) + Copy + 'static) -> impl Fn() {
    let system = system();
    let region = system.layout.regions[system.masks.unwrap()].clone();
    move || {
        let region = region.clone();
        scheme::edit_witness(move |values| {
            let block = &mut values[region.offset..][..region.block];
            let slots = region.block / MASK_ROWS;
            let mut rows: Vec<Vec<F>> = block.chunks(slots).map(<[F]>::to_vec).collect();
            change(&mut rows);
            block.copy_from_slice(&rows.concat());
        });
    }
}

/// Masks that belong to a round of the lookup tree: after the root, its product, and the first
/// layer, which has no round.
const ROUND: [usize; 2] = [10, 11];

#[test]
fn honest_proofs() {
    assert!(GROUPS.next_power_of_two().trailing_zeros() + 23 <= ALARM);
    assert_eq!(seen(|| ()), [""; 0]);
}

#[test]
fn a_mask_that_two_scalars_share() {
    let plant = plant_in_masks(|rows| {
        rows[MASKS..][..3].iter_mut().for_each(|row| row[1] = row[0]);
    });
    let expected = ["differences", "two samples of differences", "repeated randomness"];
    assert_eq!(seen(plant), expected);
}

/// Two scalars that are far apart.
#[test]
fn a_mask_that_is_used_again_later() {
    let plant = plant_in_masks(|rows| {
        rows[MASKS..][..3].iter_mut().for_each(|row| row[300] = row[0]);
    });
    assert_eq!(seen(plant), ["repeated randomness"]);
}

#[test]
fn a_round_without_masks() {
    let plant = plant_in_masks(|rows| {
        for row in &mut rows[MASKS..][..3] {
            ROUND.iter().for_each(|&mask| row[mask] = F::ZERO);
        }
    });
    let found = seen(plant);
    for test in ["values", "two samples", "repeated randomness"] {
        assert!(found.contains(&test), "{test}: {found:?}");
    }
}

#[test]
fn a_blinding_vector_of_zeros() {
    let plant = plant_in_masks(|rows| {
        rows[BLINDING..][..3].iter_mut().for_each(|row| row.fill(F::ZERO));
    });
    let found = seen(plant);
    assert!(found.contains(&"values") && found.contains(&"repeated randomness"), "{found:?}");
}

/// The entries that hide the value of weights and data at a point.
#[test]
fn polynomials_without_their_random_entries() {
    let leave_out = |values: &mut [F]| {
        let last = values.iter().rposition(|&value| value != F::ZERO).unwrap();
        let first = last / RANDOM_ENTRIES * RANDOM_ENTRIES;
        values[first..][..RANDOM_ENTRIES].fill(F::ZERO);
    };
    assert_eq!(system().polynomials[1], Polynomial::StatesIn);
    let found = seen(|| scheme::edit_lasting(leave_out));
    for test in ["values", "two samples", "repeated randomness"] {
        assert!(found.contains(&test), "{test}: {found:?}");
    }
}
