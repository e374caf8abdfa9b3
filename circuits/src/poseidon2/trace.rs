//! The rows of a permutation.

use std::sync::LazyLock;

use halo2_base::halo2_proofs::halo2curves::ff::{Field, PrimeField};
use zkpot_sponge::{FULL_ROUNDS, PARTIAL_ROUNDS, WIDTH, constants, from_bytes, to_bytes};

use crate::Fr;

/// Rows that do something.
pub const ROUNDS: usize = FULL_ROUNDS + PARTIAL_ROUNDS / 2;

/// What a row does with its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// The external layer, then a full round.
    First,
    /// A full round.
    Full,
    /// Two partial rounds.
    Partial,
}

/// A row of a permutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The state before the row's rounds.
    pub state: [Fr; WIDTH],
    /// Of a full round: the squares of the S-boxes' inputs. Of partial ones: the square of the first
    /// input, the second input and its square.
    pub powers: [Fr; WIDTH],
}

/// The rounds of each row with their constants, of which partial rounds have two.
pub static ROUND_CONSTANTS: LazyLock<Vec<(Round, [Fr; WIDTH])>> = LazyLock::new(|| {
    let constants = constants();
    let full = |round: &[zkpot_sponge::Fr; WIDTH]| (Round::Full, round.map(from_sponge));
    let partial = constants.partial.as_chunks().0.iter().map(|&[first, second]| {
        (Round::Partial, [from_sponge(first), from_sponge(second), Fr::ZERO])
    });
    let mut rounds: Vec<_> = constants.first.iter().map(full).collect();
    rounds[0].0 = Round::First;
    rounds.extend(partial);
    rounds.extend(constants.last.iter().map(full));
    rounds
});

/// An element of the sponge's crate.
pub fn from_sponge(element: zkpot_sponge::Fr) -> Fr {
    let mut bytes = to_bytes(element);
    // The least significant byte comes first here, and last there.
    bytes.reverse();
    Option::from(Fr::from_repr(bytes)).expect("one field, written twice")
}

/// An element for the sponge's crate.
pub fn to_sponge(element: Fr) -> zkpot_sponge::Fr {
    let mut bytes = element.to_repr();
    bytes.reverse();
    from_bytes(&bytes).expect("one field, written twice")
}

/// The external layer `circ(2, 1, 1)`.
fn external(state: [Fr; WIDTH]) -> [Fr; WIDTH] {
    let sum = state[0] + state[1] + state[2];
    state.map(|element| element + sum)
}

/// The internal layer `J + diag(1, 1, 2)`.
fn internal([a, b, c]: [Fr; WIDTH]) -> [Fr; WIDTH] {
    let sum = a + b + c;
    [a + sum, b + sum, c.double() + sum]
}

/// The powers of a row, and the state that follows.
pub fn advance(round: Round, constants: &[Fr; WIDTH], state: [Fr; WIDTH]) -> (Row, [Fr; WIDTH]) {
    let fifth = |input: Fr, square: Fr| square.square() * input;
    if round == Round::Partial {
        let input = state[0] + constants[0];
        let square = input.square();
        let [first, second, third] = internal([fifth(input, square), state[1], state[2]]);
        let input = first + constants[1];
        let row = Row { state, powers: [square, input, input.square()] };
        return (row, internal([fifth(input, row.powers[2]), second, third]));
    }
    let mixed = if round == Round::First { external(state) } else { state };
    let inputs: [Fr; WIDTH] = core::array::from_fn(|place| mixed[place] + constants[place]);
    let powers = inputs.map(|input| input.square());
    let boxed = core::array::from_fn(|place| fifth(inputs[place], powers[place]));
    (Row { state, powers }, external(boxed))
}

/// All rows of a permutation.
pub fn trace(mut state: [Fr; WIDTH]) -> Vec<Row> {
    let mut rows = Vec::with_capacity(ROUNDS + 1);
    for (round, constants) in ROUND_CONSTANTS.iter() {
        let (row, next) = advance(*round, constants, state);
        rows.push(row);
        state = next;
    }
    rows.push(Row { state, powers: [Fr::ZERO; WIDTH] });
    rows
}

/// A permuted state.
pub fn permute(state: [Fr; WIDTH]) -> [Fr; WIDTH] {
    let step =
        |state, (round, constants): &(Round, [Fr; WIDTH])| advance(*round, constants, state).1;
    ROUND_CONSTANTS.iter().fold(state, step)
}
