//! The transcript: challenges that depend on all that the prover has sent (docs/spec/circuit-verifier.md).

use crate::circuit::{PROOF_BYTES, TRANSCRIPT};
use crate::encoding::{check_point, scalar};
use crate::encoding::{words, write};
use crate::field::Fr;
use crate::machine::{Word, copy, keccak};
use crate::refusal::Refusal;

/// What may be absorbed between two challenges: the proof, what everybody knows, and a hash.
const ROOM: usize = PROOF_BYTES as usize + 32 * TRANSCRIPT.len();

/// What was absorbed since the last challenge.
pub struct Buffer([u8; ROOM]);

/// Reads the proof, and draws: each value goes to its place.
#[inline(always)]
pub fn run(proof: &[u8], values: &mut [Fr], Buffer(buffer): &mut Buffer) -> Result<(), Refusal> {
    let mut read = 0;
    let mut absorbed = 0;
    for &[kind, place] in &TRANSCRIPT {
        let value = values.get_mut(usize::from(place)).ok_or(Refusal::Number)?;
        match kind {
            0 => {
                write(&value.words(), room(buffer, absorbed, 32)?);
                absorbed += 32;
            }
            1 => {
                let bytes = proof.get(read..read + 32).ok_or(Refusal::Number)?;
                scalar(bytes, value)?;
                copy(room(buffer, absorbed, 32)?, bytes);
                read += 32;
                absorbed += 32;
            }
            2 => {
                let bytes = proof.get(read..read + 64).ok_or(Refusal::Number)?;
                let (x, y) = bytes.split_at(32);
                check_point(x, y)?;
                copy(room(buffer, absorbed, 64)?, bytes);
                read += 64;
                absorbed += 64;
            }
            _ => {
                // Nothing between two challenges is told from something.
                if absorbed == 32 {
                    room(buffer, 32, 1)?[0] = 1;
                    absorbed += 1;
                }
                let mut hash: Word = [0; 32];
                keccak(&[buffer.get(..absorbed).ok_or(Refusal::Number)?], &mut hash);
                copy(room(buffer, 0, 32)?, &hash);
                absorbed = 32;
                *value = Fr::of(&words(&hash));
            }
        }
    }
    Ok(())
}

#[inline(always)]
fn room(buffer: &mut [u8; ROOM], from: usize, count: usize) -> Result<&mut [u8], Refusal> {
    buffer.get_mut(from..from + count).ok_or(Refusal::Number)
}
