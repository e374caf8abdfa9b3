//! Where an operand of a sum reads its axes: plain axes, windows, slices, merged axes, padding.

use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use crate::TensorId;

/// The place at which an operand reads one of its axes: with `n = offset + sum of stride * label`
/// it is `n / divisor` where `divisor` divides `n` and the axis has that place. Elsewhere the
/// operand is zero.
///
/// A window of a convolution is `stride * out + dilation * tap - padding`, its transpose divides
/// by the stride; a slice has an offset and a stride, a reshape that merges axes one label for
/// each of them, a concatenation adds operands that are zero outside their part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Labels with their strides, each label once in an operand.
    pub labels: Vec<(u8, i32)>,
    /// Added to the labels.
    pub offset: i32,
    /// At least one.
    pub divisor: u32,
}

impl Index {
    /// The axis that a label names.
    pub fn plain(label: u8) -> Self {
        Self { labels: vec![(label, 1)], offset: 0, divisor: 1 }
    }

    /// The label of an index that is nothing else.
    pub fn as_plain(&self) -> Option<u8> {
        match (self.labels.as_slice(), self.offset, self.divisor) {
            (&[(label, 1)], 0, 1) => Some(label),
            _ => None,
        }
    }

    /// Least and greatest `n`, for labels of these lengths (each at least one).
    pub fn span(&self, length: impl Fn(u8) -> u32) -> (i64, i64) {
        let start = i64::from(self.offset);
        self.labels.iter().fold((start, start), |(lo, hi), &(label, stride)| {
            let reach = i64::from(stride) * (i64::from(length(label)) - 1);
            (lo + reach.min(0), hi + reach.max(0))
        })
    }

    /// Whether every place lies on an axis of this length, so that nothing is zero.
    pub fn covers(&self, axis: u32, length: impl Fn(u8) -> u32) -> bool {
        let (lo, hi) = self.span(length);
        self.divisor == 1 && lo >= 0 && hi < i64::from(axis)
    }
}

/// A tensor with an index for each of its axes, in the sense of an Einstein sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operand {
    /// The tensor.
    pub tensor: TensorId,
    /// One index an axis. Labels below the rank of the sum's output name the output's axes, the
    /// others are summed over.
    pub axes: Vec<Index>,
}

impl Operand {
    /// An operand whose axes are named by one label each.
    pub fn plain(tensor: TensorId, labels: &[u8]) -> Self {
        Self { tensor, axes: labels.iter().map(|&label| Index::plain(label)).collect() }
    }

    /// Whether the operand is this tensor with axes that are named by these labels.
    pub fn is_plain(&self, tensor: TensorId, labels: &[u8]) -> bool {
        self.tensor == tensor
            && self.axes.len() == labels.len()
            && self.axes.iter().zip(labels).all(|(axis, &label)| axis.as_plain() == Some(label))
    }

    /// All labels, in the order of the axes.
    pub fn labels(&self) -> impl Iterator<Item = u8> + '_ {
        self.axes.iter().flat_map(|axis| axis.labels.iter().map(|&(label, _)| label))
    }
}
