"""The program on a chain in this process: litesvm, with the features that the main network has."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from solders.account import Account
from solders.compute_budget import set_compute_unit_limit
from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message
from solders.pubkey import Pubkey
from solders.transaction import Transaction
from solders.transaction_metadata import FailedTransactionMetadata, TransactionMetadata
from solders.transaction_status import InstructionErrorCustom, TransactionErrorInstructionError

from examples.solana.client import MOST_UNITS

PROGRAM = Pubkey.from_bytes(b"zkpot".ljust(32, b"\1"))
LAMPORTS = 10**10


class Chain:
    """A chain with the program that `ZKPOT_PROGRAM` names, and somebody who pays."""

    def __init__(self) -> None:
        """Starts it."""
        self.machine = LiteSVM().with_mainnet_features().with_builtins()
        self.machine.add_program_from_file(PROGRAM, Path(os.environ["ZKPOT_PROGRAM"]))
        self.payer = Keypair()
        self.machine.airdrop(self.payer.pubkey(), LAMPORTS)

    def send(
        self, *instructions: Instruction, signers: Sequence[Keypair] = (), units: int = MOST_UNITS
    ) -> TransactionMetadata | FailedTransactionMetadata:
        """Sends a transaction, and says what became of it."""
        budget = set_compute_unit_limit(units)
        message = Message([budget, *instructions], self.payer.pubkey())
        self.machine.expire_blockhash()
        block = self.machine.latest_blockhash()
        return self.machine.send_transaction(Transaction([self.payer, *signers], message, block))

    def take(
        self, *instructions: Instruction, signers: Sequence[Keypair] = ()
    ) -> TransactionMetadata:
        """The same, of a transaction that has to be taken."""
        sent = self.send(*instructions, signers=signers)
        assert isinstance(sent, TransactionMetadata), sent
        return sent

    def refuse(self, *instructions: Instruction, signers: Sequence[Keypair] = ()) -> int:
        """The program's code for a transaction that has to be refused."""
        sent = self.send(*instructions, signers=signers)
        assert isinstance(sent, FailedTransactionMetadata), "it was taken"
        error = sent.err()
        assert isinstance(error, TransactionErrorInstructionError), error
        assert isinstance(error.err, InstructionErrorCustom), error
        return error.err.code

    def put(self, content: bytes, owner: Pubkey = PROGRAM) -> Keypair:
        """A new account with this content."""
        account = Keypair()
        held = Account(10**9, content, owner, False, 0)
        self.machine.set_account(account.pubkey(), held)
        return account

    def content(self, account: Pubkey) -> bytes:
        """What an account holds."""
        found = self.machine.get_account(account)
        assert found is not None
        return found.data
