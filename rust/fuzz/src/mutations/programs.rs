//! Programs that somebody else wrote, with orders and statements that name them.

use zkpot_ir::Program;

use super::{orders, place, statements};
use crate::attempt::{Attempt, Terms};
use crate::bytes;
use crate::chance::Chance;
use crate::tree;
use crate::world::World;

/// A program with other shapes, nodes, ranges or tables.
pub fn program(world: &World, chance: &mut Chance) -> Attempt {
    let (run, _) = place(world, chance);
    let mut program = world.runs[run].program.clone();
    for _ in 0..8 {
        let mut value = serde_json::to_value(&program).unwrap_or_default();
        tree::mutate(&mut value, chance);
        let Ok(other) = serde_json::from_value::<Program>(value) else { continue };
        // Most changes break a program: those that do not are worth more.
        let checks = other.check().is_ok();
        if checks || chance.once_in(8) {
            program = other;
        }
        if checks && chance.once_in(3) {
            break;
        }
    }
    with_program(world, run, program.to_bytes(), program.digest().0, chance)
}

/// A program file with other bytes.
pub fn program_bytes(world: &World, chance: &mut Chance) -> Attempt {
    let (run, _) = place(world, chance);
    let program = &world.runs[run].program;
    let mut file = program.to_bytes();
    bytes::mutate(&mut file, chance);
    with_program(world, run, file, program.digest().0, chance)
}

fn with_program(
    world: &World,
    run: usize,
    file: Vec<u8>,
    digest: [u8; 32],
    chance: &mut Chance,
) -> Attempt {
    let position = chance.below(world.runs[run].links.len());
    let from = &world.runs[run];
    let mut order = from.order.clone();
    order.program = digest;
    let mut link = super::base(&from.links[position], chance);
    if position == 0 {
        orders::follow(&mut link, &order);
    }
    link.statement.program = digest;
    if chance.once_in(4) {
        statements::change(&mut link.statement, chance);
    }
    let terms = Terms::Program(file, order);
    Attempt { run, position, terms, link: link.to_bytes(), lenient: false }
}
