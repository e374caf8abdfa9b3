//! Operations as constrained elements.

use zkpot_protocol::rejection::Rejection;

use super::Interpreter;
use crate::arithmetic::{Bit, Extension, Residue};
use crate::recording::{Operation, Recorded};

impl Interpreter<'_, '_> {
    /// Lays the first `count` operations down, as far as that was not done before and anything depends
    /// on them.
    pub fn lay(&mut self, count: usize) -> Result<(), Rejection> {
        while self.laid < count {
            let index = self.laid;
            self.laid += 1;
            if self.plan.is_element(index) {
                self.elements[index] = Some(self.operation(index)?);
            }
        }
        Ok(())
    }

    fn operation(&mut self, index: usize) -> Result<Extension, Rejection> {
        Ok(match self.recording.operations[index] {
            Operation::Input(input) => self.inputs[input].clone(),
            Operation::Invert(operand) => {
                let operand = self.element(operand);
                self.hasher.arithmetic.invert_extension(self.hasher.context, &operand)
            }
            Operation::Bit(integer, count, place) => {
                Residue::from(self.digits(integer, count)?[place]).into()
            }
            _ => {
                let terms = self.plan.terms(&self.recording.operations, index);
                let elements = &self.elements;
                let sum = terms.lay(self.hasher, &|operand| element_of(operand, elements));
                if self.plan.is_reduced(index) {
                    self.hasher.arithmetic.reduce_extension(self.hasher.context, &sum)
                } else {
                    sum
                }
            }
        })
    }

    /// All bits of an integer, which are computed once.
    fn digits(&mut self, integer: Recorded, count: usize) -> Result<Vec<Bit>, Rejection> {
        if let Some(bits) = self.digits.get(&(integer, count)) {
            return Ok(bits.clone());
        }
        let Extension([Residue::Held(held), ..]) = self.element(integer) else {
            return Err(Rejection::Shape { part: "recording", reason: "bits of what is known" });
        };
        if held.range().has_negatives() || held.range().magnitude() > count as u64 {
            return Err(Rejection::Shape { part: "recording", reason: "bits of what has more" });
        }
        let bits = self.hasher.arithmetic.low_bits(self.hasher.context, &held, count);
        self.digits.insert((integer, count), bits.clone());
        Ok(bits)
    }

    pub fn require_zero(&mut self, zero: Recorded) {
        let zero = self.element(zero);
        self.hasher.arithmetic.require_zero_extension(self.hasher.context, &zero);
    }

    /// The element of an operand, whose operation was laid down before.
    pub fn element(&self, operand: Recorded) -> Extension {
        element_of(operand, &self.elements)
    }
}

fn element_of(operand: Recorded, elements: &[Option<Extension>]) -> Extension {
    match operand {
        Recorded::Known(value) => value.into(),
        Recorded::Computed(index) => {
            elements[index].clone().expect("operations depend on earlier ones, which are elements")
        }
    }
}
