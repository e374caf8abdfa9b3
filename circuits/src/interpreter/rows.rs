//! Rows that are opened below a root.

use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::rejection::Rejection;

use super::Interpreter;
use crate::arithmetic::{Bit, Extension, Residue};
use crate::openings::Degree;
use crate::recording::{Operation, Recorded, Root};

impl Interpreter<'_, '_> {
    /// Loads rows as the next inputs, and climbs from each to the root by the bits of its position.
    pub fn open_rows(
        &mut self,
        root: Root,
        positions: &[Vec<Recorded>],
        width: usize,
        degree: Degree,
    ) -> Result<(), Rejection> {
        let root = self.root(root);
        for position in positions {
            let mut row: Vec<Residue> = Vec::with_capacity(width * degree.coordinates());
            for _ in 0..width {
                let element = self.load_of(degree)?;
                row.extend(element.0.iter().take(degree.coordinates()).cloned());
                self.inputs.push(element);
            }
            let bits: Vec<Bit> =
                position.iter().map(|&bit| self.position_bit(bit)).collect::<Result<_, _>>()?;
            let siblings = self.given.siblings(bits.len())?;
            self.hasher.verify_path(&row, &bits, &siblings, root);
        }
        Ok(())
    }

    /// Loads an element of a row, of the base field where all its rows are.
    fn load_of(&mut self, degree: Degree) -> Result<Extension, Rejection> {
        if degree == Degree::Extension {
            return self.load();
        }
        let value: EF = self.given.input()?;
        let coordinates: &[F] = value.as_basis_coefficients_slice();
        let element = self.hasher.arithmetic.load_element(self.hasher.context, coordinates[0]);
        Ok(element.into())
    }

    /// A bit of a position: one that was drawn, or one that everybody knows.
    fn position_bit(&mut self, bit: Recorded) -> Result<Bit, Rejection> {
        let drawn = match bit {
            Recorded::Known(bit) => {
                return Ok(self.hasher.arithmetic.known_bit(self.hasher.context, bit != EF::ZERO));
            }
            Recorded::Computed(operation) => match self.recording.operations[operation] {
                Operation::Input(input) => self.bits.get(&input).copied(),
                _ => None,
            },
        };
        drawn.ok_or(Rejection::Shape { part: "recording", reason: "a position that is not drawn" })
    }
}
