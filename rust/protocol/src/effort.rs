//! What a verification takes, counted while it is done: units of work, and field elements that it holds.
//!
//! A program can be made so that few bytes cost much: sums of sums become many claims, long axes long vectors,
//! windows visit all pairs of their labels. So every claim is counted before it is rewritten, with the lengths that
//! its rewriting goes through. What is counted is the same on all machines, and nothing in it is measured.
//!
//! A unit is at most about a nanosecond of one core that verifies natively (docs/embed, 'Units of work').

use zkpot_ir::Program;

use crate::arithmetization::LinkShape;
use crate::channel::ChannelKind;
use crate::rejection::Rejection;
use crate::statement::Statement;

/// Units of a claim on a tensor, or of a term that rewrites it.
pub const CLAIM: u64 = 600;
/// Units of a claim's part on a committed region, which the opening weighs.
pub const PART: u64 = 1_500;
/// Units of a product of two tensors: its rounds, and the masks behind them.
pub const PRODUCT: u64 = 4_000;
/// Units of an element of a vector of weights: it is made, added up and weighed.
pub const ELEMENT: u64 = 20;
/// Units of a pair of labels' values that a window visits.
pub const PLACE: u64 = 16;
/// Units of a row of a batch that a claim on data weighs.
pub const ROW: u64 = 100;
/// Units of an entry of a table, which the verifier evaluates.
pub const ENTRY: u64 = 10;
/// Units of an element of a constant, a random tensor or first states, which the verifier draws or weighs one by one.
pub const SINGLE: u64 = 30;
/// Units of a tensor, node, state or field of a shard in a link's constraint system.
pub const COLUMN: u64 = 2_000;
/// Elements that take as many bytes as a column does, a part, and a product with what it becomes.
const COLUMN_ELEMENTS: u64 = 40;
pub(crate) const PART_ELEMENTS: u64 = 8;
pub(crate) const PRODUCT_ELEMENTS: u64 = 32;
/// Units of a shard that a link opens.
const SHARD: u64 = 20_000;
/// Units of a row of a shard that is shuffled.
pub const SHUFFLED: u64 = 20;
/// Units of a row that the schedule draws.
pub const DRAWN: u64 = 1_000;
/// Units of a permutation of Poseidon2, which is cheap in circuits alone.
pub const PERMUTATION: u64 = 12_000;

/// Units and elements so far, and how many there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    units: u64,
    most_units: u64,
    elements: u64,
    most_elements: u64,
}

impl Effort {
    /// Nothing is spent or held yet.
    pub const fn new(units: u64, elements: u64) -> Self {
        Self { units: 0, most_units: units, elements: 0, most_elements: elements }
    }

    /// As long as it takes: for provers, who know what they prove.
    pub const fn unlimited() -> Self {
        Self::new(u64::MAX, u64::MAX)
    }

    /// Units so far.
    pub const fn units(&self) -> u64 {
        self.units
    }

    /// Units that are left.
    pub const fn left(&self) -> u64 {
        self.most_units - self.units
    }

    /// Elements that are held.
    pub const fn elements(&self) -> u64 {
        self.elements
    }

    /// Counts units before they are spent; those that are refused do not count.
    ///
    /// # Errors
    /// [`Rejection::Limit`].
    pub fn spend(&mut self, units: u64) -> Result<(), Rejection> {
        let units = self.units.saturating_add(units);
        if units > self.most_units {
            return Err(Rejection::Limit {
                part: "the verification's work",
                limit: self.most_units,
            });
        }
        self.units = units;
        Ok(())
    }

    /// Counts elements before they are made, with the work that each takes; those that are refused do not count.
    ///
    /// # Errors
    /// [`Rejection::Limit`].
    pub fn hold(&mut self, elements: u64) -> Result<(), Rejection> {
        let held = self.elements.saturating_add(elements);
        if held > self.most_elements {
            let part = "the number of field elements that a link holds";
            return Err(Rejection::Limit { part, limit: self.most_elements });
        }
        self.spend(ELEMENT.saturating_mul(elements))?;
        self.elements = held;
        Ok(())
    }

    /// Counts a statement's hash on the wrapped channel, two elements a permutation, before it is computed.
    ///
    /// # Errors
    /// [`Rejection::Limit`].
    pub fn add_statement(&mut self, statement: &Statement) -> Result<(), Rejection> {
        if statement.channel != ChannelKind::Wrapped {
            return Ok(());
        }
        let permutations = 1 + statement.count_elements() as u64 / 2;
        self.spend(PERMUTATION.saturating_mul(permutations))
    }

    /// Counts a link's constraint system, before it is derived.
    ///
    /// # Errors
    /// [`Rejection::Limit`].
    pub fn add_system(&mut self, program: &Program, shape: &LinkShape) -> Result<(), Rejection> {
        let fields = 1 + 2 * program.data.len() as u64;
        let shards = shape.shards.len() as u64;
        let columns = (program.tensors.len() + program.nodes.len() + program.states.len()) as u64;
        let columns = columns.saturating_add(shards.saturating_mul(fields));
        self.spend(COLUMN.saturating_mul(columns))?;
        // A shard is looked for among all of them.
        self.spend(SHARD.saturating_mul(shards))?;
        self.hold(COLUMN_ELEMENTS.saturating_mul(columns))
    }

    /// What is held is let go, as between links.
    pub const fn release(&mut self) {
        self.elements = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_does_not_count() {
        let mut effort = Effort::new(200, 5);
        assert_eq!(effort.spend(40), Ok(()));
        let refused = Err(Rejection::Limit { part: "the verification's work", limit: 200 });
        assert_eq!(effort.spend(161), refused);
        assert_eq!(effort.spend(u64::MAX), refused);
        assert_eq!((effort.units(), effort.left()), (40, 160));
        assert_eq!(effort.hold(5), Ok(()));
        let part = "the number of field elements that a link holds";
        assert_eq!(effort.hold(1), Err(Rejection::Limit { part, limit: 5 }));
        effort.release();
        assert_eq!((effort.elements(), effort.units()), (0, 40 + 5 * ELEMENT));
        assert_eq!(effort.hold(4), refused);
        assert_eq!((effort.elements(), effort.units()), (0, 40 + 5 * ELEMENT));
    }
}
