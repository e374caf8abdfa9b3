"""What only a chain with a mempool and reorganisations shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.settle_client.chains import Bench, entries, minting
from zkpot.errors import InputError, Unconfirmed
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.transactions.fees import FeePolicy
from zkpot.settle.transactions.outbox import Outbox
from zkpot.settle.transactions.sending import Sender
from zkpot.settle.transactions.signer import Signer

CONFIRMATIONS = 3


@pytest.fixture
def token(on_anvil: Bench) -> str:
    return on_anvil.ground.having("token", lambda: on_anvil.put("Token"))


def patient(bench: Bench, signer: Signer, **other: Any) -> Sender:
    """One that waits for three blocks."""
    sender, _ = bench.sender(signer, **other)
    chain = Chain(sender.chain.node, sender.chain.id, CONFIRMATIONS)
    sender.chain = chain
    return sender


def mine(bench: Bench, blocks: int = 1) -> Callable[[], Any]:
    return lambda: bench.rpc("anvil_mine", hex(blocks))


def pending(bench: Bench) -> list[str]:
    """Hashes in the mempool."""
    content = bench.rpc("txpool_content")
    return [tx["hash"] for nonces in content["pending"].values() for tx in nonces.values()]


def test_final_after_so_many_blocks(on_anvil: Bench, token: str) -> None:
    signer, ticks = on_anvil.signer(), on_anvil.ticks
    on_anvil.rpc("evm_setAutomine", False)
    sender = patient(on_anvil, signer)
    for second in (3, 6, 9):
        ticks.at(second, mine(on_anvil))
    sender.send(minting(token, signer.address))
    assert ticks.time == 9
    assert on_anvil.balance(token, signer.address) == 100


def test_nobody_mines(on_anvil: Bench, token: str) -> None:
    signer = on_anvil.signer()
    on_anvil.rpc("evm_setAutomine", False)
    with pytest.raises(Unconfirmed, match="it is in no block"):
        patient(on_anvil, signer).send(minting(token, signer.address))
    mine(on_anvil)()
    with pytest.raises(Unconfirmed, match="it is in block"):
        patient(on_anvil, signer).send(minting(token, signer.address))
    mine(on_anvil, CONFIRMATIONS)()
    assert patient(on_anvil, signer).send(minting(token, signer.address)).resumed
    assert on_anvil.balance(token, signer.address) == 100


def test_too_cheap_is_replaced_at_its_nonce(on_anvil: Bench, token: str) -> None:
    """A replacement has the nonce of what it replaces, so that one of both is mined."""
    signer, ticks = on_anvil.signer(), on_anvil.ticks
    on_anvil.rpc("evm_setAutomine", False)
    sender, _ = on_anvil.sender(signer)
    seen: list[list[str]] = []
    ticks.at(1, lambda: seen.append(pending(on_anvil)))
    ticks.at(45, lambda: (seen.append(pending(on_anvil)), mine(on_anvil)()))
    receipt = sender.send(minting(token, signer.address))
    (entry,) = entries(on_anvil.folder)
    first, *_, last = entry["versions"]
    assert len(entry["versions"]) == 3
    assert last["most"] > first["most"] * 1.25
    assert [[receipt.transaction]] == seen[1:]
    assert seen[0] == ["0x" + first["hash"]]
    assert on_anvil.balance(token, signer.address) == 100
    assert on_anvil.web3.eth.get_transaction_count(signer.address) == 1  # type: ignore[arg-type]


def test_an_older_version_may_be_the_one_that_is_mined(on_anvil: Bench, token: str) -> None:
    signer, ticks = on_anvil.signer(), on_anvil.ticks
    on_anvil.rpc("evm_setAutomine", False)
    sender, _ = on_anvil.sender(signer)

    def first_is_mined() -> None:
        (entry,) = entries(on_anvil.folder)
        assert len(entry["versions"]) == 2
        on_anvil.rpc("anvil_dropAllTransactions")
        on_anvil.rpc("eth_sendRawTransaction", "0x" + entry["versions"][0]["raw"])
        mine(on_anvil)()

    ticks.at(25, first_is_mined)
    receipt = sender.send(minting(token, signer.address))
    (entry,) = entries(on_anvil.folder)
    assert receipt.transaction == "0x" + entry["versions"][0]["hash"]
    assert on_anvil.balance(token, signer.address) == 100


def test_no_more_is_offered_than_may_be_paid(on_anvil: Bench, token: str) -> None:
    signer = on_anvil.signer()
    sender, _ = on_anvil.sender(signer)
    most = sender.policy.quote(sender.chain.node).most
    on_anvil.rpc("evm_setAutomine", False)
    sender, _ = on_anvil.sender(signer, policy=FeePolicy(most=most * 9 // 8 + 2))
    with pytest.raises(Unconfirmed):
        sender.send(minting(token, signer.address))
    (entry,) = entries(on_anvil.folder)
    assert [version["most"] <= most * 9 // 8 + 2 for version in entry["versions"]] == [True, True]


def test_a_mempool_that_is_lost(on_anvil: Bench, token: str) -> None:
    signer, ticks = on_anvil.signer(), on_anvil.ticks
    on_anvil.rpc("evm_setAutomine", False)
    sender, _ = on_anvil.sender(signer)
    (dropped,) = [[]]

    def lose() -> None:
        dropped.extend(pending(on_anvil))
        for name in dropped:
            on_anvil.rpc("anvil_dropTransaction", name)

    ticks.at(2, lose)
    ticks.at(8, mine(on_anvil))
    receipt = sender.send(minting(token, signer.address))
    assert dropped == [receipt.transaction]
    assert on_anvil.balance(token, signer.address) == 100


def test_a_reorganisation_before_it_is_final(on_anvil: Bench, token: str) -> None:
    signer, ticks = on_anvil.signer(), on_anvil.ticks
    on_anvil.rpc("evm_setAutomine", False)
    sender = patient(on_anvil, signer)
    balances = []
    ticks.at(2, mine(on_anvil, 2))

    def reorganise() -> None:
        balances.append(on_anvil.balance(token, signer.address))
        on_anvil.rpc("anvil_reorg", 2, [])
        on_anvil.rpc("anvil_dropAllTransactions")
        balances.append(on_anvil.balance(token, signer.address))

    ticks.at(4, reorganise)
    ticks.at(7, mine(on_anvil, CONFIRMATIONS))
    receipt = sender.send(minting(token, signer.address))
    assert balances == [100, 0]
    (entry,) = entries(on_anvil.folder)
    assert [receipt.transaction] == ["0x" + version["hash"] for version in entry["versions"]]
    assert on_anvil.balance(token, signer.address) == 100


def test_a_reorganisation_of_what_was_final(on_anvil: Bench, token: str) -> None:
    """Deeper than anybody waited: the same transaction is sent again before anything new is."""
    signer = on_anvil.signer()
    sender, _ = on_anvil.sender(signer)
    first = sender.send(minting(token, signer.address, 1))
    on_anvil.rpc("anvil_reorg", 1, [])
    on_anvil.rpc("anvil_dropAllTransactions")
    assert on_anvil.balance(token, signer.address) == 0
    second = sender.send(minting(token, signer.address, 2))
    assert on_anvil.balance(token, signer.address) == 3
    found = on_anvil.web3.eth.get_transaction_receipt(first.transaction)  # type: ignore[arg-type]
    assert found["blockNumber"] < second.block


def test_a_chain_that_is_set_back(on_anvil: Bench, token: str) -> None:
    signer = on_anvil.signer()
    sender, _ = on_anvil.sender(signer)
    snapshot = on_anvil.rpc("evm_snapshot")
    sender.send(minting(token, signer.address, 1))
    on_anvil.rpc("evm_revert", snapshot)
    assert on_anvil.balance(token, signer.address) == 0
    sender.send(minting(token, signer.address, 2))
    assert on_anvil.balance(token, signer.address) == 3


@pytest.mark.parametrize("blocks", [1, 150])
def test_another_wallet_takes_the_nonce_of_what_waits(
    on_anvil: Bench, token: str, blocks: int
) -> None:
    """A short while ago, which is looked up, or further back than nodes keep the state."""
    signer = on_anvil.signer()
    on_anvil.rpc("evm_setAutomine", False)
    sender, _ = on_anvil.sender(signer)
    with pytest.raises(Unconfirmed):
        sender.send(minting(token, signer.address))
    on_anvil.rpc("anvil_dropAllTransactions")
    raw, _ = signer.transaction(
        {"chainId": sender.chain.id, "nonce": 0, "gas": 21_000, "to": signer.address, "value": 0}
        | {"gasPrice": 10**11}
    )
    on_anvil.rpc("eth_sendRawTransaction", "0x" + raw.hex())
    mine(on_anvil, blocks)()
    on_anvil.rpc("evm_setAutomine", True)
    assert not sender.send(minting(token, signer.address)).resumed
    assert on_anvil.balance(token, signer.address) == 100


def test_other_transactions_of_the_account_wait(on_anvil: Bench, token: str) -> None:
    signer = on_anvil.signer()
    sender, _ = on_anvil.sender(signer)
    on_anvil.rpc("evm_setAutomine", False)
    raw, _ = signer.transaction(
        {"chainId": sender.chain.id, "nonce": 0, "gas": 21_000, "to": signer.address, "value": 0}
        | {"gasPrice": 10**11}
    )
    on_anvil.rpc("eth_sendRawTransaction", "0x" + raw.hex())
    with pytest.raises(InputError, match="1 transactions wait that zkpot did not send"):
        sender.send(minting(token, signer.address))


def test_journals_of_local_chains_are_told_apart(on_anvil: Bench, in_process: Bench) -> None:
    """Of a public chain a node could show another first block, to make a journal vanish."""
    node, _ = on_anvil.node()
    local, public = Chain(node, 31337, 1), Chain(node, 1, 12)
    assert local.name().startswith("31337-")
    assert local.name() != Chain(in_process.node()[0], 31337, 1).name()
    assert public.name() == "1"
    folder = Outbox.of(public.name(), "0xabc", on_anvil.folder).folder
    assert folder == on_anvil.folder / "1" / "0xabc"
