//! What transactions ask of the program.

use pinocchio::{
    AccountView, Address, ProgramResult, no_allocator, nostd_panic_handler, program_entrypoint,
};

use crate::circuit::FILE;
use crate::machine::{answer, copy};
use crate::refusal::Refusal;
use crate::verification::{Memory, verify};

program_entrypoint!(process, 4);
no_allocator!();
nostd_panic_handler!();

/// Where the machine's heap begins.
const HEAP: *mut Memory = 0x3_0000_0000 as *mut Memory;

/// Does what an instruction's first byte says.
pub fn process(program: &Address, accounts: &mut [AccountView], data: &[u8]) -> ProgramResult {
    match (data, accounts) {
        ([0, rest @ ..], [account]) => write(program, account, rest)?,
        ([1], [account]) => {
            // SAFETY: the heap is zeros, which are integers, bytes and truth values, has more bytes than that, and is
            // this instruction's own; nothing else allocates.
            let memory = unsafe { &mut *HEAP };
            // SAFETY: nothing writes to the account meanwhile.
            verify(unsafe { account.borrow_unchecked() }, memory)?;
        }
        ([2], [account, receiver]) => close(program, account, receiver)?,
        ([3], []) => answer(&FILE),
        _ => return Err(Refusal::Instruction.into()),
    }
    Ok(())
}

fn write(program: &Address, account: &mut AccountView, data: &[u8]) -> Result<(), Refusal> {
    check(program, account)?;
    let (at, bytes) = data.split_first_chunk().ok_or(Refusal::Instruction)?;
    let at = u32::from_le_bytes(*at) as usize;
    // SAFETY: there is no other account, and this is the only borrow.
    let content = unsafe { account.borrow_unchecked_mut() };
    let end = at.checked_add(bytes.len()).ok_or(Refusal::Instruction)?;
    copy(content.get_mut(at..end).ok_or(Refusal::Instruction)?, bytes);
    Ok(())
}

fn close(
    program: &Address,
    account: &mut AccountView,
    receiver: &mut AccountView,
) -> Result<(), Refusal> {
    check(program, account)?;
    if account.address() == receiver.address() {
        return Err(Refusal::Instruction);
    }
    let sum = receiver.lamports().checked_add(account.lamports()).ok_or(Refusal::Instruction)?;
    receiver.set_lamports(sum);
    account.set_lamports(0);
    account.close().map_err(|_| Refusal::Instruction)
}

/// The account is this program's, and who has its key asks.
fn check(program: &Address, account: &AccountView) -> Result<(), Refusal> {
    if account.is_signer() && account.is_writable() && account.owned_by(program) {
        Ok(())
    } else {
        Err(Refusal::Instruction)
    }
}
