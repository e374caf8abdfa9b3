"""The chain that the story is told on: anvil, with everybody's money on it, and a clock to move."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from web3 import HTTPProvider, Web3

from contracts.anvil import anvil

#: The number of py-evm's chain: what is signed here can be sent there, too.
CHAIN_ID = 131277322940537
ETHER = 10**18


@dataclass(frozen=True)
class Chain:
    """A chain that listens, and obeys where time is concerned.

    Attributes:
        url: Where it listens.
        web3: For what only this story asks it.
        given: Wei that accounts began with.
    """

    url: str
    web3: Web3
    given: dict[str, int] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[Chain]:
        """A new one, for as long as it is needed."""
        with anvil("--chain-id", str(CHAIN_ID)) as url:
            made = cls(url, Web3(HTTPProvider(url)))
            # Two blocks of one second are nothing that other chains take.
            made.ask("anvil_setBlockTimestampInterval", 1)
            yield made

    def give(self, account: str, wei: int = 100 * ETHER) -> None:
        """Gives an account the chain's own money, before the first block."""
        self.ask("anvil_setBalance", account, hex(wei))
        self.given[account] = wei

    def pass_time(self, seconds: int) -> None:
        """Makes two blocks, the first so many seconds from now."""
        hours, minutes = divmod(seconds // 60, 60)
        print(f"\n        ... {hours} h {minutes} min later", flush=True)
        # The machine's clock goes on while somebody proves, and the chain's only with its blocks.
        now = max(int(time.time()), self.web3.eth.get_block("latest")["timestamp"])
        self.ask("evm_setNextBlockTimestamp", now + seconds)
        self.ask("anvil_mine", "0x2")

    def send(self, raw: bytes) -> Any:
        """The receipt of a transaction that nobody checks before."""
        name = self.web3.eth.send_raw_transaction(raw)
        return self.web3.eth.wait_for_transaction_receipt(name)

    def ask(self, method: str, *params: Any) -> Any:
        """What it answers.

        Raises:
            RuntimeError: It refuses.
        """
        answer: Any = self.web3.provider.make_request(method, list(params))  # type: ignore[arg-type]
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]
