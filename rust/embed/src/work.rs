//! Units of work: what a verification takes, the same on all machines, known before it is done.
//!
//! A unit is at most about a nanosecond of one core that verifies natively; `docs/embed/README.md` says how much longer other
//! targets take. It is counted from what a bundle says before any of it is verified:
//!
//! - a program: its bytes. One that is made to be slow to check takes longer (`docs/embed/README.md`);
//! - a link: its bytes, most of which are openings; the rows that its steps read, which the verifier draws; and what
//!   the relations of its program weigh: nodes and terms, entries of tables and constants, and in each step the
//!   elements of random tensors.
//!
//! A chain sums units over the proofs of a block, and leaves out what would exceed its limit.

use zkpot_ir::{Node, Program};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::statement::Statement;

use crate::limits::Limits;
use crate::refusal::Refusal;

/// Units of a byte of a program, which is decoded, checked and hashed.
const PROGRAM_BYTE: u64 = 25;

/// Units of a byte of a link, which is decoded, hashed and folded.
const LINK_BYTE: u64 = 30;

/// The same on the wrapped channel, whose hash is cheap in circuits alone.
const WRAPPED_LINK_BYTE: u64 = 400;

/// Units of a row that the schedule draws.
const ROW: u64 = 1_000;

/// Units of a node or a term of one: its labels are bound to points.
const TERM: u64 = 20_000;

/// Units of an entry of a table or a constant, which the verifier evaluates.
const ENTRY: u64 = 60;

/// Units of an element of a random tensor, which the verifier draws again.
const RANDOM: u64 = 60;

/// Units of a program with so many bytes.
pub const fn program_work(bytes: usize) -> u64 {
    PROGRAM_BYTE.saturating_mul(bytes as u64)
}

/// Units of a link with this statement and so many bytes.
pub fn link_work(program: &Program, statement: &Statement, bytes: usize) -> u64 {
    let steps = u64::from(statement.steps);
    let rows = steps.saturating_mul(program.batch.into());
    let byte = match statement.channel {
        ChannelKind::Clear | ChannelKind::Hiding => LINK_BYTE,
        ChannelKind::Wrapped => WRAPPED_LINK_BYTE,
    };
    let counted = [
        byte.saturating_mul(bytes as u64),
        ROW.saturating_mul(rows),
        relations_work(program, steps),
    ];
    counted.into_iter().fold(0, u64::saturating_add)
}

/// Units of the relations of a program over so many steps.
fn relations_work(program: &Program, steps: u64) -> u64 {
    let entries = |table: &zkpot_ir::Table| {
        table.columns.iter().map(|column| column.len() as u64).sum::<u64>()
    };
    let tables: u64 = program.tables.iter().map(entries).sum();
    let nodes = program.nodes.iter().map(|node| match node {
        Node::Sum { terms, .. } => TERM.saturating_mul(1 + terms.len() as u64),
        Node::Constant { values, .. } => ENTRY.saturating_mul(values.len() as u64),
        Node::Bernoulli { out, .. } => {
            let tensor = program.tensors.get(*out as usize);
            let elements = tensor.map_or(0, |tensor| {
                tensor
                    .shape
                    .iter()
                    .fold(1u64, |product, &length| product.saturating_mul(length.into()))
            });
            RANDOM.saturating_mul(elements).saturating_mul(steps)
        }
        _ => TERM,
    });
    nodes.fold(ENTRY.saturating_mul(tables), u64::saturating_add)
}

/// Work of one run so far, and its limit.
#[derive(Debug)]
pub(crate) struct Meter {
    used: u64,
    limit: u64,
}

impl Meter {
    pub(crate) const fn new(limit: u64) -> Self {
        Self { used: 0, limit }
    }

    pub(crate) const fn used(&self) -> u64 {
        self.used
    }

    /// Counts units before they are spent.
    ///
    /// # Errors
    /// [`Code::Limit`](crate::Code::Limit); what is refused does not count.
    pub(crate) fn spend(&mut self, units: u64) -> Result<(), Refusal> {
        let used = self.used.saturating_add(units);
        Limits::check("the verification's work", used, self.limit)?;
        self.used = used;
        Ok(())
    }
}
