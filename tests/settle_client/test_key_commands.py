"""Weights for payment on the command line, and fronts without envelopes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.settle_client.market import content, hashes, key
from tests.settle_client.shell import LINK_STEPS, Shell, new, proof

PRICE = 80


@pytest.fixture
def settled(shell: Shell, sealing_front: str) -> Shell:
    """An order whose first chunk is proven, with its ciphertext and its key in files."""
    new(shell, sealing_front, "--bond", "30")
    order = json.loads(Path("order.json").read_text())["order"]
    assert (order["bond"], order["reveal_window"]) == ("30", "3600")
    shell.value("consumer", "order", "sign", "order.json")
    shell.value("consumer", "order", "open", "order.json")
    shell.value("worker", "stake", "add", "60")
    shell.value("worker", "stake", "authorise")
    shell.value("worker", "bid", "order.json", "--price", str(PRICE), "--cores", "4")
    shell.pass_time(700)
    shell.value("worker", "order", "award", "order.json")
    proof(shell, 0, envelope=hashes(0)).write(Path("0.evm"))
    shell.value("worker", "settle", "0.evm", "--order", "order.json")
    for chunk in (0, 1):
        Path(f"{chunk}.envelope").write_bytes(content(chunk))
        Path(f"{chunk}.key").write_text(key(chunk).hex() + "\n")
    return shell


def refused(shell: Shell, who: str, code: int, words: str, *arguments: str) -> None:
    found, out, err = shell.run(who, *arguments)
    assert (found, words in err) == (code, True), out + err
    assert key(0).hex() not in out + err


REVEAL = ("order", "reveal", "order.json", "--key", "0.key")
ACCEPT = ("order", "accept", "order.json", "--ciphertext", "0.envelope")


def shown(shell: Shell) -> dict[str, Any]:
    """What the consumer takes from the chain, and where the order stands then."""
    shell.value("consumer", "order", "key", "order.json", "-o", "bought.key")
    assert bytes.fromhex(Path("bought.key").read_text()) == key(0)
    found: dict[str, Any] = shell.value("consumer", "order", "show", "order.json")
    return found


def test_accepted_by_a_signature(settled: Shell) -> None:
    refused(settled, "worker", 2, "is neither accepted nor published", *REVEAL)
    refused(settled, "worker", 2, "is neither accepted nor published", *REVEAL, "--estimate")
    refused(
        settled, "consumer", 2, "no key was shown yet", *("order", "key", "order.json", "-o", "k")
    )
    refused(settled, "worker", 2, "accepts, and the key is", *ACCEPT, "--sign", "a.json")
    refused(
        *(settled, "consumer", 1, "1.envelope: not the ciphertext that the proof is about"),
        *("order", "accept", "order.json", "--ciphertext", "1.envelope", "--sign", "a.json"),
    )
    settled.value("consumer", *ACCEPT, "--sign", "a.json")
    refused(
        *(settled, "worker", 1, "1.key: not the key that the proof is about"),
        *("order", "reveal", "order.json", "--key", "1.key", "--acceptance", "a.json"),
    )
    text = settled.run("worker", "order", "show", "order.json")[1]
    assert "key              waits, not accepted on the chain" in text
    paid = settled.value("worker", *REVEAL, "--acceptance", "a.json")
    assert paid["events"][0]["values"]["paid"] == str(LINK_STEPS * PRICE)
    found = shown(settled)
    assert (found["paid"], found["state"]) == (LINK_STEPS, "awarded")


def test_accepted_on_the_chain(settled: Shell) -> None:
    refused(settled, "worker", 2, "is not the order's consumer", *ACCEPT)
    settled.value("consumer", *ACCEPT)
    assert settled.value("worker", "order", "show", "order.json")["accepted"]
    settled.value("worker", *REVEAL)
    assert shown(settled)["paid"] == LINK_STEPS


def test_published(settled: Shell) -> None:
    publish = ("order", "publish", "order.json", "--ciphertext")
    take = ("order", "ciphertext", "order.json", "-o", "taken.envelope")
    refused(settled, "consumer", 2, "is not published: ask the worker", *take)
    refused(settled, "worker", 1, "not the ciphertext", *publish, "1.envelope")
    settled.value("worker", *publish, "0.envelope")
    refused(settled, "worker", 2, "is published already", *publish, "0.envelope")
    settled.value("consumer", *take)
    assert Path("taken.envelope").read_bytes() == content(0)
    refused(settled, "worker", 2, "what is published counts as accepted from", *REVEAL)
    settled.pass_time(1800)
    paid = settled.value("worker", *REVEAL)
    assert paid["events"][0]["values"]["paid"] == str(LINK_STEPS * PRICE + 30)
    Path("taken.envelope").unlink()
    settled.value("consumer", *take)
    assert Path("taken.envelope").read_bytes() == content(0)


def test_the_next_chunk_waits(settled: Shell) -> None:
    from zkpot.artifacts.evm_proof import EvmProof

    first = EvmProof.read(Path("0.evm"))
    before = first.statements()[-1].digest().hex()
    proof(settled, 1, previous=before, envelope=hashes(1)).write(Path("1.evm"))
    settle = ("settle", "1.evm", "--order", "order.json")
    refused(settled, "worker", 2, "the key of the chunk before is not paid", *settle)
    settled.value("worker", *settle, "--leave-key")
    assert settled.value("worker", "order", "show", "order.json")["state"] == "proven"


def test_windows_fit_the_front(shell: Shell, front: str, sealing_front: str) -> None:
    order = ("order", "new", "p.zkprog", "--first", "11" * 32, "--shard", "12" * 32)
    order += ("--steps", "8", "--price", "1", "-o", "o.json")
    for option in (("--bond", "1"), ("--reveal-window", "7200")):
        words = "makes no envelopes, so that an order has neither"
        refused(shell, "consumer", 2, words, *order, "--front", front, *option)
    words = "a window of 3599 s for the last key: this book needs 3600 or more"
    refused(
        shell, "consumer", 2, words, *order, "--front", sealing_front, "--reveal-window", "3599"
    )
