//! A loader of the library whose values are places on a tape.

use std::cell::RefCell;
use std::fmt;
use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};
use std::rc::Rc;

use halo2_base::halo2_proofs::halo2curves::bn256::G1Affine;
use snark_verifier::loader::{EcPointLoader, LoadedEcPoint, LoadedScalar, Loader, ScalarLoader};
use snark_verifier::util::arithmetic::FieldOps;
use zkpot_wrapped::Word;
use zkpot_wrapped::program::Program;

use super::tape::{self, Tape};
use super::to_bytes;
use crate::Fr;

/// What all values of a recording share.
#[derive(Clone, Default)]
pub struct Recorder(Rc<RefCell<Tape>>);

/// A scalar of the verifier.
#[derive(Clone, Debug)]
pub struct Scalar {
    recorder: Recorder,
    pub(super) place: usize,
}

/// A point of the verifier.
#[derive(Clone, Debug)]
pub struct Point {
    recorder: Recorder,
    place: usize,
}

impl Recorder {
    /// A public input.
    pub fn input(&self, number: usize) -> Scalar {
        self.scalar(|tape| tape.input(number))
    }

    /// The program that computes the two points of the pairing.
    pub fn program(
        &self,
        sums: [&Point; 2],
        pairing: [[Word; 4]; 2],
    ) -> Result<Program, &'static str> {
        self.0.borrow().program(sums.map(|sum| sum.place), pairing)
    }

    pub(super) fn note<T>(&self, note: impl FnOnce(&mut Tape) -> T) -> T {
        note(&mut self.0.borrow_mut())
    }

    pub(super) fn scalar(&self, make: impl FnOnce(&mut Tape) -> usize) -> Scalar {
        Scalar { place: self.note(make), recorder: self.clone() }
    }

    pub(super) fn point(&self, make: impl FnOnce(&mut Tape) -> usize) -> Point {
        Point { place: self.note(make), recorder: self.clone() }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Recorder")
    }
}

/// A value has one place, so that equal ones have the same.
impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl PartialEq for Point {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

/// An operation on values and on references to them, as the library asks for.
macro_rules! operation {
    ($trait:ident, $call:ident, $assign:ident, $assign_call:ident, $tape:ident) => {
        impl $trait<&Scalar> for Scalar {
            type Output = Self;

            fn $call(self, other: &Scalar) -> Self {
                self.recorder.scalar(|tape| tape.$tape(self.place, other.place))
            }
        }

        impl $trait for Scalar {
            type Output = Self;

            fn $call(self, other: Self) -> Self {
                $trait::$call(self, &other)
            }
        }

        impl $assign<&Scalar> for Scalar {
            fn $assign_call(&mut self, other: &Scalar) {
                *self = $trait::$call(self.clone(), other);
            }
        }

        impl $assign for Scalar {
            fn $assign_call(&mut self, other: Self) {
                *self = $trait::$call(self.clone(), &other);
            }
        }
    };
}

operation!(Add, add, AddAssign, add_assign, add);
operation!(Sub, sub, SubAssign, sub_assign, subtract);
operation!(Mul, mul, MulAssign, mul_assign, multiply);

impl Neg for Scalar {
    type Output = Self;

    fn neg(self) -> Self {
        self.recorder.scalar(|tape| tape.negate(self.place))
    }
}

impl FieldOps for Scalar {
    fn invert(&self) -> Option<Self> {
        let place = self.recorder.note(|tape| tape.invert(self.place))?;
        Some(Self { place, recorder: self.recorder.clone() })
    }
}

impl LoadedScalar<Fr> for Scalar {
    type Loader = Recorder;

    fn loader(&self) -> &Recorder {
        &self.recorder
    }

    fn pow_var(&self, _: &Self, _: usize) -> Self {
        // Where a circuit's size is a witness, which no key of ours has.
        self.recorder.note(|tape| tape.refuse("a power whose exponent is not known"));
        self.clone()
    }
}

impl LoadedEcPoint<G1Affine> for Point {
    type Loader = Recorder;

    fn loader(&self) -> &Recorder {
        &self.recorder
    }
}

impl ScalarLoader<Fr> for Recorder {
    type LoadedScalar = Scalar;

    fn load_const(&self, value: &Fr) -> Scalar {
        self.scalar(|tape| tape.constant(*value))
    }

    fn assert_eq(&self, _: &str, _: &Scalar, _: &Scalar) {
        self.note(|tape| tape.refuse("a comparison of scalars"));
    }

    /// With one inversion (Montgomery, 'Speeding the Pollard and elliptic curve methods of factorization',
    /// Mathematics of Computation 48, 1987, section 10.3.1). Where a value is zero, so is the product, and the
    /// proof is refused.
    fn batch_invert<'a>(values: impl IntoIterator<Item = &'a mut Scalar>) {
        let mut values: Vec<&mut Scalar> = values.into_iter().collect();
        let Some((first, rest)) = values.split_first() else { return };
        let mut products = vec![Scalar::clone(first)];
        for (at, value) in rest.iter().enumerate() {
            products.push(products[at].clone() * &**value);
        }
        let Some(mut inverse) = products.pop().and_then(|all| FieldOps::invert(&all)) else {
            let recorder = first.recorder.clone();
            recorder.note(|tape| tape.refuse("the inverse of a constant zero"));
            return;
        };
        // The product of all values before each one.
        while let Some(value) = values.pop() {
            let before = products.pop();
            let rest = inverse.clone() * &*value;
            *value = match before {
                Some(before) => before * &inverse,
                None => inverse.clone(),
            };
            inverse = rest;
        }
    }
}

impl EcPointLoader<G1Affine> for Recorder {
    type LoadedEcPoint = Point;

    fn ec_point_load_const(&self, value: &G1Affine) -> Point {
        let coordinates = [value.x, value.y].map(to_bytes);
        self.point(|tape| tape.point(tape::Point::Constant(coordinates)))
    }

    fn ec_point_assert_eq(&self, _: &str, _: &Point, _: &Point) {
        self.note(|tape| tape.refuse("a comparison of points"));
    }

    fn multi_scalar_multiplication(pairs: &[(&Scalar, &Point)]) -> Point {
        let terms = pairs.iter().map(|(scalar, point)| (scalar.place, point.place)).collect();
        // The library never asks for a sum of nothing.
        let (_, first) = pairs.first().expect("a sum of nothing");
        first.recorder.point(|tape| tape.point(tape::Point::Sum(terms)))
    }
}

impl Loader<G1Affine> for Recorder {}
