//! What was computed, each value once.

use std::collections::HashMap;

use halo2_base::halo2_proofs::halo2curves::ff::Field;
use zkpot_wrapped::Word;
use zkpot_wrapped::program::Message;

use crate::Fr;

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
    pub(super) values: Vec<Value>,
    places: HashMap<Value, usize>,
    pub(super) points: Vec<Point>,
    point_places: HashMap<Point, usize>,
    pub(super) messages: Vec<Absorbed>,
    pub(super) drawn: usize,
    read: usize,
    /// What programs have no operation for.
    pub(super) foreign: Option<&'static str>,
}

/// A message of the transcript, whose absorbed scalar has its place and not yet its number.
#[derive(Clone, Copy, Debug)]
pub enum Absorbed {
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
}
