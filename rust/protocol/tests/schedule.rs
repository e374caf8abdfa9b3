//! The schedule's frozen vectors, which the Python reference shares.

use serde_json::Value;
use zkpot_protocol::schedule::{Row, Schedule};

fn number(case: &Value, key: &str) -> u64 {
    case[key].as_u64().unwrap()
}

#[test]
fn frozen_vectors() {
    let text = include_str!("../../../tests/vectors/schedule.json");
    let cases: Vec<Value> = serde_json::from_str(text).unwrap();
    assert!(!cases.is_empty());
    for case in &cases {
        let seed = case["seed"].as_str().unwrap();
        let bytes = (0..32).map(|i| u8::from_str_radix(&seed[2 * i..2 * i + 2], 16).unwrap());
        let shard_rows: Vec<u32> = serde_json::from_value(case["shard_rows"].clone()).unwrap();
        let rows: Vec<(u32, u32)> = serde_json::from_value(case["rows"].clone()).unwrap();
        let schedule = Schedule {
            seed: bytes.collect::<Vec<u8>>().try_into().unwrap(),
            shard_rows,
            reading: zkpot_ir::Reading::Shuffled,
            channel: zkpot_protocol::channel::ChannelKind::Hiding,
        };
        let steps = u32::try_from(number(case, "steps")).unwrap();
        let batch = u32::try_from(number(case, "batch")).unwrap();
        let found = schedule.rows(number(case, "first_step"), steps, batch).unwrap();
        let expected: Vec<Row> = rows.iter().map(|&(shard, row)| Row { shard, row }).collect();
        assert_eq!(found, expected);
    }
}
