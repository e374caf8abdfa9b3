//! Wrapped proofs.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ptr;

use zkpot_embed::{Code, Refusal};
use zkpot_wrapped::{Answer, Claim, Expectations};

use crate::argument::{bytes, zkpot_bytes};
use crate::circuit::zkpot_circuit;
use crate::guard::guarded;
use crate::result::zkpot_result;

const NOTHING: zkpot_bytes = zkpot_bytes { data: ptr::null(), len: 0 };

/// Verifies a wrapped proof (`.zkwrap`). Never returns null.
///
/// `expectations` is JSON, or nothing where nothing is expected: `program`, `first`, `shard`, `nonce`, `context`,
/// `earlier_steps`, `start` (with `statement`, `states` and `steps`), `steps`, `scalars`, `security`, `allow_test_srs`, each
/// optional.
///
/// # Safety
/// `circuit` was returned by `zkpot_circuit_new` and not freed; the other pointers are null or point to as many bytes as said,
/// which nobody changes meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_wrapped_verify(
    circuit: *const zkpot_circuit,
    proof: *const u8,
    proof_len: usize,
    expectations: *const u8,
    expectations_len: usize,
) -> *mut zkpot_result {
    let proof = zkpot_bytes { data: proof, len: proof_len };
    let expectations = zkpot_bytes { data: expectations, len: expectations_len };
    // SAFETY: the caller's promise.
    let result = match unsafe { (circuit.as_ref(), claim(proof, expectations)) } {
        (None, _) => failed(missing()),
        (_, Err(unread)) => *unread,
        (Some(circuit), Ok(claim)) => {
            guarded(|| zkpot_result::of_wrapped(circuit.0.answer(&claim))).unwrap_or_else(failed)
        }
    };
    result.boxed()
}

/// Verifies several wrapped proofs of one circuit with one pairing, which is faster than one by one and answers the same.
/// `expectations` are as many, or null where nothing is expected; `results` has room for as many pointers, of which none
/// will be null.
///
/// # Safety
/// As of `zkpot_wrapped_verify`, for each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_wrapped_verify_batch(
    circuit: *const zkpot_circuit,
    proofs: *const zkpot_bytes,
    expectations: *const zkpot_bytes,
    count: usize,
    results: *mut *mut zkpot_result,
) {
    if proofs.is_null() || results.is_null() {
        return;
    }
    let mut claims = Vec::new();
    let mut unread_ones = Vec::new();
    for index in 0..count {
        // SAFETY: the caller's promise, for each of them.
        let read = unsafe {
            let expected = if expectations.is_null() { NOTHING } else { *expectations.add(index) };
            claim(*proofs.add(index), expected)
        };
        unread_ones.push(read.map(|claim| claims.push(claim)).err());
    }
    // SAFETY: the caller's promise.
    let answers = match unsafe { circuit.as_ref() } {
        Some(circuit) => guarded(|| {
            let answers = circuit.0.answer_all(&claims).into_iter();
            answers.map(zkpot_result::of_wrapped).collect::<Vec<_>>()
        }),
        None => Err(missing()),
    };
    let mut answers = answers.map(Vec::into_iter);
    for (index, unread) in unread_ones.into_iter().enumerate() {
        let result = match (unread, &mut answers) {
            (Some(unread), _) => *unread,
            (None, Err(refusal)) => zkpot_result::refused(refusal, 0),
            (None, Ok(answers)) => answers.next().unwrap_or_else(|| failed(unanswered())),
        };
        // SAFETY: the caller's promise.
        unsafe { ptr::write(results.add(index), result.boxed()) };
    }
}

/// A proof and what is expected of it, or the result where they cannot be read.
///
/// # Safety
/// Both are null or point to as many bytes as said, which nobody changes meanwhile.
unsafe fn claim<'a>(
    proof: zkpot_bytes,
    expectations: zkpot_bytes,
) -> Result<Claim<'a>, Box<zkpot_result>> {
    // SAFETY: the caller's promise.
    let (proof, text) = unsafe {
        (
            bytes(proof.data, proof.len, "proof"),
            bytes(expectations.data, expectations.len, "expectations"),
        )
    };
    let boxed = |refusal| Box::new(failed(refusal));
    let (proof, text) = (proof.map_err(boxed)?, text.map_err(boxed)?);
    match guarded(|| Expectations::from_json(text)).map_err(boxed)? {
        Ok(expected) => Ok(Claim { proof, expected }),
        Err(error) => {
            let answer = Answer { result: Err(error), work: 0 };
            Err(Box::new(zkpot_result::of_wrapped(answer)))
        }
    }
}

fn failed(refusal: Refusal) -> zkpot_result {
    zkpot_result::refused(&refusal, 0)
}

/// There is no handle.
fn missing() -> Refusal {
    Refusal::new(Code::Argument, "a null pointer in place of a circuit")
}

/// There is an answer for each claim.
fn unanswered() -> Refusal {
    Refusal::new(Code::Internal, "zkpot answered to fewer proofs than it was given")
}
