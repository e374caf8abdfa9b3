//! The gates of a permutation's rows.
//!
//! # Soundness
//! Each gate says what its row's powers are, and that the next row's state is what the row's rounds
//! make of its own: nothing is left to choose. With the selector its degree is four: an S-box `x^5`
//! is `s^2 x` with the square `s` of `x` in a cell.

use halo2_base::halo2_proofs::halo2curves::ff::Field;
use halo2_base::halo2_proofs::plonk::{
    Advice, Column, ConstraintSystem, Expression, Fixed, Selector, VirtualCells,
};
use halo2_base::halo2_proofs::poly::Rotation;
use zkpot_sponge::WIDTH;

use super::trace::Round;
use crate::Fr;

type Terms = [Expression<Fr>; WIDTH];

/// A gate before it is in a constraint system.
pub struct Gate {
    pub round: Round,
    pub state: [Column<Advice>; WIDTH],
    pub powers: [Column<Advice>; WIDTH],
    pub constants: [Column<Fixed>; WIDTH],
}

impl Gate {
    /// Adds the gate.
    pub fn create(self, system: &mut ConstraintSystem<Fr>, selector: Selector) {
        let name = match self.round {
            Round::First => "first full round",
            Round::Full => "full round",
            Round::Partial => "two partial rounds",
        };
        system.create_gate(name, |cells| {
            let selector = cells.query_selector(selector);
            let query =
                |columns: [Column<Advice>; WIDTH], rotation, cells: &mut VirtualCells<Fr>| {
                    columns.map(|column| cells.query_advice(column, rotation))
                };
            let state = query(self.state, Rotation::cur(), cells);
            let next = query(self.state, Rotation::next(), cells);
            let powers = query(self.powers, Rotation::cur(), cells);
            let constants = self.constants.map(|column| cells.query_fixed(column, Rotation::cur()));
            let (of_powers, expected) = match self.round {
                Round::First => full(external(state), &powers, constants),
                Round::Full => full(state, &powers, constants),
                Round::Partial => partial(state, &powers, constants),
            };
            let of_state = next.into_iter().zip(expected).map(|(next, expected)| next - expected);
            let constraints: Vec<_> = of_powers.into_iter().chain(of_state).collect();
            constraints.into_iter().map(move |zero| selector.clone() * zero).collect::<Vec<_>>()
        });
    }
}

/// What has to be zero of a full round's powers, and the state after it.
fn full(state: Terms, powers: &Terms, constants: Terms) -> (Terms, Terms) {
    let inputs = add(state, constants);
    let squares = core::array::from_fn(|place| powers[place].clone() - square(&inputs[place]));
    let boxed = core::array::from_fn(|place| square(&powers[place]) * inputs[place].clone());
    (squares, external(boxed))
}

/// The same of two partial rounds.
fn partial([first, second, third]: Terms, powers: &Terms, [a, b, _]: Terms) -> (Terms, Terms) {
    let [first_square, second_input, second_square] = powers;
    let input = first + a;
    let between = internal([square(first_square) * input.clone(), second, third]);
    let of_powers = [
        first_square.clone() - square(&input),
        second_input.clone() - (between[0].clone() + b),
        second_square.clone() - square(second_input),
    ];
    let [_, second, third] = between;
    (of_powers, internal([square(second_square) * second_input.clone(), second, third]))
}

fn square(term: &Expression<Fr>) -> Expression<Fr> {
    term.clone() * term.clone()
}

fn add(left: Terms, right: Terms) -> Terms {
    let mut right = right.into_iter();
    left.map(|term| term + right.next().unwrap_or(Expression::Constant(Fr::ZERO)))
}

/// The external layer `circ(2, 1, 1)`.
fn external(state: Terms) -> Terms {
    let sum = sum(&state);
    state.map(|term| term + sum.clone())
}

/// The internal layer `J + diag(1, 1, 2)`.
fn internal(state: Terms) -> Terms {
    let sum = sum(&state);
    let [first, second, third] = state;
    [first + sum.clone(), second + sum.clone(), third * Fr::from(2) + sum]
}

fn sum([first, second, third]: &Terms) -> Expression<Fr> {
    first.clone() + second.clone() + third.clone()
}
