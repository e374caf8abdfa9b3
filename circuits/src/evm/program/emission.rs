//! From the tape to the program: what two points hang on, numbered.

use std::collections::HashMap;

use zkpot_wrapped::Word;
use zkpot_wrapped::program::{INPUTS, Message, Operation, Program, Term};

use super::tape::Value::{Add, Constant, Drawn, Input, Invert, Multiply, Negate, Subtract};
use super::tape::{Absorbed, Point, Tape, Value};
use crate::wrap::public::to_big_endian;

/// Coordinates of constant points, and the numbers of points by their places.
type Numbered = (Vec<[Word; 2]>, HashMap<usize, u32>);

impl Tape {
    /// The program that computes two points.
    pub fn program(
        &self,
        sums: [usize; 2],
        pairing: [[Word; 4]; 2],
    ) -> Result<Program, &'static str> {
        if let Some(reason) = self.foreign {
            return Err(reason);
        }
        let mut sides = Vec::new();
        for sum in sums {
            match &self.points[sum] {
                Point::Sum(terms) => sides.push(terms),
                _ => return Err("a side of the pairing is no sum"),
            }
        }
        let scalars = sides.iter().copied().flatten().map(|&(scalar, _)| scalar);
        let absorbed = self.messages.iter().filter_map(|message| match message {
            Absorbed::Known(scalar) => Some(*scalar),
            Absorbed::Other(_) => None,
        });
        let numbers = self.numbers(scalars.chain(absorbed));
        let (constant_points, points) = self.number_points(&sides)?;
        let number = |place: usize| numbers[&place];
        let term = |&(scalar, point): &(usize, usize)| Term {
            scalar: number(scalar),
            point: points[&point],
        };
        let message = |message: &Absorbed| match *message {
            Absorbed::Known(scalar) => Message::Absorb(number(scalar)),
            Absorbed::Other(message) => message,
        };
        let live = || (0..self.values.len()).filter(|place| numbers.contains_key(place));
        let constants = live().filter_map(|place| match self.values[place] {
            Constant(value) => Some(to_big_endian(value)),
            _ => None,
        });
        Ok(Program {
            constants: constants.collect(),
            points: constant_points,
            transcript: self.messages.iter().map(message).collect(),
            operations: live().filter_map(|place| self.operation(place, &number)).collect(),
            left: sides[0].iter().map(term).collect(),
            right: sides[1].iter().map(term).collect(),
            pairing,
        })
    }

    /// Numbers of what these values hang on, and of all that is given or drawn.
    fn numbers(&self, roots: impl Iterator<Item = usize>) -> HashMap<usize, u32> {
        let mut live = vec![false; self.values.len()];
        roots.for_each(|root| live[root] = true);
        for place in (0..self.values.len()).rev() {
            if live[place] {
                operands(self.values[place]).into_iter().flatten().for_each(|at| live[at] = true);
            }
        }
        let places = || (0..self.values.len()).filter(|&place| live[place]);
        let constants: Vec<usize> =
            places().filter(|&place| matches!(self.values[place], Constant(_))).collect();
        let given = constants.len() + INPUTS;
        let mut next = given + self.drawn;
        let mut numbers: HashMap<usize, u32> =
            constants.iter().enumerate().map(|(number, &place)| (place, number as u32)).collect();
        for place in places() {
            let number = match self.values[place] {
                Constant(_) => continue,
                Input(input) => constants.len() + input,
                Drawn(drawn) => given + drawn,
                _ => {
                    next += 1;
                    next - 1
                }
            };
            numbers.insert(place, number as u32);
        }
        numbers
    }

    /// Coordinates of the constant points that the sums have, and numbers of all their points.
    fn number_points(&self, sides: &[&Vec<(usize, usize)>]) -> Result<Numbered, &'static str> {
        let (mut constants, mut numbers) = (Vec::new(), HashMap::new());
        let used = || sides.iter().copied().flatten().map(|&(_, point)| point);
        for point in used() {
            if let Point::Constant(value) = self.points[point] {
                numbers.entry(point).or_insert_with(|| {
                    constants.push(value);
                    constants.len() as u32 - 1
                });
            }
        }
        for point in used() {
            match self.points[point] {
                Point::Constant(_) => {}
                Point::Read(read) => {
                    numbers.insert(point, (constants.len() + read) as u32);
                }
                Point::Sum(_) => return Err("a sum of points in a sum"),
            }
        }
        Ok((constants, numbers))
    }

    fn operation(&self, place: usize, number: &impl Fn(usize) -> u32) -> Option<Operation> {
        Some(match self.values[place] {
            Constant(_) | Input(_) | Drawn(_) => return None,
            Add(a, b) => Operation::Add(number(a), number(b)),
            Subtract(a, b) => Operation::Subtract(number(a), number(b)),
            Multiply(a, b) => Operation::Multiply(number(a), number(b)),
            Negate(a) => Operation::Negate(number(a)),
            Invert(a) => Operation::Invert(number(a)),
        })
    }
}

fn operands(value: Value) -> [Option<usize>; 2] {
    match value {
        Constant(_) | Input(_) | Drawn(_) => [None; 2],
        Add(a, b) | Subtract(a, b) | Multiply(a, b) => [Some(a), Some(b)],
        Negate(a) | Invert(a) => [Some(a), None],
    }
}
