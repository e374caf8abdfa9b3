//! Shapes and bounds of the nodes that are neither linear nor tables.

use alloc::borrow::ToOwned;

use super::{Wide, fault};
use crate::{Node, Program, ProgramError, TensorId};

/// Differences, gaps and arguments of comparisons stay below this.
const SPREAD: i128 = 1 << 48;

impl Program {
    /// Checks a node; `interval` bounds the tensors that it reads and declares.
    pub(super) fn check_function(
        &self,
        node: &Node,
        interval: impl Fn(TensorId) -> Wide,
    ) -> Result<(), ProgramError> {
        match node {
            Node::Max { input, out } => {
                self.check_reduced(*input, *out)?;
                let name = self.name_of(*out);
                let (input, out) = (interval(*input), interval(*out));
                if input.hi - input.lo.min(out.lo) >= SPREAD || out.hi - input.lo >= SPREAD {
                    return fault(name, "the spread of its input is below 2^48");
                }
            }
            Node::ArgMax { input, max, out } => {
                let places = self.check_reduced(*input, *max)?;
                self.check_bits(*input, *out)?;
                let (input, max) = (interval(*input), interval(*max));
                let wide = (input.hi - input.lo.min(max.lo)).max(max.hi - input.lo);
                // One more for the order of the places.
                if (wide + 1) * places >= SPREAD {
                    return fault(
                        self.name_of(*out),
                        "the spread of its input, times its places, is below 2^48",
                    );
                }
            }
            Node::Positive { input, out } => {
                self.check_bits(*input, *out)?;
                if interval(*input).magnitude() >= SPREAD {
                    return fault(self.name_of(*out), "what is compared with zero is below 2^48");
                }
            }
            Node::Root { input, out, shift } => {
                let name = self.name_of(*out);
                if self.tensors[*input as usize].shape != self.tensors[*out as usize].shape {
                    return fault(name, "input and output have one shape");
                }
                if *shift > 48 {
                    return fault(name, "a shift is 0 to 48");
                }
                let (input, out) = (interval(*input), interval(*out));
                if out.lo < 1 || out.hi >= 1 << 31 {
                    return fault(name, "a root is at least 1 and below 2^31");
                }
                Wide::checked(input.scale(1 << *shift).and_then(|x| x.add(out)), name)?;
                // out * out + remainder, with the remainder below 2 * out.
                let square = out.mul(out).and_then(|s| s.add(Wide { lo: 0, hi: 2 * out.hi }));
                Wide::checked(square, name)?;
            }
            Node::Divide { numerator, denominator, axes, out, shift } => {
                let name = self.name_of(*out);
                self.check_divisor(*numerator, *denominator, axes, *out)?;
                if *shift > 48 {
                    return fault(name, "a shift is 0 to 48");
                }
                let (top, bottom) = (interval(*numerator), interval(*denominator));
                if bottom.lo < 1 {
                    return Err(ProgramError::Divisor {
                        node: name.to_owned(),
                        lo: bottom.lo as i64,
                    });
                }
                if bottom.hi >= 1 << 46 {
                    return fault(name, "a divisor is below 2^46");
                }
                Wide::checked(top.scale(2i128 << *shift).and_then(|t| t.add(bottom)), name)?;
                // 2 * denominator * out + remainder, with the remainder below 2 * denominator.
                let back = bottom.mul(interval(*out)).and_then(|b| b.scale(2));
                Wide::checked(back.and_then(|b| b.add(Wide { lo: 0, hi: 2 * bottom.hi })), name)?;
            }
            Node::Sum { .. }
            | Node::Constant { .. }
            | Node::Bernoulli { .. }
            | Node::Rescale { .. }
            | Node::Lookup { .. }
            | Node::OneHot { .. } => {}
        }
        Ok(())
    }

    /// The number of places that a reduction of trailing axes compares.
    fn check_reduced(&self, input: TensorId, out: TensorId) -> Result<i128, ProgramError> {
        let shape = |id: TensorId| self.tensors[id as usize].shape.as_slice();
        match shape(input).strip_prefix(shape(out)) {
            Some(reduced) if !reduced.is_empty() => {
                Ok(reduced.iter().map(|&length| i128::from(length)).product())
            }
            _ => fault(self.name_of(out), "shape of the input without its last axes"),
        }
    }

    /// An output of zeros and ones.
    fn check_bits(&self, input: TensorId, out: TensorId) -> Result<(), ProgramError> {
        let (name, out) = (self.name_of(out), &self.tensors[out as usize]);
        if self.tensors[input as usize].shape != out.shape {
            return fault(name, "input and output have one shape");
        }
        if out.range.is_none_or(|r| r.lo != 0 || r.bits != 1) {
            return fault(name, "zeros and ones have the range [0, 2)");
        }
        Ok(())
    }

    /// Each axis of a divisor is an axis of the quotient.
    fn check_divisor(
        &self,
        numerator: TensorId,
        denominator: TensorId,
        axes: &[u8],
        out: TensorId,
    ) -> Result<(), ProgramError> {
        let name = self.name_of(out);
        let shape = |id: TensorId| self.tensors[id as usize].shape.as_slice();
        let quotient = shape(out);
        if shape(numerator) != quotient {
            return fault(name, "dividend and quotient have one shape");
        }
        let lengths = shape(denominator);
        let fits = axes.len() == lengths.len()
            && axes.iter().zip(lengths).enumerate().all(|(position, (&label, length))| {
                quotient.get(usize::from(label)) == Some(length)
                    && !axes[..position].contains(&label)
            });
        if !fits {
            return fault(name, "each axis of the divisor is one of the quotient's");
        }
        Ok(())
    }
}
