//! Sums integer tensors over weighted axes, the step before a product's sumcheck.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use zkpot_protocol::claims::{Axis, ProductFactor, SharedAxis};
use zkpot_protocol::field::{EF, embed};
use zkpot_protocol::layout::axis_bits;

use crate::packed::{PEF, PF, WIDTH, sum_lanes};

/// The factor as a vector over the shared axes (padded to powers of two, in their order):
/// its own axes summed with their weights, and multiplied with the shared axes' weights if
/// `weighted`.
pub fn contract(
    values: &[i64],
    lengths: &[usize],
    factor: &ProductFactor,
    shared: &[SharedAxis],
    weighted: bool,
) -> Vec<EF> {
    let mut axes: Vec<(usize, &Axis)> = lengths.iter().copied().zip(&factor.axes).collect();
    let longest = axes
        .iter()
        .enumerate()
        .filter(|(_, (_, axis))| matches!(axis, Axis::Own(_)))
        .max_by_key(|(_, (length, _))| *length)
        .map(|(position, _)| position);
    let mut table = match longest {
        None => values.par_iter().map(|&value| EF::from(embed(value))).collect(),
        Some(position) => {
            let table = sum_integers(values, &axes, position);
            axes.remove(position);
            table
        }
    };
    while let Some(position) = axes.iter().position(|(_, axis)| matches!(axis, Axis::Own(_))) {
        table = sum_axis(&table, &axes, position);
        axes.remove(position);
    }
    scatter(&table, &axes, shared, weighted)
}

/// `[before, axis, after]` lengths around an axis.
fn around(axes: &[(usize, &Axis)], position: usize) -> (usize, usize, usize) {
    let product = |axes: &[(usize, &Axis)]| axes.iter().map(|(length, _)| length).product();
    (product(&axes[..position]), axes[position].0, product(&axes[position + 1..]))
}

fn own<'a>(axes: &[(usize, &'a Axis)], position: usize) -> &'a [EF] {
    match axes[position].1 {
        Axis::Own(weights) => weights,
        Axis::Shared(_) => &[],
    }
}

fn lanes(values: &[i64]) -> PF {
    PF::from_fn(|lane| embed(values[lane]))
}

/// The first sum, over integers: three base multiplications an element.
fn sum_integers(values: &[i64], axes: &[(usize, &Axis)], position: usize) -> Vec<EF> {
    let (_, length, after) = around(axes, position);
    let weights = own(axes, position);
    let head = length / WIDTH * WIDTH;
    let packed: Vec<PEF> = crate::packed::pack(&weights[..head]);
    if after == 1 {
        return values
            .par_chunks_exact(length)
            .with_min_len(64)
            .map(|row| {
                let lanes = packed
                    .iter()
                    .zip(row.chunks_exact(WIDTH))
                    .fold(PEF::ZERO, |sum, (&weight, chunk)| sum + weight * lanes(chunk));
                let tail = weights[head..].iter().zip(&row[head..]);
                tail.fold(sum_lanes(lanes), |sum, (&weight, &value)| sum + weight * embed(value))
            })
            .collect();
    }
    let broadcast: Vec<PEF> = weights.iter().map(|&weight| PEF::from(weight)).collect();
    let columns = after / WIDTH * WIDTH;
    values
        .par_chunks_exact(length * after)
        .flat_map_iter(|block| {
            let mut sums = vec![PEF::ZERO; columns / WIDTH];
            let mut tail = vec![EF::ZERO; after - columns];
            for (k, row) in block.chunks_exact(after).enumerate() {
                for (sum, chunk) in sums.iter_mut().zip(row.chunks_exact(WIDTH)) {
                    *sum += broadcast[k] * lanes(chunk);
                }
                for (sum, &value) in tail.iter_mut().zip(&row[columns..]) {
                    *sum += weights[k] * embed(value);
                }
            }
            let mut out = crate::packed::unpack(&sums);
            out.append(&mut tail);
            out
        })
        .collect()
}

fn sum_axis(table: &[EF], axes: &[(usize, &Axis)], position: usize) -> Vec<EF> {
    let (_, length, after) = around(axes, position);
    let weights = own(axes, position);
    table
        .par_chunks_exact(length * after)
        .flat_map_iter(|block| {
            let mut sums = vec![EF::ZERO; after];
            for (row, &weight) in block.chunks_exact(after).zip(weights) {
                for (sum, &value) in sums.iter_mut().zip(row) {
                    *sum += weight * value;
                }
            }
            sums
        })
        .collect()
}

/// Orders the axes as the sumcheck's variables and pads them.
fn scatter(
    table: &[EF],
    axes: &[(usize, &Axis)],
    shared: &[SharedAxis],
    weighted: bool,
) -> Vec<EF> {
    let bits: Vec<usize> = shared.iter().map(|axis| axis_bits(axis.length)).collect();
    let places: Vec<usize> = (0..shared.len()).map(|axis| bits[axis + 1..].iter().sum()).collect();
    let mut out = vec![EF::ZERO; 1 << bits.iter().sum::<usize>()];
    let position = |axis: &Axis| match axis {
        Axis::Shared(position) => *position,
        Axis::Own(_) => 0,
    };
    let placed: Vec<(usize, usize)> =
        axes.iter().map(|(length, axis)| (*length, position(axis))).collect();
    for (flat, &value) in table.iter().enumerate() {
        let (mut rest, mut index, mut product) = (flat, 0, value);
        for &(length, axis) in placed.iter().rev() {
            let coordinate = rest % length;
            rest /= length;
            index += coordinate << places[axis];
            if weighted && let Some(weights) = &shared[axis].weights {
                product *= weights[coordinate];
            }
        }
        out[index] = product;
    }
    out
}
