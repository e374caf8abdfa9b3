"""How a node's answers fail, as errors that have nothing of its address nor of what it was told."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any, cast

from zkpot.errors import CallReverted, ChainUnavailable, TransactionRejected
from zkpot.settle.extra import needed

with needed():
    import requests
    from web3.exceptions import ContractLogicError, Web3Exception, Web3RPCError

#: How much of a node's words is repeated, and data that is left out of them.
_MOST_WORDS = 400
_DATA = re.compile(r"(?:0x)?[0-9a-fA-F]{64,}|[0-9]{60,}")
#: What clients say where a call used up its gas, or met an instruction that is none.
_FAILED_WITHOUT_WORDS = ("outofgas", "oog", "out of gas", "invalidfeopcode", "invalid opcode")
#: What comes of answers that are none.
_NO_ANSWERS = (Web3Exception, OSError, ValueError, KeyError, TypeError, AttributeError)


def failure(node: str, error: Exception) -> Exception:
    """What to raise in place of an error that web3, eth-tester or reading an answer ended with.

    Args:
        node: What messages call it.
        error: The error; given back where nothing is known of it.
    """
    if isinstance(error, ContractLogicError):
        return _reverted(error.data, _said(error.message))
    if isinstance(error, Web3RPCError):
        return _rejected(node, error)
    if isinstance(error, requests.RequestException):
        # Its text has the whole address.
        return ChainUnavailable(f"{node}: no answer ({type(error).__name__})")
    if isinstance(error, _NO_ANSWERS):
        return ChainUnavailable(f"{node}: no answer of a node ({type(error).__name__})")
    return _in_process(node, error)


def _rejected(node: str, error: Web3RPCError) -> Exception:
    answer = error.rpc_response or {}
    said = cast(Any, answer).get("error", {})
    text = _said(said.get("message", "") if isinstance(said, Mapping) else said)
    data = said.get("data") if isinstance(said, Mapping) else None
    if isinstance(data, str) and data.startswith("0x"):
        return _reverted(data, text)
    if any(words in text.lower() for words in _FAILED_WITHOUT_WORDS):
        return CallReverted("the call fails without saying why")
    if "execution reverted" in text.lower():
        return _reverted(None, text)
    return TransactionRejected(f"{node}: {text or 'refused'}")


def _in_process(node: str, error: Exception) -> Exception:
    """What eth-tester and py-evm raise, which know nothing of JSON-RPC."""
    kind = type(error).__name__
    if kind == "TransactionFailed":
        text = str(error).removeprefix("execution reverted: ")
        content = ast.literal_eval(text) if text.startswith(("b'", 'b"')) else None
        return _reverted(None if content is None else "0x" + content.hex(), _said(text))
    if type(error).__module__.partition(".")[0] in ("eth", "eth_utils", "eth_tester"):
        return TransactionRejected(f"{node}: {_said(error)}")
    return error


def _said(words: object) -> str:
    """A node's words, without what it was told: a transaction may show a key."""
    return _DATA.sub("(data)", str(words))[:_MOST_WORDS]


def _reverted(data: Any, text: str) -> CallReverted:
    try:
        content = bytes.fromhex(data.removeprefix("0x")) if isinstance(data, str) else b""
    except ValueError:
        content = b""
    return CallReverted(f"the call fails ({text})", content)
