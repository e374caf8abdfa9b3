//! Relations of quotients, roots, comparisons and places of maxima.

use alloc::vec;
use alloc::vec::Vec;
use zkpot_ir::{Node, Program};

use super::super::columns::reduced;
use super::{Factor, RelationName, RelationTerm, Target, axes, term};
use crate::arithmetization::{Arithmetization, Quantity, lengths_over_steps};

/// `coefficient * left * right`, both along all their axes.
fn product(coefficient: i64, left: Factor, right: Factor) -> RelationTerm {
    RelationTerm { coefficient, left, right: Some(right), index: None }
}

/// `coefficient * target`, along `label` also times the index.
fn indexed(coefficient: i64, target: Target, labels: Vec<u8>, label: u8) -> RelationTerm {
    RelationTerm { index: Some(label), ..term(coefficient, target, labels) }
}

impl Arithmetization {
    pub(super) fn add_function(&mut self, program: &Program, index: usize) {
        let over = |tensor| lengths_over_steps(program, tensor, self.shape.steps);
        let of = |target, labels: &[u8]| Factor { target, labels: labels.to_vec() };
        match &program.nodes[index] {
            Node::Divide { numerator, denominator, axes: own, out, shift } => {
                let lengths = over(*out);
                let all = axes(lengths.len());
                // The steps come first.
                let own: Vec<u8> =
                    core::iter::once(0).chain(own.iter().map(|axis| axis + 1)).collect();
                let remainder = self.quantity(Quantity::DivisionRemainder(index));
                let room = self.quantity(Quantity::DivisionRoom(index));
                let denominator = Target::Tensor(*denominator);
                let quotient = vec![
                    term(2 << shift, Target::Tensor(*numerator), all.clone()),
                    term(1, denominator, own.clone()),
                    product(-2, of(denominator, &own), of(Target::Tensor(*out), &all)),
                    term(-1, remainder, all.clone()),
                ];
                let below = vec![
                    term(2, denominator, own),
                    term(-1, remainder, all.clone()),
                    term(-1, room, all),
                ];
                self.push(RelationName::Divide(index), lengths.clone(), quotient, 0);
                self.push(RelationName::DivideRemainder(index), lengths, below, -1);
            }
            Node::Root { input, out, shift } => {
                let lengths = over(*out);
                let all = axes(lengths.len());
                let remainder = self.quantity(Quantity::RootRemainder(index));
                let room = self.quantity(Quantity::RootRoom(index));
                let root = Target::Tensor(*out);
                let square = vec![
                    term(1 << shift, Target::Tensor(*input), all.clone()),
                    term(1, root, all.clone()),
                    product(-1, of(root, &all), of(root, &all)),
                    term(-1, remainder, all.clone()),
                ];
                let below = vec![
                    term(2, root, all.clone()),
                    term(-1, remainder, all.clone()),
                    term(-1, room, all),
                ];
                self.push(RelationName::Root(index), lengths.clone(), square, 0);
                self.push(RelationName::RootRemainder(index), lengths, below, -1);
            }
            Node::Positive { input, out } => {
                let lengths = over(*out);
                let all = axes(lengths.len());
                let magnitude = self.quantity(Quantity::Magnitude(index));
                let (input, bit) = (Target::Tensor(*input), Target::Tensor(*out));
                let terms = vec![
                    product(2, of(bit, &all), of(input, &all)),
                    term(-1, input, all.clone()),
                    term(-1, bit, all.clone()),
                    term(-1, magnitude, all),
                ];
                self.push(RelationName::Positive(index), lengths, terms, 0);
            }
            Node::ArgMax { input, max, out } => {
                let (full, lengths) = (over(*input), over(*max));
                let (all, leading) = (axes(full.len()), axes(lengths.len()));
                let places = reduced(program, *input, *max) as i64;
                let gap = self.quantity(Quantity::Gap(index));
                let choice = Target::Tensor(*out);
                let mut terms = vec![
                    term(places, Target::Tensor(*max), leading.clone()),
                    term(-places, Target::Tensor(*input), all.clone()),
                    term(-1, gap, all.clone()),
                ];
                // The choice once more, summed over the places: its index is the maximum's
                // place, and an index of the domain's is the element's own.
                let reduced = full.len() - leading.len();
                let fresh = (full.len()..full.len() + reduced).map(|label| label as u8);
                let summed: Vec<u8> = leading.iter().copied().chain(fresh).collect();
                let mut stride = places;
                for axis in leading.len()..full.len() {
                    stride /= full[axis] as i64;
                    let theirs = summed[axis];
                    terms.push(indexed(-stride, choice, summed.clone(), theirs));
                    terms.push(indexed(stride, choice, summed.clone(), axis as u8));
                }
                let attained = vec![product(1, of(choice, &all), of(gap, &all))];
                let one = vec![term(1, choice, all)];
                self.push(RelationName::ArgMaxChoice(index), lengths.clone(), one, -1);
                self.push(RelationName::ArgMaxGap(index), full, terms, 0);
                self.push(RelationName::ArgMaxAttained(index), lengths, attained, 0);
            }
            Node::Sum { .. }
            | Node::Constant { .. }
            | Node::Bernoulli { .. }
            | Node::Rescale { .. }
            | Node::Lookup { .. }
            | Node::OneHot { .. }
            | Node::Max { .. } => {}
        }
    }
}
