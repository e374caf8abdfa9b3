//! Where a sum of products has to be reduced modulo the field's order.

use crate::openings::Degree;
use crate::recording::{Event, Operation, Recorded, Recording};

/// Results that are sums of products, as long as nothing reduced them.
pub(super) struct Large {
    operations: Vec<bool>,
    pub(super) reduced: usize,
}

impl Large {
    pub(super) fn of(recording: &Recording) -> Self {
        let bits = recording.bits();
        let is = |flags: &[bool], element: Recorded| match element {
            Recorded::Known(_) => false,
            Recorded::Computed(operation) => flags[operation],
        };
        let mut operations: Vec<bool> = Vec::with_capacity(recording.operations.len());
        for operation in &recording.operations {
            operations.push(match *operation {
                Operation::Input(_) | Operation::Invert(_) | Operation::Bit(..) => false,
                Operation::Add(a, b) | Operation::Subtract(a, b) => {
                    is(&operations, a) || is(&operations, b)
                }
                // A bit picks the other factor or nothing.
                Operation::Multiply(a, b) if is(&bits, a) => is(&operations, b),
                Operation::Multiply(a, b) if is(&bits, b) => is(&operations, a),
                Operation::Multiply(..) => true,
            });
        }
        Self { operations, reduced: 0 }
    }

    /// Counts an element that has to be reduced, the first time.
    pub(super) fn reduce(&mut self, element: Recorded, degrees: &[Degree]) {
        if let Recorded::Computed(operation) = element
            && core::mem::take(&mut self.operations[operation])
        {
            self.reduced += degrees[operation].coordinates();
        }
    }
}

impl Recording {
    /// Which operations make bits: positions' bits, those of integers, and products of bits.
    fn bits(&self) -> Vec<bool> {
        let inputs: Vec<bool> = self
            .events
            .iter()
            .filter_map(|event| Some((event, event.labelled_inputs()?)))
            .flat_map(|(event, (_, count))| {
                vec![matches!(event, Event::DrawPosition { .. }); count]
            })
            .collect();
        let mut bits: Vec<bool> = Vec::with_capacity(self.operations.len());
        for operation in &self.operations {
            let is_bit = |element| matches!(element, Recorded::Computed(index) if bits[index]);
            bits.push(match *operation {
                Operation::Input(index) => inputs[index],
                Operation::Bit(..) => true,
                Operation::Multiply(a, b) => is_bit(a) && is_bit(b),
                _ => false,
            });
        }
        bits
    }
}
