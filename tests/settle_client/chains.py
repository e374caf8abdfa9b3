"""Accounts, a token and senders on a chain, as the tests use them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_tester import EthereumTester
from web3 import Web3

from tests.settle_client.faults import Faults
from tests.settle_client.ground import Ground
from zkpot.settle.contracts.interface import interface
from zkpot.settle.nodes.chain import Chain
from zkpot.settle.nodes.node import Node
from zkpot.settle.transactions.delivery import Clock, Patience
from zkpot.settle.transactions.intent import Intent
from zkpot.settle.transactions.sending import Sender
from zkpot.settle.transactions.signer import Signer

ETHER = 10**18


class Ticks:
    """A clock that a sleep moves, and what happens at times."""

    def __init__(self) -> None:
        self.time = 0.0
        self.events: list[tuple[float, Callable[[], Any]]] = []

    def at(self, seconds: float, event: Callable[[], Any]) -> None:
        self.events.append((seconds, event))

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        due = [event for at, event in self.events if at <= self.time]
        self.events = [(at, event) for at, event in self.events if at > self.time]
        for event in due:
            event()

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.time, self.sleep)


@dataclass
class Bench:
    """A chain, somebody who gives money away, and nodes that go wrong."""

    web3: Web3
    connect: Callable[[], Web3]
    ahead: str
    folder: Path
    ground: Ground
    tester: EthereumTester | None = None
    ticks: Ticks = field(default_factory=Ticks)

    @property
    def is_anvil(self) -> bool:
        return self.ahead == "pending"

    def node(self) -> tuple[Node, Faults]:
        web3 = self.connect()
        faults = Faults(web3)
        return Node(web3, "http://node", self.ahead), faults

    def sender(self, signer: Signer, **other: Any) -> tuple[Sender, Faults]:
        """A new process: it knows what is on the disk and nothing else."""
        node, faults = self.node()
        chain = Chain.of(node, expected=int(self.web3.eth.chain_id))
        faults.calls.clear()
        # py-evm takes a while for each look, and has no mempool that one waits for.
        patience = Patience(whole=120 if self.is_anvil else 12, look=1, again=5, replace=20)
        sender = Sender(chain, signer, root=self.folder, patience=patience, clock=self.ticks.clock)
        return replace(sender, **other), faults

    def signer(self, ether: int = 10) -> Signer:
        """A new account with money."""
        account = Account.create()
        if ether:
            self._do({"to": account.address, "value": ether * ETHER})
        return Signer(account)

    def put(self, name: str, *arguments: Any) -> str:
        return self.put_code(interface(name).creation(*arguments))

    def put_code(self, code: bytes) -> str:
        return str(self._do({"data": code, "gas": 8_000_000})["contractAddress"])

    def travel(self, time: int) -> None:
        """The next block is one of that time."""
        if self.is_anvil:
            self.rpc("evm_setNextBlockTimestamp", time)
            self.rpc("anvil_mine", "0x1")
        else:
            assert self.tester is not None
            self.tester.time_travel(time)
            self.tester.mine_block()

    def rpc(self, method: str, *params: Any) -> Any:
        """What anvil alone can be told."""
        answer = self.web3.provider.make_request(method, list(params))  # type: ignore[arg-type]
        assert "error" not in answer, answer
        return answer.get("result")

    def _do(self, transaction: dict[str, Any]) -> Any:
        name = self.web3.eth.send_transaction({"from": self.web3.eth.accounts[0], **transaction})
        return self.web3.eth.wait_for_transaction_receipt(name)

    def balance(self, token: str, account: str) -> int:
        token_interface = interface("Token")
        data = token_interface.encode("balanceOf", account)
        answer = self.web3.eth.call({"to": token, "data": data})  # type: ignore[typeddict-item]
        return int(token_interface.decode("balanceOf", bytes(answer)))


def minting(token: str, account: str, amount: int = 100, subject: str = "") -> Intent:
    """Something that must not be done twice."""
    data = interface("Token").encode("mint", account, amount)
    return Intent(token, "Token.mint", subject or str(amount), data.hex())


def entries(folder: Path) -> list[dict[str, Any]]:
    """What the journals of all accounts hold, those that are over, too."""
    return [json.loads(path.read_text()) for path in sorted(folder.rglob("*.json"))]
