//! Random tensors: what they may be, and how much of them a verifier evaluates.

use alloc::vec;

use super::{Interval, fault};
use crate::{Node, Program, ProgramError, Reading, TensorId};

/// Random elements that the claims of one link read together. Drawing and weighing one takes a
/// verifier about 2 ns (docs/spec/protocol.md, 'Random tensors').
const MAX_READ: u64 = 1 << 30;

impl Program {
    /// Checks a random tensor's probability and returns its interval.
    pub(super) fn check_probability(
        &self,
        out: TensorId,
        numerator: u32,
        bits: u32,
    ) -> Result<Interval, ProgramError> {
        let possible = (1..=16).contains(&bits) && numerator >> bits == 0 && numerator & 1 == 1;
        if !possible {
            return fault(
                self.name_of(out),
                "a probability is an odd number of 2^bits, below one, with 1 to 16 bits",
            );
        }
        Ok(Interval { lo: 0, hi: 1 })
    }

    /// Random tensors differ, have a seed, and are no more than a verifier evaluates.
    ///
    /// A claim on a sum becomes claims on its operands, so a random tensor is read as often as it
    /// is reached; everything else counts once for each node that reads it.
    pub(super) fn check_random(&self) -> Result<(), ProgramError> {
        let mut ordinals = alloc::collections::BTreeSet::new();
        let mut claims = vec![0u64; self.tensors.len()];
        for output in &self.outputs {
            claims[output.tensor as usize] += 1;
        }
        let mut read = 0u64;
        for node in self.nodes.iter().rev() {
            if let Node::Bernoulli { out, ordinal, .. } = *node {
                let name = self.name_of(out);
                if self.reading != Reading::Shuffled {
                    return fault(name, "a program that reads in order has no seed to draw from");
                }
                if !ordinals.insert(ordinal) {
                    return fault(name, "two random tensors have its ordinal");
                }
                let shape = &self.tensors[out as usize].shape;
                let elements = shape.iter().fold(1u64, |all, &n| all.saturating_mul(n.into()));
                read = read.saturating_add(elements.saturating_mul(claims[out as usize]));
                if read.saturating_mul(self.max_steps.into()) > MAX_READ {
                    return fault(
                        name,
                        "the claims of the longest link read more than 2^30 random elements; \
                         compile with a smaller max_steps",
                    );
                }
            }
            let through = match node {
                Node::Sum { out, .. } => claims[*out as usize],
                _ => 1,
            };
            for input in node.inputs() {
                let known = &mut claims[input as usize];
                *known = known.saturating_add(through);
            }
        }
        Ok(())
    }
}
