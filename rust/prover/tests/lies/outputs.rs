//! Lies about what comes in and what comes out.

use zkpot_protocol::arithmetization::{Arithmetization, Quantity, RelationName};

use super::{Broken, Lie, Stage};
use crate::execution::quotient;
use crate::programs::*;

/// Other final states than the trained, imported or sealed ones.
pub fn states(stage: Stage) -> Vec<Lie> {
    (0..2)
        .map(|state| {
            Lie::new(
                stage,
                Broken::Relation(RelationName::FinalState(state)),
                "another final state",
            )
            .after(move |trace, _| trace.final_states[state][3] += 1)
        })
        .collect()
}

/// The range is proven of other integers than come out.
pub fn ranges() -> Vec<Lie> {
    (0..2)
        .map(|state| {
            let relation = Broken::Relation(RelationName::FinalStateRange(state));
            Lie::training(relation, "the range of another final state").after(move |trace, _| {
                let mut claimed = trace.final_states[state].clone();
                claimed[0] ^= 1;
                trace.claimed.insert(Quantity::FinalState(state), claimed);
            })
        })
        .collect()
}

/// The range is proven of other integers than the owner's.
pub fn first_ranges(stage: Stage) -> Vec<Lie> {
    (0..2)
        .map(|state| {
            let relation = Broken::Relation(RelationName::FirstStateRange(state));
            let says = "the range of another first state";
            Lie::new(stage, relation, says).after(move |trace, running| {
                let mut claimed = running.states.integers[state].clone();
                claimed[0] ^= 1;
                trace.claimed.insert(Quantity::FirstState(state), claimed);
            })
        })
        .collect()
}

/// Copies that differ from their shard.
pub fn copies(stage: Stage) -> Vec<Lie> {
    places()
        .map(|(shard, field)| {
            let relation = Broken::Relation(RelationName::ShardCopy(shard, field));
            let mut lie = Lie::new(stage, relation, "a copy that differs from its shard");
            lie.copies = Some((shard as u32, field));
            // Where the shard is its owner's, its range is proven of what the owner committed to.
            lie.after(move |trace, running| {
                let mut committed = running.shards[&(shard as u32)].integers[field].clone();
                committed[0] ^= 1;
                trace.claimed.insert(Quantity::ShardField(shard, field), committed);
            })
        })
        .collect()
}

/// The range is proven of other data than the owner's, where data are not looked up where they stand.
pub fn data_ranges(stage: Stage, system: &Arithmetization) -> Vec<Lie> {
    places()
        .filter(|&(shard, field)| {
            system.relation(&RelationName::ShardRange(shard, field)).is_some()
        })
        .map(|(shard, field)| {
            let relation = Broken::Relation(RelationName::ShardRange(shard, field));
            let says = "the range of another shard";
            Lie::new(stage, relation, says).after(move |trace, running| {
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
        let range = Broken::Range(Quantity::FirstState(state));
        lies.push(Lie::new(Stage::Import, range, format!("a state of {bad}")).owner(owned));
    }
    for (shard, field) in places() {
        for bad in [[128, -129, third], [4, -1, third]][field] {
            let mut owned = Owned::new(3);
            owned.shards[shard][field][2] = bad;
            let range = Broken::Range(Quantity::ShardField(shard, field));
            lies.push(Lie::new(Stage::Import, range, format!("a datum of {bad}")).owner(owned));
        }
    }
    lies
}

/// Data outside their range in a row that the first training link does not read.
pub fn unread() -> Vec<Lie> {
    places()
        .map(|(shard, field)| {
            let row = 2;
            let mut owned = Owned::new(3);
            let width = owned.shards[shard][field].len() / ROWS[shard] as usize;
            owned.shards[shard][field][row * width] = [128, 4][field];
            let range = Broken::Range(Quantity::ShardField(shard, field));
            let mut lie = Lie::new(Stage::First, range, "a datum that no step reads").owner(owned);
            lie.unread = Some((shard as u32, row as u32));
            lie
        })
        .collect()
}

/// Position of the shard and field of both shards.
fn places() -> impl Iterator<Item = (usize, usize)> {
    (0..2).flat_map(|shard| (0..2).map(move |field| (shard, field)))
}
