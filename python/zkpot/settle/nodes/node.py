"""A node of a chain, and what is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from zkpot.errors import CallReverted, InputError, TransactionRejected
from zkpot.settle.extra import needed
from zkpot.settle.nodes.answers import Block, Mined, natural, read_block, read_mined, read_sent
from zkpot.settle.nodes.failures import failure

with needed():
    from web3 import HTTPProvider, Web3
    from web3.exceptions import TransactionNotFound

T = TypeVar("T")

SECONDS = 30.0


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
        return self._ask(lambda: natural(self._web3.eth.chain_id))

    def block(self, number: int | str = "latest") -> Block:
        """A block of the chain as it is now."""
        return self._ask(lambda: read_block(self._web3.eth.get_block(cast(Any, number))))

    def balance(self, account: str) -> int:
        """In wei."""
        return self._ask(lambda: natural(self._web3.eth.get_balance(cast(Any, account))))

    def count(self, account: str, block: int | str = "latest") -> int:
        """Transactions of an account up to a block: the nonce of the next one."""
        whose, when = cast(Any, account), cast(Any, block)
        return self._ask(lambda: natural(self._web3.eth.get_transaction_count(whose, when)))

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
        return self._ask(lambda: natural(self._web3.eth.estimate_gas(asked, block)))

    def gas_price(self) -> int:
        """In wei; what the node advises."""
        return self._ask(lambda: natural(self._web3.eth.gas_price))

    def tip(self) -> int:
        """In wei; what the node advises to offer for a unit of gas beyond the base fee."""
        return self._ask(lambda: natural(self._web3.eth.max_priority_fee))

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
            return self._ask(lambda: read_mined(self._web3.eth.get_transaction_receipt(name)))
        except TransactionNotFound:
            return None

    def sent(self, number: int, account: str, nonce: int) -> bytes | None:
        """The transaction of an account with a nonce, if it is in a block of this number."""

        def question() -> bytes | None:
            block = self._web3.eth.get_block(cast(Any, number), full_transactions=True)
            return read_sent(block["transactions"], account, nonce)

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
        try:
            return question()
        except TransactionNotFound:
            raise
        except Exception as error:
            found = failure(self.name, error)
        # Outside of the handler: whoever prints this error prints no address with it.
        raise found


def _transaction(to: str, data: bytes, sender: str | None) -> Any:
    fields: dict[str, Any] = {"data": data}
    if to:
        fields["to"] = to
    if sender is not None:
        fields["from"] = sender
    return fields
