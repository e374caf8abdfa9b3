//! Openings: other bytes, other elements, other lengths, other places.

use serde::Serialize;
use serde::de::DeserializeOwned;
use zkpot_pcs::{ClearProof, HidingProof, WrappedProof};
use zkpot_protocol::channel::ChannelKind;
use zkpot_protocol::proof::LinkProof;

use super::place;
use crate::attempt::{Attempt, Terms};
use crate::bytes;
use crate::chance::Chance;
use crate::tree;
use crate::world::World;

/// Another first opening; those after it are empty.
pub fn first(world: &World, chance: &mut Chance) -> Attempt {
    let (run, position) = place(world, chance);
    let link = &world.runs[run].links[position];
    let mut changed = link.bare.clone();
    if let (Some(first), Some(whole)) = (changed.openings.first_mut(), link.whole.openings.first())
    {
        first.clone_from(whole);
        change(first, link.whole.statement.channel, chance);
    }
    Attempt { run, position, terms: Terms::Same, link: changed.to_bytes(), lenient: false }
}

/// Another last opening; those before it hold.
pub fn last(world: &World, chance: &mut Chance) -> Attempt {
    let (run, position) = place(world, chance);
    let mut link = world.runs[run].links[position].whole.clone();
    let channel = link.statement.channel;
    if let Some(last) = link.openings.last_mut() {
        change(last, channel, chance);
    }
    Attempt { run, position, terms: Terms::Same, link: link.to_bytes(), lenient: false }
}

/// Every opening changed, and taken as it is: all of them are checked.
pub fn lenient(world: &World, chance: &mut Chance) -> Attempt {
    let (run, position) = place(world, chance);
    let mut link = world.runs[run].links[position].whole.clone();
    let channel = link.statement.channel;
    link.openings.iter_mut().for_each(|opening| change_element(opening, channel, chance));
    Attempt { run, position, terms: Terms::Same, link: link.to_bytes(), lenient: true }
}

/// Openings of another polynomial, another link or another run, and links in other places.
pub fn exchange(world: &World, chance: &mut Chance) -> Attempt {
    let (run, position) = place(world, chance);
    let (other_run, other_position) = place(world, chance);
    let mut link = world.runs[run].links[position].whole.clone();
    let other = &world.runs[other_run].links[other_position].whole;
    let count = link.openings.len();
    let (left, right) = (chance.below(count), chance.below(count));
    match chance.below(6) {
        0 => link.openings.swap(left, right),
        1 => link.openings[left] = other.openings[chance.below(other.openings.len())].clone(),
        2 => link = other.clone(),
        3 => link.openings.clone_from(&other.openings),
        4 => {
            link.openings.remove(left);
        }
        _ => {
            (link.scalars, link.revealed) = (other.scalars.clone(), other.revealed.clone());
        }
    }
    Attempt { run, position, terms: Terms::Same, link: link.to_bytes(), lenient: false }
}

/// Changes one opening of a link.
pub fn change_one(link: &mut LinkProof, chance: &mut Chance) {
    let place = chance.below(link.openings.len());
    let channel = link.statement.channel;
    if let Some(opening) = link.openings.get_mut(place) {
        change(opening, channel, chance);
    }
}

fn change(opening: &mut Vec<u8>, channel: ChannelKind, chance: &mut Chance) {
    // Taking an opening apart takes longer than checking it.
    if chance.once_in(4) {
        change_element(opening, channel, chance);
    } else {
        bytes::mutate(opening, chance);
    }
}

/// Takes the opening apart, changes an element or a length, and encodes it again.
fn change_element(opening: &mut Vec<u8>, channel: ChannelKind, chance: &mut Chance) {
    match channel {
        ChannelKind::Clear => change_proof::<ClearProof>(opening, chance),
        ChannelKind::Hiding => change_proof::<HidingProof>(opening, chance),
        ChannelKind::Wrapped => change_proof::<WrappedProof>(opening, chance),
    }
}

fn change_proof<P: Serialize + DeserializeOwned>(opening: &mut Vec<u8>, chance: &mut Chance) {
    let Ok(proof) = postcard::from_bytes::<P>(opening) else { return };
    for _ in 0..4 {
        let Ok(mut value) = serde_json::to_value(&proof) else { return };
        tree::mutate(&mut value, chance);
        if let Ok(changed) = serde_json::from_value::<P>(value) {
            *opening = postcard::to_allocvec(&changed).unwrap_or_default();
            return;
        }
    }
    // An element that no change of a tree reaches: any byte in the middle.
    let place = chance.below(opening.len());
    if let Some(byte) = opening.get_mut(place) {
        *byte ^= 1;
    }
}
