//! Where the masks of the hiding channel stand in the witness polynomial.
//!
//! They are an aligned block of [`MASK_ROWS`] rows. A mask is an extension element, so it takes
//! one base element in each of three rows; the blinding vector that hides the masks in their own
//! proof takes three more. Each row has at least [`RANDOM_ENTRIES`] slots that belong to no mask:
//! with them, a row's value at a random point says nothing about the masks.

use alloc::vec::Vec;

use p3_field::{BasedVectorSpace, PrimeCharacteristicRing};

use crate::field::{EF, F, eq_table};
use crate::layout::{RANDOM_ENTRIES, Region, dot};

/// Rows of the block: three for the masks, three for the blinding vector, two that fill up.
pub const MASK_ROWS: usize = 8;

/// First row of the masks.
pub const MASKS: usize = 0;

/// First row of the blinding vector.
pub const BLINDING: usize = 3;

/// The most masks that a link may have: two orders of magnitude above what the largest takes.
pub const MAX_MASKS: usize = 1 << 18;

/// Slots of a row for this many masks, a power of two.
pub fn mask_slots(masks: usize) -> usize {
    (masks + RANDOM_ENTRIES).next_power_of_two()
}

/// Axis lengths of the block; the first, of one element, leaves nothing to pad.
pub fn mask_lengths(masks: usize) -> [usize; 3] {
    [1, MASK_ROWS, mask_slots(masks)]
}

/// The extension element whose coordinates are `rows[first..first + 3]` (themselves perhaps in
/// the extension, as values of a row at a point are).
pub fn join_coordinates(rows: &[EF], first: usize) -> EF {
    rows.iter()
        .skip(first)
        .take(<EF as BasedVectorSpace<F>>::DIMENSION)
        .enumerate()
        .map(|(index, &row)| row * basis(index))
        .sum()
}

fn basis(index: usize) -> EF {
    EF::from_basis_coefficients_fn(|coordinate| F::from_bool(coordinate == index))
}

/// Reads the extension vector that starts at row `first` out of the polynomial's values.
pub fn read_vector(region: &Region, values: &[F], first: usize) -> Vec<EF> {
    let slots = region.block / MASK_ROWS;
    let row = |row: usize| &values[region.offset + row * slots..][..slots];
    let rows = [row(first), row(first + 1), row(first + 2)];
    (0..slots)
        .map(|slot| EF::from_basis_coefficients_fn(|coordinate| rows[coordinate][slot]))
        .collect()
}

/// The point of the witness polynomial at which all rows are opened at once, and the value that
/// follows from the rows' own values at `slot`.
///
/// `variables` are the witness polynomial's, `row` is a point of three fresh challenges.
pub fn opening_point(
    region: &Region,
    variables: usize,
    row: &[EF],
    slot: &[EF],
    rows: &[EF],
) -> (Vec<EF>, EF) {
    let address_bits = variables - region.block.trailing_zeros() as usize;
    let address = region.offset / region.block;
    let mut point: Vec<EF> = (0..address_bits)
        .map(|bit| EF::from_bool((address >> (address_bits - 1 - bit)) & 1 == 1))
        .collect();
    point.extend_from_slice(row);
    point.extend_from_slice(slot);
    (point, dot(&eq_table(row, MASK_ROWS), rows))
}
