//! Mutations of bytes, whatever they mean.

use crate::chance::Chance;

/// Bytes that varints and lengths turn on.
const TELLING: [u8; 8] = [0, 1, 0x7f, 0x80, 0x81, 0xfe, 0xff, 0x40];

/// Changes bytes in one place, or in a few.
pub fn mutate(bytes: &mut Vec<u8>, chance: &mut Chance) {
    for _ in 0..1 + chance.below(2) * chance.below(6) {
        change(bytes, chance);
    }
}

fn change(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let length = bytes.len();
    if length == 0 {
        return bytes.push(chance.next() as u8);
    }
    // The beginning says what the rest is.
    let reach = if chance.once_in(2) { length } else { length.min(600) };
    let place = chance.below(reach);
    let span = 1 + chance.below(16.min(length - place));
    match chance.below(9) {
        0 | 1 => bytes[place] ^= 1 << chance.below(8),
        2 => bytes[place] = *chance.pick(&TELLING),
        3 => bytes.truncate(place),
        4 => bytes.insert(place, *chance.pick(&TELLING)),
        5 => drop(bytes.drain(place..place + span)),
        6 => {
            let copied = bytes[place..place + span].to_vec();
            let to = chance.below(length - span + 1);
            bytes[to..to + span].copy_from_slice(&copied);
        }
        // A varint that says more than there can be.
        7 => {
            let end = (place + 10).min(length);
            bytes[place..end].fill(0xff);
        }
        _ => {
            let number = chance.next().to_le_bytes();
            drop(bytes.splice(place..place + span, number));
        }
    }
}
