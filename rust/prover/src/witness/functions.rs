//! Integers that are committed beside the outputs of nodes and follow from the tensors.

use zkpot_ir::{Node, TensorId};
use zkpot_protocol::arithmetization::Quantity;

use super::Witness;

impl Witness<'_> {
    /// A quantity that the trace does not hold, row-major.
    pub(super) fn follows(&self, quantity: Quantity) -> Vec<i64> {
        match quantity {
            Quantity::Choice(node) => self.choices(node),
            Quantity::Gap(node) => self.gaps(node),
            Quantity::DivisionRemainder(node) => self.divisions(node, |rest, _| rest),
            Quantity::DivisionRoom(node) => self.divisions(node, |_, room| room),
            Quantity::RootRemainder(node) => self.roots(node, |rest, _| rest),
            Quantity::RootRoom(node) => self.roots(node, |_, room| room),
            Quantity::Magnitude(node) => self.magnitudes(node),
            Quantity::Tensor(_)
            | Quantity::Remainder(_)
            | Quantity::FirstState(_)
            | Quantity::FinalState(_)
            | Quantity::ShardField(..) => Vec::new(),
        }
    }

    /// One for the first largest element of each row.
    fn choices(&self, node: usize) -> Vec<i64> {
        let Node::Max { input, out } = self.program.nodes[node] else { return Vec::new() };
        let mut gaps = self.gaps(node);
        for row in gaps.chunks_exact_mut(self.reduced(input, out)) {
            let first = row.iter().position(|&gap| gap == 0);
            for (index, entry) in row.iter_mut().enumerate() {
                *entry = i64::from(Some(index) == first);
            }
        }
        gaps
    }

    fn gaps(&self, node: usize) -> Vec<i64> {
        match self.program.nodes[node] {
            Node::Max { input, out } => self
                .tensor(input)
                .chunks_exact(self.reduced(input, out))
                .zip(self.tensor(out))
                .flat_map(|(row, &largest)| row.iter().map(move |&value| largest - value))
                .collect(),
            Node::ArgMax { input, max, out } => {
                let width = self.reduced(input, max);
                let rows = self.tensor(input).chunks_exact(width).zip(self.tensor(max));
                rows.zip(self.tensor(out).chunks_exact(width))
                    .flat_map(|((row, &largest), choice)| {
                        let place = choice.iter().zip(0..).map(|(&bit, i)| bit * i).sum::<i64>();
                        let gap =
                            move |(&value, own)| width as i64 * (largest - value) - place + own;
                        row.iter().zip(0..).map(gap)
                    })
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// How many successive elements of `input` one of `out` is made of.
    fn reduced(&self, input: TensorId, out: TensorId) -> usize {
        let elements = |tensor: TensorId| -> usize {
            let shape = &self.program.tensors[tensor as usize].shape;
            shape.iter().map(|&length| length as usize).product()
        };
        elements(input) / elements(out)
    }

    /// Remainder and room of each division.
    fn divisions(&self, node: usize, pick: impl Fn(i64, i64) -> i64) -> Vec<i64> {
        let Node::Divide { numerator, denominator, ref axes, out, shift } =
            self.program.nodes[node]
        else {
            return Vec::new();
        };
        let (top, bottom) = (self.tensor(numerator), self.tensor(denominator));
        let shape = &self.program.tensors[out as usize].shape;
        let elements: usize = shape.iter().map(|&length| length as usize).product();
        let lengths = axes.iter().map(|&axis| shape[usize::from(axis)] as usize);
        let divisors: usize = lengths.product();
        let divisor = |flat: usize| {
            let (step, mut rest) = (flat / elements, flat % elements);
            let mut index = vec![0; shape.len()];
            for (place, &length) in index.iter_mut().zip(shape).rev() {
                *place = rest % length as usize;
                rest /= length as usize;
            }
            let place = axes.iter().fold(0, |place, &axis| {
                place * shape[usize::from(axis)] as usize + index[usize::from(axis)]
            });
            bottom[step * divisors + place]
        };
        top.iter()
            .zip(self.tensor(out))
            .enumerate()
            .map(|(flat, (&top, &quotient))| {
                let bottom = divisor(flat);
                let remainder = (top << (shift + 1)) + bottom - 2 * bottom * quotient;
                pick(remainder, 2 * bottom - 1 - remainder)
            })
            .collect()
    }

    /// Remainder and room of each root.
    fn roots(&self, node: usize, pick: impl Fn(i64, i64) -> i64) -> Vec<i64> {
        let Node::Root { input, out, shift } = self.program.nodes[node] else { return Vec::new() };
        self.tensor(input)
            .iter()
            .zip(self.tensor(out))
            .map(|(&radicand, &root)| {
                let remainder = (radicand << shift) + root - root * root;
                pick(remainder, 2 * root - 1 - remainder)
            })
            .collect()
    }

    fn magnitudes(&self, node: usize) -> Vec<i64> {
        let Node::Positive { input, out } = self.program.nodes[node] else { return Vec::new() };
        self.tensor(input)
            .iter()
            .zip(self.tensor(out))
            .map(|(&value, &bit)| (2 * bit - 1) * value - bit)
            .collect()
    }
}
