//! A channel that tells lies about what is no message: each is refused by what computes with it.

use p3_field::PrimeCharacteristicRing;
use zkpot_circuits::link::{Draws, EnvelopePlace, LinkChannel, Pinned, WrappedLink};
use zkpot_circuits::openings::tree::Poseidon2Tree;
use zkpot_circuits::openings::{Check, ClearOpenings, Phase};
use zkpot_circuits::recording::Fault;
use zkpot_ir::Interval;
use zkpot_pcs::{EF, Poseidon2Root};
use zkpot_protocol::channel::clear::ClearVerifier;
use zkpot_protocol::claims::{BatchRows, PublicInputs};
use zkpot_protocol::field::embed;
use zkpot_protocol::rejection::Rejection;
use zkpot_protocol::start::start_transcript;
use zkpot_protocol::transcript::Transcript;
use zkpot_verifier::link::public_inputs;
use zkpot_verifier::relations::verify_relations;

use super::made::made;
use super::spy::Spy;

/// What to lie about, by number.
#[derive(Clone, Copy)]
enum Lie {
    Integer(usize),
    Row(usize),
    PinnedValue(usize),
    PinnedPoint(usize),
    Entry(usize),
}

struct Liar<'a> {
    honest: WrappedLink<'a, Spy>,
    lie: Lie,
    pinned: usize,
}

impl<'a> LinkChannel for Liar<'a> {
    type Openings = ClearOpenings<'a, Spy, Poseidon2Tree>;

    fn openings(&mut self) -> &mut Self::Openings {
        self.honest.openings()
    }

    fn start(&mut self, label: &'static str, elements: usize) -> Result<(), Rejection> {
        self.honest.start(label, elements)
    }

    fn integer(&mut self, element: usize, interval: Interval) -> Result<EF, Rejection> {
        let lie = matches!(self.lie, Lie::Integer(about) if about == element);
        Ok(self.honest.integer(element, interval)? + EF::from_bool(lie))
    }

    fn open_envelope(&mut self, envelope: EnvelopePlace) -> Result<Vec<EF>, Rejection> {
        let mut entries = self.honest.open_envelope(envelope)?;
        if let Lie::Entry(about) = self.lie {
            entries[about] += EF::ONE;
        }
        Ok(entries)
    }

    fn draw_rows(&mut self, draws: Draws) -> Result<Vec<EF>, Rejection> {
        let mut rows = self.honest.draw_rows(draws)?;
        if let Lie::Row(about) = self.lie {
            rows[about] = another_row(rows[about]);
        }
        Ok(rows)
    }

    fn receive_commitment(&mut self, label: &'static str) -> Result<Poseidon2Root, Rejection> {
        self.honest.receive_commitment(label)
    }

    fn pin(
        &mut self,
        commitment: &Poseidon2Root,
        variables: usize,
        otherwise: Rejection,
    ) -> Result<Pinned<Poseidon2Root, EF>, Rejection> {
        let mut pinned = self.honest.pin(commitment, variables, otherwise)?;
        match self.lie {
            Lie::PinnedValue(about) if about == self.pinned => pinned.value += EF::ONE,
            Lie::PinnedPoint(about) if about == self.pinned => pinned.point[0] += EF::ONE,
            _ => {}
        }
        self.pinned += 1;
        Ok(pinned)
    }
}

fn another_row(row: EF) -> EF {
    if row == EF::ZERO { EF::ONE } else { row - EF::ONE }
}

fn told(lie: Lie) -> Rejection {
    let made = made();
    let mut transcript = Transcript::new(Spy::new());
    let opened = made.opened(&made.links[0]);
    let honest = WrappedLink::new(&mut transcript, &made.links[0], &made.plan).unwrap();
    let honest = honest.opening(Some(&opened));
    let mut liar = Liar { honest, lie, pinned: 0 };
    match made.recording.replay_link(&mut liar) {
        Err(Fault::Refused(rejection)) => rejection,
        found => panic!("{found:?}"),
    }
}

/// What the verifier's relations say to changed inputs.
fn refused(change: impl FnOnce(&mut PublicInputs)) -> Rejection {
    let made = made();
    let link = &made.links[0];
    let rows = made.rows(link);
    let mut inputs = public_inputs(&link.statement, &rows, rows.len()).unwrap();
    change(&mut inputs);
    let mut transcript = start_transcript(Spy::new(), &link.statement, None, link.witness.as_ref());
    let mut channel = ClearVerifier::new(&mut transcript, &link.scalars, &link.revealed);
    verify_relations(&mut channel, &made.program, &made.plan.system, &inputs).unwrap_err()
}

#[test]
fn scalars_are_computed_with() {
    let places = &made().plan.places;
    assert_eq!((places.scalars, places.steps), (1, 3));
    for (step, element) in places.scalar(0).enumerate() {
        let expected = refused(|inputs| inputs.scalars[0][step] += EF::ONE);
        assert_eq!(told(Lie::Integer(element)), expected);
    }
}

#[test]
fn totals_are_computed_with() {
    for (output, element) in made().plan.places.outputs().enumerate() {
        let expected = refused(|inputs| inputs.outputs[output] += EF::ONE);
        assert_eq!(told(Lie::Integer(element)), expected);
        assert_eq!(expected, Rejection::Relation);
    }
}

#[test]
fn each_drawn_row_is_computed_with() {
    for row in 0..made().plan.draws.count() {
        let expected = refused(|inputs| match &mut inputs.rows {
            BatchRows::Drawn(rows) => rows[row] = another_row(rows[row]),
            BatchRows::Scheduled(_) => panic!("rows are drawn"),
        });
        assert_eq!(told(Lie::Row(row)), expected);
        assert_eq!(expected, Rejection::Relation);
    }
}

#[test]
fn each_entry_of_an_envelope_is_compared() {
    for entry in 0..made().plan.sealed.len() {
        let reason = "it holds other states than the link ends with";
        let expected = Rejection::Shape { part: "envelope", reason };
        assert_eq!(told(Lie::Entry(entry)), expected);
    }
}

#[test]
fn what_pins_a_polynomial_is_opened() {
    for (place, opened) in made().plan.openings.iter().enumerate() {
        let polynomial = opened.role.to_string();
        let refused = told(Lie::PinnedValue(place));
        assert_eq!(refused, Check::Value { point: 1 }.refusal(&polynomial));
        let refused = told(Lie::PinnedPoint(place));
        assert_eq!(refused, Check::QueryGrinding(Phase::Round(0)).refusal(&polynomial));
    }
}

#[test]
fn an_integer_has_64_bits_and_is_within_its_interval() {
    // The digest's half has more.
    let made = made();
    let mut transcript = Transcript::new(Spy::new());
    let mut channel = WrappedLink::new(&mut transcript, &made.links[0], &made.plan).unwrap();
    let refused = channel.integer(0, Interval { lo: i64::MIN, hi: i64::MAX }).unwrap_err();
    let reason = "an integer of more than 64 bits";
    assert_eq!(refused, Rejection::Shape { part: "statement", reason });
    let (element, value) =
        (made.plan.places.scalar(0).start, made.links[0].statement.scalars[0][0]);
    assert_eq!(
        channel.integer(element, Interval { lo: value, hi: value }),
        Ok(embed(value).into())
    );
    let reason = "a value is outside the program's range";
    for (lo, hi) in [(value + 1, i64::MAX), (i64::MIN, value - 1)] {
        let refused = channel.integer(element, Interval { lo, hi }).unwrap_err();
        assert_eq!(refused, Rejection::Shape { part: "statement", reason });
    }
}
