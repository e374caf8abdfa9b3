//! A wrapped proof, and what it says, in its binary form (`*.zkwrap`).

use crate::circuit::{LINKS, OUTPUTS, SCALARS};
use crate::cursor::Cursor;
use crate::machine::{Word, copy};
use crate::refusal::Refusal;

const KIND: &[u8; 6] = b"ZKWRAP";
const VERSION: [u8; 2] = [0, 1];
/// No proof may be larger.
const MOST_BYTES: usize = 1 << 20;

/// Steps of training from the states that the link before left.
pub struct Link {
    /// Commitment to the states that it ends with.
    pub trained: Word,
    /// Public scalars, with their sign's bit changed.
    pub scalars: [u64; SCALARS as usize],
    /// Totals, with their sign's bit changed.
    pub outputs: [u64; OUTPUTS as usize],
    /// Hashes of a ciphertext of the states and of its key; zeros are none.
    pub envelope: [Word; 2],
    /// How many there were, which the rules compare: more are not kept.
    pub found: [u64; 2],
    /// Whether it had an envelope.
    pub enveloped: bool,
}

/// What a proof's bytes hold. Those that have a length stay where they are.
pub struct Proof<'a> {
    /// What names the circuit.
    pub circuit: &'a Word,
    /// The run's first commitment.
    pub first: &'a Word,
    /// Commitment to the dataset.
    pub shard: &'a Word,
    /// What the order of the batches was drawn from.
    pub nonce: &'a Word,
    /// Training steps behind the first states.
    pub earlier_steps: u64,
    /// Free bytes of the order.
    pub context: &'a [u8],
    /// Digest of the last statement before.
    pub statement: &'a Word,
    /// Commitment to the states before.
    pub states: &'a Word,
    /// Steps of the run before.
    pub steps: u64,
    /// Links that there were.
    pub links: u64,
    /// The claimed hash of the statements' elements.
    pub hash: &'a Word,
    /// The proof's own bytes.
    pub bytes: &'a [u8],
}

/// Decodes a proof.
#[inline(always)]
pub fn read<'a>(file: &'a [u8], links: &mut [Link; LINKS as usize]) -> Result<Proof<'a>, Refusal> {
    if file.len() > MOST_BYTES {
        return Err(Refusal::Limit);
    }
    let mut from = Cursor::new(file);
    if from.bytes(6) != Some(KIND) {
        return Err(Refusal::Encoding);
    }
    if from.bytes(2).ok_or(Refusal::Encoding)? != VERSION {
        return Err(Refusal::Version);
    }
    let word = |from: &mut Cursor<'a>| from.word().ok_or(Refusal::Encoding);
    let mut integers = [0; 5];
    let [earlier_steps, length, steps, count, inside] = &mut integers;
    let circuit = word(&mut from)?;
    let first = word(&mut from)?;
    let shard = word(&mut from)?;
    let nonce = word(&mut from)?;
    from.integer(earlier_steps)?;
    from.integer(length)?;
    let context = from.bytes(*length).ok_or(Refusal::Encoding)?;
    let statement = word(&mut from)?;
    let states = word(&mut from)?;
    from.integer(steps)?;
    from.integer(count)?;
    for number in 0..*count {
        let place = usize::try_from(number).ok().and_then(|number| links.get_mut(number));
        read_link(&mut from, place)?;
    }
    let hash = word(&mut from)?;
    from.integer(inside)?;
    let bytes = from.bytes(*inside).ok_or(Refusal::Encoding)?;
    from.end()?;
    Ok(Proof {
        circuit,
        first,
        shard,
        nonce,
        earlier_steps: *earlier_steps,
        context,
        statement,
        states,
        steps: *steps,
        links: *count,
        hash,
        bytes,
    })
}

#[inline(never)]
fn read_link(from: &mut Cursor<'_>, mut to: Option<&mut Link>) -> Result<(), Refusal> {
    let trained = from.word().ok_or(Refusal::Encoding)?;
    if let Some(link) = to.as_deref_mut() {
        copy(&mut link.trained, trained);
    }
    for list in 0..2 {
        let mut count = 0;
        from.integer(&mut count)?;
        for number in 0..count {
            let mut value = 0;
            from.integer(&mut value)?;
            // Small negative numbers are small there: the last bit is the sign.
            let signed = value >> 1 ^ (value & 1).wrapping_neg();
            if let Some(link) = to.as_deref_mut() {
                let kept = if list == 0 { &mut link.scalars[..] } else { &mut link.outputs[..] };
                if let Some(place) = usize::try_from(number).ok().and_then(|at| kept.get_mut(at)) {
                    *place = signed ^ 1 << 63;
                }
            }
        }
        if let Some(link) = to.as_deref_mut() {
            link.found[list] = count;
        }
    }
    let enveloped = match from.byte() {
        Some(0) => false,
        Some(1) => true,
        _ => return Err(Refusal::Encoding),
    };
    if enveloped {
        for part in 0..2 {
            let hash = from.word().ok_or(Refusal::Encoding)?;
            if let Some(link) = to.as_deref_mut() {
                copy(&mut link.envelope[part], hash);
            }
        }
    }
    if let Some(link) = to {
        link.enveloped = enveloped;
    }
    Ok(())
}
