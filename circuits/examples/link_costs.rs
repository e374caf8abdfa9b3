//! Counts what a wrapped link costs where its verifier is repeated, and prints a table in Markdown.
//!
//! ```text
//! cargo run --release -p zkpot-circuits --example link_costs -- digits.zkprog 16 1437
//! ```
//!
//! The arguments are a program, the link's steps and the rows of its shard; `envelope` behind them if its
//! states are delivered encrypted.

use std::collections::BTreeMap;
use std::{env, fs};

use zkpot_circuits::link::{LinkPlan, verify_link};
use zkpot_circuits::recording::Recording;
use zkpot_circuits::recording::costs::Costs;
use zkpot_circuits::wrap::link_shape;
use zkpot_ir::Program;
use zkpot_pcs::SecurityLevel;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let mut next = || arguments.next().ok_or("a program, the steps and the shard's rows");
    let (path, steps, rows) = (next()?, next()?.parse()?, next()?.parse()?);
    let program = Program::from_bytes(&fs::read(path)?)?;
    let bounds = program.check()?;
    let envelope = arguments.next().as_deref() == Some("envelope");
    let (shape, level) = (link_shape(steps, rows), SecurityLevel::Bits100);
    let plan = LinkPlan::new(&program, &bounds, shape, level, envelope)?;
    for opened in &plan.openings {
        let queries: Vec<usize> = opened.plan.phases().map(|(_, queries)| queries.count).collect();
        println!("{}: {} variables, queries {queries:?}", opened.role, opened.plan.variables);
    }
    let recording = Recording::of(|recorder| verify_link(recorder, &program, &plan))?.0;
    println!("{} operations, {} inputs", recording.operations.len(), recording.inputs.len());
    println!("| label | times | ext | mixed | base | const | bits |\n|{}", "---|".repeat(7));
    let mut by_label: BTreeMap<&str, (usize, Costs)> = BTreeMap::new();
    for (label, costs) in recording.costs_by_label() {
        let (times, sum) = by_label.entry(label).or_default();
        *times += 1;
        sum.extension += costs.extension;
        sum.mixed += costs.mixed;
        sum.base += costs.base;
        sum.constant += costs.constant;
        sum.bits += costs.bits;
    }
    for (label, (times, Costs { extension, mixed, base, constant, bits, .. })) in by_label {
        println!("| {label} | {times} | {extension} | {mixed} | {base} | {constant} | {bits} |");
    }
    println!("{:#?}\n{:#?}", recording.costs(), recording.permutations(0));
    Ok(())
}
