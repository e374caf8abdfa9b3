//! Goldilocks in a larger field, reduced as late as possible.
//!
//! A [`Residue`] is a cell whose value is an integer within a known [`Range`], or is known to
//! everybody. Sums and products of residues are sums and products of integers as long as their range
//! cannot wrap around the circuit's modulus `r`; ranges are computed from shapes alone, and where one
//! would become too wide its largest factor is reduced first. Nothing is reduced only because it
//! was computed.
//!
//! # Soundness
//! Every function says what its cells imply. The argument is the same everywhere: an equation that
//! holds modulo `r` between integers that differ by less than `r` holds for the integers, hence
//! modulo `p`. An element may have two representations below `2^64` (`x` and `x + p`), which
//! mean the same element; no function gives more readings than that one.

mod bits;
mod chain;
mod extension;
mod halves;
mod inverse;
mod range;
mod reduction;
mod residue;
mod sum;
#[cfg(test)]
mod tests;
mod words;

use halo2_base::gates::RangeChip;
use num_bigint::BigInt;

pub use bits::Bit;
pub use extension::Extension;
pub use range::Range;
pub use residue::{Integer, Residue};

use crate::{Cell, Context, Fr};
use range::order;

/// Bits of a residue that is reduced.
pub const REDUCED_BITS: usize = 64;
/// Integers below `2^253` never wrap: `r` is above.
const SAFE_BITS: usize = 253;

/// The arithmetic's chip.
#[derive(Clone, Debug)]
pub struct Arithmetic {
    range: RangeChip<Fr>,
    limb_bits: usize,
    /// What a residue has to stay below, once the multiple of `p` that makes it non-negative is
    /// added: `p 2^(limb bits * limbs)` for the most limbs that a quotient can have.
    limit: BigInt,
}

impl Arithmetic {
    /// Arithmetic on a circuit's range checks.
    ///
    /// # Panics
    /// Where 64 bits are not a whole number of limbs, a limb having the bits of the lookup table:
    /// the range of 64 bits would need more than its limbs.
    pub fn new(range: RangeChip<Fr>) -> Self {
        use halo2_base::gates::RangeInstructions;
        let limb_bits = range.lookup_bits();
        assert!(REDUCED_BITS.is_multiple_of(limb_bits), "tables of {limb_bits} bits");
        let limbs = (SAFE_BITS - REDUCED_BITS) / limb_bits;
        let limit = order() << (limb_bits * limbs);
        Self { range, limb_bits, limit }
    }

    /// Whether a residue of this range has one meaning, and can be reduced.
    fn fits(&self, range: &Range) -> bool {
        range.shifted_high() < self.limit
    }

    /// Looks a cell up in the table of limbs.
    fn look_up(&self, context: &Context, limb: Cell) {
        self.range.lookup_manager()[context.phase()].add_lookup(context.tag(), [limb]);
    }

    /// Bits of a limb.
    #[cfg(test)]
    pub(crate) const fn limb_bits(&self) -> usize {
        self.limb_bits
    }

    /// Calls a function with every cell that was looked up.
    #[cfg(test)]
    pub(crate) fn for_each_looked_up(&self, mut each: impl FnMut(&Cell)) {
        for manager in self.range.lookup_manager() {
            let cells = manager.cells_to_lookup.lock().unwrap();
            cells.values().flatten().for_each(|[limb]| each(limb));
        }
    }
}
