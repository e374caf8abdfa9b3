"""The chain in this process is kept: its transactions are done again."""

from __future__ import annotations

from pathlib import Path

import pytest
from eth_account import Account

from tests.settle_client.chains import minting
from zkpot.errors import InputError
from zkpot.settle.embedded import UNITS, EmbeddedChain
from zkpot.settle.token import Token
from zkpot.settle.transactions.actions import perform
from zkpot.settle.transactions.intent import Intent
from zkpot.settle.transactions.sending import Sender
from zkpot.settle.transactions.signer import Signer


def test_it_is_kept(tmp_path: Path) -> None:
    signer = Signer(Account.create())
    names, times = set(), []
    for round_ in range(3):
        with EmbeddedChain.opened(tmp_path / "chain") as embedded:
            embedded.provide(signer.address)
            embedded.deployment.check(embedded.chain)
            token = Token(embedded.chain, embedded.deployment.token)
            assert token.balance(signer.address) == UNITS + round_
            sender = Sender(embedded.chain, signer, root=tmp_path / "journal")
            perform(sender, token.mint(signer.address, 1, f"round {round_}"))
            names.add(embedded.chain.name())
            times.append(embedded.chain.node.block().time)
            embedded.pass_time(100)
    assert len(names) == 1
    assert times[0] + 100 <= times[1] <= times[2] - 100


def test_a_process_that_dies_before_it_is_kept(tmp_path: Path) -> None:
    """The chain has forgotten; the journal has not."""
    signer = Signer(Account.create())
    blocks = tmp_path / "chain" / "blocks.json"
    with EmbeddedChain.opened(tmp_path / "chain") as embedded:
        embedded.provide(signer.address)
        token = Token(embedded.chain, embedded.deployment.token)
        kept = blocks.read_bytes()
        sender = Sender(embedded.chain, signer, root=tmp_path / "journal")
        sender.send(minting(token.address, signer.address, 1))
    blocks.write_bytes(kept)
    with EmbeddedChain.opened(tmp_path / "chain") as embedded:
        token = Token(embedded.chain, token.address)
        assert token.balance(signer.address) == UNITS
        sender = Sender(embedded.chain, signer, root=tmp_path / "journal")
        sender.send(minting(token.address, signer.address, 2))
        assert token.balance(signer.address) == UNITS + 3


def test_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "blocks.json").write_text("[]")
    with pytest.raises(InputError, match="not a chain that zkpot keeps"):
        with EmbeddedChain.opened(tmp_path):
            pass


def _asks_for(gas: int) -> bytes:
    """Code that fails where less gas is left, without using it, and stores a word otherwise."""
    check = (
        bytes.fromhex("5a62") + gas.to_bytes(3, "big") + bytes.fromhex("10600c575f80fd5b60015f55")
    )
    return bytes.fromhex(f"60{len(check):02x}8060093d393df3") + check


@pytest.mark.parametrize("gas", [0, 30_000, 900_000])
def test_estimates_suffice(tmp_path: Path, gas: int) -> None:
    """Of what uses its gas, and of what only wants to have it."""
    with EmbeddedChain.opened(tmp_path / "chain") as embedded:
        account, node = Account.create(), embedded.chain.node
        embedded.provide(account.address)
        sender = Sender(embedded.chain, Signer(account), root=tmp_path / "journal")
        put = sender.send(Intent("", "code", str(gas), _asks_for(gas).hex())).contract
        found, least = node.gas(put, b"", account.address), max(43_100, 21_000 + gas)
        assert least < found < least + (22_000 if gas else 4_000)
        assert sender.send(Intent(put, "call", "", "")).gas <= found
