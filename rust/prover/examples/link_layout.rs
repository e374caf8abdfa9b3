//! Prints what a training link commits: `link_layout STEPS ROWS < program.json`.

use std::io::Read;

use zkpot_ir::Program;
use zkpot_protocol::arithmetization::{Arithmetization, Column, LinkKind, LinkShape, ShardShape};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u32>());
    let steps = arguments.next().ok_or("how many steps?")??;
    let rows = arguments.next().ok_or("how many rows in the shard?")??;
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let program = Program::from_json(&text)?;
    let bounds = program.check()?;
    let shards = vec![ShardShape { index: 0, rows, copy: false }];
    let shape = LinkShape { kind: LinkKind::Training, states: true, steps, shards, masks: None };
    let system = Arithmetization::new(&program, &bounds, shape)?;
    for column in &system.columns {
        let (region, what) = match *column {
            Column::Digit { region, quantity, shift, bits } => {
                let quantity = system.quantities[quantity].quantity;
                (region, format!("{quantity:?} bits {shift}..{}", shift + bits))
            }
            Column::TableOutput { region, tensor } => {
                (region, format!("output {}", program.tensors[tensor as usize].name))
            }
            Column::Multiplicity { region, table } => (region, format!("table {table}")),
        };
        let region = &system.layout.regions[region];
        println!("{:>10} of {:>10} {:?} {what}", region.elements(), region.size(), region.lengths);
    }
    for (index, role) in system.polynomials.iter().enumerate() {
        println!("{role}: {} of 2^{}", system.layout.random[index], system.variables(index));
    }
    Ok(())
}
