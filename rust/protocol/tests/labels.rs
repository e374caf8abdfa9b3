//! The transcript's labels are those that the book lists, in the same order.

use std::collections::BTreeSet;
use std::fs::read_to_string;

fn read(path: &str) -> String {
    read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Name and label of each constant.
fn declared() -> Vec<(String, String)> {
    read("src/labels.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split_once(": &str = \""))
        .map(|(name, rest)| (name.into(), rest.trim_end_matches("\";").into()))
        .collect()
}

/// What stands in backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn rows(page: &str) -> Vec<Vec<String>> {
    page.lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().into()).collect())
        .collect()
}

#[test]
fn labels_differ() {
    let labels: BTreeSet<String> = declared().into_iter().map(|(_, label)| label).collect();
    assert_eq!(labels.len(), declared().len());
    assert!(labels.iter().all(|label| label.starts_with("zkpot/v1/")));
}

#[test]
fn the_table_of_messages_lists_them_in_order() {
    let listed: Vec<(String, String)> = rows(&read("../../docs/spec/protocol.md"))
        .iter()
        .filter_map(|row| {
            let (name, label) = (quoted(&row[0]), quoted(row.get(1)?));
            let label = label.first().filter(|label| label.starts_with("zkpot/"))?;
            Some(((*name.first()?).into(), (*label).into()))
        })
        .collect();
    assert_eq!(listed, declared());
}

#[test]
fn the_hiding_channels_table_names_its_own() {
    let own = ["CHANNEL_", "MULTIPLICATION_", "MASK"];
    let declared = declared();
    let expected: BTreeSet<&str> = declared
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| {
            own.iter().any(|prefix| name.starts_with(prefix)) || *name == "OPENING_VALUE"
        })
        .collect();
    let page = read("../../docs/spec/zero-knowledge.md");
    let rows = rows(&page);
    let listed: BTreeSet<&str> = rows
        .iter()
        .filter_map(|row| quoted(row.get(1)?).first().copied())
        .filter(|name| declared.iter().any(|(declared, _)| declared == name))
        .collect();
    assert_eq!(listed, expected);
}
