//! What is changed about a run: each strategy makes one attempt from chance alone.

mod openings;
mod orders;
mod programs;
mod statements;

use p3_field::PrimeCharacteristicRing;
use zkpot_protocol::field::EF;
use zkpot_protocol::proof::LinkProof;

use crate::attempt::{Attempt, Terms};
use crate::bytes;
use crate::chance::Chance;
use crate::world::{Link, World};

/// A way to make an attempt, and how often it is chosen.
pub struct Strategy {
    /// Its name.
    pub name: &'static str,
    /// How often, compared with the others.
    pub weight: usize,
    /// Makes an attempt.
    pub attempt: fn(&World, &mut Chance) -> Attempt,
}

/// All of them. What is slow is chosen seldom.
pub const STRATEGIES: [Strategy; 14] = [
    Strategy { name: "link bytes", weight: 1700, attempt: link_bytes },
    Strategy { name: "kept bytes", weight: 600, attempt: kept_bytes },
    Strategy { name: "long link bytes", weight: 4, attempt: long_link_bytes },
    Strategy { name: "statement", weight: 1300, attempt: statement },
    Strategy { name: "messages", weight: 40, attempt: messages },
    Strategy { name: "order", weight: 160, attempt: orders::order },
    Strategy { name: "head", weight: 50, attempt: orders::head },
    Strategy { name: "program", weight: 30, attempt: programs::program },
    Strategy { name: "program bytes", weight: 20, attempt: programs::program_bytes },
    Strategy { name: "first opening", weight: 120, attempt: openings::first },
    Strategy { name: "last opening", weight: 20, attempt: openings::last },
    Strategy { name: "exchange", weight: 8, attempt: openings::exchange },
    Strategy { name: "several", weight: 6, attempt: several },
    Strategy { name: "all openings, lenient", weight: 3, attempt: openings::lenient },
];

/// The attempt of one execution, and its strategy.
pub fn attempt(world: &World, chance: &mut Chance, only: Option<&str>) -> (&'static str, Attempt) {
    let chosen: Vec<&Strategy> = STRATEGIES
        .iter()
        .filter(|strategy| only.is_none_or(|name| name == strategy.name))
        .collect();
    let mut left = chance.below(chosen.iter().map(|strategy| strategy.weight).sum());
    for strategy in &chosen {
        if left < strategy.weight {
            return (strategy.name, (strategy.attempt)(world, chance));
        }
        left -= strategy.weight;
    }
    ("link bytes", link_bytes(world, chance))
}

/// Any link of any run.
fn place(world: &World, chance: &mut Chance) -> (usize, usize) {
    let run = chance.below(world.runs.len());
    (run, chance.below(world.runs[run].links.len()))
}

/// A link without openings, one time in 16 with all its messages.
fn base(link: &Link, chance: &mut Chance) -> LinkProof {
    if chance.once_in(16) { link.bare.clone() } else { link.short.clone() }
}

fn link_bytes(world: &World, chance: &mut Chance) -> Attempt {
    let (run, position) = place(world, chance);
    let mut link = base(&world.runs[run].links[position], chance).to_bytes();
    bytes::mutate(&mut link, chance);
    Attempt { run, position, terms: Terms::Same, link, lenient: false }
}

fn kept_bytes(world: &World, chance: &mut Chance) -> Attempt {
    let (run, position) = place(world, chance);
    let mut link = world.kept.get(chance.below(world.kept.len())).cloned().unwrap_or_default();
    bytes::mutate(&mut link, chance);
    Attempt { run, position, terms: Terms::Same, link, lenient: false }
}

fn long_link_bytes(world: &World, chance: &mut Chance) -> Attempt {
    let (run, position) = place(world, chance);
    let mut link = world.runs[run].links[position].whole_bytes.clone();
    bytes::mutate(&mut link, chance);
    Attempt { run, position, terms: Terms::Same, link, lenient: false }
}

fn statement(world: &World, chance: &mut Chance) -> Attempt {
    let (run, position) = place(world, chance);
    let mut link = base(&world.runs[run].links[position], chance);
    let before = link.statement.clone();
    statements::change(&mut link.statement, chance);
    if link.statement == before || chance.once_in(4) {
        change_messages(&mut link, chance);
    }
    Attempt { run, position, terms: Terms::Same, link: link.to_bytes(), lenient: false }
}

fn messages(world: &World, chance: &mut Chance) -> Attempt {
    let (run, position) = place(world, chance);
    let mut link = world.runs[run].links[position].bare.clone();
    change_messages(&mut link, chance);
    Attempt { run, position, terms: Terms::Same, link: link.to_bytes(), lenient: false }
}

/// Everything at once, with whole openings.
fn several(world: &World, chance: &mut Chance) -> Attempt {
    let (run, position) = place(world, chance);
    let mut link = world.runs[run].links[position].whole.clone();
    if chance.once_in(2) {
        statements::change(&mut link.statement, chance);
    }
    if chance.once_in(2) {
        change_messages(&mut link, chance);
    }
    openings::change_one(&mut link, chance);
    Attempt { run, position, terms: Terms::Same, link: link.to_bytes(), lenient: chance.once_in(2) }
}

/// Changes scalars, revealed values, the witness's root or their numbers.
fn change_messages(link: &mut LinkProof, chance: &mut Chance) {
    let list = if chance.once_in(3) { &mut link.revealed } else { &mut link.scalars };
    let length = list.len();
    let (left, right) = (chance.below(length), chance.below(length));
    let value = match chance.below(4) {
        0 => EF::ZERO,
        1 => EF::ONE,
        2 => EF::from_u64(chance.next() >> 1),
        _ => EF::NEG_ONE,
    };
    match chance.below(11) {
        0 => drop(link.witness.take()),
        1 => link.witness = Some([chance.next() as u8; 32]),
        2 => list.truncate(left),
        // The number of scalars is the number of masks, from which sizes follow.
        3 => {
            let most = 1 << chance.below(18);
            list.resize(length + 1 + chance.below(most), value);
        }
        4 => list.push(value),
        5 => list.clear(),
        _ if length == 0 => list.push(value),
        6 => list.swap(left, right),
        7 => list[left] = list[right],
        8 => drop(list.remove(left)),
        9 => list[left] = value,
        _ => list[left] += EF::from_u64(1 << chance.below(63)),
    }
}
