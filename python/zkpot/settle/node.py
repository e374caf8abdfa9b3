"""A node of a chain: what is asked of it, and how its answers fail."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from zkpot.errors import CallReverted, ChainUnavailable, InputError, TransactionRejected
from zkpot.settle.extra import needed

with needed():
    import requests
    from web3 import HTTPProvider, Web3
    from web3.exceptions import (
        ContractLogicError,
        TransactionNotFound,
        Web3Exception,
        Web3RPCError,
    )

T = TypeVar("T")

SECONDS = 30.0
#: How much of a node's words is repeated, and data that is left out of them.
_MOST_WORDS = 400
_DATA = re.compile(r"(?:0x)?[0-9a-fA-F]{64,}|[0-9]{60,}")
#: What clients say where a call used up its gas, or met an instruction that is none.
_FAILED_WITHOUT_WORDS = ("outofgas", "oog", "out of gas", "invalidfeopcode", "invalid opcode")


@dataclass(frozen=True)
class Block:
    """A block's header, as far as it is needed; `base_fee` is None where gas has none."""

    number: int
    hash: bytes
    time: int
    base_fee: int | None
    gas_limit: int


@dataclass(frozen=True)
class Mined:
    """A transaction's receipt."""

    number: int
    block: bytes
    succeeded: bool
    gas: int
    gas_price: int
    made: str | None
    logs: tuple[Mapping[str, Any], ...]


