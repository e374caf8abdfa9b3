"""Who administers a market, and whether its contracts are what they should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from eth_utils.crypto import keccak

from contracts.compile import Contract
from tests.settle_client.market import Market
from tests.settle_client.shell import Shell
from zkpot.errors import AlreadyDone, InputError
from zkpot.settle.claims_deployment import deploy_claims, terms_of
from zkpot.settle.comparing import compare_front, compare_market, own_words
from zkpot.settle.contracts.interface import interface
from zkpot.settle.deployment import make
from zkpot.settle.front import Front
from zkpot.settle.nodes.node import Node
from zkpot.settle.transactions.actions import perform

NOWHERE = "0x" + "00" * 18 + "bEEF"


def test_handed_over_for_good(market: Market) -> None:
    staking, admin = market.staking, market.admin.address
    sender, other = market.sender(market.admin), market.bench.signer()
    with pytest.raises(InputError, match="cannot hand over to itself"):
        staking.hand_over(admin, admin)
    worker = market.worker.address
    with pytest.raises(InputError, match=f"{worker} does not administer the role"):
        perform(market.sender(market.worker), staking.hand_over(worker, other.address))
    assert perform(sender, staking.hand_over(admin, other.address)).event("RoleRevoked")
    assert staking.is_admin(other.address)
    assert not staking.is_admin(admin)
    with pytest.raises(AlreadyDone, match="administers the role in place of"):
        perform(sender, staking.hand_over(admin, other.address))
    with pytest.raises(InputError, match="does not administer the role"):
        perform(sender, staking.hand_over(admin, worker))


def test_the_role_comes_later(market: Market) -> None:
    staking, sender = market.staking, market.sender(market.worker)
    made = deploy_claims(
        *(sender, market.deployment, market.front, *terms_of(60, 50, 20, 4)),
        owner=NOWHERE,
        with_role=False,
    )
    assert not staking.may_reserve(made.claims)
    given = staking.grant(made.claims)
    assert bytes.fromhex(given.intent.data) == staking.role_call(made.claims)
    perform(market.sender(market.admin), given)
    assert staking.may_reserve(made.claims)


@pytest.fixture
def real(market: Market, compiled: Mapping[str, Contract]) -> tuple[str, bytes]:
    """A front as it is deployed, and the code of what is behind it."""
    from tests.contracts.front import ACCEPTING

    verifier = bytes.fromhex(compiled[ACCEPTING].code)
    sender = market.sender(market.admin)
    behind = market.bench.put_code(verifier)
    shape = (bytes(range(32)), 100, 64, 4, 1, 0, 1, 1000, 64, False)
    code = bytes.fromhex(Front(market.chain, behind).code_hash()[2:])
    return make(sender, "TrainingVerifier", behind, code, 700_000, shape), verifier


def test_the_market_is_what_this_makes(market: Market, real: tuple[str, bytes]) -> None:
    front, verifier = real
    found = compare_market(market.chain, market.deployment)
    assert [one.contract for one in found] == ["OrderBook", "Envelopes", "Staking"]
    assert found[0].code_hash == market.deployment.book_code
    claims = deploy_claims(
        *(market.sender(market.admin), market.deployment, front, *terms_of(60, 50, 20, 4)),
        owner=NOWHERE,
    )
    found = compare_front(market.chain, claims.claims, verifier)
    names = ["Claims", "Registry", "Parameters", "TrainingVerifier", "Verifier"]
    assert [one.contract for one in found] == names
    assert found[0].code_hash == claims.code_hash


def test_other_contracts_are_found(market: Market, real: tuple[str, bytes]) -> None:
    front, verifier = real
    chain, deployment = market.chain, market.deployment
    # What a verifier's constructor leaves is its code.
    other = bytes.fromhex("6001600c60003960016000f300")
    with pytest.raises(InputError, match="not the Verifier that this zkpot makes"):
        compare_front(chain, front, other)
    with pytest.raises(InputError, match="no TrainingVerifier: it has no 'verifier'"):
        compare_front(chain, market.front, None)
    with pytest.raises(InputError, match="is there such a contract"):
        compare_front(chain, NOWHERE, verifier)
    # One that says the same of itself, and leaves less gas for the call.
    known, asked = interface("TrainingVerifier"), Front(chain, front)
    arguments = [asked._ask(name) for name in ("verifier", "codeHash", "gasCap", "shape")]
    code = known.creation(*arguments)
    assert b"\x61\x0b\xb8" in code
    changed = market.bench.put_code(code.replace(b"\x61\x0b\xb8", b"\x61\x0b\xb7"))
    with pytest.raises(InputError, match=f"{changed}: not the TrainingVerifier that this zkpot"):
        compare_front(chain, changed, None)
    with pytest.raises(InputError, match=r"the token of the book is 0x\w+, and not"):
        compare_market(chain, replace(deployment, token=NOWHERE))
    with pytest.raises(InputError, match=r"what is staked is 0x\w+, and not"):
        compare_market(chain, replace(deployment, stake_token=NOWHERE))


def test_words_of_its_own_differ_from_one_word_each() -> None:
    a, b, c = (bytes([n]) * 32 for n in (1, 2, 3))
    assert own_words(b"x" + a + b"y" + a, b"x" + b + b"y" + b, (a,)) == {a: b}
    assert own_words(b"x" + a + b"y" + a, b"x" + b + b"y" + c, (a,)) is None
    assert own_words(b"x" + a + b"y", b"x" + b + b"z", (a,)) is None
    assert own_words(b"x" + a, b"x" + b, (c,)) is None
    assert own_words(a + b"x", a, (a,)) is None
    assert own_words(b, b, (a,)) == {}


def test_a_book_with_its_own_address_elsewhere(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A constant that became the book's address is no word of the other book's."""
    chain, deployment = market.chain, market.deployment
    honest = chain.node.code(deployment.book)
    word = bytes(12) + bytes.fromhex(deployment.book[2:])
    constant = keccak(text="zkpot/v1/order/context")
    assert honest.count(word)
    assert honest.count(constant)
    made = compare_market(chain, deployment)
    assert made[0].address == deployment.book
    for changed in (
        honest.replace(constant, word),
        # So that there is one word in place of the address: the constant.
        honest.replace(word, bytes(12) + bytes.fromhex("11" * 20)).replace(constant, word),
        honest.replace(word, bytes(12) + bytes.fromhex("11" * 20)),
    ):
        monkeypatch.setattr(Node, "code", lambda self, account, code=changed: code)
        with pytest.raises(InputError, match="not the OrderBook that this zkpot makes"):
            compare_market(chain, deployment)


