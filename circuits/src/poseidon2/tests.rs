//! Permutations against the sponge's crate, and every constraint of every round broken alone.

use halo2_base::halo2_proofs::dev::VerifyFailure;
use halo2_base::halo2_proofs::halo2curves::ff::Field;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use zkpot_sponge::WIDTH;

use super::trace::{ROUND_CONSTANTS, Round, Row, advance, trace};
use super::{Call, ROWS, from_sponge, permute, to_sponge};
use crate::circuit::ChipCircuit;
use crate::tampering::{Family, assert_breaks, assert_satisfied, broken, circuit, failures};
use crate::{Cell, Fr};

/// A random state with what the sponge's crate makes of it.
fn sample(seed: u64) -> ([Fr; WIDTH], [Fr; WIDTH]) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut state: [zkpot_sponge::Fr; WIDTH] = rng.random();
    let before = state.map(from_sponge);
    zkpot_sponge::permute(&mut state);
    (before, state.map(from_sponge))
}

fn load(circuit: &mut ChipCircuit, state: [Fr; WIDTH]) -> [Cell; WIDTH] {
    let (context, _) = circuit.parts();
    state.map(|element| context.load_witness(element))
}

fn values(cells: [Cell; WIDTH]) -> [Fr; WIDTH] {
    cells.map(|cell| *cell.value())
}

#[test]
fn elements_are_carried_over_as_they_are() {
    for element in [Fr::ZERO, Fr::ONE, -Fr::ONE, Fr::from(u64::MAX)] {
        assert_eq!(from_sponge(to_sponge(element)), element);
    }
    assert_eq!(from_sponge(zkpot_sponge::Fr::new([5, 0, 0, 0])), Fr::from(5));
}

#[test]
fn permutations_are_those_of_the_sponge() {
    for seed in 0..20 {
        let (before, after) = sample(seed);
        assert_eq!(permute(before), after);
        assert_eq!(trace(before).last().unwrap().state, after);
    }
    assert_eq!(ROWS, 37);
}

#[test]
fn a_circuit_permutes_in_every_set_of_columns() {
    // More than a set of columns has room for, and one that ends in the middle of a block of rows.
    for count in [0, 1, 5, 14, 29] {
        let lay = |circuit: &mut ChipCircuit| {
            for seed in 0..count {
                let (before, after) = sample(seed);
                let input = load(circuit, before);
                let (context, permutations) = circuit.parts();
                assert_eq!(values(permutations.permute(context, input)), after);
                assert_eq!(*permutations.permute_to_first(context, input).value(), after[0]);
            }
            assert_eq!(circuit.permutations.len(), 2 * count as usize);
        };
        assert_satisfied(lay);
    }
}

/// A circuit of one permutation whose rows, and whose cells outside, somebody claims.
fn claim(input: [Fr; WIDTH], rows: &[Row], output: [Fr; WIDTH]) -> ChipCircuit {
    circuit(|circuit| {
        let cells = load(circuit, input);
        let after = load(circuit, output).map(Some);
        circuit.permutations.calls.push(Call { input: cells, output: after });
        let lies = rows.iter().enumerate().map(|(row, &values)| ((0, 0, row), values));
        circuit.permutations.lies.extend(lies);
    })
}

/// The rows that follow a state before a row, as honest as that allows.
fn continued(mut state: [Fr; WIDTH], from: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for (round, constants) in &ROUND_CONSTANTS[from..] {
        let (row, next) = advance(*round, constants, state);
        rows.push(row);
        state = next;
    }
    rows.push(Row { state, powers: [Fr::ZERO; WIDTH] });
    rows
}

fn gate(round: Round) -> &'static str {
    match round {
        Round::First => "first full round",
        Round::Full => "full round",
        Round::Partial => "two partial rounds",
    }
}

/// Asserts that rows with their own first and last state break one constraint of one gate.
fn assert_breaks_one(rows: &[Row], row: usize) {
    let (first, last) = (rows[0].state, rows[ROWS - 1].state);
    let failures = failures(&claim(first, rows, last));
    let [VerifyFailure::ConstraintNotSatisfied { constraint, .. }] = failures.as_slice() else {
        panic!("row {row}: {failures:?}");
    };
    let name = format!("'{}'", gate(ROUND_CONSTANTS[row].0));
    assert!(constraint.to_string().contains(&name), "row {row}: {constraint}");
}

