"""Whatever fails and whoever is killed: what was asked for once happens once."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_account.typed_transactions import TypedTransaction
from hexbytes import HexBytes

from tests.settle_client.chains import Bench, entries, minting
from tests.settle_client.faults import (
    SUBMIT,
    Killed,
    forgets,
    late,
    refuses,
    same,
    says,
    silent,
    twice,
)
from zkpot.errors import (
    AccountLocked,
    AlreadyDone,
    CallReverted,
    ChainUnavailable,
    InputError,
    Unconfirmed,
)
from zkpot.settle.contracts.interface import interface
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.transactions import delivery as deliveries
from zkpot.settle.transactions import outbox as outboxes
from zkpot.settle.transactions.fees import FeePolicy
from zkpot.settle.transactions.intent import Intent
from zkpot.settle.transactions.outbox import Outbox
from zkpot.settle.transactions.receipts import Receipt


def test_sent_and_final(bench: Bench, token: str) -> None:
    signer = bench.signer()
    sender, faults = bench.sender(signer, known={token: interface("Token")})
    receipt = sender.send(minting(token, signer.address))
    assert bench.balance(token, signer.address) == 100
    assert receipt.event("Transfer")["value"] == 100
    assert (receipt.call, receipt.subject, receipt.resumed) == ("Token.mint", "100", False)
    assert receipt.cost > receipt.gas > 21_000
    assert faults.calls.count(SUBMIT) == 1
    # Asked for again on purpose, it is done again.
    sender.send(minting(token, signer.address))
    assert bench.balance(token, signer.address) == 200
    assert len(entries(bench.folder)) == 2


def test_an_estimate_sends_nothing(bench: Bench, token: str) -> None:
    signer = bench.signer()
    sender, faults = bench.sender(signer)
    found = sender.estimate(minting(token, signer.address))
    assert 21_000 < found.gas < 100_000
    assert found.cost == found.gas * found.gas_price > 0
    assert SUBMIT not in faults.calls
    assert entries(bench.folder) == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_every_question(bench: Bench, token: str, when: str) -> None:
    """Every call of a node is one place to die at, before the question or after the answer."""
    number = killed = 0
    while True:
        signer = bench.signer(1)
        sender, faults = bench.sender(signer)
        faults.kill_at = (number, when)
        try:
            sender.send(minting(token, signer.address))
        except Killed:
            killed += 1
        else:
            break
        again, _ = bench.sender(signer)
        again.send(minting(token, signer.address))
        assert bench.balance(token, signer.address) == 100, faults.calls[-1]
        assert bench.web3.eth.get_transaction_count(signer.address) == 1  # type: ignore[arg-type]
        number += 1
    # A chain may take longer to mine, and is asked more often then.
    assert killed == number >= len(faults.calls) > 10


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", ["write_file", "move_file"])
def test_killed_at_every_write(
    bench: Bench, token: str, when: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., None] = getattr(outboxes, name)
    left, calls = -1, 0

    def dying(*arguments: Any) -> None:
        nonlocal left, calls
        calls += 1
        left -= 1
        if left == -1 and when == "before":
            raise Killed
        real(*arguments)
        if left == -1:
            raise Killed

    monkeypatch.setattr(outboxes, name, dying)
    number = 0
    while True:
        signer = bench.signer(1)
        sender, _ = bench.sender(signer)
        left, calls = number, 0
        try:
            sender.send(minting(token, signer.address))
        except Killed:
            left = -1
        else:
            break
        again, _ = bench.sender(signer)
        receipt = again.send(minting(token, signer.address))
        # The last thing that is done is to close the entry: afterwards it is a wish of its own.
        twice_asked = name == "move_file" and when == "after"
        assert bench.balance(token, signer.address) == (200 if twice_asked else 100)
        assert receipt.resumed is not (twice_asked or (name, when, number) == FIRST_WRITE)
        number += 1
    assert number == calls > 0


#: Nothing was written, so that nothing was signed.
FIRST_WRITE = ("write_file", "before", 0)


def test_killed_before_the_caller_knows(bench: Bench, token: str) -> None:
    """A receipt that nobody has seen is given again, until somebody has."""
    signer = bench.signer()
    intent, seen = minting(token, signer.address), []

    def dying(receipt: Receipt) -> None:
        seen.append(receipt)
        raise Killed

    for _ in range(2):
        sender, _ = bench.sender(signer)
        with pytest.raises(Killed):
            sender.send(intent, deliver=dying)
    sender, faults = bench.sender(signer)
    receipt = sender.send(intent, deliver=seen.append)
    assert SUBMIT not in faults.calls
    assert receipt.resumed
    assert {found.transaction for found in seen} == {receipt.transaction}
    assert bench.balance(token, signer.address) == 100


def test_another_wish_does_not_hide_one_that_nobody_saw(bench: Bench, token: str) -> None:
    signer = bench.signer()
    sender, _ = bench.sender(signer)
    with pytest.raises(Killed):
        sender.send(minting(token, signer.address, 1), deliver=lambda _: _die())
    sender.send(minting(token, signer.address, 2))
    assert sender.send(minting(token, signer.address, 1)).resumed
    assert bench.balance(token, signer.address) == 3


def _die() -> None:
    raise Killed


@pytest.mark.parametrize("fault", [silent, late, twice, forgets])
def test_a_node_that_fails_to_take_it(bench: Bench, token: str, fault: Any) -> None:
    signer = bench.signer()
    sender, faults = bench.sender(signer)
    faults.add(SUBMIT, fault, fault)
    sender.send(minting(token, signer.address))
    assert bench.balance(token, signer.address) == 100
    (entry,) = entries(bench.folder)
    assert len(entry["versions"]) == 1


METHODS = (
    *("eth_chainId", "eth_getTransactionCount", "eth_getBlockByNumber", "eth_call"),
    *("eth_estimateGas", "eth_getBalance", "eth_getTransactionReceipt", SUBMIT),
)


@pytest.mark.parametrize("method", METHODS)
def test_silence_is_no_reason_to_pay_twice(bench: Bench, token: str, method: str) -> None:
    signer = bench.signer()
    sender, faults = bench.sender(signer)
    said: list[Exception] = []
    for number in range(8):
        faults.add(method, *[same] * number, silent)
        try:
            sender.send(minting(token, signer.address))
            break
        except InputError as error:
            said.append(error)
    # Nor to show what the node's address holds.
    assert not [error for error in said if {"word", "key"} & set(re.split(r"\W", str(error)))]
    assert not [error for error in said if "word" in str(error.__context__)]
    assert bench.balance(token, signer.address) == 100


def test_a_receipt_that_comes_later_than_the_count(bench: Bench, token: str) -> None:
    """Behind one address are several nodes: one knows the nonce as used, another no receipt."""
    signer = bench.signer()
    sender, faults = bench.sender(signer)
    faults.add("eth_getTransactionReceipt", same, *[says(None)] * 9)
    sender.send(minting(token, signer.address))
    (entry,) = entries(bench.folder)
    assert entry["fate"] == "mined"
    assert bench.balance(token, signer.address) == 100


def test_a_receipt_of_a_block_that_is_not_in_the_chain(bench: Bench, token: str) -> None:
    def stale(method: str, params: Any, ask: Any) -> Any:
        answer = ask(method, params)
        found = dict(answer["result"])
        found = {name: "0x" + "ab" * 32 if "ash" in name else v for name, v in found.items()}
        return {**answer, "result": {**found, "logs": []}}

    signer = bench.signer()
    sender, faults = bench.sender(signer)
    begun = bench.ticks.time
    faults.add("eth_getTransactionReceipt", same, stale, stale, stale)
    sender.send(minting(token, signer.address))
    assert bench.ticks.time - begun >= 3


NONSENSE = ("zz", {}, [], None, "0x", -1, {"number": None, "blockNumber": "zz"}, "0x" + "f" * 200)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("answer", NONSENSE, ids=repr)
def test_answers_that_are_none(bench: Bench, token: str, method: str, answer: Any) -> None:
    """Whatever a node says: what it makes of it is refused by name, and nothing is paid twice."""
    signer = bench.signer()
    sender, faults = bench.sender(signer)
    faults.add(method, says(answer))
    with suppress(InputError):
        sender.send(minting(token, signer.address))
    later, _ = bench.sender(signer)
    later.send(minting(token, signer.address))
    made = [entry for entry in entries(bench.folder) if entry["fate"] == "mined"]
    # What the first call ended with is not done again; what it refused was not signed.
    assert bench.balance(token, signer.address) == 100 * len(made)
    assert len(made) in (1, 2)


@pytest.mark.parametrize(
    "words",
    ["already known", "nonce too low", "replacement transaction underpriced", "ALREADY_EXISTS"],
)
def test_words_that_say_nothing_of_its_end(bench: Bench, token: str, words: str) -> None:
    signer = bench.signer()
    sender, faults = bench.sender(signer)
    faults.add(SUBMIT, refuses(words))
    sender.send(minting(token, signer.address))
    assert bench.balance(token, signer.address) == 100


def test_a_node_that_refuses_for_a_reason_of_its_own(bench: Bench, token: str) -> None:
    signer = bench.signer()
    sender, faults = bench.sender(signer)
    faults.add(SUBMIT, *[refuses("sender is on a list")] * 3)
    with pytest.raises(InputError, match="on a list; run the same again"):
        sender.send(minting(token, signer.address))
    assert sender.send(minting(token, signer.address)).resumed
    assert bench.balance(token, signer.address) == 100


def test_silence_for_longer_than_anybody_waits(bench: Bench, token: str) -> None:
    signer = bench.signer()
    sender, faults = bench.sender(signer)
    faults.add(SUBMIT, *[silent] * 60)
    with pytest.raises(Unconfirmed, match="run the same again to go on, it is paid once"):
        sender.send(minting(token, signer.address))
    later, _ = bench.sender(signer)
    assert later.send(minting(token, signer.address)).resumed
    assert bench.balance(token, signer.address) == 100


def test_what_waits_is_finished_before_anything_new(bench: Bench, token: str) -> None:
    signer = bench.signer()
    sender, faults = bench.sender(signer)
    faults.add(SUBMIT, *[silent] * 60)
    with pytest.raises(Unconfirmed):
        sender.send(minting(token, signer.address, 1))
    later, _ = bench.sender(signer)
    later.send(minting(token, signer.address, 2))
    assert bench.balance(token, signer.address) == 3
    assert later.send(minting(token, signer.address, 1)).resumed
    assert bench.balance(token, signer.address) == 3


def test_the_chain_is_asked_before_anything_is_signed(bench: Bench, token: str) -> None:
    signer = bench.signer()
    sender, faults = bench.sender(signer)

    def guard() -> None:
        raise AlreadyDone("it is")

    with pytest.raises(AlreadyDone):
        sender.send(minting(token, signer.address), guard)
    assert SUBMIT not in faults.calls
    assert entries(bench.folder) == []


def test_a_call_that_would_fail_is_not_signed(bench: Bench, token: str) -> None:
    signer = bench.signer()
    sender, _ = bench.sender(signer)
    data = interface("Token").encode("transfer", token, 5)
    with pytest.raises(CallReverted, match=f"{signer.address} has 0 units of the token, not 5"):
        sender.send(Intent(token, "Token.transfer", "5", data.hex()))
    assert entries(bench.folder) == []


def test_an_account_that_cannot_pay(bench: Bench, token: str) -> None:
    signer = bench.signer(0)
    sender, _ = bench.sender(signer)
    with pytest.raises(InputError, match="has no money for gas"):
        sender.send(minting(token, signer.address))
    assert entries(bench.folder) == []


def test_a_journal_is_for_one_process(bench: Bench, token: str) -> None:
    signer = bench.signer()
    sender, _ = bench.sender(signer)
    impatient, _ = bench.sender(signer, patience=deliveries.Patience(whole=0.1))

    def inside(_: Receipt) -> None:
        with pytest.raises(AccountLocked, match="another process sends with this account"):
            impatient.send(minting(token, signer.address))

    sender.send(minting(token, signer.address), deliver=inside)
    assert bench.balance(token, signer.address) == 100


def test_another_machine_with_the_key(bench: Bench, token: str, tmp_path: Path) -> None:
    """Both sign the same nonce; one is mined, and the other one is told."""
    signer = bench.signer()
    sender, faults = bench.sender(signer)
    other, _ = bench.sender(signer, root=tmp_path / "elsewhere")

    def meanwhile(method: str, params: Any, ask: Any) -> Any:
        other.send(minting(token, signer.address, 7))
        return ask(method, params)

    faults.add(SUBMIT, meanwhile)
    with pytest.raises(InputError, match=r"another transaction of .* took its place"):
        sender.send(minting(token, signer.address))
    assert bench.balance(token, signer.address) == 7
    assert not sender.send(minting(token, signer.address)).resumed
    assert bench.balance(token, signer.address) == 107


def test_a_damaged_journal_stops(bench: Bench, token: str) -> None:
    signer = bench.signer()
    sender, faults = bench.sender(signer)
    faults.add(SUBMIT, *[silent] * 60)
    with pytest.raises(Unconfirmed):
        sender.send(minting(token, signer.address))
    (path,) = bench.folder.rglob("*.json")
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text(path.read_text()[:-20])
    with pytest.raises(InputError, match="the journal of transactions is damaged here"):
        bench.sender(signer)[0].send(minting(token, signer.address))
    assert bench.balance(token, signer.address) == 0


def test_another_chain_than_expected(bench: Bench, token: str) -> None:
    node, _ = bench.node()
    with pytest.raises(InputError, match="and 1 is expected; nothing was signed"):
        Chain.of(node, expected=1)


def test_a_node_that_lies_about_its_chain(on_anvil: Bench) -> None:
    """What is signed names the expected chain, so that the real one does not take it."""
    token, signer = on_anvil.put("Token"), on_anvil.signer()
    node, faults = on_anvil.node()
    faults.add("eth_chainId", *[says("0x1")] * 8)
    lied = Chain.of(node, expected=1, confirmations=1)
    sender, _ = on_anvil.sender(signer)
    with pytest.raises(InputError, match="chain"):
        replace(sender, chain=lied).send(minting(token, signer.address))
    assert len(entries(on_anvil.folder)) == 1
    assert on_anvil.balance(token, signer.address) == 0


def test_a_node_that_changes_its_chain(bench: Bench, token: str) -> None:
    signer = bench.signer()
    sender, faults = bench.sender(signer)
    faults.add("eth_chainId", same, *[says("0x1")] * 8)
    with pytest.raises(InputError, match="its chain is 1"):
        sender.send(minting(token, signer.address))
    assert entries(bench.folder) == []


def test_what_is_signed_names_the_expected_chain(
    bench: Bench, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not what a node says once it was asked for the last time."""
    signer, real = bench.signer(), int(bench.web3.eth.chain_id)
    sender, _ = bench.sender(signer)
    said = [1, real, real]
    monkeypatch.setattr(sender.chain.node, "chain_id", lambda: said.pop() if said[1:] else 1)
    sender.send(minting(token, signer.address))
    assert said == [1]
    (entry,) = entries(bench.folder)
    raw = HexBytes(entry["versions"][0]["raw"])
    assert TypedTransaction.from_bytes(raw).as_dict()["chainId"] == real


