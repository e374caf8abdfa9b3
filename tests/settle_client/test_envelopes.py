"""Ciphertexts that a worker publishes, in as many parts as they need."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settle_client.market import Market, content
from tests.settle_client.sealing import Waiting
from zkpot.errors import AlreadyDone, CallReverted, InputError
from zkpot.settle.transactions.actions import perform


def test_published_in_parts(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed, given = waiting
    seal, account = sealed.keys.seal(given.order), sealed.worker.address
    envelopes, sender = sealed.keys.envelopes, sealed.sender(sealed.worker)
    monkeypatch.setattr("zkpot.settle.envelopes._MOST_GAS", (150_000 + 2 * 8_000) * 120 // 100)

    def publish(again: bool = False, what: bytes = content(0)) -> Any:
        return envelopes.publish(account, seal.ciphertext, what, again)

    action = publish()
    assert len(action.before) == 2
    perform(sender, action.before[0])
    assert envelopes.progress(account, seal.ciphertext) == (2, 5)
    # It goes on where it ended.
    assert len(publish().before) == 1
    with pytest.raises(AlreadyDone, match="elements 0 to 2"):
        perform(sender, action.before[0])
    wrong = content(1)
    with pytest.raises(CallReverted, match=r"has the hash .* begin anew"):
        perform(sender, publish(what=wrong))
    perform(sender, publish(again=True))
    assert envelopes.is_published(seal.ciphertext)
    assert envelopes.read(seal.ciphertext) == content(0)
    with pytest.raises(AlreadyDone, match="is published already"):
        perform(sender, action)
    with pytest.raises(AlreadyDone, match="is published already"):
        publish()
    monkeypatch.setattr("zkpot.settle.envelopes.history", lambda *_, **__: iter(()))
    with pytest.raises(InputError, match="this node does not find where"):
        envelopes.read(seal.ciphertext)


@pytest.mark.parametrize("bench", ["on_anvil"], indirect=True)
def test_parts_fit_a_transaction(sealed: Market) -> None:
    """A part of a large ciphertext takes no more than was thought, on a chain as they are."""
    content = b"".join(value.to_bytes(32, "big") for value in range(1, 2001))
    action = sealed.keys.envelopes.publish(sealed.worker.address, "01" * 32, content)
    (first,) = action.before
    receipt = perform(sealed.sender(sealed.worker), first)
    assert 10_000_000 < receipt.gas * 1.2 < 1 << 24
