//! Vectors of field elements in SIMD lanes.
//!
//! Long vectors are made of groups of eight elements, as the protocol binds them (see
//! [`zkpot_protocol::order`]); a group is one packed element or several, as the processor has it.

use core::array::from_fn;

use p3_field::{ExtensionField, Field, PackedFieldExtension, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use zkpot_protocol::field::{EF, F};
use zkpot_protocol::order::GROUP;

/// Base elements in SIMD lanes.
pub type PF = <F as Field>::Packing;
/// Extension elements in SIMD lanes.
pub type PEF = <EF as ExtensionField<F>>::ExtensionPacking;
/// Lanes.
pub const WIDTH: usize = <PF as PackedValue>::WIDTH;
/// Packed elements of a group.
pub const SLOTS: usize = GROUP / WIDTH;
/// Groups that one task works on.
pub const TASK: usize = 1 << 8;

/// Eight neighbouring extension elements.
pub type Group = [PEF; SLOTS];

/// Zeros.
pub const ZERO: Group = [PEF::ZERO; SLOTS];

const _: () = assert!(SLOTS * WIDTH == GROUP);

/// Packs a slice whose length is a multiple of [`WIDTH`].
pub fn pack(values: &[EF]) -> Vec<PEF> {
    values.par_chunks_exact(WIDTH).map(PEF::from_ext_slice).collect()
}

/// The elements of a packed slice.
pub fn unpack(values: &[PEF]) -> Vec<EF> {
    <PEF as PackedFieldExtension<F, EF>>::to_ext_iter(values.iter().copied()).collect()
}

/// Eight elements as a group.
pub fn group(values: &[EF]) -> Group {
    from_fn(|slot| PEF::from_ext_slice(&values[slot * WIDTH..][..WIDTH]))
}

/// The sum of all lanes.
pub fn sum_lanes(value: PEF) -> EF {
    <PEF as PackedFieldExtension<F, EF>>::to_ext_iter([value]).sum()
}

/// The sum of the products of two groups' elements.
pub fn dot_group(left: &Group, right: &Group) -> EF {
    sum_lanes(left.iter().zip(right).fold(PEF::ZERO, |sum, (&a, &b)| sum + a * b))
}

/// The sum of two vectors of packed elements.
pub fn add<const N: usize>(left: [PEF; N], right: [PEF; N]) -> [PEF; N] {
    from_fn(|i| left[i] + right[i])
}

/// `low + challenge * (high - low)`.
#[inline]
pub fn between<const N: usize>(low: &[PEF; N], high: &[PEF; N], challenge: PEF) -> [PEF; N] {
    from_fn(|i| low[i] + challenge * (high[i] - low[i]))
}

/// Adds to one element of a packed slice.
#[allow(clippy::modulo_one, reason = "processors without vector units have one lane")]
pub fn add_at(values: &mut [PEF], index: usize, amount: EF) {
    values[index / WIDTH].add_assign_lane(index % WIDTH, amount);
}

/// Binds the lowest bit of the position of each entry: neighbours 2i and 2i+1 become entry i.
/// `behind` is what follows the entries that are stored, should one be left over.
pub fn fold<const N: usize>(values: &mut Vec<[PEF; N]>, behind: [PEF; N], challenge: EF) {
    let challenge = PEF::from(challenge);
    if !values.len().is_multiple_of(2) {
        values.push(behind);
    }
    let half = values.len() / 2;
    let mut done = half.min(TASK);
    for i in 0..done {
        values[i] = between(&values[2 * i], &values[2 * i + 1], challenge);
    }
    while done < half {
        // What is read next lies behind what may be written.
        let (written, read) = values.split_at_mut(2 * done);
        let count = done.min(half - done);
        written[done..done + count]
            .par_chunks_mut(TASK)
            .zip(read[..2 * count].par_chunks(2 * TASK))
            .for_each(|(written, read)| {
                for (entry, pair) in written.iter_mut().zip(read.chunks_exact(2)) {
                    *entry = between(&pair[0], &pair[1], challenge);
                }
            });
        done += count;
    }
    values.truncate(half);
}

/// Binds the highest bit of the index: the first half and the second become one.
pub fn halve(values: &mut Vec<EF>, challenge: EF) {
    let half = values.len() / 2;
    let (low, high) = values.split_at_mut(half);
    low.iter_mut().zip(high).for_each(|(low, high)| *low += challenge * (*high - *low));
    values.truncate(half);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Entries behind an odd end count, at every size around the pieces that tasks work on.
    #[test]
    fn folding_in_place_pairs_neighbours() {
        let challenge = EF::from_u64(11);
        let entry = |i: usize| [PEF::from(EF::from_usize(i * i + 3)); 2];
        let behind = [PEF::from(EF::from_u64(5)); 2];
        for count in [1, 2, 3, 2 * TASK - 1, 2 * TASK + 1, 4 * TASK + 2, 7 * TASK + 5, 9 * TASK] {
            let mut values: Vec<_> = (0..count).map(entry).collect();
            fold(&mut values, behind, challenge);
            assert_eq!(values.len(), count.div_ceil(2));
            for (i, value) in values.iter().enumerate() {
                let high = if 2 * i + 1 < count { entry(2 * i + 1) } else { behind };
                assert!(
                    *value == between(&entry(2 * i), &high, challenge.into()),
                    "{i} of {count}"
                );
            }
        }
    }
}
