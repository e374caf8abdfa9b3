//! Statements: of any content, or of one that the run's rules let pass.

use zkpot_protocol::statement::Statement;

use crate::chance::Chance;
use crate::tree;

/// Changes a statement.
pub fn change(statement: &mut Statement, chance: &mut Chance) {
    if chance.once_in(3) {
        return change_free(statement, chance);
    }
    let Some(mut other) = mutated(statement, chance) else {
        return change_free(statement, chance);
    };
    if chance.once_in(2) {
        // What the run fixes stays.
        other.format = statement.format;
        other.arithmetic = statement.arithmetic;
        other.program = statement.program;
        other.before = statement.before;
        other.data_root = statement.data_root;
        other.security = statement.security;
        other.nonce = statement.nonce;
        other.origin = statement.origin;
        other.earlier_steps = statement.earlier_steps;
        other.first = statement.first;
        other.first_step = statement.first_step;
        other.context.clone_from(&statement.context);
        other.previous = statement.previous;
    }
    *statement = other;
}

fn mutated(statement: &Statement, chance: &mut Chance) -> Option<Statement> {
    for _ in 0..4 {
        let mut value = serde_json::to_value(statement).ok()?;
        tree::mutate(&mut value, chance);
        if let Ok(other) = serde_json::from_value(value) {
            return Some(other);
        }
    }
    None
}

/// What neither order nor links before fix: new commitments, scalars, totals, copies.
fn change_free(statement: &mut Statement, chance: &mut Chance) {
    let shard = chance.below(statement.shards.len());
    let row = chance.below(statement.scalars.len());
    let byte = chance.below(32);
    match chance.below(6) {
        0 => statement.after[byte] ^= 1 << chance.below(8),
        1 => {
            if let Some(entry) = statement.shards.get_mut(shard) {
                entry.after = if chance.once_in(2) { [0; 32] } else { [byte as u8; 32] };
            }
        }
        2 => {
            if let Some(value) = statement.scalars.get_mut(row).and_then(|row| row.first_mut()) {
                *value = value.wrapping_add(chance.below(5) as i64 - 2);
            }
        }
        3 => {
            let place = chance.below(statement.outputs.len());
            if let Some(total) = statement.outputs.get_mut(place) {
                *total = total.wrapping_add(chance.below(5) as i64 - 2);
            }
        }
        4 => {
            // More steps or fewer, with scalars to match.
            let steps = 1 + chance.below(70) as u32;
            statement.steps = steps;
            for row in &mut statement.scalars {
                let value = row.first().copied().unwrap_or_default();
                row.resize(steps as usize, value);
            }
        }
        _ => {
            let after = statement.after;
            if let Some(entry) = statement.shards.get_mut(shard) {
                statement.after = std::mem::replace(&mut entry.after, after);
            }
        }
    }
}
