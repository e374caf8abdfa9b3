//! Vectors of extension elements in SIMD lanes.
//!
//! Lane `l` of packed element `i` is element `i * WIDTH + l`. Binding the most significant index
//! bit pairs the first half of a vector with the second, which is the same for packed and plain
//! vectors, so the kernels of the sumchecks are generic over both.

use p3_field::{ExtensionField, Field, PackedFieldExtension, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use zkpot_protocol::field::{EF, F};

/// Base elements in SIMD lanes.
pub type PF = <F as Field>::Packing;
/// Extension elements in SIMD lanes.
pub type PEF = <EF as ExtensionField<F>>::ExtensionPacking;
/// Lanes.
pub const WIDTH: usize = <PF as PackedValue>::WIDTH;
/// Elements of a vector that one task works on.
pub const CHUNK: usize = 1 << 10;

/// Packs a slice whose length is a multiple of [`WIDTH`].
pub fn pack(values: &[EF]) -> Vec<PEF> {
    values.par_chunks_exact(WIDTH).map(PEF::from_ext_slice).collect()
}

/// The elements of a packed slice.
pub fn unpack(values: &[PEF]) -> Vec<EF> {
    <PEF as PackedFieldExtension<F, EF>>::to_ext_iter(values.iter().copied()).collect()
}

/// The sum of all lanes.
pub fn sum_lanes(value: PEF) -> EF {
    <PEF as PackedFieldExtension<F, EF>>::to_ext_iter([value]).sum()
}

/// Adds to one element of a packed slice.
#[allow(clippy::modulo_one, reason = "processors without vector units have one lane")]
pub fn add_at(values: &mut [PEF], index: usize, amount: EF) {
    values[index / WIDTH].add_assign_lane(index % WIDTH, amount);
}

/// Binds the most significant variable: `low + challenge * (high - low)`, in place.
pub fn bind<A>(values: &mut Vec<A>, challenge: A)
where
    A: PrimeCharacteristicRing + Copy + Send + Sync,
{
    let half = values.len() / 2;
    let (low, high) = values.split_at_mut(half);
    low.par_chunks_mut(CHUNK).zip(high.par_chunks(CHUNK)).for_each(|(low, high)| {
        for (low, &high) in low.iter_mut().zip(high) {
            *low += challenge * (high - *low);
        }
    });
    values.truncate(half);
}
