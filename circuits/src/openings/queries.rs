//! Queries of an oracle: positions are drawn, rows opened and folded (WHIR, eprint 2024/1586,
//! section 5, the shift queries, and the folding of a word at several challenges).
//!
//! A row holds what the oracle has over one coset: seen as values on the Boolean cube, its value at the
//! challenges of the sumcheck before is what the folded polynomial should have at the coset's point.
//!
//! # Repeated positions
//! Positions are drawn independently, in a fixed number, and neither sorted nor told apart: the bound
//! `(1 - delta)^t` counts independent draws. A position that comes twice is a query twice, with a
//! row, a constraint and a power of the joining challenge of its own. Both rows lie below one root at
//! one position, so they are the same, and so are the constraints: nothing is gained or lost by it.

use p3_field::{PrimeCharacteristicRing, TwoAdicField};
use zkpot_protocol::field::{Element, F, eq_table};
use zkpot_protocol::layout::dot;
use zkpot_protocol::rejection::Rejection;

use super::channel::OpeningChannel;
use super::check::{Check, Phase};
use super::plan::Queries;

const POSITION: &str = "opening position";
const GRINDING: &str = "opening query grinding";

/// What a query says: the folded polynomial's value at a point of the domain.
///
/// The value is of the univariate polynomial whose coefficients are the folded polynomial's values on
/// the cube, so that coordinate 0 goes with the highest power.
#[derive(Clone, Copy, Debug)]
pub struct Answer<E> {
    /// The point, in the base field.
    pub at: E,
    /// The value there.
    pub value: E,
}

/// Draws the positions of one phase, opens their rows, and folds them at `challenges`.
///
/// # Transcript
/// The proof of work; the positions, where not every row is opened.
///
/// # Errors
/// [`Check::QueryGrinding`] and [`Check::Rows`].
pub fn verify<C: OpeningChannel>(
    channel: &mut C,
    plan: &Queries,
    phase: Phase,
    polynomial: &str,
    root: &C::Root,
    challenges: &[C::Element],
) -> Result<Vec<Answer<C::Element>>, Rejection> {
    if plan.grinding > 0 {
        let refusal = Check::QueryGrinding(phase).refusal(polynomial);
        channel.grind(GRINDING, plan.grinding, refusal)?;
    }
    let positions = (0..plan.count)
        .map(|query| match plan.drawn {
            true => channel.draw_position(POSITION, plan.log_rows),
            false => Ok(bits(query, plan.log_rows)),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let refusal = Check::Rows(phase).refusal(polynomial);
    let width = 1 << plan.log_width;
    let rows = channel.open_rows(root, &positions, width, plan.degree, refusal)?;
    let weights = eq_table(challenges, width);
    let answers = positions.iter().zip(&rows).map(|(position, row)| Answer {
        at: power(F::two_adic_generator(plan.log_rows), position),
        value: dot(row, &weights),
    });
    Ok(answers.collect())
}

/// A known position.
fn bits<E: Element>(position: usize, count: usize) -> Vec<E> {
    (0..count).map(|bit| E::from_bool(position >> bit & 1 == 1)).collect()
}

/// `generator` to the power with these bits, least significant first: a product of one factor a bit,
/// each of which is linear in it.
fn power<E: Element>(mut generator: F, bits: &[E]) -> E {
    let mut product = E::ONE;
    for &bit in bits {
        product *= bit * (generator - F::ONE) + F::ONE;
        generator = generator.square();
    }
    product
}
