"""Offers for gas, and what nodes say of transactions."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zkpot.errors import InputError
from zkpot.settle.nodes.node import Node
from zkpot.settle.nodes.rejections import Rejection, rejection
from zkpot.settle.transactions.fees import Fees

WEI = st.integers(0, 10**15)


@given(WEI, WEI, WEI, WEI)
def test_a_replacement_offers_what_nodes_ask_for(a: int, b: int, c: int, d: int) -> None:
    """Of both fees an eighth more, and the market's at least."""
    have, market = Fees(a + b, b), Fees(c + d, d)
    found = have.replacing(market)
    assert found.tip is not None
    assert found.tip * 8 >= b * 9
    assert found.most * 8 >= (a + b) * 9
    assert (found.most >= market.most, found.tip >= d, found.most >= found.tip) == (True,) * 3
    assert found.most > have.most


@given(WEI, WEI)
def test_without_a_base_fee(a: int, b: int) -> None:
    found = Fees(a, None).replacing(Fees(b, None))
    assert found.fields() == {"gasPrice": max(a * 9 // 8 + 1, b)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("already known", Rejection.KNOWN),
        ("AlreadyKnown", Rejection.KNOWN),
        ("transaction already imported", Rejection.KNOWN),
        ("nonce too low: next nonce 5, tx nonce 4", Rejection.USED),
        ("OldNonce", Rejection.USED),
        ("Invalid transaction nonce: Expected 1, but got 0", Rejection.USED),
        ("replacement transaction underpriced", Rejection.UNDERPRICED),
        ("FeeTooLow", Rejection.UNDERPRICED),
        ("max fee per gas less than block base fee", Rejection.UNDERPRICED),
        ("insufficient funds for gas * price + value", Rejection.FUNDS),
        ("intrinsic gas too low", Rejection.OTHER),
    ],
)
def test_what_nodes_say(text: str, kind: Rejection) -> None:
    assert rejection(f"http://node: {text}") is kind


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://user:word@host:8545/v3/word?key=word", "https://host:8545"),
        ("http://127.0.0.1:8545", "http://127.0.0.1:8545"),
    ],
)
def test_a_node_is_called_by_its_host(url: str, name: str) -> None:
    node = Node.at(url)
    assert node.name == name
    assert repr(node) == f"Node({name})"
    # What is sent again is the sender's affair.
    assert node._web3.provider.exception_retry_configuration is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("url", ["", "word", "ws://host", "http://", "file:///word", "http://h:x/"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(InputError, match="the node's address is none") as refused:
        Node.at(url)
    assert "word" not in str(refused.value)


def test_without_web3_it_says_what_to_install() -> None:
    """And all other commands work."""
    code = (
        "import sys; sys.modules['web3'] = None; sys.modules['eth_account'] = None\n"
        "sys.modules['eth_abi'] = None; sys.modules['eth_utils'] = None\n"
        "from zkpot.cli import main\n"
        "main(['stake', 'show', '0x' + '00' * 20])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert (run.returncode, run.stderr) == (
        2,
        "zkpot: settling needs web3: pip install 'zkpot[chain]'\n",
    )
