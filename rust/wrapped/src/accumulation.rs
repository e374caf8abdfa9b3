//! Running a circuit's program over a proof: from bytes to the two sums that a pairing compares.

use alloc::vec::Vec;

use ark_bn254::{Fr, G1Affine};
use ark_ff::Field;
use zkpot_protocol::statement::keccak;

use crate::encoding::word;
use crate::program::{INPUTS, Message, Operation, Term};
use crate::transcript::Transcript;
use crate::{Circuit, Error, Word};

/// What a proof leaves: two sums of points, which are paired.
#[derive(Clone, Debug)]
pub struct Accumulator {
    /// Paired with the generator.
    pub left: Vec<(Fr, G1Affine)>,
    /// Paired with the secret's multiple of it, negated.
    pub right: Vec<(Fr, G1Affine)>,
    /// keccak256 of all that the proof consists of: inputs and bytes.
    pub digest: Word,
}

impl Circuit {
    /// Runs the program.
    pub(crate) fn run(&self, inputs: [Fr; INPUTS], proof: &[u8]) -> Result<Accumulator, Error> {
        let program = &self.file().program;
        let mut values = Values { scalars: self.constants.clone(), points: self.points.clone() };
        values.scalars.extend(inputs);
        let mut transcript = Transcript::new(proof);
        for &message in &program.transcript {
            match message {
                Message::Absorb(known) => transcript.absorb(&word(values.scalar(known))),
                Message::Scalar => values.scalars.push(transcript.scalar()?),
                Message::Point => values.points.push(transcript.point()?),
                Message::Challenge => values.scalars.push(transcript.challenge()),
            }
        }
        for &operation in &program.operations {
            let computed = values.compute(operation);
            values.scalars.push(computed.ok_or(Error::InvalidProof)?);
        }
        let inputs = inputs.map(word);
        Ok(Accumulator {
            left: values.terms(&program.left),
            right: values.terms(&program.right),
            digest: keccak(&[inputs.as_flattened(), proof]),
        })
    }
}

/// The program's values by their numbers.
struct Values {
    scalars: Vec<Fr>,
    points: Vec<G1Affine>,
}

impl Values {
    /// The program's check leaves no number without a value.
    fn scalar(&self, number: u32) -> Fr {
        self.scalars.get(number as usize).copied().unwrap_or_default()
    }

    /// The result; none for the inverse of zero.
    ///
    /// Only a challenge that meets one of a few hundred numbers of the field leads there. Contract and library
    /// go on with zero in place of the inverse.
    fn compute(&self, operation: Operation) -> Option<Fr> {
        Some(match operation {
            Operation::Add(a, b) => self.scalar(a) + self.scalar(b),
            Operation::Subtract(a, b) => self.scalar(a) - self.scalar(b),
            Operation::Multiply(a, b) => self.scalar(a) * self.scalar(b),
            Operation::Negate(a) => -self.scalar(a),
            Operation::Invert(a) => self.scalar(a).inverse()?,
        })
    }

    fn terms(&self, terms: &[Term]) -> Vec<(Fr, G1Affine)> {
        let value = |term: &Term| {
            let point = self.points.get(term.point as usize).copied();
            (self.scalar(term.scalar), point.unwrap_or_default())
        };
        terms.iter().map(value).collect()
    }
}
