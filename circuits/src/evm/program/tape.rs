//! What was computed, each value once.

use std::collections::HashMap;

use halo2_base::halo2_proofs::halo2curves::ff::Field;
use zkpot_wrapped::Word;
use zkpot_wrapped::program::{INPUTS, Message, Operation, Program, Term};

use crate::Fr;
use crate::wrap::public::to_big_endian;

/// How a scalar came about; operands by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// The same in all proofs.
    Constant(Fr),
    /// A public input.
    Input(usize),
    /// What the transcript read or drew, in order.
    Drawn(usize),
    Add(usize, usize),
    Subtract(usize, usize),
    Multiply(usize, usize),
    Negate(usize),
    Invert(usize),
}

use Value::{Add, Constant, Drawn, Input, Invert, Multiply, Negate, Subtract};

/// How a point came about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Point {
    /// The same in all proofs: `x, y`, most significant byte first.
    Constant([Word; 2]),
    /// What the transcript read, in order.
    Read(usize),
    /// Scalars times points.
    Sum(Vec<(usize, usize)>),
}

/// All values by their places, operands before what is made of them.
#[derive(Debug, Default)]
pub struct Tape {
    values: Vec<Value>,
    places: HashMap<Value, usize>,
    points: Vec<Point>,
    point_places: HashMap<Point, usize>,
    messages: Vec<Absorbed>,
    drawn: usize,
    read: usize,
    /// What programs have no operation for.
    foreign: Option<&'static str>,
}

/// Coordinates of constant points, and the numbers of points by their places.
type Numbered = (Vec<[Word; 2]>, HashMap<usize, u32>);

/// A message of the transcript, whose absorbed scalar has its place and not yet its number.
#[derive(Clone, Copy, Debug)]
enum Absorbed {
    Known(usize),
    Other(Message),
}

impl Tape {
    /// The place of a value that is simplified already, or its new one.
    fn place(&mut self, value: Value) -> usize {
        *self.places.entry(value).or_insert_with(|| {
            self.values.push(value);
            self.values.len() - 1
        })
    }

    pub fn constant(&mut self, value: Fr) -> usize {
        self.place(Constant(value))
    }

    pub fn input(&mut self, number: usize) -> usize {
        self.place(Input(number))
    }

    pub fn add(&mut self, a: usize, b: usize) -> usize {
        match (self.values[a], self.values[b]) {
            (Constant(x), Constant(y)) => self.constant(x + y),
            (Constant(Fr::ZERO), _) => b,
            (_, Constant(Fr::ZERO)) => a,
            (_, Negate(b)) => self.subtract(a, b),
            (Negate(a), _) => self.subtract(b, a),
            _ => self.place(Add(a.min(b), a.max(b))),
        }
    }

    pub fn subtract(&mut self, a: usize, b: usize) -> usize {
        match (self.values[a], self.values[b]) {
            (Constant(x), Constant(y)) => self.constant(x - y),
            (Constant(Fr::ZERO), _) => self.negate(b),
            (_, Constant(Fr::ZERO)) => a,
            (_, Negate(b)) => self.add(a, b),
            _ => self.place(Subtract(a, b)),
        }
    }

    pub fn multiply(&mut self, a: usize, b: usize) -> usize {
        match (self.values[a], self.values[b]) {
            (Constant(x), Constant(y)) => self.constant(x * y),
            (Constant(x), _) if x == Fr::ZERO => a,
            (_, Constant(y)) if y == Fr::ZERO => b,
            (Constant(x), _) if x == Fr::ONE => b,
            (_, Constant(y)) if y == Fr::ONE => a,
            (Constant(x), _) if x == -Fr::ONE => self.negate(b),
            (_, Constant(y)) if y == -Fr::ONE => self.negate(a),
            _ => self.place(Multiply(a.min(b), a.max(b))),
        }
    }

    pub fn negate(&mut self, a: usize) -> usize {
        match self.values[a] {
            Constant(x) => self.constant(-x),
            Negate(a) => a,
            Subtract(a, b) => self.subtract(b, a),
            _ => self.place(Negate(a)),
        }
    }

    /// None for the constant zero.
    pub fn invert(&mut self, a: usize) -> Option<usize> {
        match self.values[a] {
            Constant(x) => Option::from(x.invert()).map(|inverse| self.constant(inverse)),
            Invert(a) => Some(a),
            _ => Some(self.place(Invert(a))),
        }
    }

    pub fn point(&mut self, point: Point) -> usize {
        *self.point_places.entry(point).or_insert_with_key(|point| {
            self.points.push(point.clone());
            self.points.len() - 1
        })
    }

    pub fn absorb(&mut self, scalar: usize) {
        self.messages.push(Absorbed::Known(scalar));
    }

    /// A scalar that the transcript reads, or draws.
    pub fn draw(&mut self, message: Message) -> usize {
        self.messages.push(Absorbed::Other(message));
        self.drawn += 1;
        self.place(Drawn(self.drawn - 1))
    }

    pub fn read_point(&mut self) -> usize {
        self.messages.push(Absorbed::Other(Message::Point));
        self.read += 1;
        self.point(Point::Read(self.read - 1))
    }

    /// Notes that the verifier does what no program does.
    pub fn refuse(&mut self, reason: &'static str) {
        self.foreign.get_or_insert(reason);
    }

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
