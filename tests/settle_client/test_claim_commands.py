"""Claims on the command line: a doubted one, and one that is paid without a proof."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.settle_client.market import hashes
from tests.settle_client.shell import LINK_STEPS, Shell, new, proof
from zkpot.artifacts.evm_proof import Start

PRICE, BOND = 80, 20
HOUR = 3600


#: The market of the chain in this process is nobody's, who could put claims there.
pytestmark = pytest.mark.parametrize("shell", ["anvil"], indirect=True)


@pytest.fixture
def claims(shell: Shell, front: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Shell, str]:
    return awarded(shell, front, monkeypatch)


def awarded(shell: Shell, front: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Shell, str]:
    """An order that names claims before a front, with a worker and a seat."""
    made = shell.value(
        *("consumer", "order", "deploy-claims", front, "--stake", "60", "--seat", "50"),
        *("--bond", str(BOND), "--fee", "4"),
    )
    monkeypatch.setenv("ZKPOT_CLAIMS", made["claims"])
    new(shell, made["claims"])
    shell.value("consumer", "order", "sign", "order.json")
    shell.value("consumer", "order", "open", "order.json")
    shell.value("worker", "stake", "add", "200")
    shell.value("worker", "stake", "authorise")
    shell.value("worker", "bid", "order.json", "--price", str(PRICE), "--cores", "4")
    shell.pass_time(700)
    shell.value("worker", "order", "award", "order.json")
    shell.value("consumer", "stake", "add", "50")
    shell.value("consumer", "challenge", "enrol")
    shell.value("consumer", "challenge", "take")
    # A run whose links verify; what is claimed of it is what its proof would say.
    shown = replace(proof(shell, 0), hash="00" * 32, proof="")
    monkeypatch.setattr("zkpot.pipeline.claiming.unproven", lambda run, first, links: shown)
    return shell, made["claims"]


RUN = ("run", "--order", "order.json", "--links", "1")


def posted(shell: Shell) -> str:
    receipt = shell.value("worker", "challenge", "post", *RUN, "--evidence", "07" * 32)
    (event,) = [found for found in receipt["events"] if found["event"] == "Posted"]
    assert event["values"]["evidence"] == "0x" + "07" * 32
    code, _, err = shell.run("worker", "challenge", "post", *RUN, "--evidence", "07" * 32)
    assert (code, "is posted already" in err) == (2, True)
    return str(event["values"]["statement"])


def found(shell: Shell, claim: str) -> dict[str, Any]:
    value: dict[str, Any] = shell.value("worker", "challenge", "show", claim)
    return value


def drawn(shell: Shell, claim: str) -> None:
    for _ in range(3):
        shell.pass_time(1)
    shell.value("worker", "challenge", "draw", claim)
    shown = found(shell, claim)
    assert (shown["state"], shown["validator"]) == ("waiting", shell.address("consumer"))


def passed(shell: Shell, claim: str) -> None:
    shell.pass_time(8 * HOUR)
    shell.value("worker", "challenge", "advance", claim)


def test_attested_and_paid_without_a_proof(claims: tuple[Shell, str]) -> None:
    shell, _ = claims
    claim = posted(shell)
    drawn(shell, claim)
    code, _, err = shell.run("worker", "challenge", "settle", *RUN)
    assert (code, "is waiting, so a proof is needed" in err) == (2, True)
    shell.value("consumer", "challenge", "attest", claim)
    assert found(shell, claim)["attested"]
    passed(shell, claim)
    assert found(shell, claim)["state"] == "accepted"
    settled = shell.value("worker", "challenge", "settle", *RUN)
    values = [event["values"] for event in settled["events"] if event["event"] == "Settled"]
    assert values[0]["paid"] == str(LINK_STEPS * PRICE)
    shell.value("consumer", "challenge", "claim")


def test_refused_and_proven(claims: tuple[Shell, str]) -> None:
    shell, _ = claims
    claim = posted(shell)
    drawn(shell, claim)
    shell.value("consumer", "challenge", "refuse", claim)
    shell.value("worker", "challenge", "appeal", claim)
    assert found(shell, claim)["challenger"] == shell.address("worker")
    proof(shell, 0).write(Path("0.evm"))
    shell.value("worker", "challenge", "prove", "0.evm")
    assert found(shell, claim)["state"] == "accepted"
    assert shell.value("worker", "stake", "show", shell.address("consumer"))["staked"] == "0"


def test_doubted_and_not_proven(claims: tuple[Shell, str]) -> None:
    shell, _ = claims
    claim = posted(shell)
    drawn(shell, claim)
    shell.value("consumer", "challenge", "abstain", claim)
    shell.value("consumer", "challenge", "doubt", claim)
    text = shell.run("worker", "challenge", "show", claim)[1]
    assert f"challenger       {shell.address('consumer')}" in text
    assert "state            doubted until 20" in text
    passed(shell, claim)
    assert found(shell, claim)["state"] == "void"
    # The order's stake and what was not lost for the claim.
    assert shell.value("worker", "stake", "show", shell.address("worker"))["staked"] == "140"
    shell.value("consumer", "challenge", "vacate", "1")


def test_claims_of_nowhere(claims: tuple[Shell, str]) -> None:
    shell, _ = claims
    nowhere = "0x" + "00" * 19 + "07"
    code, _, err = shell.run("worker", "challenge", "show", "01" * 32, "--claims", nowhere)
    assert (code, "there are no claims here" in err) == (2, True)
    code, _, err = shell.run("worker", "challenge", "doubt", "12")
    assert (code, "64 hexadecimal digits are needed" in err) == (2, True)


def test_no_claim_before_the_key_is_paid(
    shell: Shell, sealing_front: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody could settle it, and end the seal of a key that is on its way."""
    awarded(shell, sealing_front, monkeypatch)
    runs = [replace(proof(shell, 0, envelope=hashes(0)), hash="00" * 32, proof="")]
    before = runs[0].statements()[-1].digest().hex()
    start = Start(runs[0].links[-1].after, LINK_STEPS, before)
    later = replace(runs[0].links[0], after=f"{101:064x}", envelope=hashes(1))
    runs.append(replace(runs[0], start=start, links=(later,)))
    monkeypatch.setattr("zkpot.pipeline.claiming.unproven", lambda run, first, links: runs[first])

    def refused(*words: str) -> None:
        code, _, err = shell.run("worker", "challenge", *words, "--first", "1")
        assert (code, "the key of the chunk before is not paid" in err) == (2, True), err

    post, settle = ("post", *RUN), ("settle", *RUN)
    # Ahead of the chunk before.
    refused(*post)
    replace(runs[0], hash=f"{7:064x}", proof="11" * 64).write(Path("0.evm"))
    shell.value("worker", "settle", "0.evm", "--order", "order.json")
    refused(*post)
    assert shell.value("worker", "challenge", *post, "--first", "1", "--leave-key")
    refused(*settle)
    code, _, err = shell.run("worker", "challenge", *settle, "--first", "1", "--leave-key")
    assert (code, "is posted, so a proof is needed" in err) == (2, True), err
