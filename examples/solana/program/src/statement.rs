//! The statements of a proof's links: the rules that they keep, and what the circuit takes of them
//! (docs/spec/on-chain.md; `contracts/src` has the same for the EVM).

use crate::circuit::{
    ARITHMETIC, ENVELOPES, LINKS, MOST_STEPS, OUTPUTS, PROGRAM, ROWS, SCALARS, SECURITY,
    STATEMENTS, STEPS,
};
use crate::encoding::{check_commitment, write_integer};
use crate::machine::{Word, copy, keccak};
use crate::proof::{Link, Proof};
use crate::refusal::Refusal;

/// Elements of one statement: digest and seed in halves, first step, three commitments, public integers, an envelope.
const OF_ONE: usize = 8 + SCALARS as usize + OUTPUTS as usize + if ENVELOPES { 2 } else { 0 };
/// Elements of all statements.
pub const ELEMENTS: usize = OF_ONE * LINKS as usize;

const INTEGERS: usize = if SCALARS > OUTPUTS { SCALARS as usize } else { OUTPUTS as usize };
const PACKED: usize = 15 + 4 * 32 + 12 + 32 + 33 + 8 + 32 + 4 * 32 + 32 + 2 * 32;

/// What is laid down for hashing.
pub struct Desk {
    packed: [u8; PACKED],
    integers: [u8; 8 * INTEGERS],
    /// Elements, 32 bytes each.
    pub elements: [u8; 32 * ELEMENTS],
    /// Digests of public scalars and totals of each link.
    pub public: [[Word; 2]; LINKS as usize],
}

/// Where a run stands between two links.
pub struct Standing {
    /// Digest of the last statement.
    pub statement: Word,
    /// Commitment to the states.
    pub states: Word,
    /// Steps so far.
    pub steps: u64,
}

/// Refuses a proof that breaks a rule, in the order of the contract.
#[inline(never)]
pub fn check(proof: &Proof<'_>, links: &[Link]) -> Result<(), Refusal> {
    if proof.links != u64::from(LINKS) {
        return Err(Refusal::Shape);
    }
    check_commitment(proof.first)?;
    check_commitment(proof.shard)?;
    check_commitment(proof.states)?;
    // Every link has steps, so that a run with none so far has no links.
    let begun = *proof.statement != [0; 32];
    if (proof.steps == 0) == begun || (!begun && proof.states != proof.first) {
        return Err(Refusal::Start);
    }
    // With more, the errors of the links would leave less than the circuit's security.
    let after = proof.steps.checked_add(u64::from(LINKS) * u64::from(STEPS));
    if after.is_none_or(|after| after > MOST_STEPS) {
        return Err(Refusal::Steps);
    }
    links.iter().try_for_each(check_link)
}

#[inline(always)]
fn check_link(link: &Link) -> Result<(), Refusal> {
    check_commitment(&link.trained)?;
    if link.found != [u64::from(SCALARS), u64::from(OUTPUTS)] || link.enveloped != ENVELOPES {
        return Err(Refusal::Shape);
    }
    // Zero stands for none, and the circuit would compute with another number than the digest holds.
    let hashes = if ENVELOPES { &link.envelope[..] } else { &[] };
    hashes.iter().try_for_each(|hash| check_commitment(hash)).map_err(|_| Refusal::Shape)
}

/// Lays down the elements of all links, and moves the run on.
#[inline(never)]
pub fn lay(
    proof: &Proof<'_>,
    links: &[Link],
    desk: &mut Desk,
    standing: &mut Standing,
) -> Result<(), Refusal> {
    let mut root: Word = [0; 32];
    keccak(&[&[0], &ROWS.to_be_bytes(), proof.shard], &mut root);
    let mut shards: Word = [0; 32];
    keccak(&[&[0; 4], &ROWS.to_be_bytes(), &[1], proof.shard, &[0; 32]], &mut shards);
    let mut context: Word = [0; 32];
    keccak(&[proof.context], &mut context);
    let mut seed: Word = [0; 32];
    let tag = b"zkpot/v1/schedule/seed";
    keccak(&[tag, proof.nonce, &PROGRAM, proof.first, &root, &context], &mut seed);
    let mut elements = Writer { to: &mut desk.elements, at: 0 };
    for (link, public) in links.iter().zip(&mut desk.public) {
        let [scalars, outputs] = public;
        hash_integers(&link.scalars, &mut desk.integers, scalars)?;
        hash_integers(&link.outputs, &mut desk.integers, outputs)?;
        let mut packed = Writer { to: &mut desk.packed, at: 0 };
        packed.put(&STATEMENTS.to_be_bytes())?;
        packed.put(&ARITHMETIC.to_be_bytes())?;
        // Training, on the wrapped channel, of states that their owner committed to.
        packed.put(&[1, 2, 2])?;
        packed.put(&SECURITY.to_be_bytes())?;
        packed.put(&PROGRAM)?;
        packed.put(&standing.states)?;
        packed.put(&link.trained)?;
        packed.put(&root)?;
        packed.put(&standing.steps.to_be_bytes())?;
        packed.put(&STEPS.to_be_bytes())?;
        packed.put(proof.nonce)?;
        // First weights of the owner's choice.
        packed.put(&[0; 33])?;
        packed.put(&proof.earlier_steps.to_be_bytes())?;
        packed.put(proof.first)?;
        packed.put(scalars)?;
        packed.put(outputs)?;
        packed.put(&shards)?;
        packed.put(&context)?;
        packed.put(&standing.statement)?;
        packed.put(&link.envelope[0])?;
        packed.put(&link.envelope[1])?;
        keccak(&[&desk.packed], &mut standing.statement);
        for digest in [&standing.statement, &seed] {
            for half in digest.as_chunks::<16>().0 {
                elements.put(&[0; 16])?;
                elements.put(half)?;
            }
        }
        write_integer(standing.steps, elements.room(32)?);
        for commitment in [&standing.states, &link.trained, proof.shard] {
            elements.put(commitment)?;
        }
        for integer in link.scalars.iter().chain(&link.outputs) {
            write_integer(*integer, elements.room(32)?);
        }
        if ENVELOPES {
            elements.put(&link.envelope[0])?;
            elements.put(&link.envelope[1])?;
        }
        copy(&mut standing.states, &link.trained);
        standing.steps += u64::from(STEPS);
    }
    Ok(())
}

/// keccak256 of integers, eight bytes each.
#[inline(always)]
fn hash_integers(integers: &[u64], room: &mut [u8], to: &mut Word) -> Result<(), Refusal> {
    let mut packed = Writer { to: room, at: 0 };
    for integer in integers {
        packed.put(&(integer ^ 1 << 63).to_be_bytes())?;
    }
    let count = packed.at;
    keccak(&[room.get(..count).ok_or(Refusal::Shape)?], to);
    Ok(())
}

/// Writes one thing after another.
pub struct Writer<'a> {
    /// Where to.
    pub to: &'a mut [u8],
    /// Bytes so far.
    pub at: usize,
}

impl Writer<'_> {
    /// Room for so many bytes.
    #[inline(always)]
    pub fn room(&mut self, count: usize) -> Result<&mut [u8], Refusal> {
        let end = self.at + count;
        let room = self.to.get_mut(self.at..end).ok_or(Refusal::Shape)?;
        self.at = end;
        Ok(room)
    }

    /// Writes bytes.
    #[inline(always)]
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        copy(self.room(bytes.len())?, bytes);
        Ok(())
    }
}
