//! Lies, each of which breaks one constraint and nothing else.

pub mod comparison;
pub mod digits;
pub mod division;
pub mod labels;
pub mod outputs;
pub mod roots;
pub mod rounding;
pub mod tables;

use zkpot_ir::Node;
use zkpot_protocol::arithmetization::{
    Arithmetization, Column, Lookup, Quantity, RelationName, Target,
};
use zkpot_protocol::field::F;
use zkpot_protocol::rejection::Rejection;
use zkpot_prover::trace::Trace;

use crate::execution::{Moment, Step};
use crate::programs::{Owned, Running};

/// What a lie breaks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Broken {
    /// A relation between committed values.
    Relation(RelationName),
    /// The proof that an integer lies in its range.
    Range(Quantity),
    /// The rows of a [`Node::Lookup`], by node.
    Table(usize),
}

impl Broken {
    /// How the verifier refuses it.
    pub fn rejection(&self) -> Rejection {
        match self {
            Self::Relation(_) => Rejection::Relation,
            // The sum over all fractions is claimed to be zero and is not: the root's children
            // give it away.
            Self::Range(_) | Self::Table(_) => Rejection::LookupLayer { layer: 0 },
        }
    }

    /// The constraint system without what is broken.
    pub fn without(&self, system: &Arithmetization, nodes: &[Node]) -> Arithmetization {
        let mut system = system.clone();
        let before = system.relations.len() + system.lookups.len();
        match self {
            Self::Relation(name) => system.relations.retain(|relation| relation.name != *name),
            _ => {
                let whole = system.clone();
                system.lookups.retain(|lookup| Self::of_lookup(lookup, &whole, nodes) != *self);
            }
        }
        let after = system.relations.len() + system.lookups.len();
        assert!(after < before, "the link has no {self:?}");
        system
    }

    /// What a false row of the lookup breaks.
    pub fn of_lookup(lookup: &Lookup, system: &Arithmetization, nodes: &[Node]) -> Self {
        if let Target::Tensor(argument) = lookup.argument {
            let node = nodes
                .iter()
                .position(|node| matches!(node, Node::Lookup { input, .. } if *input == argument));
            return Self::Table(node.unwrap());
        }
        let Target::Region(argument) = lookup.argument else { panic!("no range") };
        let quantity = system.columns.iter().find_map(|column| match *column {
            Column::Digit { region, quantity, .. } if region == argument => {
                Some(system.quantities[quantity].quantity)
            }
            _ => None,
        });
        Self::Range(quantity.or_else(|| system.committed_integers(argument)).unwrap())
    }
}

/// Where in a run a link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// An import of all that the owners committed to.
    Import,
    /// A training link that takes the owners' commitments itself.
    First,
    /// A training link after an import.
    Training,
    /// The seal.
    Seal,
}

type During = Box<dyn Fn(Moment, &mut Step)>;
type After = Box<dyn Fn(&mut Trace, &Running)>;
type Committing = fn(&Arithmetization, Quantity, &mut [F]);

/// A lie, told while the link is made.
pub struct Lie {
    /// In words.
    pub says: String,
    /// In which link.
    pub stage: Stage,
    /// What it breaks.
    pub breaks: Broken,
    /// Told while the steps are executed.
    pub during: During,
    /// Told about the executed steps or the outputs.
    pub after: After,
    /// Told when the witness is committed.
    pub committing: Option<Committing>,
    /// Position of a shard whose copy differs, and the field.
    pub copies: Option<(u32, usize)>,
    /// What the owner commits, where that is part of the lie.
    pub owned: Option<Owned>,
    /// A row, by shard, that the steps must not read.
    pub unread: Option<(u32, u32)>,
}

impl Lie {
    /// No lie yet.
    pub fn new(stage: Stage, breaks: Broken, says: impl Into<String>) -> Self {
        Self {
            says: says.into(),
            stage,
            breaks,
            during: Box::new(|_, _| ()),
            after: Box::new(|_, _| ()),
            committing: None,
            copies: None,
            owned: None,
            unread: None,
        }
    }

    /// A lie of a training link.
    pub fn training(breaks: Broken, says: impl Into<String>) -> Self {
        Self::new(Stage::Training, breaks, says)
    }

    /// Told in the second step, right after `node`.
    pub fn at(mut self, node: usize, tell: impl Fn(&mut Step) + 'static) -> Self {
        let moment = Moment { step: 1, node: Some(node) };
        self.during = Box::new(move |now, step| {
            if now == moment {
                tell(step);
            }
        });
        self
    }

    /// Told in every step, right after `node`.
    pub fn always(mut self, node: usize, tell: impl Fn(&mut Step) + 'static) -> Self {
        self.during = Box::new(move |now, step| {
            if now.node == Some(node) {
                tell(step);
            }
        });
        self
    }

    /// Told about the whole trace.
    pub fn after(mut self, tell: impl Fn(&mut Trace, &Running) + 'static) -> Self {
        self.after = Box::new(tell);
        self
    }

    /// Told by an owner.
    pub fn owner(mut self, owned: Owned) -> Self {
        self.owned = Some(owned);
        self
    }
}