@pytest.mark.parametrize("shell", ["anvil"], indirect=True)
def test_on_the_command_line(shell: Shell, front: str) -> None:
    found = shell.value(
        *("worker", "order", "compare", "--front", front, "--code", "Verifier.bin")
    )["contracts"]
    assert [one["contract"] for one in found][-2:] == ["TrainingVerifier", "Verifier"]
    code, _, err = shell.run("worker", "order", "compare", "--code", "Verifier.bin")
    assert (code, "give --front" in err) == (2, True)
    code, _, err = shell.run("consumer", "order", "hand-over", shell.address("worker"))
    assert (code, "to hand over to somebody's key, give --account" in err) == (2, True)
    given = shell.value(
        *("consumer", "order", "deploy-claims", front, "--stake", "60", "--seat", "50"),
        *("--bond", "20", "--role-later"),
    )
    assert given["role_call"].startswith("0x2f2ff15d")
    assert shell.value("consumer", "order", "compare", "--front", given["claims"])["contracts"]
    shell.value("consumer", "order", "hand-over", shell.address("worker"), "--account")
    code, _, err = shell.run(
        *("consumer", "order", "deploy-claims", front, "--stake", "60", "--seat", "50"),
        *("--bond", "20"),
    )
    assert (code, "does not administer the role" in err) == (2, True)


@pytest.mark.parametrize("shell", ["embedded"], indirect=True)
def test_the_chain_in_this_process(shell: Shell) -> None:
    assert len(shell.value("worker", "order", "compare")["contracts"]) == 3


@pytest.mark.parametrize("shell", ["anvil"], indirect=True)
def test_a_market_with_other_periods(shell: Shell) -> None:
    from zkpot.settle.deployment import Deployment

    shell.options = ()
    shell.value(
        *("consumer", "order", "deploy", "--treasury", NOWHERE, "-o", "other.json"),
        *("--challenge-period", "100", "--unbonding-period", "101", "--accuser-share", "0"),
        *("--finality", "7", "--shortest-window", "50"),
    )
    found = shell.value("worker", "order", "compare", "--deployment", "other.json")["contracts"]
    assert found[0]["address"] == Deployment.read(Path("other.json")).book
    code, _, err = shell.run(
        *("consumer", "order", "deploy", "--treasury", NOWHERE, "-o", "no.json"),
        *("--challenge-period", "100", "--unbonding-period", "100"),
    )
    assert code == 2
    assert not Path("no.json").exists(), err
