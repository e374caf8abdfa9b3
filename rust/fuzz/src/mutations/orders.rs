//! Orders with statements that follow them, and heads of the run before.

use zkpot_protocol::pending::Head;
use zkpot_protocol::proof::LinkProof;
use zkpot_protocol::statement::{Order, Origin};

use crate::attempt::{Attempt, Terms};
use crate::bytes;
use crate::chance::Chance;
use crate::tree;
use crate::world::World;

/// Another order, and the run's first link with a statement that fits it.
pub fn order(world: &World, chance: &mut Chance) -> Attempt {
    let run = chance.below(world.runs.len());
    let from = &world.runs[run];
    let mut order = from.order.clone();
    for _ in 0..4 {
        let mut value = serde_json::to_value(&order).unwrap_or_default();
        tree::mutate(&mut value, chance);
        if let Ok(other) = serde_json::from_value(value) {
            order = other;
            break;
        }
    }
    let mut link = super::base(&from.links[0], chance);
    if !chance.once_in(8) {
        follow(&mut link, &order);
    }
    let head = from.head.clone().map(|mut head| {
        if let Origin::Run(digest) = order.origin {
            head.statement = digest;
            head.states.commitment = order.first;
            head.steps = order.earlier_steps;
        }
        head
    });
    let terms = Terms::Other(order, head);
    Attempt { run, position: 0, terms, link: link.to_bytes(), lenient: false }
}

/// Makes a link's statement say what an order says.
pub fn follow(link: &mut LinkProof, order: &Order) {
    let statement = &mut link.statement;
    if statement.before == statement.first {
        statement.before = order.first;
    }
    statement.program = order.program;
    statement.first = order.first;
    statement.data_root = order.data_root();
    statement.nonce = order.nonce;
    statement.origin = order.origin;
    statement.earlier_steps = order.earlier_steps;
    statement.security = order.security;
    statement.context.clone_from(&order.context);
    for entry in &mut statement.shards {
        if let Some(&(rows, root)) = order.shards.get(entry.index as usize) {
            (entry.rows, entry.before) = (rows, root);
        }
    }
}

/// Another head of the run before; its claims are those that the first link opens.
pub fn head(world: &World, chance: &mut Chance) -> Attempt {
    let continuing: Vec<usize> =
        (0..world.runs.len()).filter(|&run| world.runs[run].head.is_some()).collect();
    let run = continuing.get(chance.below(continuing.len())).copied().unwrap_or_default();
    let from = &world.runs[run];
    let link = &from.links[0];
    let attempt = |terms, link: &[u8]| Attempt {
        run,
        position: 0,
        terms,
        link: link.to_vec(),
        lenient: false,
    };
    let Some(head) = &from.head else { return attempt(Terms::Same, &link.bare.to_bytes()) };
    if chance.once_in(2) {
        let mut bytes = head.to_bytes();
        bytes::mutate(&mut bytes, chance);
        return attempt(Terms::Head(bytes), &link.short.to_bytes());
    }
    let mut value = serde_json::to_value(head).unwrap_or_default();
    tree::mutate(&mut value, chance);
    let other: Head = serde_json::from_value(value).unwrap_or_else(|_| head.clone());
    // Up to the claim's opening, now and then.
    if chance.once_in(16) {
        return attempt(Terms::Head(other.to_bytes()), &link.whole_bytes);
    }
    attempt(Terms::Head(other.to_bytes()), &link.short.to_bytes())
}