class Node:
    """One that answers. Its address may hold a key, so that no message has more than the host.

    Attributes:
        name: What messages call it.
        ahead: The block that calls are tried on: the next one, where the node has one.
    """

    def __init__(self, web3: Web3, name: str, ahead: str = "pending") -> None:
        self.name = name
        self.ahead = ahead
        self._web3 = web3

    @classmethod
    def at(cls, url: str, seconds: float = SECONDS) -> Node:
        """One that is asked over HTTP.

        Raises:
            InputError: That is no address of one.
        """
        host = ""
        with suppress(ValueError):
            parts = urlsplit(url)
            host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
        if not host or parts.scheme not in ("http", "https"):
            raise InputError("the node's address is none: it begins with http:// or https://")
        # Nothing is sent again behind the sender's back.
        provider = HTTPProvider(
            url, request_kwargs={"timeout": seconds}, exception_retry_configuration=None
        )
        return cls(Web3(provider), f"{parts.scheme}://{host}")

    def __repr__(self) -> str:
        return f"Node({self.name})"

    def chain_id(self) -> int:
        """What the node says that its chain is called."""
        return self._ask(lambda: _natural(self._web3.eth.chain_id))

    def block(self, number: int | str = "latest") -> Block:
        """A block of the chain as it is now."""
        return self._ask(lambda: _block(self._web3.eth.get_block(cast(Any, number))))

    def balance(self, account: str) -> int:
        """In wei."""
        return self._ask(lambda: _natural(self._web3.eth.get_balance(cast(Any, account))))

    def count(self, account: str, block: int | str = "latest") -> int:
        """Transactions of an account up to a block: the nonce of the next one."""
        whose, when = cast(Any, account), cast(Any, block)
        return self._ask(lambda: _natural(self._web3.eth.get_transaction_count(whose, when)))

    def code(self, account: str) -> bytes:
        """A contract's code; nothing where there is none."""
        return self._ask(lambda: bytes(self._web3.eth.get_code(cast(Any, account))))

    def call(
        self, to: str, data: bytes, sender: str | None = None, block: int | str = "latest"
    ) -> bytes:
        """What a call returns, on the chain as it was after a block.

        Raises:
            CallReverted: The contract refuses.
        """
        asked = _transaction(to, data, sender)
        return self._ask(lambda: bytes(self._web3.eth.call(asked, cast(Any, block))))

    def gas(self, to: str, data: bytes, sender: str) -> int:
        """Gas that a transaction takes on the next block.

        Raises:
            CallReverted: It would fail.
        """
        asked = _transaction(to, data, sender)
        block = cast(Any, self.ahead)
        return self._ask(lambda: _natural(self._web3.eth.estimate_gas(asked, block)))

    def gas_price(self) -> int:
        """In wei; what the node advises."""
        return self._ask(lambda: _natural(self._web3.eth.gas_price))

    def tip(self) -> int:
        """In wei; what the node advises to offer for a unit of gas beyond the base fee."""
        return self._ask(lambda: _natural(self._web3.eth.max_priority_fee))

    def submit(self, raw: bytes) -> None:
        """Gives the node a signed transaction.

        Raises:
            TransactionRejected: It does not take it, or has it.
        """
        try:
            self._ask(lambda: self._web3.eth.send_raw_transaction(raw))
        except CallReverted as error:
            raise TransactionRejected(str(error)) from None

    def mined(self, transaction: bytes) -> Mined | None:
        """A transaction's receipt; None where it is in no block."""
        name = cast(Any, transaction)
        try:
            return self._ask(lambda: _mined(self._web3.eth.get_transaction_receipt(name)))
        except TransactionNotFound:
            return None

    def sent(self, number: int, account: str, nonce: int) -> bytes | None:
        """The transaction of an account with a nonce, if it is in a block of this number."""

        def question() -> bytes | None:
            block = self._web3.eth.get_block(cast(Any, number), full_transactions=True)
            return _sent(block["transactions"], account, nonce)

        return self._ask(question)

    def logs(
        self, contract: str, topics: Sequence[bytes | Sequence[bytes]], first: int, last: int
    ) -> tuple[Mapping[str, Any], ...]:
        """What a contract said in these blocks, the oldest first.

        Raises:
            TransactionRejected: The node does not look through so many blocks.
        """
        asked = {
            "address": contract,
            "fromBlock": hex(first),
            "toBlock": hex(last),
            "topics": [
                "0x" + topic.hex()
                if isinstance(topic, bytes)
                else ["0x" + one.hex() for one in topic]
                for topic in topics
            ],
        }
        return self._ask(lambda: tuple(self._web3.eth.get_logs(cast(Any, asked))))

    def _ask(self, question: Callable[[], T]) -> T:
        """The answer, or an error that has nothing of the node's address."""
        failure: Exception
        try:
            return question()
        except TransactionNotFound:
            raise
        except ContractLogicError as error:
            failure = _reverted(error.data, _said(error.message))
        except Web3RPCError as error:
            failure = self._rejected(error)
        except requests.RequestException as error:
            # Its text has the whole address.
            failure = ChainUnavailable(f"{self.name}: no answer ({type(error).__name__})")
        except (Web3Exception, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            failure = ChainUnavailable(f"{self.name}: no answer of a node ({type(error).__name__})")
        except Exception as error:
            failure = self._in_process(error)
        # Outside of the handler: whoever prints this error prints no address with it.
        raise failure

    def _rejected(self, error: Web3RPCError) -> Exception:
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
        return TransactionRejected(f"{self.name}: {text or 'refused'}")

    def _in_process(self, error: Exception) -> Exception:
        """What eth-tester and py-evm raise, which know nothing of JSON-RPC."""
        kind = type(error).__name__
        if kind == "TransactionFailed":
            text = str(error).removeprefix("execution reverted: ")
            content = ast.literal_eval(text) if text.startswith(("b'", 'b"')) else None
            return _reverted(None if content is None else "0x" + content.hex(), _said(text))
        if type(error).__module__.partition(".")[0] in ("eth", "eth_utils", "eth_tester"):
            return TransactionRejected(f"{self.name}: {_said(error)}")
        return error


def _said(words: object) -> str:
    """A node's words, without what it was told: a transaction may show a key."""
    return _DATA.sub("(data)", str(words))[:_MOST_WORDS]


def _natural(value: Any) -> int:
    number = int(value)
    if not 0 <= number < 2**256:
        raise ValueError("no number of a chain")
    return number


def _block(found: Mapping[str, Any]) -> Block:
    base = found.get("baseFeePerGas")
    return Block(
        _natural(found["number"]),
        bytes(found["hash"]),
        _natural(found["timestamp"]),
        None if base is None else _natural(base),
        _natural(found["gasLimit"]),
    )


def _mined(found: Mapping[str, Any] | None) -> Mined | None:
    if found is None or found.get("blockNumber") is None:
        return None
    made = found.get("contractAddress")
    return Mined(
        number=_natural(found["blockNumber"]),
        block=bytes(found["blockHash"]),
        succeeded=found["status"] == 1,
        gas=_natural(found["gasUsed"]),
        gas_price=_natural(found.get("effectiveGasPrice", 0)),
        made=None if made is None else str(made),
        logs=tuple(found["logs"]),
    )


def _sent(transactions: Any, account: str, nonce: int) -> bytes | None:
    for found in transactions:
        if (str(found["from"]).lower(), int(found["nonce"])) == (account.lower(), nonce):
            return bytes(found["hash"])
    return None


def _transaction(to: str, data: bytes, sender: str | None) -> Any:
    fields: dict[str, Any] = {"data": data}
    if to:
        fields["to"] = to
    if sender is not None:
        fields["from"] = sender
    return fields


def _reverted(data: Any, text: str) -> CallReverted:
    try:
        content = bytes.fromhex(data.removeprefix("0x")) if isinstance(data, str) else b""
    except ValueError:
        content = b""
    return CallReverted(f"the call fails ({text})", content)
