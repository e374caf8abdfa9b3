//! Base elements packed into elements of the large field.

use halo2_base::QuantumCell::{Constant, Existing, Witness};
use halo2_base::halo2_proofs::halo2curves::ff::Field;
use halo2_base::utils::biguint_to_fe;
use num_bigint::BigUint;
use p3_field::PrimeField64;

use super::Hasher;
use crate::arithmetic::Residue;
use crate::{Cell, Fr};

/// An element of the large field: what everybody knows, or a cell.
#[derive(Clone, Copy, Debug)]
pub enum Word {
    /// The same in every proof.
    Known(Fr),
    /// A cell's value.
    Held(Cell),
}

impl Word {
    /// Its value in this witness.
    pub fn value(self) -> Fr {
        match self {
            Self::Known(value) => value,
            Self::Held(cell) => *cell.value(),
        }
    }
}

/// `2^(64 place)`.
fn weight(place: usize) -> Fr {
    biguint_to_fe(&(BigUint::from(1u8) << (64 * place)))
}

impl Hasher<'_> {
    /// `state + e_0 + e_1 2^64 + e_2 2^128 + k 2^192` for `k` base elements.
    ///
    /// # Soundness
    /// The elements are integers below `2^64`, so that no two sequences of at most three of them have
    /// the same sum, which is below `2^194`.
    ///
    /// # Panics
    /// For an element that is not reduced.
    pub(super) fn add_packed(&mut self, state: Word, elements: &[Residue]) -> Word {
        let mut known = weight(3) * Fr::from(elements.len() as u64);
        let mut cells = Vec::new();
        for (place, element) in elements.iter().enumerate() {
            match element {
                Residue::Known(value) => {
                    known += weight(place) * Fr::from(value.as_canonical_u64());
                }
                Residue::Held(integer) => {
                    assert!(integer.range().is_reduced(), "a packed element that is not reduced");
                    cells.push((integer.cell(), weight(place)));
                }
            }
        }
        let state = match state {
            Word::Known(value) => Word::Known(value + known),
            Word::Held(cell) => {
                cells.push((cell, Fr::ONE));
                Word::Known(known)
            }
        };
        let mut sum = state.value();
        let terms = cells.len();
        if terms == 0 {
            return state;
        }
        let mut chain = vec![Constant(sum)];
        for (cell, weight) in cells {
            sum += *cell.value() * weight;
            chain.extend([Existing(cell), Constant(weight), Witness(sum)]);
        }
        self.context.assign_region(chain, (0..terms).map(|term| 3 * term as isize));
        Word::Held(self.context.get(-1))
    }
}
