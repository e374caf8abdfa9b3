//! Mutations of anything that can be written as JSON: lengths, numbers, variants, order.

use serde_json::{Number, Value, json};

use crate::chance::Chance;

/// Names of variants, and some that are none.
const NAMES: [&str; 15] = [
    "Import",
    "Training",
    "Seal",
    "Clear",
    "Hiding",
    "Arbitrary",
    "Bits100",
    "Bits128",
    "Shuffled",
    "Sequential",
    "Max",
    "Bernoulli",
    "",
    "x",
    "\u{1F600}",
];

/// Changes one place of a value, or a few.
pub fn mutate(value: &mut Value, chance: &mut Chance) {
    let changes = if chance.once_in(4) { 1 + chance.below(4) } else { 1 };
    for _ in 0..changes {
        change_somewhere(value, chance);
    }
}

fn change_somewhere(value: &mut Value, chance: &mut Chance) {
    match value {
        Value::Array(items) => {
            if items.is_empty() || chance.once_in(5) {
                return change_length(items, chance);
            }
            let place = chance.below(items.len());
            change_somewhere(&mut items[place], chance);
        }
        Value::Object(fields) => {
            let place = chance.below(fields.len());
            if let Some((_, field)) = fields.iter_mut().nth(place) {
                change_somewhere(field, chance);
            }
        }
        Value::Number(number) => *number = other_number(number, chance),
        Value::String(text) => *text = (*chance.pick(&NAMES)).to_owned(),
        Value::Bool(flag) => *flag = !*flag,
        Value::Null => *value = chance.pick(&[json!(0), json!([]), json!({})]).clone(),
    }
    if chance.once_in(64) {
        *value = Value::Null;
    }
}

fn change_length(items: &mut Vec<Value>, chance: &mut Chance) {
    let length = items.len();
    if length == 0 {
        return items.push(chance.pick(&[json!(0), json!([]), json!({}), json!([0, 0])]).clone());
    }
    let (left, right) = (chance.below(length), chance.below(length));
    match chance.below(8) {
        0 => items.swap(left, right),
        1 => drop(items.remove(left)),
        2 => items.insert(left, items[right].clone()),
        3 => items[left] = items[right].clone(),
        4 => items.truncate(left),
        5 => items.push(items[right].clone()),
        6 => items.reverse(),
        // Twice as long, once or several times, within reason.
        _ => {
            for _ in 0..=chance.below(4) {
                if items.len() < 1 << 12 {
                    items.extend_from_within(..);
                }
            }
        }
    }
}

fn other_number(number: &Number, chance: &mut Chance) -> Number {
    const MODULUS: u64 = zkpot_ir::MODULUS;
    let Some(old) = number.as_i64() else {
        let old = number.as_u64().unwrap_or_default();
        return match chance.below(4) {
            0 => old.wrapping_add(1).into(),
            1 => (old ^ (1 << chance.below(64))).into(),
            2 => 0.into(),
            _ => chance.next().into(),
        };
    };
    match chance.below(12) {
        0 => old.wrapping_add(1).into(),
        1 => old.wrapping_sub(1).into(),
        2 => 0.into(),
        3 => 1.into(),
        4 => (1i64 << chance.below(63)).into(),
        5 => (old ^ (1 << chance.below(63))).into(),
        6 => (old ^ (1 << chance.below(8))).into(),
        7 => old.wrapping_neg().into(),
        8 => (*chance.pick(&[u64::MAX, MODULUS, MODULUS - 1, u64::from(u32::MAX), 1 << 32])).into(),
        9 => (*chance.pick(&[i64::MIN, i64::MAX, -1, i64::from(i32::MIN)])).into(),
        10 => (chance.below(64) as u64).into(),
        _ => (chance.next() >> chance.below(64)).into(),
    }
}