#[test]
fn every_row_follows_from_the_one_before() {
    let honest = trace(sample(1).0);
    for row in 0..ROWS - 1 {
        for place in 0..WIDTH {
            // Another state next, and everything after it as that one has it.
            let mut next = honest[row + 1].state;
            next[place] += Fr::ONE;
            let rows = [&honest[..=row], &continued(next, row + 1)].concat();
            assert_breaks_one(&rows, row);
        }
    }
}

#[test]
fn every_power_is_one() {
    let honest = trace(sample(2).0);
    for row in 0..ROWS - 1 {
        let (round, constants) = ROUND_CONSTANTS[row];
        for place in 0..WIDTH {
            // Another power, and everything after it as the gate makes it of that one.
            let mut wrong = honest[row];
            wrong.powers[place] += Fr::ONE;
            if round == Round::Partial && place == 1 {
                wrong.powers[2] = wrong.powers[1].square();
            }
            if round == Round::Partial && place == 0 {
                // The second input follows from the first square.
                wrong = second_input(wrong, &constants);
            }
            let next = following(round, &constants, &wrong);
            let rows = [&honest[..row], &[wrong], &continued(next, row + 1)].concat();
            assert_breaks_one(&rows, row);
        }
    }
}

fn external(state: [Fr; WIDTH]) -> [Fr; WIDTH] {
    [[2, 1, 1], [1, 2, 1], [1, 1, 2]].map(|row| dot(row, state))
}

fn internal(state: [Fr; WIDTH]) -> [Fr; WIDTH] {
    [[2, 1, 1], [1, 2, 1], [1, 1, 3]].map(|row| dot(row, state))
}

fn dot(row: [u64; WIDTH], state: [Fr; WIDTH]) -> Fr {
    row.into_iter().zip(state).map(|(factor, element)| Fr::from(factor) * element).sum()
}

/// The state between the two partial rounds of a row, given its first square.
fn between(row: &Row, constants: &[Fr; WIDTH]) -> [Fr; WIDTH] {
    let [first, second, third] = row.state;
    internal([row.powers[0].square() * (first + constants[0]), second, third])
}

fn second_input(mut row: Row, constants: &[Fr; WIDTH]) -> Row {
    row.powers[1] = between(&row, constants)[0] + constants[1];
    row.powers[2] = row.powers[1].square();
    row
}

/// What a row's gate requires of the next state, given the row's powers.
fn following(round: Round, constants: &[Fr; WIDTH], row: &Row) -> [Fr; WIDTH] {
    if round == Round::Partial {
        let [_, second, third] = between(row, constants);
        return internal([row.powers[2].square() * row.powers[1], second, third]);
    }
    let state = if round == Round::First { external(row.state) } else { row.state };
    external(core::array::from_fn(|place| {
        row.powers[place].square() * (state[place] + constants[place])
    }))
}

#[test]
fn every_cell_of_every_row_matters() {
    let (before, after) = sample(3);
    let honest = trace(before);
    for row in 0..ROWS {
        for place in 0..2 * WIDTH {
            let mut rows = honest.clone();
            let cells = &mut rows[row];
            let cell = cells.state.iter_mut().chain(&mut cells.powers).nth(place).unwrap();
            *cell += Fr::ONE;
            let is_broken = !broken(&claim(before, &rows, after)).is_empty();
            // A permuted state has no powers.
            assert_eq!(is_broken, row < ROWS - 1 || place < WIDTH, "cell {place} of row {row}");
        }
    }
}

#[test]
fn a_permutation_is_of_its_cells() {
    let (before, after) = sample(4);
    let rows = trace(before);
    assert!(broken(&claim(before, &rows, after)).is_empty());
    for place in 0..WIDTH {
        let change = |mut state: [Fr; WIDTH]| {
            state[place] += Fr::ONE;
            state
        };
        let copies = [Family::Copy].into();
        assert_eq!(broken(&claim(change(before), &rows, after)), copies);
        assert_eq!(broken(&claim(before, &rows, change(after))), copies);
    }
    assert_breaks(Family::Copy, |circuit| {
        let input = load(circuit, before);
        let (context, permutations) = circuit.parts();
        let first = permutations.permute_to_first(context, input);
        first.debug_prank(context, Fr::ONE);
    });
}
