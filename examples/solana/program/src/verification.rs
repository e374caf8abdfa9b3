//! A verification: from a proof's bytes to what it has shown.

use core::mem::size_of;

use crate::circuit::{CIRCUIT, CONSTANTS, INPUTS, LINKS, PROOF_BYTES, SLOTS};
use crate::encoding::{scalar, words};
use crate::field::Fr;
use crate::machine::{Word, answer, keccak};
use crate::proof::{Link, read};
use crate::refusal::Refusal;
use crate::statement::{Desk, Standing, Writer, check, lay};
use crate::{equation, transcript};

/// What the challenge's hash starts with.
const TAG: &[u8] = b"zkpot/v1/wrap";

/// Bytes of a receipt: circuit, terms, where the run stood and stands, and for each link five words.
pub const RECEIPT: usize = 5 * 32 + 8 + 2 * (2 * 32 + 8) + 32 + 160 * LINKS as usize;
/// What an instruction can answer.
const MOST_ANSWERED: usize = 1024;
const _: () =
    assert!(RECEIPT <= MOST_ANSWERED, "such proofs have more links than an answer has room for");

/// Everything that a verification writes to. It is larger than a frame, and the machine's heap is zeros.
pub struct Memory {
    values: [Fr; SLOTS],
    links: [Link; LINKS as usize],
    desk: Desk,
    buffer: transcript::Buffer,
    receipt: [u8; RECEIPT],
}

/// The heap that programs have without asking for more.
const HEAP: usize = 32 * 1024;
const _: () =
    assert!(size_of::<Memory>() <= HEAP, "this circuit's values do not fit into the heap");

/// Verifies a proof, and answers with what it has shown.
#[inline(never)]
pub fn verify(file: &[u8], memory: &mut Memory) -> Result<(), Refusal> {
    let Memory { values, links, desk, buffer, receipt } = memory;
    let proof = read(file, links)?;
    if *proof.circuit != CIRCUIT {
        return Err(Refusal::Circuit);
    }
    if u32::try_from(proof.bytes.len()) != Ok(PROOF_BYTES) {
        return Err(Refusal::ProofBytes);
    }
    check(&proof, links)?;
    let mut standing =
        Standing { statement: *proof.statement, states: *proof.states, steps: proof.steps };
    lay(&proof, links, desk, &mut standing)?;
    for (place, constant) in values.iter_mut().zip(&CONSTANTS) {
        *place = Fr(*constant);
    }
    bind(proof.hash, &desk.elements, values)?;
    transcript::run(proof.bytes, values, buffer)?;
    equation::compute(values)?;
    equation::check(values, proof.bytes)?;
    let mut to = Writer { to: receipt, at: 0 };
    let mut context: Word = [0; 32];
    keccak(&[proof.context], &mut context);
    for word in [&CIRCUIT, proof.first, proof.shard, proof.nonce, &context] {
        to.put(word)?;
    }
    to.put(&proof.earlier_steps.to_be_bytes())?;
    for (statement, states, steps) in [
        (proof.statement, proof.states, proof.steps),
        (&standing.statement, &standing.states, standing.steps),
    ] {
        to.put(statement)?;
        to.put(states)?;
        to.put(&steps.to_be_bytes())?;
    }
    for (link, [scalars, outputs]) in links.iter().zip(&desk.public) {
        for word in [&link.trained, scalars, outputs, &link.envelope[0], &link.envelope[1]] {
            to.put(word)?;
        }
    }
    let count = to.at;
    answer(receipt.get(..count).ok_or(Refusal::Shape)?);
    Ok(())
}

/// The public inputs: a claimed hash of the elements, a challenge that depends on both, and the elements' value there.
#[inline(never)]
fn bind(hash: &Word, elements: &[u8], values: &mut [Fr]) -> Result<(), Refusal> {
    let [claimed, challenge, combination] = INPUTS.map(usize::from);
    scalar(hash, values.get_mut(claimed).ok_or(Refusal::Number)?)?;
    let mut digest: Word = [0; 32];
    keccak(&[elements], &mut digest);
    let mut drawn: Word = [0; 32];
    keccak(&[TAG, hash, &digest], &mut drawn);
    let at = Fr::of(&words(&drawn));
    let mut sum = Fr::ZERO;
    for element in elements.as_chunks::<32>().0 {
        sum = sum.multiply(&at).add(&Fr::plain(&words(element)));
    }
    *values.get_mut(challenge).ok_or(Refusal::Number)? = at;
    *values.get_mut(combination).ok_or(Refusal::Number)? = sum.element();
    Ok(())
}
