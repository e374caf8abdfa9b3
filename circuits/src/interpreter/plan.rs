//! Which operations of a recording become elements.

use p3_field::PrimeCharacteristicRing;

use super::terms::Terms;
use crate::recording::{Operation, Recorded};

/// How an operation's result is used.
#[derive(Clone, Copy, Debug, Default)]
struct Use {
    /// As a term of a sum or a difference.
    terms: usize,
    /// As an element: a factor, what is inverted or required to be zero, or kept.
    elements: usize,
}

/// How often the result of each operation is used, as far as anything depends on it.
#[derive(Debug)]
pub struct Plan {
    uses: Vec<Use>,
    inlined: Vec<bool>,
}

impl Plan {
    /// Counts uses backwards from what has to be an element. Every inverse has to be, used or not:
    /// the verifier refuses where there is none.
    pub fn new(operations: &[Operation], needed: impl Iterator<Item = Recorded>) -> Self {
        let mut uses = vec![Use::default(); operations.len()];
        for needed in needed {
            count(&mut uses, needed, |uses| uses.elements += 1);
        }
        for (index, operation) in operations.iter().enumerate().rev() {
            let Use { terms, elements } = uses[index];
            match *operation {
                Operation::Input(_) => (),
                Operation::Invert(operand) => {
                    uses[index].elements += 1;
                    count(&mut uses, operand, |uses| uses.elements += 1);
                }
                _ if terms + elements == 0 => (),
                Operation::Bit(operand, ..) => {
                    count(&mut uses, operand, |uses| uses.elements += 1);
                }
                Operation::Add(left, right) | Operation::Subtract(left, right) => {
                    count(&mut uses, left, |uses| uses.terms += 1);
                    count(&mut uses, right, |uses| uses.terms += 1);
                }
                Operation::Multiply(left, right) => {
                    count(&mut uses, left, |uses| uses.elements += 1);
                    count(&mut uses, right, |uses| uses.elements += 1);
                }
            }
        }
        let sums = |operation: &Operation| {
            !matches!(operation, Operation::Input(_) | Operation::Invert(_) | Operation::Bit(..))
        };
        let inlined = operations
            .iter()
            .zip(&uses)
            .map(|(operation, uses)| sums(operation) && uses.terms == 1 && uses.elements == 0)
            .collect();
        Self { uses, inlined }
    }

    /// Whether an operation becomes an element.
    pub fn is_element(&self, index: usize) -> bool {
        let Use { terms, elements } = self.uses[index];
        terms + elements > 0 && !self.inlined[index]
    }

    /// Whether an element should be reduced at once: what it is a factor of, and what else it is
    /// used for, is narrower then. That took a tenth off a training link's cells.
    pub fn is_reduced(&self, index: usize) -> bool {
        let Use { terms, elements } = self.uses[index];
        elements > 0 && terms + elements > 1
    }

    /// The terms of an operation's result, those of inlined operations among them.
    pub fn terms(&self, operations: &[Operation], index: usize) -> Terms {
        let mut terms = Terms::default();
        // An operation's own terms are taken apart even where it is an element.
        let mut open = vec![(Recorded::Computed(index), false)];
        while let Some((operand, negative)) = open.pop() {
            let inner = match operand {
                Recorded::Computed(inner) if inner == index || self.inlined[inner] => inner,
                _ => {
                    terms.push(operand, Recorded::ONE, negative);
                    continue;
                }
            };
            match operations[inner] {
                Operation::Add(left, right) => open.extend([(right, negative), (left, negative)]),
                Operation::Subtract(left, right) => {
                    open.extend([(right, !negative), (left, negative)]);
                }
                Operation::Multiply(left, right) => terms.push(left, right, negative),
                Operation::Input(_) | Operation::Invert(_) | Operation::Bit(..) => (),
            }
        }
        terms
    }
}

/// Counts a use of an operand. What is known has no operation.
fn count(uses: &mut [Use], operand: Recorded, count: impl Fn(&mut Use)) {
    if let Recorded::Computed(index) = operand {
        count(&mut uses[index]);
    }
}