def test_a_node_that_lags_behind(bench: Bench, token: str) -> None:
    """It does not know of what is final; nothing is signed with a nonce that was used."""
    signer = bench.signer()
    sender, faults = bench.sender(signer)
    sender.send(minting(token, signer.address, 1))
    faults.add("eth_getTransactionCount", same, says("0x0"))
    with pytest.raises(ChainUnavailable, match="it lags behind"):
        sender.send(minting(token, signer.address, 2))
    assert bench.balance(token, signer.address) == 1


def test_transactions_of_another_wallet_wait(bench: Bench, token: str) -> None:
    signer = bench.signer()
    sender, faults = bench.sender(signer)
    faults.add("eth_getTransactionCount", same, same, says("0x2"))
    with pytest.raises(InputError, match="2 transactions wait that zkpot did not send"):
        sender.send(minting(token, signer.address))
    assert entries(bench.folder) == []


@pytest.mark.parametrize("legacy", [False, True])
def test_a_node_that_lies_about_the_market(bench: Bench, token: str, legacy: bool) -> None:
    signer = bench.signer()
    sender, faults = bench.sender(signer, policy=FeePolicy(legacy=legacy))
    faults.add("eth_gasPrice" if legacy else "eth_maxPriorityFeePerGas", *[says(hex(10**15))] * 9)
    with pytest.raises(InputError, match=r"gas costs 1000000\.\d+ gwei now, more than the 1000\.0"):
        sender.send(minting(token, signer.address))
    assert entries(bench.folder) == []


def test_a_bound_of_fees(bench: Bench, token: str) -> None:
    signer = bench.signer()
    sender, _ = bench.sender(signer, policy=FeePolicy(most=1))
    with pytest.raises(InputError, match=r"more than the 0\.000 that may be paid"):
        sender.send(minting(token, signer.address))
    sender, _ = bench.sender(signer, policy=FeePolicy(legacy=True))
    sender.send(minting(token, signer.address))
    (entry,) = entries(bench.folder)
    assert entry["versions"][0]["tip"] is None
    assert bench.balance(token, signer.address) == 100


def test_unfinished_files_are_cleared(bench: Bench, token: str) -> None:
    signer = bench.signer()
    sender, _ = bench.sender(signer)
    outbox = Outbox.of(sender.chain.name(), signer.address, bench.folder)
    outbox.folder.mkdir(parents=True)
    (outbox.folder / "000000000000.json.unfinished").write_text("{")
    sender.send(minting(token, signer.address))
    assert list(outbox.folder.glob("*.unfinished")) == []
