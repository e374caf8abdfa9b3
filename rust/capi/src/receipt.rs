//! Fields of receipts, for those who do not read JSON.

use core::ptr;

use crate::result::zkpot_result;

/// What is proven.
pub enum Receipt {
    /// By a bundle.
    #[cfg(feature = "runs")]
    Run(zkpot_embed::Receipt),
    /// By a wrapped proof.
    #[cfg(feature = "wrapped")]
    Wrapped(zkpot_wrapped::Receipt),
}

/// A number of a receipt.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum zkpot_number {
    /// Training steps; of a wrapped proof those of its run so far.
    ZKPOT_STEPS = 0,
    /// Training steps behind the first weights.
    ZKPOT_EARLIER_STEPS = 1,
    /// Training steps that one step of the program makes; a wrapped proof does not say it.
    ZKPOT_WINDOW = 2,
    /// Links.
    ZKPOT_LINKS = 3,
    /// Rows that public totals are over; of a wrapped proof the rows of its dataset.
    ZKPOT_ROWS = 4,
    /// Bits of soundness of the whole run.
    ZKPOT_SECURITY_BITS = 5,
    /// 1 where the proof hides weights, data, activations, gradients and losses.
    ZKPOT_ZERO_KNOWLEDGE = 6,
    /// 1 where links name ciphertexts of their states.
    ZKPOT_ENVELOPES = 7,
    /// Steps of its run before a wrapped proof.
    ZKPOT_START_STEPS = 8,
    /// 1 where everybody can forge such wrapped proofs.
    ZKPOT_TEST_SRS = 9,
}

/// A digest or commitment of a receipt, of 32 bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum zkpot_digest {
    /// Digest of the program.
    ZKPOT_PROGRAM_DIGEST = 0,
    /// The weights as their owner committed them.
    ZKPOT_FIRST_COMMITMENT = 1,
    /// The trained weights and optimizer state.
    ZKPOT_LAST_COMMITMENT = 2,
    /// The fresh copy that whatever comes next consumes; a wrapped proof has none.
    ZKPOT_HEAD = 3,
    /// Merkle root of the data shards that the run imported; a wrapped proof has `ZKPOT_SHARD`.
    ZKPOT_DATA_ROOT = 4,
    /// Merkle root of the shards as their owner committed them; a wrapped proof has `ZKPOT_SHARD`.
    ZKPOT_DATA_LINEAGE = 5,
    /// Nonce of the batch schedule.
    ZKPOT_NONCE = 6,
    /// Digest of the last statement.
    ZKPOT_STATEMENT = 7,
    /// Commitment to the dataset of a wrapped proof.
    ZKPOT_SHARD = 8,
    /// Commitment to the states that a wrapped proof starts from.
    ZKPOT_START_COMMITMENT = 9,
    /// Digest of the statement before a wrapped proof; zeros where it is the first of its run.
    ZKPOT_START_STATEMENT = 10,
    /// What names the circuit of a wrapped proof.
    ZKPOT_CIRCUIT_NAME = 11,
}

impl Receipt {
    fn number(&self, field: u32) -> Option<u64> {
        match self {
            #[cfg(feature = "runs")]
            Self::Run(receipt) => run_number(receipt, field),
            #[cfg(feature = "wrapped")]
            Self::Wrapped(receipt) => wrapped_number(receipt, field),
        }
    }

    fn digest(&self, field: u32) -> Option<[u8; 32]> {
        match self {
            #[cfg(feature = "runs")]
            Self::Run(receipt) => run_digest(receipt, field),
            #[cfg(feature = "wrapped")]
            Self::Wrapped(receipt) => wrapped_digest(receipt, field),
        }
    }
}

#[cfg(feature = "runs")]
fn run_number(receipt: &zkpot_embed::Receipt, field: u32) -> Option<u64> {
    Some(match field {
        0 => receipt.steps,
        1 => receipt.earlier_steps,
        2 => receipt.window.into(),
        3 => receipt.links as u64,
        4 => receipt.rows,
        5 => receipt.security_bits.into(),
        6 => receipt.zero_knowledge.into(),
        7 => receipt.envelopes.into(),
        _ => return None,
    })
}

#[cfg(feature = "wrapped")]
fn wrapped_number(receipt: &zkpot_wrapped::Receipt, field: u32) -> Option<u64> {
    Some(match field {
        0 => receipt.end.steps,
        1 => receipt.run.earlier_steps,
        3 => receipt.links.len() as u64,
        4 => receipt.rows.into(),
        5 => receipt.security.bits().into(),
        // The outer proof hides what its links show.
        6 => 1,
        7 => receipt.links.iter().any(|link| link.envelope.is_some()).into(),
        8 => receipt.start.steps,
        9 => receipt.test_srs.into(),
        _ => return None,
    })
}

#[cfg(feature = "runs")]
fn run_digest(receipt: &zkpot_embed::Receipt, field: u32) -> Option<[u8; 32]> {
    let text = match field {
        0 => &receipt.program,
        1 => &receipt.first_commitment,
        2 => &receipt.last_commitment,
        3 => &receipt.head,
        4 => &receipt.data_root,
        5 => &receipt.data_lineage,
        6 => &receipt.nonce,
        7 => &receipt.statement,
        _ => return None,
    };
    zkpot_embed::digest(text)
}

#[cfg(feature = "wrapped")]
fn wrapped_digest(receipt: &zkpot_wrapped::Receipt, field: u32) -> Option<[u8; 32]> {
    Some(match field {
        0 => receipt.program,
        1 => receipt.run.first,
        2 => receipt.end.states,
        6 => receipt.run.nonce,
        7 => receipt.end.statement,
        8 => receipt.run.shard,
        9 => receipt.start.states,
        10 => receipt.start.statement,
        11 => receipt.circuit,
        _ => return None,
    })
}

/// Writes a number of the receipt (a `zkpot_number`) to `*number`. Returns 0, and writes nothing, where there is no receipt
/// or no such number.
///
/// # Safety
/// `result` is null or was returned by this library and not freed; `out` is null or may be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_result_number(
    result: *const zkpot_result,
    field: u32,
    out: *mut u64,
) -> i32 {
    // SAFETY: the caller's promise.
    let receipt = unsafe { result.as_ref() }.and_then(zkpot_result::receipt);
    match receipt.and_then(|receipt| receipt.number(field)) {
        Some(value) if !out.is_null() => {
            // SAFETY: not null, and the caller's promise.
            unsafe { ptr::write(out, value) };
            1
        }
        _ => 0,
    }
}

/// Writes a digest of the receipt (a `zkpot_digest`) to the 32 bytes at `out`. Returns 0, and writes nothing, where there is
/// no receipt or no such digest.
///
/// # Safety
/// `result` is null or was returned by this library and not freed; `out` is null or has room for 32 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zkpot_result_digest(
    result: *const zkpot_result,
    field: u32,
    out: *mut u8,
) -> i32 {
    // SAFETY: the caller's promise.
    let receipt = unsafe { result.as_ref() }.and_then(zkpot_result::receipt);
    match receipt.and_then(|receipt| receipt.digest(field)) {
        Some(value) if !out.is_null() => {
            // SAFETY: not null, and the caller's promise.
            unsafe { ptr::copy_nonoverlapping(value.as_ptr(), out, value.len()) };
            1
        }
        _ => 0,
    }
}
