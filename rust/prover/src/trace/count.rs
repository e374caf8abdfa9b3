//! What a step computes, counted.

use serde::Serialize;
use zkpot_ir::{Node, Program};

use super::machine::elements;
use super::sum::Summand;

/// What a node computes in one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NodeWork {
    /// The tensor that it computes, the last of several.
    pub tensor: u32,
    /// Multiplications in products of matrices.
    pub matrix: u64,
    /// Turns of loops in other terms of sums.
    pub loops: u64,
    /// Elements of what it computes.
    pub elements: u64,
    /// Numbers that operands and results of its products of matrices are as floating point, one
    /// product after another.
    pub scratch: u64,
}

/// What an execution computes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TraceWork {
    /// In one step, by node.
    pub nodes: Vec<NodeWork>,
}

impl TraceWork {
    /// Counts for a checked program.
    pub fn of(program: &Program) -> Self {
        Self { nodes: program.nodes.iter().map(|node| node_work(program, node)).collect() }
    }
}

fn node_work(program: &Program, node: &Node) -> NodeWork {
    let outputs = node.outputs();
    let mut work = NodeWork {
        tensor: outputs.last().copied().unwrap_or_default(),
        elements: outputs.iter().map(|&out| elements(program, out) as u64).sum(),
        ..NodeWork::default()
    };
    if let Node::Sum { out, summed, terms, .. } = node {
        for term in terms {
            let summand = Summand::new(program, *out, summed, term);
            let (matrix, loops) = summand.turns();
            work.matrix += matrix;
            work.loops += loops;
            work.scratch += summand.scratch();
        }
    }
    work
}
