//! Sums integer tensors over weighted axes, the step before a product's sumcheck.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;
use zkpot_protocol::claims::{Axis, SharedAxis};
use zkpot_protocol::field::{EF, embed};
use zkpot_protocol::layout::axis_bits;
use zkpot_protocol::window::Window;

use crate::packed::{PEF, PF, WIDTH, sum_lanes};

/// A factor with its own axes summed.
#[derive(Debug)]
pub struct Contracted {
    table: Vec<EF>,
    /// Length of each axis and the shared axis that it is.
    axes: Vec<(usize, usize)>,
}

/// Sums a factor's own axes with their weights.
pub fn contract(values: &[i64], lengths: &[usize], factor: &[Axis]) -> Contracted {
    let mut axes: Vec<(usize, Role<'_>)> =
        lengths.iter().copied().zip(factor.iter().map(Role::of)).collect();
    let longest = axes
        .iter()
        .enumerate()
        .filter(|(_, (_, role))| matches!(role, Role::Own(_)))
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
    while let Some(position) = axes.iter().position(|(_, role)| matches!(role, Role::Own(_))) {
        table = sum_axis(&table, &axes, position);
        axes.remove(position);
    }
    while let Some((position, window)) = next_window(&axes) {
        table = slide(&table, around(&axes, position), window);
        let places = window.shared.iter().map(|&(place, _, length)| (length, Role::Shared(place)));
        axes.splice(position..=position, places);
    }
    let place = |role: Role<'_>| match role {
        Role::Shared(place) => place,
        Role::Own(_) | Role::Window(_) => 0,
    };
    let axes = axes.into_iter().map(|(length, role)| (length, place(role))).collect();
    Contracted { table, axes }
}

/// What an axis still is.
#[derive(Clone, Copy)]
enum Role<'a> {
    Shared(usize),
    Own(&'a [EF]),
    Window(&'a Window),
}

impl<'a> Role<'a> {
    fn of(axis: &'a Axis) -> Self {
        match axis {
            Axis::Shared(place) => Self::Shared(*place),
            Axis::Own(weights) => Self::Own(weights),
            Axis::Window(window) => Self::Window(window),
        }
    }
}

/// The window whose axis grows least.
fn next_window<'a>(axes: &[(usize, Role<'a>)]) -> Option<(usize, &'a Window)> {
    let growth = |length: usize, window: &Window| {
        window.shared.iter().map(|&(_, _, places)| places).product::<usize>() as f64 / length as f64
    };
    let windows = axes.iter().enumerate().filter_map(|(position, &(length, role))| match role {
        Role::Window(window) => Some((growth(length, window), position, window)),
        _ => None,
    });
    let least = windows.min_by(|a, b| a.0.total_cmp(&b.0));
    least.map(|(_, position, window)| (position, window))
}

/// From an axis to the shared labels that read it, summed over the others.
fn slide(table: &[EF], (before, length, after): (usize, usize, usize), window: &Window) -> Vec<EF> {
    let mut numerators = vec![0i64];
    for &(_, stride, places) in &window.shared {
        let starts = numerators.iter();
        numerators =
            starts.flat_map(|n| (0..places as i64).map(move |label| n + stride * label)).collect();
    }
    let rows: Vec<Vec<(usize, EF)>> = numerators
        .into_iter()
        .map(|numerator| {
            let own = window.own.iter();
            own.filter_map(|&(n, weight)| Some((window.place(numerator + n)?, weight))).collect()
        })
        .collect();
    let mut out = vec![EF::ZERO; before * rows.len() * after];
    let grain = (1 << 10) / after.max(1);
    out.par_chunks_mut(after).with_min_len(grain.max(1)).enumerate().for_each(|(index, sums)| {
        let block = &table[index / rows.len() * length * after..];
        for &(place, weight) in &rows[index % rows.len()] {
            let row = &block[place * after..(place + 1) * after];
            if weight == EF::ONE {
                sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += value);
            } else {
                sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += weight * value);
            }
        }
    });
    out
}

/// `[before, axis, after]` lengths around an axis.
fn around(axes: &[(usize, Role<'_>)], position: usize) -> (usize, usize, usize) {
    let product = |axes: &[(usize, Role<'_>)]| axes.iter().map(|(length, _)| length).product();
    (product(&axes[..position]), axes[position].0, product(&axes[position + 1..]))
}

fn own<'a>(axes: &[(usize, Role<'a>)], position: usize) -> &'a [EF] {
    match axes[position].1 {
        Role::Own(weights) => weights,
        Role::Shared(_) | Role::Window(_) => &[],
    }
}

fn lanes(values: &[i64]) -> PF {
    PF::from_fn(|lane| embed(values[lane]))
}

/// The first sum, over integers: three base multiplications an element.
fn sum_integers(values: &[i64], axes: &[(usize, Role<'_>)], position: usize) -> Vec<EF> {
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

fn sum_axis(table: &[EF], axes: &[(usize, Role<'_>)], position: usize) -> Vec<EF> {
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

impl Contracted {
    /// The factor as a vector over the shared axes, padded to powers of two, in their order:
    /// `scale` times the sums, and times the shared axes' weights if `weighted`.
    ///
    /// # Contract
    /// Each shared axis is one of the factor's.
    pub fn spread(&self, shared: &[SharedAxis], scale: EF, weighted: bool) -> Vec<EF> {
        let mut strides = vec![0; shared.len()];
        let mut stride = 1;
        for &(length, axis) in self.axes.iter().rev() {
            strides[axis] = stride;
            stride *= length;
        }
        let weights = |axis: usize| shared[axis].weights.as_ref().filter(|_| weighted);
        let Some((last, outer)) = shared.split_last() else {
            return self.table.iter().map(|&value| value * scale).collect();
        };
        let inner = 1usize << axis_bits(last.length);
        let rows: usize = outer.iter().map(|axis| 1usize << axis_bits(axis.length)).product();
        let (step, own) = (strides[outer.len()], weights(outer.len()));
        let mut vector = vec![EF::ZERO; rows * inner];
        let grain = ((1 << 10) / inner).max(1);
        vector.par_chunks_mut(inner).with_min_len(grain).enumerate().for_each(|(row, out)| {
            let (mut rest, mut start, mut factor) = (row, 0, scale);
            for (axis, SharedAxis { length, .. }) in outer.iter().enumerate().rev() {
                let coordinate = rest & ((1 << axis_bits(*length)) - 1);
                rest >>= axis_bits(*length);
                if coordinate >= *length {
                    return;
                }
                start += coordinate * strides[axis];
                if let Some(weights) = weights(axis) {
                    factor *= weights[coordinate];
                }
            }
            let values = self.table[start..].iter().step_by(step).take(last.length);
            match own {
                Some(weights) => {
                    for ((out, &value), &weight) in out.iter_mut().zip(values).zip(weights.iter()) {
                        *out = value * (factor * weight);
                    }
                }
                None if factor == EF::ONE => {
                    out.iter_mut().zip(values).for_each(|(out, &value)| *out = value);
                }
                None => {
                    out.iter_mut().zip(values).for_each(|(out, &value)| *out = value * factor);
                }
            }
        });
        vector
    }
}
