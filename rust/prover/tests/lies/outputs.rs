//! Lies about what comes in and what comes out.

use zkpot_protocol::arithmetization::{LinkKind, Quantity, RelationName};

use super::{Broken, Lie};
use crate::execution::quotient;
use crate::programs::*;

/// Other final states than the trained, imported or sealed ones.
pub fn states(kind: LinkKind) -> Vec<Lie> {
    (0..2)
        .map(|state| {
            Lie::new(kind, Broken::Relation(RelationName::FinalState(state)), "another final state")
                .after(move |trace, _| trace.final_states[state][3] += 1)
        })
        .collect()
}

/// The range is proven of other integers than come out.
pub fn ranges(kind: LinkKind) -> Vec<Lie> {
    (0..2)
        .map(|state| {
            let relation = Broken::Relation(RelationName::FinalStateRange(state));
            Lie::new(kind, relation, "the range of another final state").after(move |trace, _| {
                let mut claimed = trace.final_states[state].clone();
                claimed[0] ^= 1;
                trace.claimed.insert(Quantity::FinalState(state), claimed);
            })
        })
        .collect()
}

/// Copies that differ from their shard.
pub fn copies(kind: LinkKind) -> Vec<Lie> {
    places()
        .map(|(shard, field)| {
            let relation = Broken::Relation(RelationName::ShardCopy(shard, field));
            let mut lie = Lie::new(kind, relation, "a copy that differs from its shard");
            lie.copies = Some((shard as u32, field));
            lie
        })
        .collect()
}

/// The range is proven of other data than come out.
pub fn data_ranges() -> Vec<Lie> {
    places()
        .map(|(shard, field)| {
            let relation = Broken::Relation(RelationName::ShardRange(shard, field));
            let says = "the range of another shard";
            Lie::new(LinkKind::Import, relation, says).after(move |trace, running| {
                let mut claimed = running.shards[&(shard as u32)].integers[field].clone();
                claimed[0] ^= 1;
                trace.claimed.insert(Quantity::ShardField(shard, field), claimed);
            })
        })
        .collect()
}

/// Weights, momentum, pixels and labels outside their range, or no integers at all.
pub fn owners() -> Vec<Lie> {
    let third = quotient(1, 3);
    let mut lies = Vec::new();
    for (state, bad) in [(0, 1 << 19), (0, -(1 << 19) - 1), (0, third), (1, 1 << 15), (1, third)] {
        let mut owned = Owned::new(3);
        owned.states[state][11] = bad;
        let range = Broken::Range(Quantity::FinalState(state));
        lies.push(Lie::new(LinkKind::Import, range, format!("a state of {bad}")).owner(owned));
    }
    for (shard, field) in places() {
        for bad in [[128, -129, third], [4, -1, third]][field] {
            let mut owned = Owned::new(3);
            owned.shards[shard][field][2] = bad;
            let range = Broken::Range(Quantity::ShardField(shard, field));
            lies.push(Lie::new(LinkKind::Import, range, format!("a datum of {bad}")).owner(owned));
        }
    }
    lies
}

/// Position of the shard and field of both shards.
fn places() -> impl Iterator<Item = (usize, usize)> {
    (0..2).flat_map(|shard| (0..2).map(move |field| (shard, field)))
}
