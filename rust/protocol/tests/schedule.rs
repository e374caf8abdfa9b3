//! The schedule's frozen vectors, which the Python reference shares.

use serde_json::Value;
use zkpot_protocol::effort::{DRAWN, PERMUTATION, SHUFFLED};
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

/// What is shuffled counts, whichever rows are read of it.
#[test]
fn effort_is_that_of_the_shards_that_are_touched() {
    let schedule = Schedule {
        seed: [3; 32],
        shard_rows: vec![1 << 20, 1 << 20],
        reading: zkpot_ir::Reading::Shuffled,
        channel: zkpot_protocol::channel::ChannelKind::Hiding,
    };
    let one = SHUFFLED * (2 + (1 << 20));
    assert_eq!(schedule.effort(0, 1, 1).unwrap(), DRAWN + one);
    assert_eq!(schedule.effort((1 << 19) - 1, 1, 2).unwrap(), 2 * DRAWN + one);
    // The last row of one shard and the first of the next.
    let two = SHUFFLED * (2 + (2 << 20));
    assert_eq!(schedule.effort((1 << 20) - 1, 2, 1).unwrap(), 2 * DRAWN + two);
    assert!(schedule.effort(u64::MAX, 1, 2).is_ok() && schedule.rows(u64::MAX, 1, 2).is_err());
    // Rows that are drawn from all of them shuffle none.
    let drawn = Schedule { channel: zkpot_protocol::channel::ChannelKind::Wrapped, ..schedule };
    let both = SHUFFLED * 2;
    assert_eq!(drawn.effort(0, 1, 1).unwrap(), DRAWN + 2 * PERMUTATION + both);
    // Two permutations leave four halves, and each step begins anew.
    assert_eq!(drawn.effort(0, 3, 4).unwrap(), 12 * DRAWN + 6 * PERMUTATION + both);
    assert_eq!(drawn.effort(0, 3, 5).unwrap(), 15 * DRAWN + 9 * PERMUTATION + both);
    let ordered = Schedule { reading: zkpot_ir::Reading::InOrder, ..drawn };
    assert_eq!(ordered.effort(0, 1, 1).unwrap(), DRAWN + SHUFFLED * (2 + (1 << 20)));
}
