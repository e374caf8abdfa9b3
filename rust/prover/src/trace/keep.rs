//! Which tensors an execution keeps.

use zkpot_ir::{Node, Program};

/// What remains of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Everything that a proof reads: all committed tensors, the remainders, and those sums
    /// that are an operand of a product, a lookup, a maximum, a comparison, a division or a root,
    /// or an output.
    Witness,
    /// The final states, the losses, and the tensors that the program's outputs add up.
    Outputs,
    /// The final states and the losses.
    Nothing,
}

impl Keep {
    /// Which tensors are kept, by index.
    pub(super) fn tensors(self, program: &Program) -> Vec<bool> {
        if self == Keep::Nothing {
            return vec![false; program.tensors.len()];
        }
        let witness = self == Keep::Witness;
        let mut kept: Vec<bool> =
            program.tensors.iter().map(|t| witness && t.range.is_some()).collect();
        for node in program.nodes.iter().filter(|_| witness) {
            let read: Vec<u32> = match node {
                Node::Sum { terms, .. } => terms
                    .iter()
                    .filter_map(|t| t.right.as_ref().map(|r| [t.left.tensor, r.tensor]))
                    .flatten()
                    .collect(),
                Node::Lookup { .. }
                | Node::Max { .. }
                | Node::Divide { .. }
                | Node::Root { .. }
                | Node::Positive { .. }
                | Node::ArgMax { .. } => node.inputs(),
                Node::Constant { .. }
                | Node::Bernoulli { .. }
                | Node::Rescale { .. }
                | Node::OneHot { .. } => continue,
            };
            for tensor in read {
                kept[tensor as usize] = true;
            }
        }
        for output in &program.outputs {
            kept[output.tensor as usize] = true;
        }
        kept
    }
}
